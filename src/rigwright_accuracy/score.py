"""Errors of predicted step times on published measurements, unseen families and unseen chips.

    python tools/score.py             # table on the terminal
    python tools/score.py --write     # also docs/accuracy.md and its picture
    python tools/score.py --quick     # shipped constants only, no held-out fits

Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np

from rigwright.predict import constants as table
from rigwright.predict.constants import Constants
from rigwright_accuracy import measured
from rigwright_accuracy.memory import page as memory_accuracy
from rigwright_accuracy.serving import score as serving_accuracy
from rigwright_accuracy.step.bench import Bench, build
from rigwright_accuracy.step.calibration import FIT_SOURCES, known, load, usable
from rigwright_accuracy.step.fitting import UNFITTED, Array, fit_sample
from rigwright_accuracy.step.folds import die_key, family_key, unseen
from rigwright_accuracy.step.operations import all_sets
from rigwright_accuracy.training import score as training_accuracy

PAGE = measured.ROOT / "docs/accuracy.md"
PICTURE = measured.ROOT / "docs/img/accuracy.png"

BASELINES = {  # trivial predictors on the same tables: mean error, what it is
    "timm_train": "15.5 (nchw) / 21.3 (nhwc): additive in MACs and activations, unseen family",
    "timm_infer_gpu": "20.5 (3090) / 27-31 (4090): additive, unseen family; 19-30 spec swap",
    "cnn_benchmarks": "4-7 within Maxwell-Pascal, 17-45 others: measured 1080 x spec ratio",
    "lambda": "14.9: power law per workload, unseen GPU, single GPU",
    "neusight": "31.4 roofline, 15.9 with one fitted constant, 8.9 NeuSight",
}
NOISE = {
    "timm_train": "identical networks differ 4.4 median",
    "timm_infer_gpu": "identical networks differ 4.4 median; torch 2.4 to 2.9: 5.5",
    "lambda": "39 equal H100: 0.1-4",
}


@dataclass(frozen=True)
class Score:
    """Errors of one source; shares in 0..1.

    ranking : share of chip pairs, timed on the same work and more than 5 % apart, whose faster
    chip was predicted to be faster; not a number where no two chips ran the same work.
    """

    rows: int
    mape: float
    median: float
    p90: float
    bias: float
    within_10: float
    within_20: float
    coverage: float
    ranking: float


def ranking(rows: list[measured.Row], predicted: Array, seconds: Array) -> float:
    """Agreement on which of two chips is faster at the same work, per item."""
    work: dict[tuple[object, ...], dict[str, list[tuple[float, float]]]] = {}
    for row, guess, true in zip(rows, predicted, seconds, strict=True):
        run, chip = row.run, row.chip
        assert chip is not None
        key = (run.model, run.img_size, run.precision, run.mode, run.layout, run.compile,
               row.gpu_count, row.label)  # fmt: skip
        found = work.setdefault(key, {}).setdefault(chip.id, [])
        found.append((guess / run.batch, true / run.batch))
    agreed = pairs = 0
    for chips in work.values():
        medians = [np.median(np.array(found), axis=0) for found in chips.values()]
        for (guess, true), (guess2, true2) in itertools.combinations(medians, 2):
            if abs(np.log(true / true2)) > 0.05:
                pairs += 1
                agreed += (guess < guess2) == (true < true2)
    return agreed / pairs if pairs else float("nan")


def score(rows: list[measured.Row], predicted: Array, seconds: Array, width: Array) -> Score:
    """Score of predictions whose range is predicted x exp(+-width)."""
    error = predicted / seconds - 1.0
    size = np.abs(error)
    inside = np.abs(np.log(predicted / seconds)) <= width
    return Score(
        len(error), float(size.mean()), float(np.median(size)), float(np.quantile(size, 0.9)),
        float(np.median(error)), float((size <= 0.1).mean()), float((size <= 0.2).mean()),
        float(inside.mean()), ranking(rows, predicted, seconds),
    )  # fmt: skip


def _name(row: measured.Row) -> str:
    """Line of the table a row counts in: several GPUs, models that are not fitted apart."""
    name = row.source + (" multi-GPU" if row.gpu_count > 1 else "")
    return name + (" (models not fitted)" if row.run.model in UNFITTED else "")


def by_source(bench: Bench, predicted: Array, c: Constants) -> dict[str, Score]:
    """Score of each source, several-GPU rows apart."""
    names = np.array([_name(r) for r in bench.rows])
    width = bench.widths(c)
    scores = {}
    for name in sorted(set(names)):
        at = np.flatnonzero(names == name)
        rows = [bench.rows[i] for i in at]
        scores[name] = score(rows, predicted[at], bench.measured[at], width[at])
    return scores


def _line(name: str, s: Score) -> str:
    cells = (s.mape, s.median, s.p90, s.bias, s.within_10, s.within_20, s.coverage,
             s.ranking)  # fmt: skip
    shown = ["" if np.isnan(v) else f"{100 * v:.1f}" for v in cells]
    return f"| {name} | {s.rows} | " + " | ".join(shown) + " |"


HEAD = (
    "| source | rows | MAPE % | median | p90 | bias | within 10 % | within 20 % | in range % | "
    "ranking % |\n|---|---|---|---|---|---|---|---|---|---|"
)


def report(results: dict[str, dict[str, Score]], skipped: Counter[tuple[str, str]]) -> str:
    """The page as Markdown."""
    parts = [
        "# Accuracy of predicted step times\n",
        "Made by `make score`. Every row was measured and published by others; none is stored "
        "here. *Unseen family*: the constants were fitted without any model of the row's family. "
        "*Unseen chip*: without any row of the row's die. A chip is known by its specification "
        f"alone; {len(table.read())} constants serve all of them "
        "(`src/rigwright/predict/data/constants.csv`).\n",
    ]
    for title, scores in results.items():
        parts += [f"## {title}\n", HEAD, *(_line(n, s) for n, s in scores.items()), ""]
    parts += [
        "## Trivial predictors on the same tables\n",
        "| source | mean error % |",
        "|---|---|",
    ]
    parts += [f"| {k} | {v} |" for k, v in BASELINES.items()]
    parts += ["", "Noise that no predictor can beat: " + "; ".join(
        f"{k}: {v} %" for k, v in NOISE.items()) + ".\n"]  # fmt: skip
    parts += ["Not fitted: " + ", ".join(UNFITTED) + ": the published scripts do work that the "
              "zoo's lists do not hold.\n"]  # fmt: skip
    parts += ["![predicted against measured](img/accuracy.png)\n", "## Rows not scored\n"]
    parts += ["| source | reason | rows |", "|---|---|---|"]
    parts += [f"| {s} | {why} | {n} |" for (s, why), n in _grouped(skipped)]
    return "\n".join(parts) + "\n"


def _grouped(skipped: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    """Skipped rows by reason; the models that are not in the zoo counted together."""
    out: Counter[tuple[str, str]] = Counter()
    models: Counter[tuple[str, str]] = Counter()
    for (source, why), n in skipped.items():
        kind = why.split(":")[0]
        out[source, kind] += n
        models[source, kind] += 1
    return [
        ((s, f"{k} ({models[s, k]} models)" if k == "not in the zoo" else k), n)
        for (s, k), n in sorted(out.items())
    ]


def draw(bench: Bench, predicted: Array) -> None:
    """Predicted against measured, log-log, one panel per source."""
    import altair as alt

    sources = np.array([r.source for r in bench.rows])
    shuffled = np.random.default_rng(0).permutation(len(bench.rows))
    pick = np.concatenate([shuffled[sources[shuffled] == s][:600] for s in sorted(set(sources))])
    points = [
        {
            "measured ms": float(bench.measured[i] * 1e3),
            "predicted ms": float(predicted[i] * 1e3),
            "source": bench.rows[i].source,
            "precision": bench.rows[i].run.precision,
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
    chart = alt.layer(dots, line, data=alt.InlineData(values=points)).properties(
        width=220, height=220
    )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    faceted = chart.facet("source:N", columns=3).configure_axis(gridOpacity=0.25)
    faceted.save(str(PICTURE), ppi=72)


def main() -> int:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    parser.add_argument("--quick", action="store_true", help="no held-out fits")
    options = parser.parse_args()
    c = table.load()
    try:
        rows = [r for r in measured.all_rows() if usable(r)]
    except measured.SharedDataMissingError as missing:
        print(f"score: {missing}", file=sys.stderr)
        return 2
    bench = build(rows, load)
    shipped = bench.predict(c)
    results = {"Shipped constants (in sample)": by_source(bench, shipped, c)}
    if not options.quick:
        fitted_on = [r for r in rows if r.source in FIT_SOURCES]
        sample = build(fit_sample(fitted_on, known, per_group=100), load)
        sets = all_sets(measured.ChipNames())
        for title, key in (("Unseen family", family_key), ("Unseen chip", die_key)):
            shipped = unseen(bench, sample, sets, c, key)
            results[title] = by_source(bench, shipped, c)
    text = report(results, bench.skipped)
    if not options.quick:
        text += "\n".join(["", "## Language models\n", training_accuracy.page(), "",
                           serving_accuracy.page(), "", memory_accuracy.section(), ""])  # fmt: skip
    print(text)
    if options.write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        draw(bench, shipped)
    return 0
