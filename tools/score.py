"""Errors of predictions on published measurements: one record a group, a page, a picture.

    python tools/score.py             # every table on the terminal
    python tools/score.py --write     # also docs/data/accuracy*.csv, docs/accuracy.md, its picture
    python tools/score.py --quick     # step times by shipped constants only, nothing held out

Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from rigwright_accuracy import page
from rigwright_accuracy.errors import report, write_csv
from rigwright_accuracy.measured import ROOT, SharedDataMissingError
from rigwright_accuracy.memory import score as memory
from rigwright_accuracy.serving import score as serving
from rigwright_accuracy.step import score as step
from rigwright_accuracy.training import score as training

CHART = Path(__file__).with_name("accuracy.vl.json")
PICTURE = ROOT / "docs" / "img" / "accuracy.png"


def draw(got: step.StepScores) -> None:
    """Predicted against measured, log-log, one panel per source."""
    import vl_convert

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
    chart = json.loads(CHART.read_text("utf-8")) | {"datasets": {"points": points}}
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(vl_convert.vegalite_to_png(chart, ppi=72, allowed_base_urls=[]))


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


if __name__ == "__main__":
    raise SystemExit(main())
