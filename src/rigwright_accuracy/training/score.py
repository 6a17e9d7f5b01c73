"""Calibrate and score step times of language-model training on published runs of several GPUs.

    python tools/training_accuracy.py calibrate  # writes src/rigwright/predict/data/training.csv
    python tools/training_accuracy.py score      # errors on models and chips never learnt

Layouts are written in words or columns; what a source leaves open is as its software does it.
Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rigwright.plan.ask.hosts import gpu_link
from rigwright.plan.ask.software import said_in_table, software_of
from rigwright.predict import training
from rigwright.predict.constants import Constants, shipped
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder
from rigwright.workload.decoder.config import DecoderConfig
from rigwright_accuracy import measured
from rigwright_accuracy.errors import Judged, Label, Score, Skipped, with_all
from rigwright_accuracy.fitting import fitted, half_width, rewrite
from rigwright_accuracy.measured import told

FOUNDRY, VTRAIN, THROUGHPUT = "llm_foundry_mpt", "vtrain_megatron", "llm_train_throughput"
MPT = "llm-foundry MPT"
TOLD = Path(__file__).with_name("told.csv")
FIELDS = frozenset(Run.__dataclass_fields__)


@dataclass(frozen=True)
class Row:
    """One measured step. calibrated : its layout is published, so constants may learn from it."""

    source: str
    config: DecoderConfig
    run: Run
    machine: Machine
    step_s: float
    calibrated: bool = True

    @property
    def size(self) -> str:
        """What a left-out model is: hidden width and layers, whatever it is called."""
        return f"{self.config.hidden}x{self.config.layers}"


def _read(name: str, cells: measured.Cells) -> tuple[str, Run, float]:
    """(label, run, seconds of a step) of a row; without seconds it cannot be scored."""
    source = cells["source"] if name == THROUGHPUT else name
    said = told(TOLD, source, cells)
    if said is None:
        plain = re.sub(r"^github:|@.*$|^https://github\.com/", "", source)
        return f"{plain.split('/')[0]}: layout not published", Run(model=""), 0.0
    if "skip" in said:
        return said["skip"], Run(model=""), 0.0
    count = int(cells["gpu_count"])
    said["batch"] *= count if said.pop("each", False) else 1
    reader = software_of if name == THROUGHPUT else (lambda label: said_in_table(label).software)
    software = reader(said["framework"])
    run = Run(software=software, **{k: v for k, v in said.items() if k in FIELDS})
    if "step_ms" in said:
        return said["label"], run, float(said["step_ms"]) / 1e3
    if "step_s" in said:
        return said["label"], run, float(said["step_s"])
    rate = float(cells["tokens_per_s_per_gpu"])
    return said["label"], run, run.batch * (run.seq_len or 0) / count / rate


UNCALIBRATED = ("nanoGPT (soft)", "Megatron-Bridge (vendor)", "LLaMA-Factory")
"""Scored but not calibrated: numbers told in prose, runs with undescribed settings, and rates that
rise with the sequence length, so whose samples did not fill it."""


def rows() -> tuple[list[Row], Counter[str]]:
    """Rows of all tables, and why others were left out."""
    names, skipped, found = measured.ChipNames(), Counter[str](), []
    seen = set()  # both tables of llm-foundry are cut from the same page
    tables = (VTRAIN, FOUNDRY, THROUGHPUT)
    for table, cells in ((name, cells) for name in tables for cells in measured.read(name)):
        source, run, step_s = _read(table, cells)
        label, count = cells["gpu"], int(cells["gpu_count"])
        chip: Chip | None = names.find(measured.WORDS["chips"].get(label, label))
        config = decoder.find(run.model) if run.model else None
        key = (label, count, replace(run, precision="", software=Software()))
        if not step_s > 0:
            skipped[source] += 1
        elif chip is None:
            skipped[f"chip not in the catalogue: {label}"] += 1
        elif config is None:
            skipped[f"model not known: {run.model}"] += 1
        elif source == MPT and key in seen:
            skipped[f"{source}: the same run in another table"] += 1
        else:
            seen.add(key)
            machine = Machine(chip=chip, gpu_count=count, gpu_link=gpu_link(chip, count))
            calibrated = source not in UNCALIBRATED and not run.offload
            found.append(Row(source, config, run, machine, step_s, calibrated))
    return found, skipped


TABLE = "training step"
RANGE = "range"
ROBUST = 0.1  # log error beyond which a row counts less (soft L1)
PRIORS = {"host_us": 50.0, "hop_us": 5.0, "kernel_us": 6.0}
"""What other tables say of constants that only host-bound or network-bound rows tell: dispatch of
an eager operation, one hop (NCCL's latencies), and the fixed time of a kernel."""
PRIOR_WEIGHT = 0.1
PRODUCTS = ("flop", "moved", "blocks", "ends")
STREAMS = ("stream", "stream_blocks", "stream_ends")


def stacked(found: list[Row]) -> dict[str, np.ndarray]:
    """The cases as arrays; products and streams are padded with empty ones."""
    cases: list[dict[str, Any]] = [training.case_of(r.config, r.run, r.machine) for r in found]

    def column(key: str) -> np.ndarray:
        if key not in PRODUCTS + STREAMS:
            return np.array([x[key] for x in cases])
        most = max(len(x[key]) for x in cases)
        return np.array([np.pad(x[key], (0, most - len(x[key]))) for x in cases])

    return {key: column(key) for key in cases[0]}


def predict(cases: dict[str, np.ndarray], c: Constants) -> np.ndarray:
    """Seconds of each case."""
    return np.asarray(sum(training.seconds(cases, c).values()))


def take(cases: dict[str, np.ndarray], pick: np.ndarray) -> dict[str, np.ndarray]:
    """Chosen cases."""
    return {key: value[pick] for key, value in cases.items()}


def _weights(found: list[Row]) -> np.ndarray:
    """Rows of one source and chip share the fourth root of their number."""
    group = [(r.source, r.machine.chip.id) for r in found]
    size = Counter(group)
    return np.array([size[g] ** -0.375 for g in group])


def calibrate(found: list[Row], cases: dict[str, np.ndarray]) -> Constants:
    """Constants that match log errors of the rows with published layout best, robustly."""
    pick = np.array([r.calibrated for r in found])
    cases = take(cases, pick)
    learnt = [r for r in found if r.calibrated]
    seconds, weight = np.array([r.step_s for r in learnt]), _weights(learnt)

    def residual(c: Constants) -> np.ndarray:
        pull = [PRIOR_WEIGHT * math.log(c[n] / prior) for n, prior in PRIORS.items()]
        return np.concatenate([np.log(predict(cases, c) / seconds) * weight, pull])

    return fitted(training.TABLE, [RANGE], 1e-2, residual, ROBUST * float(weight.mean()))


def held_out(
    found: list[Row], cases: dict[str, np.ndarray], group: Callable[[Row], str]
) -> np.ndarray:
    """Predictions by constants that never saw the row's group (its chip, its model)."""
    out = np.zeros(len(found))
    groups = np.array([group(r) for r in found])
    for name in sorted(set(groups)):
        held = groups == name
        c = calibrate([r for r, h in zip(found, held, strict=True) if not h], take(cases, ~held))
        out[held] = predict(take(cases, held), c)
    return out


def width(found: list[Row], cases: dict[str, np.ndarray]) -> float:
    """Half width of log time, where nothing waits, that holds 80 % of the rows.

    By constants that never saw a row's chip, or its source; sources and chips weigh the same.
    """
    sizes = Counter((r.source, r.machine.chip.id) for r in found)
    share = np.array([sizes[r.source, r.machine.chip.id] ** -0.75 for r in found])
    seconds, unit = np.array([r.step_s for r in found]), shipped("training").replace({RANGE: 1.0})
    wider = training.log_half_width(cases, training.seconds(cases, unit), unit)
    missed = [
        np.abs(np.log(held_out(found, cases, HELD_OUT[split]) / seconds)) / wider
        for split in ("unseen chip", "unseen source")
    ]
    return half_width(np.concatenate(missed), np.tile(share, len(missed)))


HELD_OUT: dict[str, Callable[[Row], str]] = {
    "unseen model size": lambda row: row.size,
    "unseen chip": lambda row: row.machine.chip.id,
    "unseen source": lambda row: row.source.split(",")[0],
}


def scores() -> tuple[list[Score], list[Skipped]]:
    """On model sizes, chips and sources never calibrated. Raises SharedDataMissingError."""
    found, skipped = rows()
    cases, c = stacked(found), shipped("training")
    half = training.log_half_width(cases, training.seconds(cases, c), c)
    seconds, chips = np.array([r.step_s for r in found]), [r.machine.chip for r in found]
    names, sizes = [chip.id for chip in chips], [r.size for r in found]
    pairs = [(r.source, chip.name) for r, chip in zip(found, chips, strict=True)]
    scored = []
    for split, key in HELD_OUT.items():
        told = Judged(held_out(found, cases, key), seconds, half, sizes, names)
        scored += [told.score(Label(TABLE, split, *pair), at) for pair, at in with_all(pairs)]
    return scored, [Skipped(TABLE, "", why, n) for why, n in skipped.most_common()]


def recalibrate(into: Path = training.TABLE) -> None:
    """Calibrate on all rows and write the table. Raises SharedDataMissingError."""
    found, _ = rows()
    cases = stacked(found)
    sources = sorted({r.source.split(",")[0] for r in found if r.calibrated})
    c = calibrate(found, cases).replace({RANGE: width(found, cases)})
    rewrite(training.TABLE, c, into, "; ".join(sources))
