"""Published runs of language-model training as decoders on machines.

Layouts are written in words or columns; what a source leaves open is as its software does it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from rigwright.plan.ask.hosts import gpu_link
from rigwright.plan.ask.software import said_in_table, software_of
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder
from rigwright.workload.decoder.config import DecoderConfig
from rigwright_accuracy import measured
from rigwright_accuracy.told import told

FOUNDRY, VTRAIN, THROUGHPUT = "llm_foundry_mpt", "vtrain_megatron", "llm_train_throughput"
A100 = "A100-SXM4-80GB"
MPT = "llm-foundry MPT"
TOLD = Path(__file__).with_name("told.csv")
FIELDS = frozenset(Run.__dataclass_fields__)
CHIPS = {  # label in the tables -> chip; the cluster of vTrain: 80 GB modules in DGX A100
    "NVIDIA A100 (memory size not stated in repo)": A100, "a100_80gb": A100,
    "a100_40gb": "A100-SXM4-40GB", "h100_80gb": "H100 SXM", "A100": A100,
    "A100-40GB": "A100-SXM4-40GB", "A100 40GB SXM": "A100-SXM4-40GB", "A5000 24GB": "RTX A5000",
    "RTX 6000 Ada 48GB": "RTX 6000 Ada", "DGX-GB300": "GB300", "DGX-B300": "B300",
}  # fmt: skip


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
        chip: Chip | None = names.find(CHIPS.get(label, label))
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
