"""What stands on the shelf: every current platform, chip, size and class can be bought whole."""

from __future__ import annotations

import datetime as dt

import pytest

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.prices.sold import sold
from rigwright.catalog.source import prices_on
from rigwright.catalog.tables import load
from rigwright.spec.build import Build
from rigwright.spec.market import Sale
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

DAY = dt.date(2026, 11, 29)
CONSUMER = ("geforce", "radeon", "arc", "workstation")
NEW, USED = ("AM4", "AM5", "LGA1700", "LGA1851", "sTR5", "SP5", "SP6"), ("SP3",)
NOT_RETAIL = ("mining card", "refitted", "China alone")
"""Words of the sale's source for chips whose cards no shop here sells new."""
NO_BODY_KNOWN = {"arc-pro-b65", "arc-pro-a60", "radeon-pro-w7800-48-gb", "radeon-rx-9060"}
"""No page with the size of a card was found; lists may name them all the same."""
RULES = {rule.id: rule for rule in fit.RULES}


def on_sale(part: Part, *, used: bool) -> bool:
    quote = prices_on(DAY, used=used, unseen=True).get(key(part))
    return quote is not None and quote.sold


def in_shops(chip: Chip) -> bool:
    row = next((s for s in load(Sale) if s.subject == f"chip:{chip.id}"), None)
    apart = row is not None and any(words in row.source for words in NOT_RETAIL)
    young = (chip.released or DAY) >= dt.date(2023, 1, 1)
    return chip.segment in CONSUMER and young and not apart


@pytest.mark.parametrize("chip", [c for c in load(Chip) if in_shops(c)], ids=lambda c: c.id)
def test_every_chip_since_2023_has_a_card_and_a_price(chip):
    cards = [c for c in load(Card) if c.chip == chip.id]
    assert bool(cards) == (chip.id not in NO_BODY_KNOWN)
    if cards and sold(cards[0], DAY):
        assert any(on_sale(card, used=False) for card in cards)


def bad(build: Build, rule: str) -> bool:
    finding = RULES[rule].check(build)
    return finding is not None and finding.verdict == "conflict"


def kits_for(board: Board, cpu: Cpu) -> list[RamKit]:
    rules = ("ram_type", "cpu_ram_type", "ram_form_factor", "ram_buffering", "ram_slots")
    return [
        kit
        for kit in load(RamKit)
        if not any(bad(Build(cpu=cpu, board=board, ram=(kit,)), rule) for rule in rules)
    ]


@pytest.mark.parametrize("socket", (*NEW, *USED))
def test_every_current_platform_can_be_bought_whole(socket):
    used = socket in USED
    boards = [b for b in load(Board) if b.socket == socket and on_sale(b, used=used)]
    cpus = [c for c in load(Cpu) if c.socket == socket and on_sale(c, used=used)]
    assert len(boards) >= 3
    assert len({(b.chipset, b.form_factor, b.memory_slots, b.slots) for b in boards}) >= 2
    assert len(cpus) >= 3
    for board in boards:
        suits = (kits_for(board, cpu) for cpu in cpus)
        sizes = {kit.module_gib for kits in suits for kit in kits if on_sale(kit, used=used)}
        assert len(sizes) >= 2, board.id
    coolers = [c for c in load(Cooler) if socket in c.sockets and on_sale(c, used=False)]
    assert coolers


@pytest.mark.parametrize("gib", [16, 32, 64])
@pytest.mark.parametrize("kind", ["DDR4", "DDR5"])
def test_registered_modules_are_sold_singly(kind, gib):
    single = [
        k for k in load(RamKit)
        if (k.type, k.form, k.modules, k.module_gib) == (kind, "RDIMM", 1, gib)
    ]  # fmt: skip
    assert any(on_sale(k, used=True) for k in single)


@pytest.mark.parametrize("slots", [2, 4, 7, 8])
def test_cases_of_every_size(slots):
    assert len([c for c in load(Case) if (c.expansion_slots or 0) >= slots]) >= 3


@pytest.mark.parametrize("words", ["mini-itx", "micro-atx", "mid tower", "full tower", "4U rack"])
def test_cases_of_every_kind(words):
    assert any(words in c.form_factor and on_sale(c, used=False) for c in load(Case))


def test_there_is_an_open_frame():
    (frame, *_) = (c for c in load(Case) if c.form_factor == "open frame")
    assert sold(frame, dt.date(2025, 7, 23)) and frame.gpu_length_mm >= 400


@pytest.mark.parametrize("watts", [750, 1000, 1200, 1500, 1600, 2000])
def test_supplies_with_a_16pin_plug(watts):
    enough = [p for p in load(Psu) if p.watts >= watts and (p.pcie_16pin_plugs or 0) >= 1]
    assert any(on_sale(p, used=False) for p in enough)


# Without memory of its own, with it, and PCIe 5.0: told apart by the rate of the maker's page.
RATES = {"plain": (2e9, 6.5e9), "fast": (6.5e9, 7.6e9), "fastest": (10e9, 16e9)}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("tb", [1, 2, 4])
def test_nvme_of_every_class_and_size(rate, tb):
    low, high = RATES[rate]
    found = [
        d for d in load(Drive)
        if d.interface == "pcie" and low <= (d.sequential_read_bytes_per_s or 0) < high
        and 0.9 * tb <= d.capacity_bytes / 1e12 <= 1.1 * tb
    ]  # fmt: skip
    assert any(on_sale(d, used=False) for d in found)


@pytest.mark.parametrize("year", range(2014, 2028))
def test_every_year_sells_a_small_board_a_processor_for_it_and_a_case_of_25_litres(year):
    """A case of at most 25 l had no machine from 2014 to 2020: no Mini-ITX board was listed."""
    quotes = prices_on(dt.date(year, 9, 1))

    def shops(kind):
        quotes_of = ((p, quotes.get(key(p))) for p in load(kind))
        return [p for p, quote in quotes_of if quote is not None and quote.sold]

    sockets = {board.socket for board in shops(Board) if board.form_factor == "Mini-ITX"}
    assert sockets & {cpu.socket for cpu in shops(Cpu)}
    assert any(
        case.width_mm * case.height_mm * case.depth_mm <= 25e6
        for case in shops(Case)
        if case.width_mm and case.height_mm and case.depth_mm
    )
