"""Whole builds, single cases, summaries."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fit.story import CARD, COOLER, FOUR, STORY, change

from rigwright import fit
from rigwright.fit import RULES, check, check_case, rank, summary, verdict
from rigwright.fit.rules import BY_ID
from rigwright.spec.build import Build, Circuit, Finding
from rigwright.spec.errors import InputError
from rigwright.spec.parts import PART_TYPES


def by_rule(build):
    return {f.rule: f for f in check(build)}


def test_the_2016_build_can_be_built():
    """280 mm card in 364 mm; 160 mm cooler under 161 mm: one millimetre, to be verified."""
    found = by_rule(STORY)
    assert not [f for f in found.values() if f.verdict == "conflict"]
    assert not [f for f in found.values() if f.verdict == "unknown"]
    cooler = found["cooler_height"]
    assert (cooler.verdict, cooler.have, cooler.need, cooler.margin) == ("warning", 161, 160, 1)
    assert "160 mm" in cooler.why and "161 mm" in cooler.why
    card = found["gpu_length"]
    assert (card.verdict, card.have, card.need, card.margin) == ("ok", 364, 280, 84)
    for rule in ("cpu_socket", "cpu_generation", "ram_type", "psu_wattage", "drive_bay"):
        assert found[rule].verdict == "ok"
    assert found["pcie_link"].have == "3.0 x16"
    assert verdict(found.values()) == "warning"


def test_four_cards_fit_on_paper():
    assert not [f for f in check(FOUR) if f.verdict == "conflict"]


def test_worst_first():
    build = change(STORY, case__cooler_height_mm=100.0, card__length_mm=None)
    ranks = [rank(f) for f in check(build)]
    assert ranks == sorted(ranks)
    assert [f.rule for f in check(build)][:2] == ["cooler_height", "gpu_length"]


@pytest.mark.parametrize(
    ("pairs", "whole"),
    [
        ([("ok", "error")], "ok"),
        ([("unknown", "warning")], "ok"),
        ([("unknown", "error"), ("warning", "error")], "unknown"),
        ([("warning", "warning")], "warning"),
        ([("warning", "error")], "warning"),
        ([("warning", "note")], "ok"),
        ([("conflict", "error"), ("unknown", "error")], "conflict"),
    ],
)
def test_verdict_of_a_build(pairs, whole):
    assert verdict(Finding("r", v, severity=s) for v, s in pairs) == whole


def test_summary_counts():
    build = change(STORY, card__length_mm=None)
    found = check(build)
    total = summary(found)
    assert total.rules == len(RULES) and total.unknown == 1
    assert total.checked + total.unknown == len(found)
    assert str(total) == f"checked {len(found) - 1} of {len(RULES)} rules, 1 unknown"


def test_nothing_is_ok_about_an_empty_build():
    from rigwright.spec.build import Build

    found = check(Build())
    assert [f.rule for f in found] == ["parts_present"]
    assert verdict(found) == "unknown"


def test_a_line_nobody_understood_is_unknown_for_every_rule_that_reads_it():
    build = change(STORY, psu=None, unresolved=(("psu", "some 600W thing"),))
    found = by_rule(build)
    assert (
        found["psu_wattage"].verdict == "unknown" and "some 600W thing" in found["psu_wattage"].why
    )
    assert found["parts_identified"].verdict == "unknown"
    assert found["cpu_socket"].verdict == "ok"
    readers = {r.id for r in RULES if "psu" in r.reads} - {"parts_present"}
    assert all(found[r].verdict == "unknown" for r in readers if r in found)


def test_a_cooler_nobody_understood_is_not_a_missing_cooler():
    build = change(STORY, cooler=None, unresolved=(("cooler", "be quiet fan"),))
    assert by_rule(build)["cooler_required"].verdict == "unknown"


def test_one_more_unknown_card_does_not_make_too_many_cards_fewer():
    build = change(STORY, cards=(CARD,) * 4, unresolved=(("card", "a GPU"),))
    assert by_rule(build)["gpu_slots"].verdict == "conflict"
    assert by_rule(change(build, cards=(CARD,)))["gpu_slots"].verdict == "unknown"


def test_unidentified_accessories_do_not_matter():
    build = change(STORY, unresolved=(("paste", "thermal paste"),))
    assert check(build) == check(STORY)


def test_case_says_unknown_when_a_part_is_not_given():
    lone = change(STORY, case=None)
    assert check_case("gpu_length", lone).verdict == "unknown"


def test_case_says_ok_when_a_rule_has_nothing_to_object():
    assert check_case("gpu_radiator", STORY).verdict == "ok"


def test_case_params_set_the_circuit():
    assert check_case("wall_circuit", FOUR, {"volts": 120, "amps": 15}).verdict == "conflict"
    assert check_case("wall_circuit", FOUR, {"volts": 230, "amps": 16}).verdict == "ok"
    capped = {"volts": 120, "amps": 15, "gpu_power_cap_w": 200}
    assert check_case("wall_circuit", FOUR, capped).verdict == "ok"


@pytest.mark.parametrize(
    ("rule", "params", "words"),
    [
        ("gpu_lenght", {}, ("gpu_lenght", "gpu_length")),
        ("gpu_length", {"bolts": 1}, ("bolts", "volts")),
        ("wall_circuit", {"volts": "many"}, ("volts", "'many'")),
    ],
)
def test_bad_cases_are_one_clear_line(rule, params, words):
    with pytest.raises(InputError) as error:
        check_case(rule, STORY, params)
    assert all(w in str(error.value) for w in words) and "\n" not in str(error.value)


def test_rule_table_is_complete():
    for rule in RULES:
        assert rule.claim and rule.source and rule.check.__doc__, rule.id
        assert set(rule.needs) <= set(rule.reads) or not rule.needs, rule.id
    assert len(BY_ID) == len(RULES) >= 55


def test_every_row_of_the_table_is_a_rule_and_means_what_parts_have():
    with (Path(fit.__file__).parent / "data" / "rules.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["id"] for row in rows] == [rule.id for rule in RULES]
    assert {word for row in rows for word in row["traits"].split("|")} == {
        "", "absence", "slotted", "firm",
    }  # fmt: skip
    types = {t.kind: t for t in PART_TYPES} | {"build": Build, "circuit": Circuit}
    for rule in RULES:
        assert rule.type in ("pair", "budget") and rule.severity in ("error", "warning", "note")
        assert {*rule.burdens, *rule.supplies} <= set(rule.reads), rule.id
        for kind, names in rule.reads.items():
            assert all(hasattr(types[kind], name) for name in names), (rule.id, kind, names)


def test_finding_names_the_parts():
    assert set(by_rule(STORY)["cooler_height"].parts) == {COOLER.id, "nzxt-s340"}


def test_rules_start_without_heavy_modules():
    code = (
        "import sys, rigwright.fit;"
        "heavy = {'numpy', 'pydantic', 'sqlalchemy', 'rich'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
