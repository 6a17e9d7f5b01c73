"""The published OpenDB, imported whole (skipped without it): sizes, rules, no guesses."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from rigwright import fit
from rigwright.catalog import source, tables
from rigwright.catalog.identify import identify
from rigwright.catalog.opendb.record import RULES
from rigwright.catalog.tables import by_id
from rigwright.fit.facts.names import board_socket, cpu_socket
from rigwright.fit.facts.platforms import platforms
from rigwright.plan.parts.catalogs import report
from rigwright.spec.build import Build
from rigwright.spec.parts import PART_TYPES, Board, Card, Chip, Cpu, Psu, RamKit


def test_nearly_every_record_is_used(market):
    found = report()
    records = sum(k.records for k in found.kinds)
    used = sum(k.parts + k.merged + k.embedded for k in found.kinds)
    assert records > 26_000 and used > 0.998 * records
    assert found.others["rejected"] < 40


def test_ids_are_unique_over_both_tables(market):
    for kind in PART_TYPES:
        parts = source.load(kind)
        assert len({p.id for p in parts}) == len(parts)


def test_every_note_names_a_rule_of_ours(market):
    assert {rule for (rule,) in source.rows("SELECT DISTINCT rule FROM notes")} <= set(RULES)


def test_no_board_claims_more_than_its_platform(market):
    for board in source.load(Board):
        row = platforms().get(board.chipset)
        for slot in board.slots or () if row else ():
            assert slot.gen <= row.pcie_gen, board.name
        assert board.socket != "LGA1151" or board_socket(board.socket, board.chipset)


def test_no_processor_has_a_socket_that_its_core_does_not_fit(market):
    assert all(c.socket == "" or cpu_socket(c.socket, c.generation) for c in source.load(Cpu))


def test_named_registered_kits_are_registered(market):
    for kit in source.load(RamKit):
        if "registered" in kit.name.lower():
            assert kit.form == "RDIMM" and kit.ecc, kit.name


def test_supplies_without_plugs_are_unknown_not_none(market):
    told = {psu.id for psu in tables.load(Psu)}  # a row of our own may say that there are none
    for psu in source.load(Psu):
        none = psu.pcie_8pin_plugs == 0 and not psu.pcie_16pin_plugs
        assert not none or psu.id in told, psu.name


def test_cards_have_the_memory_of_their_chip(market):
    chips = source.by_id(Chip)
    known = [c for c in source.load(Card) if c.chip in chips]
    assert len(known) > 2500
    assert all(c.chip in chips or c.chip.startswith("unlisted-") for c in source.load(Card))


@pytest.mark.parametrize(
    "field", ["cpu", "board", "psu", "case", "cooler", "ram", "cards", "drives"]
)
def test_rules_answer_for_every_part_alone(market, field):
    """No rule stumbles over what an import leaves unknown."""
    kind = {"cards": "card", "drives": "drive"}.get(field, field)
    many = field in ("ram", "cards", "drives")
    for part in source.load(source.TYPES[kind])[::7]:
        fit.check(Build(**{field: (part, part) if many else part}))


# Rules in which the imported facts of a part of ours are known to be rosier than the maker's page.
ROSIER = {
    "cooler_socket": "lists kits that are sold apart from the cooler",
    "gpu_case_slots": "thickness in whole slots",
    "gpu_thickness": "thickness in whole slots",
    "psu_length": "one case: without its drive cage",
    "cpu_ram_capacity": "maximum after a later revision of the page",
    "ram_capacity": "maximum after a later revision of the page",
    "psu_pcie_connectors": "SuperNOVA 650 G2: 8-pin plugs told as 16-pin; 850 G3: 6 for 4",
    "psu_16pin": "SuperNOVA 650 G2, as before",
    "cpu_generation": "Ryzen 5 1600: two revisions of one name",
    "mb_form_factor": "Antec FLUX: lists E-ATX without a size",
}


def test_imported_facts_never_make_ok_of_what_our_facts_call_a_conflict(published):
    """Random builds of parts that both have: once with imported facts, once with ours."""
    chips = by_id(Chip)
    pairs: dict[str, list] = {}
    for item in published[1]:
        if item.same_as:
            ours = by_id(type(item.part))[item.same_as]
            pairs.setdefault(item.part.kind, []).append((item.part, ours))
    dice, rosier = random.Random(5), Counter()
    for _ in range(1500):
        pick, count = {k: dice.choice(v) for k, v in pairs.items()}, dice.choice((1, 1, 2, 3))
        imported, ours = (_built(pick, i, count, chips) for i in (0, 1))
        said = {f.rule: f.verdict for f in fit.check(imported)}
        for finding in fit.check(ours):
            if finding.verdict == "conflict" and said.get(finding.rule, "ok") == "ok":
                rosier[finding.rule] += 1
    assert set(rosier) <= set(ROSIER), rosier


def _built(pick, i, count, chips):
    part = {kind: pair[i] for kind, pair in pick.items()}
    single = {k: part[k] for k in ("cpu", "board", "cooler", "psu", "case")}
    card = part["card"]
    return Build(
        **single,
        ram=(part["ram"],),
        drives=(part["drive"],),
        cards=(card,) * count,
        chips=(chips[card.chip],),
    )


def test_a_name_as_the_catalogue_writes_it_finds_its_part(market):
    """A sample over all kinds; two records may have one name, and our own rows come first."""
    for kind in PART_TYPES:
        if kind is Chip:
            continue
        ours = source.embedded_ids(kind.kind)
        parts = [p for p in source.load(kind) if p.id not in ours]
        for part in parts[:: len(parts) // 12]:
            hit = identify(kind.kind, part.name).part
            assert hit is not None, part.name
            assert hit.name == part.name or hit.id in ours, (part.name, hit.name)


def test_the_embedded_story_reads_the_same_beside_the_market(market, monkeypatch):
    from pathlib import Path

    from rigwright.plan.parts.checking import check_file

    story = Path(__file__).parents[3] / "examples" / "2016-desktop" / "build.toml"
    beside = check_file(story)
    monkeypatch.setenv("RIGWRIGHT_DB", "none")
    source.use(None)
    assert check_file(story) == beside


def test_no_line_of_people_or_shops_gets_a_part_that_it_does_not_mean(market):
    """Labelled lines, and models that do not exist; what no label covers was judged by hand."""
    from rigwright_accuracy.measured import SharedDataMissingError
    from rigwright_accuracy.names import score as namesets
    from rigwright_accuracy.names.score import answers

    try:
        lines = [*namesets.build_rows(), *namesets.list_lines()[0], *namesets.shop_names()[::27]]
    except SharedDataMissingError as error:
        pytest.skip(str(error))
    found = answers([*lines, *namesets.digit_changed(200, seed=11)], namesets.judged())
    assert [(line.text, hit.part.name) for what, line, hit in found if what == "wrong"] == []
    labelled = [what for what, line, _ in found if line.ids]
    right = sum(what in ("exact", "same product", "chip") for what in labelled)
    assert right > 0.97 * len(labelled)
