"""The power formulas against numbers worked out by hand or published."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.fit.generated import build as generated
from tests.fit.story import FOUR, STORY, change

from rigwright.fit.facts.draw import (
    advised_psu_w,
    at_once_w,
    continuous_w,
    cpu_w,
    draw_w,
    least_draw_w,
    required_psu_w,
    wall_w,
)
from rigwright.fit.rules import BY_ID
from rigwright.spec.build import Circuit


def test_2016_build_draws_321_w():
    """91 + 150 + 50 board + 2 x 5 memory + 10 disk + 10 fans."""
    assert draw_w(STORY) == 321
    assert required_psu_w(321) == 450
    assert advised_psu_w(321) == 450
    found = BY_ID["psu_wattage"].check(STORY)
    assert (found.verdict, found.have, found.need, found.margin) == ("ok", 600, 321, 279)
    assert "321 W" in found.why and "600 W" in found.why


def test_wall_power_is_draw_over_efficiency():
    assert wall_w(STORY) == pytest.approx(321 / 0.82)
    assert continuous_w(Circuit(120, 15)) == 1440  # NEC 80 % of 1,800 W


def test_four_rtx_3090_overload_a_120_v_15_a_circuit():
    """lambdalabs.com, deep learning hardware deep dive RTX 30xx: 1,760 W against 1,440 W."""
    found = BY_ID["wall_circuit"].check(change(FOUR, circuit=Circuit(120, 15)))
    assert (found.verdict, found.severity, found.have) == ("conflict", "error", 1440)
    assert draw_w(FOUR) == pytest.approx(1760, rel=0.01)
    assert found.need >= 1760 and "1,440 W" in found.why
    assert "cap each card at" in found.fix


def test_the_cap_that_is_offered_is_enough():
    found = BY_ID["wall_circuit"].check(change(FOUR, circuit=Circuit(120, 15)))
    cap = float(found.fix.split("cap each card at ")[1].split(" W")[0])
    capped = change(FOUR, circuit=Circuit(120, 15), gpu_power_cap_w=cap)
    assert BY_ID["wall_circuit"].check(capped).verdict == "ok"
    higher = change(FOUR, circuit=Circuit(120, 15), gpu_power_cap_w=cap + 10)
    assert BY_ID["wall_circuit"].check(higher).verdict == "conflict"


def test_same_machine_on_a_european_circuit():
    assert BY_ID["wall_circuit"].check(change(FOUR, circuit=Circuit(230, 13))).verdict == "ok"


def test_other_load_on_the_circuit_counts():
    busy = change(STORY, circuit=Circuit(120, 15, other_load_w=1200))
    assert BY_ID["wall_circuit"].check(busy).verdict == "conflict"


def test_processor_without_printed_maximum_is_bounded():
    """AMD: PPT = 1.35 x TDP on AM4; Intel i9-10900: 65 W TDP, 224 W PL2 (Intel ARK)."""
    amd = change(STORY, cpu__generation="zen3", cpu__socket="AM4", cpu__tdp_w=105).cpu
    assert cpu_w(amd) == pytest.approx(142, abs=0.5)
    intel = change(STORY, cpu__generation="comet-lake", cpu__socket="LGA1200", cpu__tdp_w=65).cpu
    assert cpu_w(intel) >= 224
    printed = change(STORY, cpu__max_power_w=120.0).cpu
    assert cpu_w(printed) == 120


def test_between_tdp_and_bound_is_unknown():
    build = change(
        STORY, cpu__generation="comet-lake", cpu__socket="LGA1200", cpu__tdp_w=125, psu__watts=500
    )
    found = BY_ID["psu_wattage"].check(build)
    assert found.verdict == "unknown"


def test_warning_between_draw_and_advice():
    found = BY_ID["psu_wattage"].check(change(STORY, psu__watts=400))
    assert found.verdict == "warning" and "450 W" in found.fix


def test_transient_of_a_575_w_card_on_an_old_supply():
    """slashgear 1902896 quoting Igor's Lab: RTX 5090 reaches 901 W under 1 ms."""
    edits = {"card__power_limit_w": 575.0, "cpu__max_power_w": 253.0, "psu__watts": 1200.0}
    chips = (replace(STORY.chips[0], architecture="blackwell"),)
    old = BY_ID["psu_transient"].check(replace(change(STORY, **edits), chips=chips))
    assert (old.verdict, old.severity) == ("warning", "warning")
    # The same watts of a generation that was measured to rise less is no certain trouble.
    assert not BY_ID["psu_transient"].check(change(STORY, **edits)).loses
    new = change(STORY, **edits, psu__atx_version="3.1", psu__pcie_16pin_plugs=1)
    assert BY_ID["psu_transient"].check(new).verdict == "ok"


def test_atx3_supply_without_a_16pin_plug_is_a_gap_in_the_data():
    build = change(STORY, psu__atx_version="3.0", card__plugs=("16",))
    assert BY_ID["psu_16pin"].check(build).verdict == "unknown"


@pytest.mark.parametrize("cap", [None, 320.0, 280.0])
def test_advice_on_a_cap_is_below_the_one_in_force(cap):
    """Four RTX 3090 (350 W) on 120 V 15 A."""
    build = replace(
        change(STORY, card__power_limit_w=350.0), circuit=Circuit(120.0, 15.0), gpu_power_cap_w=cap
    )
    build = replace(build, cards=build.cards * 4)
    found = BY_ID["wall_circuit"].check(build)
    assert found.verdict == "conflict"
    advised = re.search(r"cap each card at (\d+) W", found.fix)
    assert advised is not None
    assert int(advised[1]) < (cap or 350)
    capped = BY_ID["wall_circuit"].check(replace(build, gpu_power_cap_w=float(advised[1])))
    assert capped.verdict != "conflict"


def _cards(count: int, watts: float, **edits):
    build = change(STORY, card__power_limit_w=watts, **edits)
    return replace(build, cards=build.cards * count)


@pytest.mark.parametrize("seed", range(60))
def test_conflict_only_below_what_one_load_draws_and_a_cap_cures_the_rest(seed):
    """Drawn machines with a supply around every limit: no verdict is milder with fewer watts."""
    build = generated(seed)
    if not build.cpu or not build.cards or not build.psu or draw_w(build) is None:
        return
    build = replace(build, unresolved=())
    surely, perhaps = at_once_w(build)
    least, most = least_draw_w(build), draw_w(build)
    assert surely <= perhaps <= most and surely <= least <= most
    rule = BY_ID["psu_wattage"]

    def at(watts):
        return rule.check(replace(build, psu=replace(build.psu, watts=watts)))

    assert at(surely - 1).verdict == "conflict"
    assert at(perhaps + 1).verdict != "conflict" and at(most + 1).verdict in ("ok", "warning")
    assert not at(most + 1).loses
    if perhaps + 1 < least:
        found = at(least - 1)
        assert found.loses
        cap = re.search(r"cap each card at ([\d,]+) W", found.fix)
        if cap:
            capped = replace(build, gpu_power_cap_w=float(cap[1].replace(",", "")))
            psu = replace(build.psu, watts=least - 1)
            assert least_draw_w(replace(capped, psu=psu)) <= least - 1
            assert not rule.check(replace(capped, psu=psu)).loses


@pytest.mark.parametrize(
    ("count", "card_w", "cpu_w", "psu_w", "loses"),
    [(2, 260, 140, 650, True),  # two RTX 2080 Ti restart
     (4, 350, 280, 1650, True),  # about 1,800 W of limits: ran
     (4, 350, 280, 1400, False), (4, 200, 280, 1650, False)],
)  # fmt: skip
def test_machines_that_ran_on_less_than_the_sum_of_limits_may_be_built(
    count, card_w, cpu_w, psu_w, loses
):
    build = _cards(count, float(card_w), cpu__max_power_w=float(cpu_w), psu__watts=float(psu_w))
    found = BY_ID["psu_wattage"].check(build)
    assert found.loses == loses, found.why
    assert (found.verdict == "conflict") == (psu_w == 1400)
    assert not loses or "cap each card" in found.fix
