"""The table of what was sold new: every line has a row, and the days that people know."""

from __future__ import annotations

import datetime as dt

import pytest

from rigwright.catalog import tables
from rigwright.catalog.prices.sold import sold
from rigwright.spec.market import Sale
from rigwright.spec.parts import Board, Card, Chip, Cpu

SUBJECTS = {row.subject for row in tables.load(Sale)}
NEVER = ("soc", "laptop")


def test_every_chip_and_line_has_a_row() -> None:
    wanted = (
        {f"chip:{chip.id}" for chip in tables.load(Chip)}
        | {f"generation:{cpu.generation}" for cpu in tables.load(Cpu)}
        | {f"chipset:{board.chipset}" for board in tables.load(Board)}
    )
    assert not wanted - SUBJECTS


def test_no_subject_twice() -> None:
    assert len(tables.load(Sale)) == len(SUBJECTS)


def test_chips_of_laptops_and_systems_were_never_sold() -> None:
    rows = {row.subject: row for row in tables.load(Sale)}
    for chip in tables.load(Chip):
        row = rows[f"chip:{chip.id}"]
        never = row.until is not None and row.since is not None and row.until < row.since
        assert never or chip.segment not in NEVER, chip.id
    assert not any(sold(card, dt.date(2026, 11, 29)) and "sxm" in card.chip
                   for card in tables.load(Card))  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "part", "day", "new"),
    [
        (Card, "nvidia-geforce-rtx-3090-founders-edition", "2021-06-01", True),
        (Card, "nvidia-geforce-rtx-3090-founders-edition", "2026-11-01", False),
        (Card, "nvidia-tesla-p40", "2018-01-01", True),
        (Card, "nvidia-tesla-p40", "2026-11-01", False),
        (Card, "asus-tuf-gaming-rtx-4090", "2024-06-01", True),
        (Card, "asus-tuf-gaming-rtx-4090", "2026-08-01", False),
        (Card, "asus-tuf-gaming-rtx-5090", "2026-11-01", True),
        (Card, "asus-dual-rtx-3060-v2-oc-12-gb", "2026-11-01", True),
        (Cpu, "amd-ryzen-5-5600", "2026-11-01", True),
        (Cpu, "amd-ryzen-5-3600", "2020-06-01", True),
        (Cpu, "amd-ryzen-5-3600", "2026-11-01", False),
        (Cpu, "intel-core-i5-9400f", "2020-06-01", True),
        (Cpu, "intel-core-i5-9400f", "2023-06-01", False),
        (Board, "asus-z170-a", "2016-11-01", True),
        (Board, "asus-z170-a", "2019-06-01", False),
        (Board, "msi-b550-a-pro", "2026-11-01", True),
        (Board, "asus-prime-x299-a", "2024-06-01", False),
        (Board, "asrock-rack-romed8-2t", "2026-11-01", True),
    ],
)
def test_known_days(kind: type, part: str, day: str, new: bool) -> None:
    [found] = [p for p in tables.load(kind) if p.id == part]
    assert sold(found, dt.date.fromisoformat(day)) is new
    long_out = (
        found.released is not None and (dt.date.fromisoformat(day) - found.released).days > 365
    )
    assert sold(found, dt.date.fromisoformat(day), "used") is True or not long_out
