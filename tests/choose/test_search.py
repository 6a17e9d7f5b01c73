"""The search against brute force, and the promises of its parts."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rigwright.fit as fit
from rigwright.choose.problem import Candidate, Demand, Option, Problem, Relaxation, weigh
from rigwright.choose.search import KNOWN_WORTH, Search, fastest_within, frontier
from rigwright.choose.verdicts import Verdicts
from rigwright.spec.build import Build, Circuit, Finding
from rigwright.spec.parts import Card, RamKit
from tests.choose import brute
from tests.choose.answers import solve_all, sweep
from tests.choose.market import BASE, PLAIN, RULES, chip, random_problem


def cents(search: Search, option: Option, **kind) -> int | None:
    choice = search.solve(option, **kind).choice
    return None if choice is None else choice.cents


def solvable(size: int = 8) -> Problem:
    """A market in which every option has a machine."""
    problems = (replace(random_problem(s, size=size), circuit=None) for s in range(500))
    return next(p for p in problems if all(o.choice for o in solve_all(p)))


@pytest.mark.parametrize("seed", range(60))
def test_equal_to_brute_force(seed):
    problem = random_problem(seed, size=3, rules=PLAIN if seed % 2 else RULES)
    search = Search(problem)
    for option in problem.options[:4]:
        choice = search.solve(option).choice
        assert (choice.cents if choice else None) == brute.cheapest(problem, option)
        if choice:
            assert brute.passes(choice.build, problem)
            assert choice.cents == sum(c.cents * n for c, n in choice.used)


@pytest.mark.parametrize("seed", range(40))
def test_what_runs_together_is_no_question_in_the_search_either(seed):
    problem = random_problem(seed, size=3, rules=PLAIN if seed % 2 else RULES)
    some = [c.part.id for pool in problem.candidates.values() for c in pool[seed % 2 :]]
    card = problem.options[0].cards[seed % 2].part.id
    running = replace(problem, runs=(*some, card))  # one of two equal cards is new
    search = Search(running)
    for option in running.options[:2]:
        choice = search.solve(option).choice
        assert (choice.cents if choice else None) == brute.cheapest(running, option)
        strict = brute.cheapest(problem, option)
        assert strict is None or choice.cents <= strict
        assert choice is None or brute.passes(choice.build, running)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 12),
    limits=st.lists(st.integers(20_000, 400_000), min_size=1, max_size=4),
)
def test_a_limit_never_changes_the_answer_below_it(seed, size, limits):
    # remembered remainders of an earlier limit must not leak into a later, wider or tighter one
    problem = random_problem(seed, size=size)
    search = Search(problem)
    for limit, option in itertools.product(limits, problem.options):
        free = cents(Search(problem), option)
        expected = free if free is not None and free <= limit else None
        assert cents(search, option, limit_cents=limit) == expected


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 12))
def test_burdens_only_save_time(seed, size):
    with_them = random_problem(seed, size=size, rules=RULES)
    without = replace(with_them, rules=PLAIN)
    a, b = Search(with_them), Search(without)
    for option, other in zip(with_them.options, without.options, strict=True):
        assert cents(a, option) == cents(b, other)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 10))
def test_the_sweep_is_the_frontier_of_all_options(seed, size):
    problem = random_problem(seed, size=size)
    line = frontier(solve_all(problem))
    swept = sweep(Search(problem))
    assert [(c.cents, c.option.step_s) for c in swept] == [(c.cents, c.option.step_s) for c in line]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rule=st.sampled_from([r.id for r in RULES]),
    demand=st.sampled_from(["ram", "cores", "storage"]),
    unknown=st.booleans(),
)
def test_a_relaxed_search_is_a_search_of_the_relaxed_problem(seed, rule, demand, unknown):
    problem = replace(random_problem(seed, size=6), allow_unknown=False)
    relaxed = replace(
        problem,
        rules=tuple(r for r in problem.rules if r.id != rule),
        demands=tuple(d for d in problem.demands if d.name != demand),
        allow_unknown=unknown,
    )
    a, b = Search(problem), Search(relaxed)
    way = Relaxation(frozenset({demand}), frozenset({rule}), unknown)
    for option in problem.options:
        cents(a, option)  # what was learnt strictly must not spoil the relaxed answer
        assert cents(a, option, relaxation=way) == cents(b, option)


def test_verdicts_can_be_shared_by_problems_with_other_prices():
    first = random_problem(7, size=8)
    dearer = {
        kind: tuple(replace(c, cents=c.cents * 2 + 1) for c in found)
        for kind, found in first.candidates.items()
    }
    second = replace(first, candidates=dearer)
    cold, warm = Search(second), Search(second, Search(first).verdicts)
    for option in second.options:
        assert cents(cold, option) == cents(warm, option)
    with pytest.raises(ValueError, match="circuit"):
        Search(second, Verdicts(Build(circuit=Circuit(1.0, 1.0))))


def test_frontier_and_fastest():
    outcomes = solve_all(solvable())
    best = fastest_within(outcomes, 10**9)
    assert best is not None
    assert best.option.step_s == min(o.option.step_s for o in outcomes if o.choice)
    line = frontier(outcomes)
    assert all(
        a.cents < b.cents and a.option.step_s > b.option.step_s for a, b in itertools.pairwise(line)
    )
    for o in outcomes:
        if o.choice and all(o.choice is not c for c in line):
            assert any(
                c.cents <= o.choice.cents and c.option.step_s <= o.option.step_s for c in line
            )


def test_an_owned_part_is_used_and_costs_nothing():
    problem = solvable()
    owned = replace(problem.candidates["psu"][-1], cents=0, owned=True)
    candidates = {**problem.candidates, "psu": (*problem.candidates["psu"][:-1], owned)}
    found = [o.choice for o in solve_all(replace(problem, candidates=candidates)) if o.choice]
    assert found and all(c.build.psu is owned.part for c in found)


def test_all_owned_drives_are_used_and_more_is_bought_only_where_demanded():
    problem = solvable()
    pool = problem.candidates["drive"]
    small = [
        Candidate(replace(pool[0].part, id=f"old-{i}", capacity_bytes=10**11), 0, owned=True)
        for i in range(2)
    ]

    def stored(least: float) -> list[str]:
        wanted = Demand("storage", "drive", amount=lambda p: p.capacity_bytes, least=least)
        changed = {**problem.candidates, "drive": (*pool, *small)}
        p = replace(problem, candidates=changed, demands=(wanted,))
        choice = Search(p).solve(p.options[0]).choice
        return [] if choice is None else [d.id for d in choice.build.drives]

    assert stored(2e11) == ["old-0", "old-1"]
    assert stored(5e11)[:2] == ["old-0", "old-1"] and len(stored(5e11)) == 3


def card(name: str, price: int, *, dies: int = 1, owned: bool = False) -> Candidate:
    part = Card(
        id=name, name=name, chip="x", chip_count=dies, power_limit_w=100.0, length_mm=200.0, **BASE
    )
    return Candidate(part, price, owned)


def test_cards_with_two_dies_count_twice_and_cannot_make_an_odd_number():
    problem = replace(solvable(), rules=())
    for count, number in ((1, None), (2, 1), (3, None), (4, 2)):
        option = Option(chip("x"), count, (card("k80", 50_000, dies=2),), 1.0)
        choice = Search(problem).solve(option).choice
        assert (choice and len(choice.build.cards)) == number
        assert choice is None or choice.cents >= 50_000 * number


def test_an_owned_card_is_completed_by_bought_ones():
    problem = replace(solvable(), rules=())
    cards = (card("mine", 0, owned=True), card("dear", 90_000), card("cheap", 40_000))
    for count, names in ((1, ["mine"]), (2, ["mine", "cheap"]), (3, ["mine", "cheap", "cheap"])):
        choice = Search(problem).solve(Option(chip("x"), count, cards, 1.0)).choice
        assert choice is not None and [c.id for c in choice.build.cards] == names
    both = (card("a", 0, owned=True), card("b", 0, owned=True))
    assert Search(problem).solve(Option(chip("x"), 1, both, 1.0)).choice is None


def test_a_longer_cheaper_card_loses_where_only_a_dearer_case_takes_it():
    problem = solvable()
    low, high = problem.candidates["case"][0].part, problem.candidates["case"][0].part
    cases = (
        Candidate(replace(low, id="short", gpu_length_mm=250), 5_000),
        Candidate(replace(high, id="long", gpu_length_mm=400), 15_000),
    )
    only = tuple(r for r in RULES if r.id == "length")
    long = replace(card("long", 40_000).part, length_mm=340.0)
    p = replace(problem, candidates={**problem.candidates, "case": cases}, rules=only)
    for price, wanted in ((45_000, "card"), (55_000, "long")):
        cards = (
            Candidate(long, 40_000),
            Candidate(replace(long, id="card", length_mm=200.0), price),
        )
        choice = Search(p).solve(Option(chip("x"), 1, cards, 1.0)).choice
        assert choice is not None and choice.build.cards[0].id == wanted


def test_two_equal_kits_where_one_is_too_small():
    problem = solvable()
    kit = RamKit(
        id="kit", name="kit", type="DDR4", form="UDIMM", modules=2, module_gib=16.0,
        speed_mt_s=3200.0, **BASE,
    )  # fmt: skip
    wanted = Demand("ram", "ram", amount=lambda p: p.modules * p.module_gib, least=64)
    p = replace(
        problem, candidates={**problem.candidates, "ram": (Candidate(kit, 7_000),)},
        demands=(wanted,), rules=(),
    )  # fmt: skip
    assert Search(replace(p, copies={})).solve(p.options[0]).choice is None
    choice = Search(replace(p, copies={"ram": lambda _: (1, 2)})).solve(p.options[0]).choice
    assert choice is not None and choice.build.ram == (kit, kit)


def test_a_demand_that_nothing_meets_is_named():
    problem = solvable()
    many = Demand("cores", "cpu", lambda p: p.cores >= 64)
    outcome = Search(replace(problem, demands=(many,))).solve(problem.options[0])
    assert outcome.choice is None and outcome.blocked_by == "cores"
    empty = replace(problem, candidates={**problem.candidates, "psu": ()})
    assert "psu" in Search(empty).solve(problem.options[0]).blocked_by
    vram = Demand("vram", "chip", lambda c: c.vram_bytes > 2**40)
    assert Search(replace(problem, demands=(vram,))).solve(problem.options[0]).blocked_by == "vram"


def test_the_rule_that_stands_in_the_way_is_named():
    problem = replace(solvable(), demands=())
    giant = replace(card("giant", 1_000).part, power_limit_w=5_000.0)
    outcome = Search(problem).solve(Option(chip("x"), 1, (Candidate(giant, 1_000),), 1.0))
    assert outcome.choice is None and outcome.blocked_by == "watts"


def test_a_rule_that_hides_what_it_reads_is_found_out():
    problem = solvable()
    liar = replace(RULES[0], id="liar", reads={"cpu": ()}, needs=(),
                   check=lambda b, **_: Finding("liar", "conflict") if b.psu else None)  # fmt: skip
    lied = replace(problem, rules=(*RULES, liar))
    found = Search(lied).solve(problem.options[0]).choice
    assert found is not None and not brute.passes(found.build, lied)
    strange = replace(RULES[0], reads={"keyboard": ()})
    with pytest.raises(ValueError, match="keyboard"):
        Search(replace(problem, rules=(strange,)))


@pytest.mark.parametrize(
    ("verdict", "severity", "weight"),
    [
        ("ok", "error", "fine"),
        ("warning", "error", "fine"),
        ("warning", "warning", "bad"),
        ("warning", "note", "fine"),
        ("conflict", "error", "bad"),
        ("unknown", "error", "doubt"),
        ("unknown", "warning", "fine"),
        ("unknown", "note", "fine"),
    ],
)
def test_what_a_finding_means(verdict, severity, weight):
    lesser = replace(
        RULES[0], severity="warning", check=lambda _, **__: Finding("r", verdict, severity=severity)
    )
    assert weigh(lesser, Build()) == weight
    # what could stop a machine is a doubt, however unlikely: the market has parts that say it
    open_ = "doubt" if (verdict, severity) == ("unknown", "warning") else weight
    assert weigh(replace(lesser, severity="error"), Build()) == open_
    firm = weigh(replace(lesser, firm=True), Build())
    assert firm == ("bad" if verdict == "warning" else open_)
    assert weigh(replace(lesser, check=lambda _, **__: None), Build()) == "fine"


def test_every_rule_of_the_market_decides_something():
    # otherwise equality with the referees would say little
    decisive = set()
    for seed in range(40):
        problem = replace(random_problem(seed, size=6), allow_unknown=False)
        search = Search(problem)
        for option in problem.options:
            search.solve(option)
        decisive |= search.active_rules()
    assert decisive == {r.id for r in RULES} - {"taste"}


def test_a_problem_of_few_kinds():
    problem = solvable()
    few = {k: problem.candidates[k] for k in ("psu", "cpu")}
    wanted = replace(problem, candidates=few, demands=(), copies={})
    choice = Search(wanted).solve(wanted.options[0]).choice
    assert choice is not None and choice.build.board is None
    assert choice.cents == brute_few(wanted)
    nothing = replace(wanted, candidates={}, rules=())
    only_cards = Search(nothing).solve(nothing.options[0]).choice
    assert only_cards is not None
    assert only_cards.cents == min(c.cents for c in nothing.options[0].cards)


def brute_few(problem: Problem) -> int:
    option = problem.options[0]
    return min(
        g.cents + c.cents + p.cents
        for g in option.cards
        for c in problem.candidates["cpu"]
        for p in problem.candidates["psu"]
        if brute.passes(
            Build(cpu=c.part, psu=p.part, cards=(g.part,), chips=(option.chip,),
                  circuit=problem.circuit), problem)
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_known_fit_wins_over_a_doubt_at_about_the_same_price(seed):
    problem = replace(random_problem(seed, size=6), allow_unknown=True)
    search = Search(problem)
    sure = Search(replace(problem, allow_unknown=False))
    for option in problem.options:
        open_, best = search.solve(option).choice, search.best(option).choice
        if open_ is None or best is None:
            assert open_ is best
            continue
        doubts = [r.id for r in RULES if weigh(r, open_.build) == "doubt"]
        kept = [r.id for r in RULES if weigh(r, best.build) == "doubt"]
        assert len(kept) <= len(doubts) and (len(kept) < len(doubts) or best.cents == open_.cents)
        assert best.cents <= open_.cents * (1 + KNOWN_WORTH) ** (1 + len(doubts))
        strict = sure.solve(option).choice
        most = min(int(open_.cents * (1 + KNOWN_WORTH)), problem.budget_cents or 1 << 62)
        if strict is not None and strict.cents <= most:
            assert kept == []


def test_a_surer_fit_is_not_bought_over_the_budget():
    """Otherwise a machine that is allowed and paid is not found; the markets above have some."""
    surer = 0
    for seed in range(30):
        search = Search(replace(random_problem(seed, size=6), allow_unknown=True))
        for option in search.problem.options:
            open_, best = search.solve(option).choice, search.best(option).choice
            if open_ and best and best.cents > open_.cents:
                surer += 1
                for budget, cents in ((best.cents, best.cents), (best.cents - 1, open_.cents)):
                    tight = search.again(search.problem.options, budget)
                    assert tight.best(option).choice.cents == cents
    assert surer > 0


@pytest.mark.parametrize("seed", range(12))
def test_a_demand_of_some_options_is_asked_of_those_alone(seed):
    problem = random_problem(seed, size=3, rules=PLAIN)
    more = Demand(
        "beside two", "ram", amount=lambda p: p.modules * p.module_gib, least=32, some=True
    )
    asking = tuple(
        replace(o, asks=frozenset({more.name} if o.count >= 2 else ())) for o in problem.options
    )
    asked = replace(problem, demands=(*problem.demands, more), options=asking)
    always = replace(problem, demands=(*problem.demands, replace(more, some=False)))
    search = Search(asked)
    for option in asking:
        plain = always if option.count >= 2 else problem
        assert cents(search, option) == brute.cheapest(plain, option)
        assert search.least_cents(option) <= (cents(search, option) or search.least_cents(option))


def test_an_adapter_does_on_a_supply_that_is_there_and_not_on_a_new_one():
    from tests.fit.story import CARD, PSU

    card = replace(CARD, plugs=("16",), power_limit_w=450.0)
    psu = replace(PSU, pcie_16pin_plugs=0, pcie_8pin_plugs=6)
    (rule,) = (r for r in fit.RULES if r.id == "psu_16pin")
    build = Build(psu=psu, cards=(card,))
    assert rule.firm and rule.check(build).verdict == "warning"
    assert weigh(rule, build) == "bad"
    assert weigh(rule, replace(build, there=(psu.id,))) == "fine"
    assert weigh(rule, replace(build, there=(card.id,))) == "bad"
    short = replace(build, psu=replace(psu, pcie_8pin_plugs=1), there=(psu.id,))
    assert weigh(rule, short) == "bad"


def test_a_doubt_is_the_owners_only_where_his_parts_decide_it():
    from tests.fit.story import CARD, CASE

    (rule,) = (r for r in fit.RULES if r.id == "gpu_length")
    told = replace(CARD, length_mm=None)
    build = Build(cards=(told,), case=CASE)
    assert weigh(rule, build) == "doubt"
    assert weigh(rule, replace(build, told=(CARD,))) == "fine"
    other = replace(build, cards=(replace(told, id="bought"),), told=(CARD,))
    assert weigh(rule, other) == "doubt"
    both = replace(build, case=replace(CASE, gpu_length_mm=None), told=(CARD,))
    assert weigh(rule, both) == "doubt"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["ram", "cores", "storage"]))
def test_other_demands_on_shared_pools_are_a_search_of_their_own(seed, name):
    problem = replace(random_problem(seed, size=6), allow_unknown=False)
    search = Search(problem)
    for option in problem.options:
        search.solve(option)  # what was learnt must not spoil the other search
    fewer = tuple(d for d in problem.demands if d.name != name)
    shared, own = search.asking(fewer), Search(replace(problem, demands=fewer))
    untouched = set(search.kinds) - {d.kind for d in problem.demands if d.name == name}
    assert all(shared.pools[kind] is search.pools[kind] for kind in untouched)
    for option in problem.options:
        assert cents(shared, option) == cents(own, option)
