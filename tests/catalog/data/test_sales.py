"""The table of what was sold new: every line has a row, and the days that people know."""

from __future__ import annotations

import datetime as dt

import pytest

from rigwright.catalog import source, tables
from rigwright.catalog.prices.sold import sold
from rigwright.catalog.prices.today import quotes
from rigwright.spec.market import Market, Price, Sale
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


DESKTOP = ("geforce", "radeon", "arc", "workstation")
SINCE = dt.date(2023, 1, 1)
NOT_RETAIL = ("mining card", "refitted", "China alone")
"""Words of the source for chips whose cards no shop here sells new."""
NO_BODY_KNOWN = {"arc-pro-b65"}
"""Sold by makers of boards alone; no page with the size of one was found."""


AS_CHIPS = {
    "radeon-rx-6400", "radeon-rx-6600", "radeon-rx-6650-xt", "radeon-rx-6700", "radeon-rx-6750-xt",
    "radeon-rx-6950-xt", "radeon-pro-w6600", "radeon-pro-w7800-48-gb", "geforce-gtx-1630",
    "geforce-gt-1030", "t400", "t400-4-gb", "t600", "t1000", "t1000-8-gb", "arc-a770-8-gb",
    "arc-pro-a40", "arc-pro-a50", "arc-pro-a60",
}  # fmt: skip
"""Known so that lists which name them can be read; cards of theirs come with an imported market."""


def test_every_desktop_chip_sold_new_since_2023_has_a_card_with_a_price_on_its_days() -> None:
    rows, chips = {row.subject: row for row in tables.load(Sale)}, source.by_id(Chip)
    cards = source.load_with_price(Card)
    days: dict[dt.date, set[str]] = {}
    for chip in chips.values():
        row = rows[f"chip:{chip.id}"]
        first = min((c.released for c in cards if c.chip == chip.id and c.released), default=None)
        since = max(filter(None, (row.since, chip.released, first, SINCE)))
        day = min(since + dt.timedelta(days=60), row.until or dt.date(2026, 11, 29))
        apart = any(words in row.source for words in NOT_RETAIL)
        if chip.segment in DESKTOP and day >= since and not apart:
            days.setdefault(day, set()).add(chip.id)
    bare = set()
    for day, wanted in days.items():
        found = quotes({"card": cards}, source.load(Price), tables.load(Market), chips, day, "new")
        bare |= wanted - {c.chip for c in cards if f"card:{c.id}" in found and sold(c, day)}
    assert sum(map(len, days.values())) > 60
    assert bare == NO_BODY_KNOWN | AS_CHIPS
