"""Errors of predictions on published measurements: one record a group, a page, a picture.

    python tools/score.py             # every table on the terminal
    python tools/score.py --write     # also docs/data/accuracy*.csv, docs/accuracy.md, its picture
    python tools/score.py --quick     # step times by shipped constants only, nothing held out

Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

import argparse
import sys

import numpy as np

from rigwright_accuracy import page
from rigwright_accuracy.errors import report, write_csv
from rigwright_accuracy.measured import ROOT, SharedDataMissingError
from rigwright_accuracy.memory import score as memory
from rigwright_accuracy.serving import score as serving
from rigwright_accuracy.step import score as step
from rigwright_accuracy.training import score as training

PICTURE = ROOT / "docs" / "img" / "accuracy.png"


def draw(got: step.StepScores) -> None:
    """Predicted against measured, log-log, one panel per source."""
    import altair as alt

    rows, seconds = got.bench.rows, got.bench.measured
    sources = np.array([r.source for r in rows])
    shuffled = np.random.default_rng(0).permutation(len(rows))
    pick = np.concatenate([shuffled[sources[shuffled] == s][:600] for s in sorted(set(sources))])
    points = [
        {
            "measured ms": float(seconds[i] * 1e3),
            "predicted ms": float(got.predicted[i] * 1e3),
            "source": rows[i].source,
            "precision": rows[i].run.precision,
        }
        for i in pick
    ]
    ends = [{"measured ms": v, "predicted ms": v} for v in (0.3, 30000.0)]
    log = alt.Scale(type="log")
    axes = {
        "x": alt.X("measured ms:Q", scale=log), "y": alt.Y("predicted ms:Q", scale=log),
    }  # fmt: skip
    dots = alt.Chart().mark_circle(size=9, opacity=0.45).encode(**axes, color="precision:N")
    line = alt.Chart(alt.InlineData(values=ends)).mark_line(color="black", strokeWidth=0.7)
    chart = alt.layer(dots, line.encode(**axes), data=alt.InlineData(values=points))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    faceted = chart.properties(width=220, height=220).facet("source:N", columns=3)
    faceted.configure_axis(gridOpacity=0.25).save(str(PICTURE), ppi=72)


def main() -> int:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--write", action="store_true", help="write the page, its picture and CSV")
    one.add_argument("--quick", action="store_true", help="no held-out fits")
    options = parser.parse_args()
    try:
        steps = step.scores(quick=options.quick)
        scored, skipped = [*steps.scores, *steps.kernels], [*steps.skipped]
        if options.quick:
            print(report(scored, skipped))
            return 0
        held = memory.scores()
        for found, left in (training.scores(), serving.scores(), (held.scores, held.skipped)):
            scored, skipped = scored + found, skipped + left
    except SharedDataMissingError as missing:
        print(f"score: {missing}", file=sys.stderr)
        return 2
    print(report(scored, skipped))
    if options.write:
        write_csv(page.SCORES, scored)
        write_csv(page.NOT_SCORED, skipped)
        write_csv(page.VERDICTS, held.verdicts)
        write_csv(page.CHANCES, held.reliability)
        page.PAGE.write_text(page.text(), encoding="utf-8")
        draw(steps)
    return 0
