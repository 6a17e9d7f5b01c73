"""Duplicates of one part number become one part; parts of our own tables are recognised."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from tests.catalog.opendb.made import id_of, mended

from rigwright.catalog import source
from rigwright.catalog.opendb.merge import (
    Embedded,
    Mended,
    _one_name,
    beside_embedded,
    merged,
    shells,
)
from rigwright.catalog.opendb.record import part_numbers
from rigwright.catalog.tables import by_id, load
from rigwright.spec.parts import Card, Case, Chip, Cpu, Psu

VERIFIED = "2026-01-04T02:48:35.413Z"


def item(folder, changes=None, *, numbers=("CP-9020133-NA",), tag="a", **meta):
    changes = {"opendb_id": id_of(folder, tag), **(changes or {})}
    part, raw = mended(folder, changes, part_numbers=list(numbers), **meta)
    return Mended(part, part_numbers(list(numbers)), list(raw.notes), frozenset(raw.present))


def rules(head, fact):
    return {(n.action, n.rule) for n in head.notes if n.field == fact}


def test_one_number_is_one_part_and_the_other_id_is_kept():
    a, b = item("PSU", tag="a"), item("PSU", tag="b")
    (head,) = merged([a, b])
    assert {head.part.id, *head.merged} == {id_of("PSU", "a"), id_of("PSU", "b")}


def test_a_fact_that_only_one_record_has_is_taken_over():
    (head,) = merged([item("PSU", {"length": 0}, tag="a"), item("PSU", tag="b")])
    assert head.part.length_mm == 160


def test_a_fact_in_which_they_differ_is_unknown():
    (head,) = merged([item("PSU", {"length": 140}, tag="a"), item("PSU", tag="b")])
    assert head.part.length_mm is None
    assert rules(head, "length_mm") == {("conflict", "two-records-disagree")}


def test_a_record_checked_by_hand_wins():
    a = item("PSU", {"length": 140}, tag="a", last_manually_spec_verified_at=VERIFIED)
    (head,) = merged([item("PSU", tag="b"), a])
    assert head.part.length_mm == 140 and head.part.id == id_of("PSU", "a")


def test_lists_of_what_fits_keep_what_all_records_say():
    a = item("CPUCooler", {"cpu_sockets": ["AM4", "AM5"]}, tag="a")
    (head,) = merged([a, item("CPUCooler", {"cpu_sockets": ["AM4", "LGA 1700"]}, tag="b")])
    assert head.part.sockets == ("AM4",)


def test_two_products_under_one_number_stay_two():
    heads = merged([item("PSU", tag="a"), item("PSU", {"wattage": 650}, tag="b")])
    assert len(heads) == 2
    assert ("conflict", "number-of-two-products") in rules(heads[1], "watts")


def test_names_that_each_say_something_else_stay_two():
    a = item("CPU", tag="a", name="AMD Athlon 220GE")
    assert len(merged([a, item("CPU", tag="b", name="AMD Athlon 240GE")])) == 2


def test_a_number_of_another_maker_is_another_part():
    assert len(merged([item("PSU", tag="a"), item("PSU", tag="b", manufacturer="Other")])) == 2


def test_the_order_of_the_records_does_not_matter():
    records = [item("PSU", {"length": n}, tag=t) for n, t in ((0, "a"), (160, "b"), (160, "c"))]
    first = merged(records)
    records = [item("PSU", {"length": n}, tag=t) for n, t in ((160, "c"), (160, "b"), (0, "a"))]
    assert [h.part for h in merged(records)] == [h.part for h in first]


def beside(part_type, one):
    beside_embedded([one], {one.part.kind: Embedded(load(part_type), by_id(Chip))})
    return one


def test_a_part_of_our_own_table_is_recognised_and_differences_are_told():
    name = "Intel Core i5 9400F"
    one = item("CPU", {"specifications.tdp": 84}, name=name)
    assert beside(Cpu, one).same_as == "intel-core-i5-9400f"
    assert ("conflict", "differs-from-embedded") in rules(one, "tdp_w")


def test_a_tray_processor_is_not_our_boxed_one():
    one = item("CPU", {"specifications.packaging": "OEM/Tray"}, name="Intel Core i5 9400F OEM/Tray")
    assert beside(Cpu, one).same_as is None


def test_another_revision_is_not_our_part():
    """Ours is 180 mm long; a shorter supply of that name is a later one."""
    one = item("PSU", {"length": 150}, name="Corsair RM850x 850W Fully Modular 80+ Gold")
    assert beside(Psu, one).same_as is None
    assert ("conflict", "differs-from-embedded") in rules(one, "length_mm")
    same = item("PSU", {"length": 180}, name="Corsair RM850x 850W Fully Modular 80+ Gold")
    assert beside(Psu, same).same_as == "corsair-rm850x"


def test_a_card_with_another_chip_is_not_our_card():
    one = item("GPU", name="Gigabyte GTX 1070 G1 Gaming", manufacturer="Gigabyte")
    assert beside(Card, one).same_as is None


def shell(name, changes=None, *, tag):
    sizes = {"dimensions_mm": {"width": 210, "height": 460, "depth": 428}}
    meta = {"name": name, "manufacturer": "Acme"}
    return item("PCCase", {**sizes, **(changes or {})}, numbers=(), tag=tag, **meta)


def filled(*items):
    shells(items, ())
    return items[0].part


def test_editions_of_one_shell_share_the_least_that_any_of_them_prints():
    bare = shell("Acme Tower 5 White", {"max_cpu_cooler_height": 0}, tag="a")
    part = filled(
        bare,
        shell("Acme Tower 5 RGB", {"max_cpu_cooler_height": 168}, tag="b"),
        shell("Acme Tower 5 Black", {"max_cpu_cooler_height": 165}, tag="c"),
    )
    assert part.cooler_height_mm == 165
    assert ("mended", "of-one-shell") in rules(bare, "cooler_height_mm")


@pytest.mark.parametrize(
    ("name", "changes"),
    [("Acme Tower 6", {}),  # another name
     ("Acme Tower 5", {"dimensions_mm": {"width": 230, "height": 460, "depth": 428}}),
     ("Acme Tower 5", {"expansion_slots": 2})],
)  # fmt: skip
def test_another_name_size_or_number_of_slots_is_another_shell(name, changes):
    bare = shell("Acme Tower 5 White", {"max_cpu_cooler_height": 0, "expansion_slots": 7}, tag="a")
    said = {"max_cpu_cooler_height": 165, "expansion_slots": 7, **changes}
    assert filled(bare, shell(name, said, tag="b")).cooler_height_mm is None


def test_lists_in_which_editions_differ_stay_unknown():
    bare = shell("Acme Tower 5", {"supported_power_supply_form_factors": []}, tag="a")
    bare.part = dataclasses.replace(bare.part, psu_form_factors=None)
    said = [["ATX"], ["SFX"]]
    others = [
        shell(f"Acme Tower 5 {w}", {"supported_power_supply_form_factors": forms}, tag=w)
        for w, forms in zip(("b", "c"), said, strict=True)
    ]
    assert filled(bare, *others).psu_form_factors is None


def test_what_printed_figures_of_one_shell_say_is_one_figure(whole_market):
    """The class that `shells` rests on, over every case there is: 98 of 100 pairs agree."""
    source.use(str(whole_market))
    filled_in = {
        row[0] for row in source.rows("SELECT part_id FROM notes WHERE rule = 'of-one-shell'")
    }
    held = {}
    for case in source.load(Case):
        if case.id in filled_in:
            continue
        if case.cooler_height_mm and case.width_mm and case.height_mm and case.depth_mm:
            sides = (case.width_mm, case.height_mm, case.depth_mm)
            held.setdefault(((case.brand or "").lower(), *map(round, sides)), []).append(case)
    source.use(None)
    pairs = [
        abs(a.cooler_height_mm - b.cooler_height_mm) <= 2
        for some in held.values()
        for a, b in itertools.combinations(some, 2)
        if _one_name(a, b)
    ]
    assert len(pairs) > 500 and sum(pairs) > 0.98 * len(pairs)
