"""Fit and score serving times on published llama.cpp measurements.

    python tools/serving_accuracy.py fit      # writes src/rigwright/predict/data/serving.csv
    python tools/serving_accuracy.py score    # errors on chips that were not fitted

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from accuracy import measured
from rigwright.predict import constants as table
from rigwright.predict import serving
from rigwright.predict.constants import Constants
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.workload import decoder

SOURCE = "llm_llamacpp_xiongjiedai"
FITTED = ("decode_bandwidth", "unpack_ops", "layer_us", "prefill_efficiency", "hop_us")
WARM = 0.8
"""Share of rows the published range should hold."""


@dataclass(frozen=True)
class Row:
    """One measured step."""

    chip: Chip
    gpu_count: int
    prefill: bool
    work: serving.Work
    step_s: float


def rows() -> tuple[list[Row], Counter[str]]:
    """Rows of the table and why others were left out."""
    names, skipped = measured.ChipNames(), Counter[str]()
    found = []
    for cells in measured.read(SOURCE):
        chip = names.find(re.sub(r" \d+ ?GB.*", "", cells["gpu"])) or names.find(cells["gpu"])
        config = decoder.find(cells["model"].split(" ")[0].replace("llama3", "llama-3"))
        step_ms = float(cells["step_ms"] or 0)
        if chip is None or config is None or step_ms <= 0 or "SUSPECT" in cells["note"].upper():
            skipped[f"chip or model not known: {cells['gpu']}, {cells['model']}"] += 1
            continue
        prefill = cells["phase"] == "prefill"
        length = int(float(cells["seq_len"]))
        run = Run(
            model=cells["model"], mode="prefill" if prefill else "decode",
            batch=1, precision=cells["precision"], seq_len=length if prefill else 1,
            gen_len=0 if prefill else length,
        )  # fmt: skip
        work = serving.work_of(config, run)
        found.append(Row(chip, int(cells["gpu_count"]), prefill, work, step_ms * 1e-3))
    return found, skipped


def predict(found: list[Row], c: Constants) -> np.ndarray:
    """Seconds of each row."""
    return np.array(
        [sum(serving.seconds(r.work, r.chip, r.gpu_count, c, r.prefill).values()) for r in found]
    )


def fit(found: list[Row]) -> Constants:
    """Constants that fit log errors best, robustly."""
    old = {r.name: r for r in table.read(serving.TABLE)}
    start = Constants({n: r.value for n, r in old.items()})
    low, high = (np.array([getattr(old[n], e) for n in FITTED]) for e in ("low", "high"))
    seconds = np.array([r.step_s for r in found])

    def residual(x: np.ndarray) -> np.ndarray:
        c = start.replace(dict(zip(FITTED, map(float, x), strict=True)))
        return np.log(predict(found, c) / seconds)

    first = np.clip([start[n] for n in FITTED], low + 1e-6, high - 1e-6)
    got = least_squares(residual, first, bounds=(low, high), loss="soft_l1", f_scale=0.2,
                        x_scale=high - low, max_nfev=60)  # fmt: skip
    return start.replace(dict(zip(FITTED, map(float, got.x), strict=True)))


def held_out(found: list[Row]) -> np.ndarray:
    """Predictions by constants that never saw the row's chip."""
    out = np.zeros(len(found))
    chips = np.array([r.chip.id for r in found])
    for chip in sorted(set(chips)):
        c = fit([r for r in found if r.chip.id != chip])
        out[chips == chip] = predict([r for r in found if r.chip.id == chip], c)
    return out


def report(found: list[Row], predicted: np.ndarray) -> tuple[str, dict[str, float]]:
    """(Markdown table, range widths that hold 80 % of the rows)."""
    lines = ["| what | rows | MAPE % | median | bias |", "|---|---|---|---|---|"]
    widths = {}
    seconds = np.array([r.step_s for r in found])
    for name, prefill, many in (
        ("decode, one GPU", False, False), ("decode, several", False, True),
        ("prefill, one GPU", True, False), ("prefill, several", True, True),
    ):  # fmt: skip
        pick = np.array([r.prefill == prefill and (r.gpu_count > 1) == many for r in found])
        if not pick.any():
            continue
        e = predicted[pick] / seconds[pick] - 1
        cells = (np.abs(e).mean(), np.median(np.abs(e)), e.mean())
        lines.append(f"| {name} | {pick.sum()} | " + " | ".join(f"{100 * v:.1f}" for v in cells)
                     + " |")  # fmt: skip
    for name, prefill in (("range_decode", False), ("range_prefill", True)):
        pick = np.array([r.prefill == prefill for r in found])
        widths[name] = float(np.quantile(np.abs(np.log(predicted[pick] / seconds[pick])), WARM))
    return "\n".join(lines), widths


def write(c: Constants) -> None:
    """The table with new values."""
    old = table.read(serving.TABLE)
    with serving.TABLE.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(table.COLUMNS)
        for r in old:
            value = min(max(c[r.name], r.low), r.high)
            lines.writerow((r.name, f"{value:.4g}", r.low, r.high, r.unit, r.meaning,
                            r.fitted_on, ""))  # fmt: skip


def main() -> int:
    """Fit or score."""
    try:
        found, skipped = rows()
    except measured.SharedDataMissingError as error:
        print(f"serving: {error}", file=sys.stderr)
        return 2
    text, widths = report(found, held_out(found))
    if sys.argv[1:] == ["fit"]:
        write(fit(found).replace(widths))
    print("Serving (llama.cpp), constants fitted without the row's chip;")
    print("baseline decode: 19.6 % with one efficiency per model from the other GPUs\n")
    print(text)
    for why, n in skipped.most_common():
        print(f"not scored: {n} x {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
