"""What is owned is used and free, what is asked for is bought, and both by whatever they say."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rigwright.fit as fit
from rigwright.catalog.source import by_id, load
from rigwright.choose.problem import weigh
from rigwright.plan.machine.editing import read_parts
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.options import options
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.planning import plan
from rigwright.spec.build import Build
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Card, Chip, Drive, Psu

DAY = "2026-11-23"
BIG = {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m", "budget": "7000"}
SMALL = {"model": "resnet50", "budget": "2500"}


def goal(said, **sections):
    settings = [f"{key.replace('__', '.')}={value}" for key, value in sections.items()]
    return goal_of(None, {**said, "set": settings}, DAY).goal


def cards(found):
    return [(p.name, p.count, p.owned) for p in found.chosen.parts if p.kind == "card"]


def counts(asked):
    return {(o.chip.name, o.count) for o in options(asked, market(asked)) if o.step_s}


@pytest.mark.parametrize("line", ["RTX 3090", "750 W Corsair", "4 TB HDD", "ATX case with 3 fans"])
def test_a_part_only_told_excuses_no_other_one(line):
    found = plan(goal_of(None, {**SMALL, "budget": "4000", "own": [line]}, DAY).goal)
    assert found.chosen is not None
    mine = {p.id for p in found.chosen.parts if p.owned}
    for finding in found.chosen.findings:
        grave = finding.verdict == "unknown" and finding.severity == "error"
        assert not grave or mine & set(finding.parts), finding


def test_a_loose_card_that_is_not_used_excuses_nothing():
    found = plan(goal(BIG, own__cards="GTX 1070", limits__gpu_count_max=2))
    assert found.chosen.gpu != "GeForce GTX 1070"
    assert not [
        f for f in found.chosen.findings if f.verdict == "unknown" and f.severity == "error"
    ]
    assert not any(f.rule == "parts_identified" for f in found.chosen.findings)
    (idle,) = (note for note in found.notes if note.startswith("owned and not used"))
    assert "GTX 1070" in idle and "does not carry the run" in idle


@pytest.mark.parametrize("section", ["own", "use"])
def test_a_hard_disk_is_never_the_only_drive(section):
    disk = next(p.name for p in load(Drive) if p.type == "hdd" and p.capacity_bytes >= 4e12)
    asked = {f"{section}__drives": disk, "limits__estimated_prices": "true"}
    drives = [p for p in plan(goal(SMALL, **asked)).chosen.parts if p.kind == "drive"]
    kinds = {p.id: p.type for p in load(Drive)}
    assert sorted(kinds[p.id] for p in drives) == ["hdd", "ssd"]
    alone = plan(goal(SMALL, **asked, limits__drive="any"))
    assert [kinds[p.id] for p in alone.chosen.parts if p.kind == "drive"] == ["hdd"]


def test_a_second_card_is_bought_beside_the_owned_one():
    found = plan(goal({**BIG, "used": True}, own__cards="RTX 3090"))
    assert (found.chosen.gpu, found.chosen.gpu_count) == ("GeForce RTX 3090", 2)
    (mine, one, owned), (other, more, bought) = cards(found)
    assert mine.startswith("RTX 3090") and owned and not bought and one == more == 1
    assert "3090" in other
    lines = {p.name: p.usd for p in found.chosen.parts}
    assert lines[mine] == 0 < lines[other]
    assert found.chosen.usd == pytest.approx(sum(lines.values()))


def test_what_is_owned_costs_nothing_whatever_is_bought_beside_it():
    alone = plan(goal({**BIG, "used": True}, use__cards="RTX 3090", limits__gpu_count_min=2,
                      limits__gpu_count_max=2, limits__allow_unknown="true"))  # fmt: skip
    beside = plan(goal({**BIG, "used": True}, own__cards="RTX 3090", limits__gpu_count_max=2))
    assert beside.chosen.usd < alone.chosen.usd


def test_an_owned_card_that_no_number_of_makes_do_gives_way_to_others():
    asked = goal(BIG, own__cards="GTX 1070", limits__gpu_count_max=2)
    found = plan(asked)
    assert found.chosen and "1070" not in found.chosen.gpu
    assert any("GTX 1070" in note and "not used" in note for note in found.notes)
    assert counts(goal(SMALL, own__cards="GTX 1070")) == {("GeForce GTX 1070", 1)}


def test_an_owned_card_of_any_maker_and_size_is_used():
    asked = goal({**SMALL, "batch": "32"}, own__cards="Radeon RX 7900 XTX", limits__vram_gib_min=80)
    assert ("Radeon RX 7900 XTX", 1) in counts(asked)


def test_as_many_cards_are_bought_as_are_asked_for():
    four = "RTX 5090; RTX 5090; RTX 5090; RTX 5090"
    assert {count for _, count in counts(goal(SMALL, use__cards=four))} == {4}
    asked = goal({**SMALL, "budget": "40000"}, use__cards="2 x RTX 5080", site__country="DE")
    found = plan(asked)
    assert sum(count for _, count, _ in cards(found)) == 2
    assert all(not owned and "5080" in name for name, _, owned in cards(found))
    assert counts(goal(SMALL, use__cards="RTX 5090")) >= {
        ("GeForce RTX 5090", n) for n in (1, 2, 3)
    }


def test_every_kit_and_drive_that_is_asked_for_is_bought():
    drives = "Samsung 990 Pro 2TB; Samsung 870 EVO 4TB"
    found = plan(goal({**SMALL, "budget": "9000"}, use__drives=drives))
    assert {p.name for p in found.chosen.parts if p.kind == "drive"} == set(drives.split("; "))
    both = plan(goal(SMALL, own__drives="Samsung 990 Pro 2TB", use__drives="Samsung 870 EVO 4TB"))
    assert {(p.name, p.owned) for p in both.chosen.parts if p.kind == "drive"} == {
        ("Samsung 990 Pro 2TB", True), ("Samsung 870 EVO 4TB", False)}  # fmt: skip


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"own__psu": "RTX 3090"}, "unknown psu.*its watts"),
        ({"own__cpu": "750 W Corsair"}, "unknown cpu.*its cores"),
        ({"own__ram": "64 GB DDR5"}, "unknown ram.*modules"),
        ({"own__board": "Asrock Extrem9"}, "unknown board.*Extreme.*its chipset"),
        ({"own__psu": "2x 750 W"}, "own.psu.*at most 1"),
        ({"use__cards": "RTX 5090; RTX 5080"}, "use.cards.*one chip"),
        ({"own__psu": "Corsair SF750", "use__psu": "Corsair SF600"}, "own.psu and use.psu"),
        ({"use__psu": "750 W Corsair"}, "use.psu.*price"),
        ({"use__psu": "No Such Supply"}, "unknown psu 'No Such Supply'"),
    ],
)
def test_what_is_no_part_of_its_kind_is_one_line(section, words):
    with pytest.raises(RigwrightError, match=words) as error:
        plan(goal(SMALL, **section))
    assert "\n" not in str(error.value)


LINES = ["750 W Corsair", "32 GB DDR4-3200 2x16", "some ATX case with 3 fans", "1TB NVMe"]


def test_loose_lines_are_enough_and_what_they_leave_open_is_listed():
    asked = goal_of(None, {**SMALL, "own": LINES}, DAY).goal
    assert asked.own.psu == LINES[0] and asked.own.ram == (LINES[1],) and asked.own.case == LINES[2]
    assert asked.own.drives == (LINES[3],)
    found = plan(asked)
    (asked,) = (f for f in found.chosen.findings if f.rule == "parts_identified")
    assert all(line in asked.why for line in LINES) and asked.severity == "note"
    assert {p.name for p in found.chosen.parts if p.owned} == {
        f"{t} (not identified)" for t in LINES
    }
    open_ = " ".join(f.why for f in found.chosen.findings if f.verdict == "unknown")
    assert "ATX case" in open_ and not any(f.verdict == "conflict" for f in found.chosen.findings)
    too_much = plan(goal(SMALL, own__psu="300 W no name", use__cards="RTX 5090"))
    assert too_much.chosen is None


@pytest.mark.parametrize("chip", ["geforce-rtx-3090", "geforce-rtx-3060", "geforce-gtx-1080-ti"])
def test_what_is_ok_of_a_card_told_by_its_chip_is_so_of_every_known_card_of_it(chip):
    name = by_id(Chip)[chip].name
    machine = plan(goal_of(None, {**SMALL, "own": [name]}, DAY).goal).chosen
    assert fit.verdict(machine.findings) in ("ok", "warning")  # what is open stops no build
    fine = {f.rule for f in machine.findings if f.verdict == "ok"}
    rest = [(p.kind, p.id, p.count) for p in machine.parts if p.kind != "card"]
    known = [card for card in load(Card) if card.chip == chip and card.chip_count == 1]
    assert len(known) > 1
    for card in known:
        build, _ = read_parts([("card", card.id, 1), *rest])
        against = [f for f in fit.check(build) if f.verdict == "conflict" and f.rule in fine]
        assert not against, (card.name, against)


def test_a_machine_that_runs_tells_what_its_loose_lines_are_not():
    loose = "2x8 GB DDR4-3200"
    owned = ["Ryzen 5 3600", "MSI B450 Tomahawk Max", loose, "650 W", "RTX 2070"]
    for lines in (owned, owned[2:]):
        found = plan(goal_of(None, {**SMALL, "own": lines}, DAY).goal).chosen
        (buffered,) = (f for f in found.findings if f.rule == "ram_buffering")
        runs = len(lines) == len(owned)  # registered kits of these words there are
        assert (buffered.verdict == "ok") is runs, buffered


def test_an_owned_supply_whose_plugs_nobody_published_is_looked_at_and_not_replaced():
    """What is usual of its class would do; a supply that is bought is still one that is known."""
    psu = next(p for p in load(Psu) if p.name == "Corsair RM850x (2021)")
    psu = replace(psu, id="of-no-series", name="Acme 850W", pcie_8pin_plugs=None)
    rule = next(r for r in fit.RULES if r.id == "psu_pcie_connectors")
    card = next(c for c in load(Card) if c.plugs == ("8",) and (c.power_limit_w or 0) < 250)
    made = Build(cards=(card,), chips=(by_id(Chip)[card.chip],), psu=psu, whole=True)
    assert rule.check(made).verdict == "unknown"
    assert weigh(rule, made) == "doubt"
    assert weigh(rule, replace(made, there=(psu.id,))) == "fine"
