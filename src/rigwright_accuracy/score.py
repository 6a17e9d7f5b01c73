"""Errors of predictions on published measurements: one record a group, a page, a picture.

    python tools/score.py             # every table on the terminal
    python tools/score.py --write     # also docs/data/accuracy*.csv, docs/accuracy.md, its picture
    python tools/score.py --quick     # step times by shipped constants only, nothing held out

Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass

import numpy as np

from rigwright.predict import constants as table
from rigwright_accuracy import page
from rigwright_accuracy.errors import Score, Skipped, grid, markdown, write_csv
from rigwright_accuracy.measured import ROOT, SharedDataMissingError
from rigwright_accuracy.memory import score as memory
from rigwright_accuracy.serving import score as serving
from rigwright_accuracy.step import score as step
from rigwright_accuracy.step.leastsquares import UNCALIBRATED
from rigwright_accuracy.training import score as training

PICTURE = ROOT / "docs" / "img" / "accuracy.png"
HEADS = ("source", "rows", "MAPE %", "median", "p90", "median bias", "within 10 %", "within 20 %",
         "in range %", "ranking %")  # fmt: skip


@dataclass(frozen=True)
class Accuracy:
    """Everything that is said of predictions; what follows ``steps`` is none where not asked."""

    steps: step.StepScores
    training: tuple[list[Score], list[Skipped]] | None = None
    serving: tuple[list[Score], list[Skipped]] | None = None
    memory: memory.MemoryScores | None = None

    @property
    def scores(self) -> list[Score]:
        """Every record: what the page, the CSV and the terminal show."""
        pairs = [p[0] for p in (self.training, self.serving) if p]
        return [
            *self.steps.scores,
            *self.steps.kernels,
            *(s for found in pairs for s in found),
            *(self.memory.scores if self.memory else ()),
        ]

    @property
    def skipped(self) -> list[Skipped]:
        """Rows that are not scored, by reason."""
        pairs = [p[1] for p in (self.training, self.serving) if p]
        return [
            *self.steps.skipped,
            *(s for found in pairs for s in found),
            *(self.memory.skipped if self.memory else ()),
        ]


def accuracy(*, quick: bool = False) -> Accuracy:
    """Score everything, or step times by shipped constants. Raises SharedDataMissingError."""
    steps = step.scores(quick=quick)
    if quick:
        return Accuracy(steps)
    return Accuracy(steps, training.scores(), serving.scores(), memory.scores())


def report(got: Accuracy) -> str:
    """Every table as Markdown."""
    parts = [_steps(got.steps)]
    if got.training and got.serving and got.memory:
        parts += ["\n## Language models\n", training.section(*got.training), "",
                  serving.section(*got.serving), "", memory.section(got.memory)]  # fmt: skip
    return "\n".join(parts) + "\n"


def _steps(got: step.StepScores) -> str:
    parts = [
        "# Accuracy of predicted step times\n",
        "Made by `make score`. Every row was measured and published by others; none is stored "
        "here. *Unseen family*: the constants were fitted without any model of the row's family. "
        "*Unseen chip*: without any row of the row's die. A chip is known by its specification "
        f"alone; {len(table.read())} constants serve all of them "
        "(`src/rigwright/predict/data/constants.csv`). Every score, with more columns: "
        "[accuracy.csv](data/accuracy.csv); [rows not scored](data/accuracy-not-scored.csv).\n",
    ]
    for split in dict.fromkeys(s.split for s in got.scores):
        parts += [f"## {split[0].upper()}{split[1:]}\n"]
        parts += [markdown((s for s in got.scores if s.split == split), HEADS), ""]
    parts += ["## Single kernels of 50 us and more\n",
              markdown(got.kernels, ("source", "what", *HEADS[1:8])), ""]  # fmt: skip
    baselines = _baselines()
    parts += ["## Trivial predictors on the same tables\n"]
    parts += [grid(("source", "mean error %"), ((name, error) for name, error, _ in baselines))]
    parts += ["", "Noise that no predictor can beat: " + "; ".join(
        f"{name}: {noise} %" for name, _, noise in baselines if noise) + ".\n"]  # fmt: skip
    parts += ["Not fitted: " + ", ".join(UNCALIBRATED) + ": the published scripts do work that the "
              "zoo's lists do not hold.\n"]  # fmt: skip
    parts += ["![predicted against measured](img/accuracy.png)\n", "## Rows not scored\n"]
    skipped = ((s.source, s.reason, s.rows) for s in got.skipped)
    return "\n".join([*parts, grid(("source", "reason", "rows"), skipped)])


def _baselines() -> list[tuple[str, str, str]]:
    with step.BASELINES.open(encoding="utf-8", newline="") as lines:
        return [(name, error, noise) for name, error, noise in list(csv.reader(lines))[1:]]


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
    dots = (
        alt.Chart()
        .mark_circle(size=9, opacity=0.45)
        .encode(
            x=alt.X("measured ms:Q", scale=log),
            y=alt.Y("predicted ms:Q", scale=log),
            color="precision:N",
        )
    )
    exact = alt.Chart(alt.InlineData(values=ends)).mark_line(color="black", strokeWidth=0.7)
    line = exact.encode(x=alt.X("measured ms:Q", scale=log), y=alt.Y("predicted ms:Q", scale=log))
    chart = alt.layer(dots, line, data=alt.InlineData(values=points))
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
        got = accuracy(quick=options.quick)
    except SharedDataMissingError as missing:
        print(f"score: {missing}", file=sys.stderr)
        return 2
    print(report(got))
    if options.write and got.memory:
        write_csv(page.SCORES, got.scores)
        write_csv(page.NOT_SCORED, got.skipped)
        write_csv(page.VERDICTS, got.memory.verdicts)
        write_csv(page.CHANCES, got.memory.reliability)
        page.PAGE.write_text(page.text(), encoding="utf-8")
        draw(got.steps)
    return 0
