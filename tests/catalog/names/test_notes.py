"""What somebody adds behind a name is no part of it, unless a part like it is called so."""

# ruff: noqa: RUF001

from __future__ import annotations

import pytest

from rigwright.catalog.identify import identify, identify_any
from rigwright.catalog.source import TYPES
from rigwright.catalog.tables import load
from rigwright.spec.parts import Psu

NAMES = [p.name for p in load(Psu)][::9]
NOTES = (
    "runs without a sound", "works as it should", "my favourite", "schon lange und sehr leise",
    "great bargain", "zuverlässig",
)  # fmt: skip


@pytest.mark.parametrize("mark", [" - ", " – ", ", ", " / ", "; "])
@pytest.mark.parametrize("note", NOTES)
def test_a_note_behind_a_dash_or_comma_changes_nothing(mark: str, note: str) -> None:
    for name in NAMES:
        bare, hit = identify("psu", name).part, identify("psu", f"{name}{mark}{note}").part
        assert hit is not None and bare is not None and hit.id == bare.id, name


@pytest.mark.parametrize("kind", ["card", "board", "case", "cooler", "drive", "cpu"])
def test_words_that_no_part_of_the_kind_has_are_a_note(market, kind: str) -> None:
    """Of all kinds; what changes nothing must not become another part."""
    for name in [p.name for p in load(TYPES[kind])][::5]:
        bare, hit = identify(kind, name).part, identify(kind, f"{name} - zubo zabo").part
        assert bare is None or (hit is not None and hit.id == bare.id), name


def test_words_of_its_relatives_are_no_note() -> None:
    assert identify("psu", "Corsair RM850x").part is not None
    assert identify("psu", "Corsair RM850x - Shift").part != identify("psu", "Corsair RM850x").part


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2212"])
def test_every_hyphen_is_one(hyphen: str) -> None:
    part = identify("cooler", "Noctua NH-D15").part
    assert part and identify("cooler", f"Noctua NH{hyphen}D15").part == part


def test_a_line_of_no_kind_is_looked_for_where_its_words_are_known() -> None:
    for name in NAMES:
        hit = identify_any(name)
        assert hit is not None and hit.part == identify("psu", name).part
    assert identify_any("Zubo Kappa 4711") is None
