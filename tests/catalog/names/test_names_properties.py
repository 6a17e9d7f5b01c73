"""How a line is written never changes which part it means; what means nothing finds nothing."""

# ruff: noqa: RUF001

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.catalog.identify import KINDS
from rigwright.catalog.names.claims import _SPELLINGS, claims_of, plain
from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.names.twins import differing
from rigwright.catalog.paste import read_list
from rigwright.catalog.tables import by_id, load
from rigwright.spec.parts import PART_TYPES, Chip, Part

CHIPS = by_id(Chip)
TABLES: dict[str, tuple[Part, ...]] = {t.kind: load(t) for t in PART_TYPES if t is not Chip}
LABEL = {
    "cpu": "CPU", "cooler": "CPU Cooler", "board": "Motherboard", "ram": "Memory",
    "drive": "Storage", "card": "Video Card", "case": "Case", "psu": "Power Supply",
}  # fmt: skip
PARTS = [p for table in TABLES.values() for p in table]
some_part = st.sampled_from(PARTS)


def meant(kind: str, text: str) -> str | None:
    part = resolve(kind, text, TABLES[kind], CHIPS, frozenset(p.id for p in TABLES[kind])).part
    return part.id if part else None


def read(text: str, kind: str) -> tuple[str | None, int]:
    (line,) = (x for x in read_list(text) if x.kind == kind)
    return meant(kind, line.text), line.quantity


PIECES = (
    "16 ", "go", "to", "гб", "тб", "4090s", "max-q", "max q", "wi-fi", "core i5", "corei7", " ",
    "-", "e5-2670 v3", "1080ti", "tisuper", "2070super", "6900 xt", "3060", "gre", "'s", "(tm)",
    "(r)", "®", "founders edition", "http://x.y/z", "(used, from a shop)", "a", "5", ")",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
@settings(max_examples=500, deadline=None)
def test_the_words_that_spare_a_pattern_are_in_all_it_matches(text) -> None:
    line = plain(text)
    for words, pattern, _ in _SPELLINGS:
        for some in (text, line):
            assert not re.search(pattern, some) or any(word in some for word in words), pattern


def test_every_part_of_our_tables_is_found_by_its_name() -> None:
    for part in PARTS:
        assert meant(part.kind, part.name) == part.id, part.name


@given(
    part=some_part,
    bullet=st.sampled_from(["", "- ", "* ", "1. ", "[x] ", "> "]),
    price=st.sampled_from(["", " - $1,299.99", " (1.299,00 €)", " – 1 299,00 zł", " @ Shop"]),
    count=st.integers(1, 4),
    case=st.sampled_from([str, str.upper, str.lower]),
)
@settings(max_examples=300, deadline=None)
def test_bullets_prices_counts_and_case_change_nothing(part, bullet, price, count, case) -> None:
    price = price if price != " @ Shop" else " ($99.00 @ Shop)"
    number = "" if count == 1 else f"{count}x "
    text = f"{bullet}{LABEL[part.kind]}: {number}{case(part.name)}{price}"
    assert read(text, part.kind) == (part.id, count)


@given(part=some_part, order=st.permutations(range(4)), mark=st.sampled_from(["|", "\t", ";"]))
@settings(max_examples=200, deadline=None)
def test_the_order_of_columns_changes_nothing(part, order, mark) -> None:
    head = ("Type", "Item", "Qty", "Price")
    row = (LABEL[part.kind], part.name, "2", "$1,299.99")
    lines = [mark.join(cells[i] for i in order) for cells in (head, row)]
    if mark == "|":
        lines = [f"| {line} |" for line in lines]
    assert read("\n".join(lines), part.kind) == (part.id, 2)


@given(part=some_part, word=st.sampled_from(["new", "used", "refurbished", "OEM", "boxed", "the"]))
@settings(max_examples=100, deadline=None)
def test_condition_words_change_nothing(part, word) -> None:
    if part.kind == "cpu" and word == "OEM" and part.includes_cooler:  # type: ignore[attr-defined]
        return  # sold without its cooler: other facts
    assert meant(part.kind, f"{part.name} {word}") == part.id


_JUNK = st.text(alphabet="bcdfghjklmnpqrstvwxz0123456789 -", min_size=1, max_size=40)


@given(text=_JUNK, kind=st.sampled_from(KINDS))
@settings(max_examples=400, deadline=None)
def test_junk_is_never_an_exact_hit(text: str, kind: str) -> None:
    """Unless the letters happen to name the part: every word of it must then be there."""
    found = meant(kind, text)
    if found is not None:
        name = next(p.name for p in TABLES[kind] if p.id == found)
        squeezed = "".join(c for c in text if c.isalnum())
        assert any(w.lower() in squeezed for w in name.split()[1:]), (text, name)


@given(part=some_part, junk=st.from_regex(r"[bcdfghjkz]{4,9}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_a_name_with_a_foreign_word_is_no_exact_hit(part: Part, junk: str) -> None:
    if not claims_of(part.name, part.kind).codes:  # a part number decides by itself
        assert meant(part.kind, f"{part.name} {junk}") is None


@given(part=some_part, digit=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=300, deadline=None)
def test_another_digit_is_another_part(part: Part, digit: int, seed: int) -> None:
    places = [i for i, c in enumerate(part.name) if c.isdigit()]
    if not places:
        return
    at = random.Random(seed).choice(places)
    other = part.name[:at] + str((int(part.name[at]) + digit) % 10) + part.name[at + 1 :]
    assert meant(part.kind, other) != part.id, other


@pytest.mark.parametrize("kind", KINDS)
def test_parts_of_one_table_are_never_twins(kind: str) -> None:
    named = {}
    for part in TABLES[kind]:
        assert named.setdefault(part.name.lower(), part) is part
    for a, b in itertools.pairwise(TABLES[kind]):
        assert a.name != b.name or differing(a, b)
