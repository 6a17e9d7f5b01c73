"""Calibrate and score serving times on published measurements of several engines.

    python tools/serving_accuracy.py calibrate  # writes src/rigwright/predict/data/serving.csv
    python tools/serving_accuracy.py score      # errors on chips that were not calibrated

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rigwright.plan.ask.software import said_in_table
from rigwright.predict import serving
from rigwright.predict.constants import Constants, shipped
from rigwright.predict.memory import formats
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder
from rigwright_accuracy import measured
from rigwright_accuracy.errors import Judged, Label, Score, Skipped, with_all
from rigwright_accuracy.fitting import HELD, fitted, half_width, rewrite
from rigwright_accuracy.serving import users
from rigwright_accuracy.serving.users import Loaded, Stacked

TABLE, SPLIT = "serving step", "unseen chip"
SOURCE = "llm_infer"
RANGES = ("range_decode", "range_prefill")
FIRST_TOKEN = "range_ttft"
TYPICAL_PROMPT = 256  # "a few hundred tokens" where a table does not say


@dataclass(frozen=True)
class Row:
    """One measured step."""

    source: str
    model: str
    chip: Chip
    case: dict[str, float]
    step_s: float

    @property
    def kind(self) -> tuple[str, str]:
        """(what was timed, on how many cards)."""
        what = "prefill" if self.case["prefill"] else "decode"
        many = self.case["tensor_cards"] * self.case["stages"] > 1
        return what, "several cards" if many else "one card"


def _source(cells: measured.Cells) -> str:
    name = re.sub(r"^github:|@.*$|^https://(?:gist\.)?github\.com/", "", cells["source"])
    builds = {"llama.cpp main": " Dec 2023", "llama.cpp llama-bench": " May 2024"}
    return name.split("/")[0] + builds.get(cells["engine"], "") if "Bench" in name else name


def _why_not(cells: measured.Cells, chip: Chip | None, prefill: bool) -> str:
    """Why a row cannot be scored; empty when it can."""
    note = cells["note"].lower()
    if not float(cells["tokens_per_s"] or 0) > 0:
        return "out of memory"
    if "suspect" in note or "warm-up" in note:
        return "flagged by the collection (suspect, or warm-up inside)"
    if "cpu" in cells["quant"].lower():
        return "ran on a CPU"
    if not cells["batch"].isdigit():
        return "saturated: batch not published"
    if "host-limited" in note:
        return "limited by a small host"
    if chip is None:
        return f"chip not in the catalogue: {cells['gpu']}"
    if cells["engine"] == "llama.cpp main" and (prefill or cells["gpu_count"] != "1"):
        return "Dec 2023: prompt length not stated, and a way of splitting cards since replaced"
    has_cores = chip.vendor == "nvidia" and float(chip.compute_capability or 0) >= 7.0
    if prefill and has_cores and not chip.fp16_tensor_flop_per_s:
        return f"tensor rate not published: {chip.name}"
    return ""


def _run(cells: measured.Cells, prefill: bool) -> Run:
    quant = cells["quant"].lower()
    generated = int(float(cells["gen_len"] or 2 * TYPICAL_PROMPT))
    prompt = int(float(cells["prompt_len"] or TYPICAL_PROMPT))
    return Run(
        model=cells["model"], mode="prefill" if prefill else "decode", batch=int(cells["batch"]),
        precision=measured.WORDS["formats"].get(quant, quant), seq_len=max(prompt, 1),
        gen_len=0 if prefill else generated,
        software=said_in_table(cells["engine"]).software,
    )  # fmt: skip


def rows() -> tuple[list[Row], Counter[str]]:
    """Rows of the table and why others were left out."""
    names, skipped = measured.ChipNames(), Counter[str]()
    labels = measured.cells_of(measured.measured_directory() / "gpu_alias.csv")
    aliases = {r["label_in_tables"]: r["canonical"] for r in labels}
    found = []
    for cells in measured.read(SOURCE):
        label, cap = cells["gpu"], None
        if power := re.search(r" \((\d+)W cap\)", label):
            label, cap = f"{label[: power.start()]}", float(power[1])
        plain = re.sub(r" \d+ ?GB.*", "", label)
        chip = names.find(label) or names.find(plain) or names.find(aliases.get(label, label))
        prefill = cells["phase"] == "prefill"
        config = decoder.find(cells["model"])
        why = _why_not(cells, chip, prefill)
        run = None if why else _run(cells, prefill)
        if run and config is None:
            why = f"model not known: {cells['model']}"
        elif run and run.precision not in formats():
            why = f"format not known: {cells['quant']}"
        if why or run is None or config is None or chip is None:
            skipped[why] += 1
            continue
        count = int(cells["gpu_count"])
        link = "nvlink" if chip.link_bytes_per_s and cap else "pcie-host"
        machine = Machine(chip=chip, gpu_count=count, gpu_link=link, power_cap_w=cap)
        case = serving.case_of(config, run, machine)
        step_s = case["tokens"] / float(cells["tokens_per_s"])
        found.append(Row(_source(cells), cells["model"], chip, case, step_s))
    return found, skipped


def stacked(found: list[Row]) -> dict[str, np.ndarray]:
    """The cases as arrays."""
    return users.stacked([r.case for r in found])


def predict(cases: dict[str, np.ndarray], c: Constants) -> np.ndarray:
    """Seconds of each case."""
    return np.asarray(sum(serving.seconds(cases, c).values()))


USERS_WEIGHT = {"ttft": 0.15, "tpot": 1.0, "throughput": 0.0}
"""Of a load beside a step: first tokens also wait for what no paper tells of."""


def calibrate(found: list[Row], loads: list[Loaded]) -> Constants:
    """Constants that match log errors best, robustly; a chip of one source weighs its root."""
    seconds, cases = np.array([r.step_s for r in found]), stacked(found)
    group = [(r.source, r.chip.id, r.kind) for r in found]
    size = Counter(group)
    weight = np.array([size[g] ** -0.25 for g in group])
    many = Stacked.of(loads) if loads else None
    each = Counter((r.model, r.cards) for r in loads)
    root = np.array([each[r.model, r.cards] ** -0.25 for r in loads])

    def residual(c: Constants) -> np.ndarray:
        steps = np.log(predict(cases, c) / seconds) * weight
        told = many.errors(c) if many else {}
        return np.concatenate([steps, *(told[n] * root * USERS_WEIGHT[n] for n in told)])

    return fitted(serving.TABLE, (*RANGES, FIRST_TOKEN), 1e-3, residual, 0.1)


def held_out(found: list[Row], loads: list[Loaded]) -> np.ndarray:
    """Predictions by constants that never saw the row's chip."""
    out = np.zeros(len(found))
    chips = np.array([r.chip.id for r in found])
    for chip in sorted(set(chips)):
        seen = [r for r in found if r.chip.id != chip]
        c = calibrate(seen, [r for r in loads if r.chip != chip])
        out[chips == chip] = predict(stacked([r for r in found if r.chip.id == chip]), c)
    return out


WAYS = {"unseen model": "model", "unseen engine": "engine"}


def loads_held_out(found: list[Row], loads: list[Loaded]) -> dict[str, dict[str, np.ndarray]]:
    """What is said of loads by constants that never saw their model, or their engine."""
    told = {}
    for way, name in WAYS.items():
        keys, said = np.array([getattr(r, name) for r in loads]), dict[str, np.ndarray]()
        for one in sorted(set(keys)):
            c = calibrate(found, [r for r in loads if getattr(r, name) != one])
            got = Stacked.of([r for r in loads if getattr(r, name) == one]).predicted(c)
            for what, values in got.items():
                said.setdefault(what, np.zeros(len(loads)))[keys == one] = values
        told[way] = said
    return told


def first_token(loads: list[Loaded], told: dict[str, dict[str, np.ndarray]]) -> float:
    """Half width of log time to the first token that holds 80 % of the loads."""
    error = np.log(told["unseen model"]["ttft"] / Stacked.of(loads).measured["ttft"])
    return float(np.quantile(np.abs(error), HELD))


def widths(found: list[Row], predicted: np.ndarray) -> dict[str, float]:
    """Half widths of log time that hold 80 % of the rows, every chip weighing the same."""
    errors = np.log(predicted / np.array([r.step_s for r in found]))
    got = {}
    for name in RANGES:
        pick = np.array([serving.range_name(r.case) == name for r in found])
        chips = [r.chip.id for r, p in zip(found, pick, strict=True) if p]
        share = np.array([1.0 / Counter(chips)[chip] for chip in chips])
        got[name] = half_width(errors[pick], share)
    return got


def by_source(found: list[Row], predicted: np.ndarray, width: Constants) -> list[Score]:
    """Score by what was timed and by source, several cards apart."""
    seconds = np.array([r.step_s for r in found])
    half = np.array([width[serving.range_name(r.case)] for r in found])
    chips = [r.chip.id for r in found]
    told = Judged(predicted, seconds, half, [r.model for r in found], chips)
    return [
        told.score(Label(TABLE, SPLIT, source, ", ".join(kind)), at)
        for (kind, source), at in with_all([(r.kind, r.source) for r in found])
    ]


def scores() -> tuple[list[Score], list[Skipped]]:
    """On chips that were not calibrated. Raises SharedDataMissingError."""
    found, skipped = rows()
    loads, left = users.rows()
    c = shipped("serving")
    scored = by_source(found, held_out(found, loads), c)
    width = {"ttft": c.range_ttft, "tpot": c.range_decode, "throughput": c.range_decode}
    scored += users.scores(loads, loads_held_out(found, loads), width)
    told = [Skipped(TABLE, SOURCE, why, n) for why, n in skipped.most_common()]
    return scored, told + [Skipped(users.TABLE, users.SOURCE, why, n) for why, n in left.items()]


def recalibrate(into: Path = serving.TABLE) -> None:
    """Calibrate on all rows and write the table. Raises SharedDataMissingError."""
    found, _ = rows()
    loads, _ = users.rows()
    half = widths(found, held_out(found, loads))
    half[FIRST_TOKEN] = first_token(loads, loads_held_out(found, loads))
    rewrite(serving.TABLE, calibrate(found, loads).replace(half), into)
