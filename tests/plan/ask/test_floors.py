"""Software that leaves old chips out on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rigwright.catalog.tables import load
from rigwright.plan.ask.floors import FLOORS, Floor, floor_above
from rigwright.plan.ask.software import software_of
from rigwright.predict.engines import engines
from rigwright.predict.memory import formats
from rigwright.spec.parts import Chip
from rigwright.spec.run import METHODS, OPTIMIZERS, Run
from rigwright.spec.software import ENGINES, FRAMEWORKS
from rigwright.spec.tables.table import table

CHIPS = {chip.id: chip for chip in load(Chip)}
TRAIN = Run(model="llama-3-8b", mode="train", method="qlora", optimizer="adamw")


@pytest.mark.parametrize(
    ("chip", "day", "software"),
    [
        # huggingface.co/docs/bitsandbytes: no Kepler from 0.39.1 (2023), no Maxwell from 0.48.0
        ("tesla-k80", "2026-11-30", "bitsandbytes"),
        ("tesla-k80", "2022-01-01", None),
        ("tesla-m40-24-gb", "2026-11-30", "bitsandbytes"),
        ("tesla-m40-24-gb", "2025-01-01", None),
        ("tesla-p40", "2026-11-30", None),
        ("geforce-rtx-5090", "2026-11-30", None),
    ],
)
def test_qlora_needs_a_chip_that_bitsandbytes_still_knows(
    chip: str, day: str, software: str | None
) -> None:
    floor = floor_above(TRAIN, CHIPS[chip], dt.date.fromisoformat(day))
    assert (floor.software if floor else None) == software


def test_every_name_is_one_that_a_run_can_have() -> None:
    read = {f"{e.name} {p}" for e in engines().values() for p in formats() if e.reads(p)}
    said = {*FRAMEWORKS, *ENGINES, *METHODS, *OPTIMIZERS, *read}
    assert {name for row in table(Floor, FLOORS) for name in row.names} <= said


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if "8bit" in name])
def test_an_optimizer_in_8_bit_needs_bitsandbytes(optimizer: str) -> None:
    floor = floor_above(
        replace(TRAIN, method="full", optimizer=optimizer), CHIPS["tesla-m40-24-gb"],
        dt.date(2026, 11, 30),
    )  # fmt: skip
    assert floor is not None and floor.software == "bitsandbytes"


def test_a_stated_release_may_be_as_old_as_the_chip() -> None:
    old = replace(TRAIN, software=software_of("pytorch 1.12", "run"))
    assert floor_above(old, CHIPS["tesla-k80"], dt.date(2026, 11, 30)) is None


def test_chips_of_the_last_years_are_never_left_out() -> None:
    for name in ("vllm", "tensorrt-llm", "sglang"):
        run = Run(model="llama-3-8b", mode="decode", software=software_of(name, "run"))
        for chip in CHIPS.values():
            if chip.architecture in ("ampere", "ada", "hopper", "blackwell"):
                assert floor_above(run, chip, dt.date(2026, 11, 30)) is None, (name, chip.id)


def test_vllm_begins_at_volta() -> None:
    """docs.vllm.ai, installation on a GPU: compute capability 7.0 or higher."""
    run = Run(model="llama-3-8b", mode="decode", software=software_of("vllm", "run"))
    out = {c.architecture for c in CHIPS.values() if floor_above(run, c, dt.date(2026, 11, 30))}
    assert {"kepler", "maxwell", "pascal"} <= out
    assert not out & {"volta", "turing"}
