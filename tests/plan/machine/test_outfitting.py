"""What money is worth beside speed: near-equal cards, and the host around the chosen ones."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import math
import random
from dataclasses import replace

import pytest
from tests.choose.market import chip
from tests.plan.machine.generated import answer, goal

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.prices.sold import class_since
from rigwright.catalog.source import load, part
from rigwright.choose.problem import Candidate, Choice, Option, Outcome
from rigwright.fit.facts.names import socket_key
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine import outfitting
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.options import options
from rigwright.plan.machine.helping import reasons
from rigwright.plan.machine.outfitting import (
    NEAR,
    RESOLVED,
    TABLE,
    Host,
    Worth,
    best_within,
    followed,
    lasting,
    outfitted,
    taken,
    traded,
    usable_gib,
    worths,
)
from rigwright.plan.machine.planning import _plan, plan
from rigwright.plan.machine.results import PartLine, PlanResult
from rigwright.plan.machine.searches import search_of
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Cooler, Cpu, Psu, RamKit
from rigwright.spec.run import Run

TRAIN, CHAT = Run(model="resnet50"), Run(model="llama-3-8b", mode="decode", precision="q4_k_m")
DAY = "2026-11-20"
SEEDS = range(14, 24)
CHAT_70B = {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m", "seq_len": 8192}
QLORA = {
    "model": "llama-3-8b", "method": "qlora", "precision": "amp", "optimizer": "adamw",
    "batch": 2, "seq_len": 1024, "grad_checkpointing": True,
}  # fmt: skip


def outcome(name: str, usd: float, step_s: float, gib: int = 16, count: int = 1) -> Outcome:
    option = Option(chip(name, gib), count, (), step_s)
    return Outcome(option, Choice(option, Build(), round(usd * 100), ()))


def chosen(*outcomes: Outcome, usd: float = 5000, run: Run = TRAIN) -> str:
    best = best_within(run, outcomes, round(usd * 100))
    return best.option.chip.id if best else ""


def test_a_little_speed_is_given_for_much_money_and_for_memory():
    fast = outcome("fast", 4900, 1.0)
    assert chosen(fast, outcome("cheap", 1000, 1.04)) == "cheap"
    assert chosen(fast, outcome("large", 4900, 1.06, gib=32)) == "large"
    assert chosen(fast, outcome("same", 4890, 1.09)) == "fast"
    assert chosen(fast, outcome("equal", 4890, 1 + RESOLVED)) == "equal"


def test_much_speed_is_given_only_for_very_much_money_and_never_where_the_fastest_is_asked_for():
    dear, slow = outcome("dear", 4900, 1.0), outcome("slow", 100, 1.62)
    assert chosen(dear, outcome("eighth", 2400, 1.125)) == "eighth"
    assert chosen(dear, outcome("eighth", 4300, 1.125)) == "dear"
    assert chosen(dear, outcome("third", 2400, 1.33)) == "dear"
    assert chosen(dear, outcome("third", 1500, 1.33)) == "third"
    assert chosen(dear, slow) == "dear"
    for slower in (outcome("near", 100, 1.04), outcome("eighth", 100, 1.125)):
        best = best_within(TRAIN, (dear, slower), 500_000, fastest=True)
        assert best is dear.choice


def test_nothing_over_the_budget_is_taken_and_what_is_slower_saves_what_its_speed_is_worth():
    r = random.Random(4)
    for _ in range(300):
        found = [
            outcome(f"c{n}", r.randint(500, 9000), r.uniform(1, 2), r.choice((8, 16, 24, 96)))
            for n in range(8)
        ]
        budget = r.randint(1000, 9000)
        paid = [o.choice for o in found if o.choice.cents <= budget * 100]
        best = best_within(TRAIN, found, budget * 100)
        assert (best is None) == (not paid)
        if best is not None:
            first = min(paid, key=lambda c: c.option.step_s)
            slower = best.option.step_s / first.option.step_s
            same = [c for c in paid if c.option.chip.vram_bytes >= best.option.chip.vram_bytes]
            assert best in paid
            if slower > 1 + NEAR and first in same:  # $14.60 of $1,000 for a hundredth of speed
                share = worths()["much_speed"].usd_per_1000 / 1000
                assert best.cents <= first.cents * (1 - share * math.log2(slower))
            assert not any(
                c.cents < best.cents and c.option.step_s < best.option.step_s for c in same
            )


def test_memory_of_several_cards_counts_together_only_where_one_run_can_use_it():
    two = outcome("two", 1, 1, gib=24, count=2).option
    assert usable_gib(CHAT, two) == 48 and usable_gib(TRAIN, two) == 24
    assert usable_gib(replace(TRAIN, sharding="zero3"), two) == 48


def test_the_trade_is_said_in_one_line():
    fast = outcome("RTX 5080", 7900, 1.0, count=2).choice
    best = outcome("RTX 5090", 4000, 1.03, gib=32).choice
    told = "3% slower than 2 x RTX 5080, $3,900 less, 32 instead of 16 GiB"
    assert traded(TRAIN, best, fast) == told


def test_every_worth_has_a_price_and_what_is_enough_lacks_nothing():
    for worth in worths().values():
        assert worth.usd_per_1000 > 0 and worth.enough > 0
        assert worth.lack(worth.enough) == worth.lack(worth.enough * 3) == 0
        assert worth.lack(worth.enough / 4) == pytest.approx(2 * worth.usd_per_1000 / 1000)
        assert worth.lack(0) == worth.lack(worth.enough / 64)


def test_every_row_of_the_table_is_used(monkeypatch):
    asked = set()
    lack = Worth.lack
    monkeypatch.setattr(Worth, "lack", lambda w, amount: asked.add(w.what) or lack(w, amount))
    planned(2500)
    assert asked == set(worths()) - {"ram_rate"}  # of goals with weights beside the cards


def planned(usd: float, **limits: object) -> PlanResult:
    goal = {"as_of": DAY, "budget": {"usd": usd}, "workload": QLORA, "limits": limits}
    return plan(parse_goal(goal, "goal"))


def bought(result: PlanResult) -> dict[str, PartLine]:
    return {line.kind: line for line in result.chosen.parts}


@pytest.mark.parametrize("usd", [1500, 2500, 4000, 9000])
def test_the_rest_of_the_money_never_makes_the_run_slower_nor_passes_the_budget(usd, monkeypatch):
    whole = planned(usd)
    monkeypatch.setattr(
        "rigwright.plan.machine.planning.outfitted", lambda goal, search, best: best
    )
    _plan.cache_clear()
    least = planned(usd)
    assert least.chosen.usd <= whole.chosen.usd <= usd
    assert (whole.chosen.gpu, whole.chosen.gpu_count) == (least.chosen.gpu, least.chosen.gpu_count)
    assert whole.left.usd == pytest.approx(usd - whole.chosen.usd) and whole.left.why


def test_a_worth_without_a_price_buys_nothing(monkeypatch):
    rich = planned(9000)
    nothing = {name: replace(w, usd_per_1000=0.0) for name, w in worths().items()}
    monkeypatch.setattr(outfitting, "worths", lambda: nothing)
    monkeypatch.setattr(Host, "_wasted", lambda self, psu: 0.0)
    _plan.cache_clear()
    least = planned(9000)
    assert least.chosen.usd < rich.chosen.usd
    assert bought(least)["ram"].usd < bought(rich)["ram"].usd


def test_the_next_step_above_the_budget_is_named():
    left = planned(3000).left
    assert "next is" in left.why and "over budget" in left.why


def test_faster_cards_that_no_machine_carries_are_named_and_never_dearer_ones():
    fast, near = outcome("near", 900, 1.0), outcome("over", 5000, 0.5)
    card = Candidate(replace(load(Card)[0], chip="big", chip_count=1), 40_000)
    big = Option(chip("big", 16), 2, (card,), 0.4)
    asked = parse_goal({"as_of": DAY, "budget": {"usd": 1000}, "workload": QLORA}, "goal")
    why = reasons.why_left(asked, (fast, near, Outcome(big, None)), fast.choice)
    assert "2 x big would" in why and "1 x over, $4,000 over budget" in why
    dear = replace(big, cards=(replace(card, cents=60_000),))
    assert "would" not in reasons.why_left(asked, (fast, Outcome(dear, None)), fast.choice)


def test_the_table_is_read_as_it_is_written():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(worths()) == [row["what"] for row in rows]
    for row in rows:
        assert worths()[row["what"]].usd_per_1000 == float(row["usd_per_1000"])


@functools.cache
def cheapest(seed):
    """(search, its best choice) of a goal, as ``plan`` has them; None without a machine."""
    asked, result = goal(seed), answer(seed)
    if result is None or result.chosen is None or result.changed:
        return None
    m = market(asked)
    search = search_of(asked, m, options(asked, m))
    found = tuple(search.best(option) for option in search.problem.options)
    best = best_within(asked.workload.run(), found, search.problem.budget_cents or 0)
    return None if best is None else (search, best)


def lacking(asked, best, choice):
    lacks = Host(asked, best).lacks
    kinds = ("board", "cpu", "ram", "cooler", "case", "drive", "psu")
    return sum(lacks(kind, choice.build.of(kind)) for kind in kinds)


@pytest.mark.parametrize("seed", SEEDS)
def test_price_and_lack_together_are_never_more_and_nothing_conflicts(seed):
    prepared = cheapest(seed)
    if prepared is None:
        return
    asked, (search, best) = goal(seed), prepared
    whole = outfitted(asked, search, best)
    assert best.cents <= whole.cents <= round(asked.budget.usd * 100)
    assert whole.cents == sum(c.cents * n for c, n in whole.used if not c.owned)
    assert whole.option is best.option
    assert whole.cents + lacking(asked, best, whole) <= best.cents + lacking(asked, best, best)
    assert not [f for f in fit.check(whole.build) if f.verdict == "conflict"]
    shown = answer(seed).chosen
    assert (shown.usd, shown.gpu) == (whole.cents / 100, whole.option.chip.name)


@pytest.mark.parametrize("more_cents", [0, 1_000, 10_000])
def test_a_budget_that_hardly_pays_the_cheapest_one_is_kept(more_cents):
    for seed in SEEDS:
        if cheapest(seed) is not None:
            search, best = cheapest(seed)
            tight = search.again(search.problem.options, best.cents + more_cents)
            whole = outfitted(goal(seed), tight, best)
            assert best.cents <= whole.cents <= best.cents + more_cents


def test_the_money_that_is_left_is_spent_somewhere():
    planned = [(answer(seed).chosen.usd, cheapest(seed)[1]) for seed in SEEDS if cheapest(seed)]
    assert any(usd > best.cents / 100 for usd, best in planned)


def test_a_lack_grows_with_the_budget_up_to_a_dear_machine():
    seed = next(s for s in SEEDS if cheapest(s) is not None)
    best = cheapest(seed)[1]

    def at(usd):
        asked = goal(seed)
        dear = asked.budget.model_copy(update={"usd": usd})
        host = Host(asked.model_copy(update={"budget": dear}), best)
        return host.lacks("ram", best.build.ram)

    assert at(2000) == pytest.approx(2 * at(1000), abs=10)
    assert at(taken("dear_usd")) == at(10 * taken("dear_usd"))


def test_a_run_that_waits_for_its_host_gets_a_processor_that_dispatches_faster(monkeypatch):
    small = {
        "as_of": DAY,
        "budget": {"usd": 2500},
        "workload": {"model": "mobilenet_v2", "batch": 1},
    }
    large = small | {"workload": {"model": "resnet50", "batch": 128}}
    seen = {name: plan(parse_goal(g, name)).chosen for name, g in (("s", small), ("l", large))}
    monkeypatch.setattr(Host, "_waiting", lambda self, cpu: 0.0)
    _plan.cache_clear()
    blind = {name: plan(parse_goal(g, name)).chosen for name, g in (("s", small), ("l", large))}
    assert seen["s"].prediction.step_s < 0.9 * blind["s"].prediction.step_s
    assert seen["s"].gpu == blind["s"].gpu and seen["s"].usd <= 2500
    assert [p.id for p in seen["l"].parts] == [p.id for p in blind["l"].parts]


def host(usd: float = 2500, day: str = DAY) -> Host:
    data = {"as_of": day, "budget": {"usd": usd}, "workload": QLORA}
    option = Option(chip("card", 16), 1, (), 1.0)
    return Host(parse_goal(data, "goal"), Choice(option, Build(), 0, ()))


def test_one_kit_is_worth_more_than_the_same_modules_bought_singly():
    kit = next(k for k in load(RamKit) if k.modules == 2 and k.form == "UDIMM")
    single = replace(kit, modules=1)
    assert host().lacks("ram", [single, single]) > host().lacks("ram", [kit])
    registered = replace(single, form="RDIMM")  # those are sold singly
    assert "one_kit" in worths() and host()._ram([registered] * 4)["one_kit"] == 1


def test_cores_of_an_old_generation_are_old_whenever_the_processor_came_out():
    late = max((c for c in load(Cpu) if c.generation == "zen3"), key=lambda c: c.released)
    assert (late.released - class_since(late)).days > 1000
    as_new = replace(late, generation="zen5")
    assert host().lacks("cpu", [late]) > host().lacks("cpu", [as_new])


def test_a_socket_that_a_newer_one_followed_lacks_more_every_year():
    for name, day in followed().items():
        board = replace(load(Board)[0], socket=name)
        before, after = (day + dt.timedelta(days=n) for n in (-1, 1))
        have = [host(day=str(d))._board([board])["platform"] for d in (before, after, DAY)]
        assert have[0] == 1 > have[1] > have[2] or str(after) > DAY
    known = {socket_key(b.socket) for b in load(Board)}
    assert known & set(followed()) and known - set(followed())


def test_of_two_supplies_the_better_class_lacks_less_and_so_does_what_is_told():
    psu = next(p for p in load(Psu) if p.efficiency == "gold" and p.eps_plugs)
    worse = [replace(psu, efficiency=e) for e in ("bronze", "white", None)]
    lacks = [host().lacks("psu", [p]) for p in (psu, *worse)]
    assert lacks == sorted(lacks) and lacks[0] < lacks[1]
    assert host().lacks("psu", [replace(psu, eps_plugs=None)]) > lacks[0]


def test_a_supply_for_small_cases_is_bought_for_them_alone():
    for psu in (p for p in load(Psu) if "SFX" in (p.form_factor or "")):
        assert host().lacks("psu", [psu]) > host().lacks("psu", [replace(psu, form_factor="ATX")])
    for seed in SEEDS:
        machine = (result := answer(seed)) and result.chosen
        ids = {line.kind: line.id for line in machine.parts} if machine else {}
        if {"psu", "case"} <= ids.keys():
            psu, case = (part(kind, ids[kind]) for kind in ("psu", "case"))
            assert "ATX" not in (case.psu_form_factors or ()) or "SFX" not in psu.form_factor, seed


def test_a_larger_cooler_lacks_less_and_none_is_as_a_boxed_one():
    cooler = next(c for c in load(Cooler) if c.type == "air" and c.height_mm)
    sizes = [replace(cooler, height_mm=mm, capacity_w=None) for mm in (69, 120, 158)]
    lacks = [host()._cooler([c])["cooling"] for c in sizes]
    assert lacks == sorted(lacks) and host()._cooler(())["cooling"] == taken("boxed_w")


def test_a_dear_machine_may_have_two_drives():
    assert sum(p.count for p in planned(20_000).chosen.parts if p.kind == "drive") == 2
    assert sum(p.count for p in planned(1500).chosen.parts if p.kind == "drive") == 1


def test_longer_warranty_and_what_is_kept_of_a_price_are_worth_money_and_used_parts_have_none():
    asked, best = next((goal(s), c[1]) for s in SEEDS if (c := cheapest(s)) is not None)
    host, drive = Host(asked, best), best.build.drives[0]
    short, long_ = (
        replace(drive, id=name, name=name) for name in ("Kingston NV3 2TB", "Samsung 990 Pro 2TB")
    )
    assert host.lacks("drive", [short]) > host.lacks("drive", [long_])
    assert lasting("drive", short.name) == {"warranty": 3.0, "resale": 0.35}
    quote = next(iter(host.quotes.values()))._replace(condition="used")
    host.quotes = {key(long_): quote}
    assert host.lacks("drive", [long_]) > host.lacks("drive", [short])


ALEXNET = {"as_of": "2016-10-29", "workload": {"model": "alexnet", "batch": 128},
           "data": {"name": "imagenet-1k"}, "budget": {"usd": 1800}}  # fmt: skip
RIG = {"as_of": "2026-11-20", "budget": {"usd": 9000}, "use": {"cards": ["4 x RTX 3090"]},
       "workload": CHAT_70B, "limits": {"used": True, "gpu_count_max": 4}}  # fmt: skip


@pytest.mark.parametrize("said", [ALEXNET, RIG])
def test_every_memory_channel_of_a_processor_with_many_is_filled_where_it_is_paid(said):
    result = plan(parse_goal(said, "goal"))
    lines = {line.kind: line for line in result.chosen.parts}
    kit, cpu = (part(kind, lines[kind].id) for kind in ("ram", "cpu"))
    assert cpu.memory_channels >= 4
    assert kit.modules * lines["ram"].count == cpu.memory_channels
    assert not [f for f in result.chosen.findings if f.rule == "ram_matched" and f.verdict != "ok"]
    assert result.chosen.usd <= said["budget"]["usd"]
