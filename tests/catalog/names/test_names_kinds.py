"""How people write names, kind by kind: each is generated over the catalogue, none is a single line."""

# ruff: noqa: E501, RUF001, SIM905

from __future__ import annotations

import random
import re

import pytest

from rigwright.catalog import source
from rigwright.catalog.identify import KINDS, identify
from rigwright.catalog.names.claims import _TABLE, Spelling, claims_of, plain
from rigwright.catalog.names.namewords import EFFICIENCIES, NOISE, SOFT, series_of
from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.names.twins import differing
from rigwright.catalog.tables import by_id, load
from rigwright.spec.parts import PART_TYPES, Card, Chip, Drive, Part, Psu, RamKit
from rigwright.spec.tables.table import table

CHIPS = by_id(Chip)
TABLES: dict[str, tuple[Part, ...]] = {t.kind: load(t) for t in PART_TYPES if t is not Chip}
PARTS = [p for parts in TABLES.values() for p in parts]
SPELLINGS = table(Spelling, _TABLE)
NOTES = (
    "(used, from a friend)", "(seven x16 slots)", "（二手）", "(not yet purchased)", "[I already own it]",
    "(was on sale)", "(or any blower-style one)", "（全新盒装）", "(2nd one from ebay)", "(schon vorhanden)",
)  # fmt: skip


def meant(kind: str, text: str) -> str | None:
    part = resolve(kind, text, TABLES[kind], CHIPS, frozenset(p.id for p in TABLES[kind])).part
    return part.id if part else None


@pytest.mark.parametrize("note", NOTES)
def test_a_note_in_brackets_is_no_word_of_the_name(note: str) -> None:
    for part in random.Random(note).sample(PARTS, 60):
        if part.kind == "cpu" and "盒" in note:
            continue  # boxed is another product
        assert meant(part.kind, f"{part.name} {note}") == part.id, part.name


def test_no_name_of_the_catalogue_loses_its_brackets(market) -> None:
    """But for what a shop adds: ``(for AMD Ryzen)``, ``(fans are not included)``."""
    lost = [
        part.name
        for kind in PART_TYPES
        if kind is not Chip
        for part in source.load(kind)
        for inside in re.findall(r"[(\[]([^()\[\]]+)[)\]]", part.name)
        if (plain(f"z ({inside}) z").split() == ["z", "z"])
    ]
    assert len(lost) < 12, lost


@pytest.mark.parametrize(
    "row", [r for r in SPELLINGS if not r.written.isascii()], ids=lambda r: r.written
)
def test_makers_by_their_other_names(row: Spelling) -> None:
    """``华硕TUF...`` written together or apart, before the name in place of the maker."""
    assert plain(f"{row.written}X9").split() == plain(f"{row.means} X9").split()
    made = [p for p in PARTS if row.means and plain(p.name).startswith(f"{row.means} ")]
    for part in made[:5]:
        rest = part.name.split(" ", len(row.means.split()) if row.means != "wd" else 1)[-1]
        if plain(f"{row.means} {rest}") == plain(part.name):
            assert meant(part.kind, f"{row.written}{rest}") == part.id, part.name
            assert meant(part.kind, f"{row.written} {rest}") == part.id, part.name


def test_two_rows_never_mean_the_same_spelling() -> None:
    assert len({r.written for r in SPELLINGS}) == len(SPELLINGS)


def test_an_efficiency_is_part_of_the_name() -> None:
    seen = 0
    for part in load(Psu):
        said = claims_of(part.name, "psu").words & EFFICIENCIES - {"white", "silver"}
        for word in said:
            for other in {"gold", "platinum", "titanium", "bronze"} - {word}:
                seen += 1
                assert meant("psu", re.sub(word, other, part.name, flags=re.I)) != part.id
    assert seen > 20


def test_a_grade_of_another_series_is_never_the_supply(market) -> None:
    """``Leadex Titanium 2000W`` is not the Platinum, for every supply with its grade in the name."""
    draw, kits = random.Random(5), []
    for part in source.load(Psu):
        if part.efficiency in EFFICIENCIES and not re.search(r"\d", _model(part)):
            kits.append(part)
    for part in draw.sample(kits, 60):
        other = draw.choice(sorted({"gold", "platinum", "titanium"} - {part.efficiency}))
        if other in part.name.lower():
            continue  # `Black / Gold 500W ... Bronze`
        found = identify("psu", f"{part.brand} {_model(part)} {other} {part.watts:g}W").part
        assert found is None or found.efficiency in (None, other), (part.name, found and found.name)


def _model(part: Part) -> str:
    maker = claims_of(part.brand or "").words
    words = claims_of(part.name, part.kind).order
    return " ".join(w for w in words if w not in maker | EFFICIENCIES and w != f"{part.watts:g}")


def test_colours_are_not_asked_for(market) -> None:
    """A kit without its colour words is the kit in some colour, or kits that are not the same."""
    kits = [k for k in source.load(RamKit) if claims_of(k.name, "ram").colours and k.cas]
    found = 0
    for kit in random.Random(7).sample(kits, 40):
        words = re.sub(r"[/()]", " ", kit.name).split()
        colours = re.compile(r"black|white|gr[ea]y|silver|red|blue|gold|green|matte|metallic", re.I)
        bare = " ".join(w for w in kit.name.split() if not colours.fullmatch(w) and w != "/")
        if len(words) - len(bare.split()) > 3:
            continue
        hit = identify("ram", bare)
        found += hit.part is not None
        if hit.part is not None:
            assert not differing(
                kit, hit.part, ("type", "modules", "module_gib", "speed_mt_s", "cas")
            )
    assert found > 20


def test_a_series_may_be_left_out(market) -> None:
    """Then it is that part, a listing of the same, or nothing; and mostly it is found."""
    asked = found = 0
    for kind in KINDS:
        parts = [p for p in source.load(type(TABLES[kind][0])) if _series(p)]
        for part in random.Random(kind).sample(parts, min(12, len(parts))):
            text = re.sub(rf"\b(?:{'|'.join(_series(part))})\b ?", "", part.name, flags=re.I)
            hit = identify(kind, text)
            asked += 1
            if hit.part is not None:
                mine = claims_of(part.name, kind).words | claims_of(part.brand or "").words
                other = claims_of(hit.part.name, kind).words - mine - NOISE[kind] - SOFT[kind]
                assert other <= series_of(kind, part.brand or "") | _LOOSE, (text, hit.part.name)
                found += 1
    assert asked > 40 and found > 0.4 * asked


_LOOSE = frozenset("series usb type c a gen 1 2 3 front panel side".split())


def _series(part: Part) -> list[str]:
    words = series_of(part.kind, part.brand or "")
    return [w for w in claims_of(part.name, part.kind).order if w in words]


def test_every_series_is_in_the_catalogue(market) -> None:
    from rigwright.catalog.names.namewords import _DATA, Series

    for row in table(Series, _DATA / "series.csv"):
        if row.maker == "WD":
            continue  # the same maker by its short name
        parts = [
            p
            for p in source.load(type(TABLES[row.kind][0]))
            if (p.brand or "").lower() == row.maker.lower()
        ]
        said = set().union(*(claims_of(p.name, row.kind).words for p in parts)) if parts else set()
        assert set(row.words) <= said, row


@pytest.mark.parametrize("seed", range(4))
def test_one_wrong_letter_is_found_and_never_another_part(seed: int) -> None:
    draw = random.Random(seed)
    found = asked = 0
    for part in draw.sample([p for p in PARTS if p.brand and p.kind not in ("cpu", "card")], 60):
        words = [w for w in part.name.split() if w.isalpha() and len(w) >= 6]
        if not words:
            continue
        word, at = draw.choice(words), draw.randrange(1, 4)
        wrong = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        got = meant(part.kind, part.name.replace(word, wrong))
        assert got in (part.id, None), (part.name, wrong)
        asked, found = asked + 1, found + (got is not None)
    assert found > 0.6 * asked


def test_one_ordinary_word_is_no_identity() -> None:
    for part in TABLES["case"] + TABLES["cooler"]:
        maker = claims_of(part.brand or "").words
        for word in claims_of(part.name, part.kind).order:
            if word.isalpha() and word not in maker:
                assert meant(part.kind, f"open {word} {part.kind}") is None, word


def test_a_hybrid_disk_is_not_told_from_a_drive_by_its_series(market) -> None:
    hybrids = [d for d in source.load(Drive) if "hybrid" in d.name.lower()]
    assert hybrids
    for disk in hybrids:
        bare = f"{disk.brand} {disk.name.split()[1]} {disk.capacity_bytes / 1e12:g}TB"
        found = identify("drive", bare).part
        assert found is None or not differing(found, disk, ("type",)), (bare, found and found.name)


def test_the_maker_may_stand_behind_the_chip() -> None:
    for card in load(Card):
        maker = card.brand or ""
        if card.name.startswith(f"{maker} ") and meant("card", card.name) == card.id:
            chip = CHIPS[card.chip].name
            rest = card.name.removeprefix(f"{maker} ")
            assert meant("card", f"{rest} {maker}") == card.id, card.name
            assert meant("card", f"{chip} {maker} {rest}") in (card.id, None), card.name
