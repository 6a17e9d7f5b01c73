"""Parts set aside: only those that a cheaper one replaces whatever is asked."""

import random
from dataclasses import replace

import pytest

from rigwright import fit
from rigwright.choose.pool import Bundle, Measures, bundles, undominated, weighted
from rigwright.choose.problem import Candidate
from rigwright.choose.search import Search
from tests.choose.real import candidates, small_market, whole_market


def kept(names, better, parts):
    found = [Bundle(((Candidate(p, cents), 1),), cents) for p, cents in parts]
    return [b.parts[0].id for b in undominated(found, (), Measures(names, better))]


COOLER = next(c.part for c in candidates("cooler") if c.part.height_mm and c.part.capacity_w)


def cooler(name, clearance_mm, capacity_w, **other):
    facts = {"memory_clearance_mm": clearance_mm, "capacity_w": capacity_w}
    return replace(COOLER, id=name, **facts, **other)


def test_a_dearer_part_stays_only_where_it_is_better_somewhere():
    parts = [
        (cooler("cheap", 40, 150), 3000),
        (cooler("dear-and-worse", 35, 140), 3500),
        (cooler("dear-and-clearer", 60, 140), 3600),
        (cooler("dear-and-equal", 40, 150), 3700),
        (cooler("other-type", 35, 140, type="liquid"), 3800),
    ]
    names = ("capacity_w", "memory_clearance_mm", "type")
    assert kept(names, fit.BETTER["cooler"], parts) == ["cheap", "dear-and-clearer", "other-type"]


def test_a_missing_measure_neither_replaces_nor_is_replaced():
    parts = [
        (cooler("unknown", None, 150), 1000),
        (cooler("known", 40, 150), 2000),
        (cooler("zero", 0, 150), 3000),
    ]
    found = kept(("capacity_w", "memory_clearance_mm"), fit.BETTER["cooler"], parts)
    assert found == ["unknown", "known", "zero"]


@pytest.mark.parametrize("seed", range(25))
def test_setting_parts_aside_changes_no_price(seed):
    problem = small_market(seed, each=6)
    without = Search(replace(problem, better={}))
    search = Search(problem)
    for option in problem.options:
        one, other = search.solve(option).choice, without.solve(option).choice
        assert (one and one.cents) == (other and other.cents)


def test_it_makes_the_real_market_smaller():
    problem = whole_market()
    with_all = Search(replace(problem, better={}))
    search = Search(problem)
    assert sum(len(p.bundles) for p in search.pools.values()) < sum(
        len(p.bundles) for p in with_all.pools.values()
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_pool_at_other_weights_is_the_pool_made_at_these(seed):
    """What was read of its bundles before is carried over, each to its new place."""
    draw = random.Random(seed)
    lacking = {c.part.id: draw.randrange(0, 90_000, 700) for c in candidates("cooler")}
    problem = replace(
        small_market(seed, each=40),
        lacks=lambda kind, parts: sum(lacking.get(p.id, 500) for p in parts),
    )
    first = Search(problem)
    for option in problem.options:
        first.solve(option)  # reads columns and what replaces what
    task = replace(problem, weights=(draw.randrange(64, 200), 64))
    for kind, pool in first.pools.items():
        made = Search(task, first.verdicts, {kind: weighted(pool.bundles, task)}).pools[kind]
        again = pool.reweighted(task)
        assert (again.bundles, again.meeting) == (made.bundles, made.meeting)
        for names, column in again._columns.items():
            assert column.ids == made.column(names, first.verdicts).ids
        for names, known in again._replaced.items():
            fresh = made.replaced(names)
            places = range(len(made.bundles))
            assert [known.mask(p) for p in places] == [fresh.mask(p) for p in places]


def test_owned_parts_that_may_go_stand_beside_what_replaces_them():
    own, others = candidates("psu")[0], candidates("psu")[1:4]
    mine = Candidate(own.part, 0, owned=True)
    problem = replace(whole_market(), candidates={"psu": (mine, *others)})
    kept = bundles("psu", problem)
    assert [b.cents for b in kept] == [0]
    swapped = bundles("psu", replace(problem, replaceable=frozenset({"psu"})))
    assert sorted(b.cents for b in swapped) == sorted([0, *(c.cents for c in others)])


def test_kits_may_be_kept_added_to_or_replaced():
    own, more = candidates("ram")[0], candidates("ram")[1]
    mine = Candidate(own.part, 0, owned=True)
    problem = replace(whole_market(), candidates={"ram": (mine, more)})
    found = bundles("ram", replace(problem, replaceable=frozenset({"ram"})))
    assert sorted((len(b.parts), b.cents) for b in found) == [
        (1, 0),
        (1, more.cents),
        (2, more.cents),
    ]
