"""The floors of a host: from which budget and day, for whom, and what happens where they fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.plan.machine.generated import answer, goal

from rigwright.catalog.source import by_id, load
from rigwright.choose.pool import Bundle, meets
from rigwright.choose.problem import Candidate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.sensible import FLOORS, Floor, floors, sensible
from rigwright.spec.parts import PART_TYPES, Cpu, Drive, RamKit
from rigwright.spec.tables.table import table

TYPES = {t.kind: t for t in PART_TYPES}
DAY = dt.date(2026, 11, 1)
SEEDS = range(14, 24)
EVERY = {"a processor of the last 6 years", "two modules of memory (four of registered)"}
ALL = {*EVERY, "6 cores", "PCIe 4", "32 GiB of memory", "an NVMe drive"}
OF_2016 = ALL - {"PCIe 4"}
ROWS = table(Floor, FLOORS)
GIB, CORES = 32, 6
NVME_SINCE, NVME_USUAL = (row.since for row in ROWS if row.what == "nvme")
BEFORE = NVME_USUAL - dt.timedelta(days=1)
OLD = dt.date(2016, 11, 20)


def asked(usd=5000.0, day=DAY, mode="train", **sections):
    return parse_goal(
        {"workload": {"model": "resnet50", "batch": 32, "mode": mode}, "budget": {"usd": usd},
         "as_of": day, **sections},
        "test",
    )  # fmt: skip


def names(**said):
    return {d.name for d in sensible(asked(**said))}


def accepts(name, part, **said):
    [demand] = [d for d in sensible(asked(**said)) if d.name == name]
    assert demand.kind == part.kind
    return meets(demand, Bundle(((Candidate(part, 100), 1),), 100))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}-{row.since}")
def test_a_floor_holds_from_its_day_on_above_its_budget(row):
    mode = "train" if row.training else "infer"

    def held(usd, day):
        return floors(asked(usd=usd, day=day, mode=mode)).get(row.what, 0)

    least, day = max(row.over_usd, 1), max(row.since, dt.date(2014, 1, 1))
    assert held(least + 0.01, day) >= row.least
    before = {r.least for r in ROWS if r.what == row.what and r.over_usd <= row.over_usd} | {0}
    if row.over_usd:
        assert held(row.over_usd, day) in before
    earlier = [r for r in ROWS if r.what == row.what and r.since < row.since]
    if row.since > day.replace(year=2014) and all(r.over_usd > row.over_usd for r in earlier):
        assert held(least + 0.01, row.since - dt.timedelta(days=1)) < row.least


def test_all_of_a_dear_machine_and_little_of_a_cheap_one():
    assert names() == ALL
    assert names(usd=400) == {*EVERY, "an NVMe drive"} and names(usd=400, day=BEFORE) == EVERY
    assert names(usd=1200) == ALL - {"32 GiB of memory", "PCIe 4"}
    assert names(usd=2200, day=OLD) == {*EVERY, "32 GiB of memory", "an NVMe drive"}


def test_an_nvme_drive_for_training_since_boards_of_every_class_take_one():
    nvme = {"an NVMe drive"}
    assert names(day=NVME_SINCE) == OF_2016
    assert names(day=NVME_SINCE - dt.timedelta(days=1)) == OF_2016 - nvme
    assert names(mode="forward_backward") == ALL
    assert names(mode="infer", day=BEFORE) == OF_2016 - nvme
    assert names(mode="infer", day=NVME_USUAL, usd=400) == EVERY | nvme
    assert names(limits={"drive": "any"}) == ALL - nvme


@pytest.mark.parametrize("section", ["own", "use"])
@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            {"cpu": "AMD Ryzen 5 3600"},
            {"32 GiB of memory", "an NVMe drive", "two modules of memory (four of registered)"},
        ),
        (
            {"ram": ["Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666"]},
            ALL - {"32 GiB of memory", "two modules of memory (four of registered)"},
        ),
        ({"drives": ["Samsung 870 EVO 1TB"]}, ALL - {"an NVMe drive"}),
        ({"psu": "Corsair CX600M 600W"}, ALL),
    ],
)
def test_a_part_that_is_named_is_not_questioned(section, said, left):
    assert names(**{section: said}) == left


@pytest.mark.parametrize("day", [DAY, dt.date(2024, 2, 29), dt.date(2020, 2, 29)])
def test_a_processor_may_be_six_years_old_to_the_day(day):
    old = "a processor of the last 6 years"
    edge = dt.date(day.year - 6, day.month, min(day.day, 28))
    cpu = load(Cpu)[0]
    assert accepts(old, replace(cpu, released=edge), day=day)
    assert not accepts(old, replace(cpu, released=edge - dt.timedelta(days=1)), day=day)
    assert accepts(old, replace(cpu, released=None), day=day)


def test_what_the_floors_accept():
    cpu, kit, drive = load(Cpu)[0], load(RamKit)[0], load(Drive)[0]
    assert accepts("6 cores", replace(cpu, cores=CORES))
    assert not accepts("6 cores", replace(cpu, cores=CORES - 1))
    gib = "32 GiB of memory"
    assert accepts(gib, replace(kit, modules=2, module_gib=GIB / 2))
    assert not accepts(gib, replace(kit, modules=2, module_gib=GIB / 4))
    two = "two modules of memory (four of registered)"
    assert accepts(two, replace(kit, modules=2)) and not accepts(two, replace(kit, modules=1))
    assert accepts("an NVMe drive", replace(drive, interface="pcie"))
    assert not accepts("an NVMe drive", replace(drive, interface="sata"))


def lacking(asked_goal, machine):
    """Floors that the parts of a machine do not meet."""
    parts = [(Candidate(by_id(TYPES[p.kind])[p.id], 0, p.owned), p.count) for p in machine.parts]
    return [
        d.name for d in sensible(asked_goal)
        if not meets(d, Bundle(tuple(u for u in parts if u[0].part.kind == d.kind), 0))
    ]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_meets_them_all_or_says_that_it_gives_them_up(seed):
    result = answer(seed)
    if result is None or result.chosen is None:
        return
    said = [n for n in result.notes if "this one gives up" in n]
    assert len(said) == bool(lacking(goal(seed), result.chosen))


def test_where_the_board_takes_four_cores_at_most_all_are_given_up_and_it_is_said():
    day, limits = dt.date(2016, 6, 1), {"allow_unknown": True}
    old = asked(2600, day=day, limits=limits, own={"board": "ASUS Z97-A"})
    result = plan(old)
    assert "6 cores" in lacking(old, result.chosen)
    [note] = [n for n in result.notes if "this one" in n]
    for demand in sensible(old):
        assert demand.name in note.partition("; this one")[0]
        gives_up = demand.name in lacking(old, result.chosen)
        assert (demand.name in note.partition("; this one")[2]) is gives_up, note
    any_board = asked(2600, day=day, limits=limits)
    assert not any("this one" in n for n in plan(any_board).notes)
    assert lacking(any_board, plan(any_board).chosen) == []


HOSTED = [
    (usd, day, run)
    for usd in (12_000, 40_000) for day in ("2022-06-01", "2026-11-01")
    for run in ({"model": "gpt2", "seq_len": 1024, "batch": 8},
                {"model": "llama-3-8b", "mode": "decode", "precision": "fp16", "seq_len": 2048})
]  # fmt: skip


@pytest.mark.parametrize(("usd", "day", "run"), HOSTED)
def test_dear_cards_have_a_processor_that_suits_them(usd, day, run):
    data = {"workload": run, "budget": {"usd": usd}, "as_of": day}
    chosen = plan(parse_goal(data, "goal")).chosen
    [cpu] = [by_id(Cpu)[line.id] for line in chosen.parts if line.kind == "cpu"]
    assert cpu.cores >= 8 and cpu.pcie_gen >= 4


def test_of_a_board_that_runs_no_such_processor_only_what_is_asked_of_it_is_given_up():
    own, limits = {"board": "ASRock Z170 Extreme4"}, {"used": True}
    old = asked(3000, day=dt.date(2022, 10, 1), own=own, limits=limits)
    result = plan(old)
    given_up = lacking(old, result.chosen)
    assert given_up and {d.kind for d in sensible(old) if d.name in given_up} == {"cpu"}


def test_an_owned_processor_is_not_questioned():
    own = {"own": {"cpu": "AMD Ryzen 5 5600G"}}
    dear = {"workload": {"model": "resnet50"}, "budget": {"usd": 20_000}, **own}
    assert all(d.kind != "cpu" for d in sensible(parse_goal(dear, "goal")))
