"""What `parts --line` says of a line: the part, or what speaks for and against the nearest."""

from __future__ import annotations

import pytest

from rigwright.catalog import source
from rigwright.plan.parts.naming import kind_named, name_line
from rigwright.spec.errors import InputError


@pytest.fixture(autouse=True)
def own_tables(monkeypatch):
    monkeypatch.setenv("RIGWRIGHT_DB", "none")
    source.use(None)
    yield
    source.use(None)


@pytest.mark.parametrize(
    ("line", "kind", "id_"),
    [
        ("Gigabyte 1070 G1", "gpu", "gigabyte-gtx-1070-g1-gaming"),
        ("GPU: 2x Gigabyte 1070 G1 ($399.99 @ Newegg)", None, "gigabyte-gtx-1070-g1-gaming"),
        ("noctua nhd15", None, "noctua-nh-d15"),
        ("Prozessor: Intel i7-6700K", None, "intel-core-i7-6700k"),
        ("EVGA G2 750W", "psu", "evga-supernova-750-g2"),
    ],
)
def test_exact(line, kind, id_):
    found = name_line(line, kind)
    assert (found.verdict, found.exit_code) == ("exact", 0)
    assert found.part is not None and found.part.id == id_


def test_counts_and_prices_are_kept():
    found = name_line("GPU: 2x Gigabyte 1070 G1 ($399.99 @ Newegg)")
    assert (found.quantity, found.price, found.currency) == (2, 399.99, "USD")


def test_a_bare_chip_is_known_and_its_card_is_not():
    found = name_line("GTX 1070")
    assert (found.verdict, found.chip, found.exit_code) == ("ambiguous", "GeForce GTX 1070", 3)
    assert found.part is None and found.near


def test_every_candidate_says_why():
    found = name_line("Corsair RM850x 750 Watt", "psu")
    assert found.part is None and found.exit_code == 3
    first = found.near[0]
    assert first.id == "corsair-rm850x" and "it gives 850 W" in first.why
    assert all(near.why for near in found.near)


def test_fitting_candidates_come_first_and_tell_their_differences():
    found = name_line("Corsair Vengeance LPX 16GB DDR4-2666", "ram")
    assert found.verdict == "ambiguous" and found.near[0].fits and "modules" in found.hint


def test_what_no_rule_looks_at_is_unknown():
    found = name_line("Keyboard: Zubo K1")
    assert (found.verdict, found.near) == ("unknown", ())


def test_junk_is_unknown():
    assert name_line("qwfp zxcv 9999").verdict == "unknown"


@pytest.mark.parametrize("line", ["", "   ", "x" * 1001])
def test_bad_lines_are_errors(line):
    with pytest.raises(InputError, match="LINE"):
        name_line(line)


def test_kinds_by_what_people_call_them():
    assert [kind_named(w) for w in ("gpu", "Motherboard", "Netzteil", "card")] == [
        "card", "board", "psu", "card",
    ]  # fmt: skip
    with pytest.raises(InputError, match="KIND"):
        kind_named("spoon")
