"""Duplicates of one part number become one part; parts of our own tables are recognised."""

from __future__ import annotations

from tests.catalog.opendb.made import id_of, mended

from rigwright.catalog.opendb.merge import Embedded, Mended, beside_embedded, merged
from rigwright.catalog.opendb.record import part_numbers
from rigwright.catalog.tables import by_id, load
from rigwright.spec.parts import Card, Chip, Cpu, Psu

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
