"""The rest of the money: a host that is worth more than the cheapest one, and never too dear."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from dataclasses import replace

import pytest
from tests.plan.machine.generated import answer, goal

import rigwright.fit as fit
import rigwright.plan.machine.outfitting as outfitting
from rigwright.choose.problem import Option
from rigwright.plan.machine.candidates import market, options, trusting
from rigwright.plan.machine.outfitting import DEAR_USD, TABLE, Worth, lacks, outfitted, worths
from rigwright.plan.machine.planning import best_within
from rigwright.plan.machine.searches import search_of

SEEDS = range(14, 24)
RAM = Worth("ram", "GiB", 0.04, 2.0, "made")


def test_the_table_is_read_as_it_is_written():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = worths()
    assert list(found) == [row["what"] for row in rows]
    for row in rows:
        worth = found[row["what"]]
        assert worth.share_per_doubling == float(row["share_per_doubling"])
        assert worth.enough == float(row["enough"])
        assert 0 < worth.share_per_doubling < 0.2 and worth.enough > 0


def test_every_row_is_asked(monkeypatch):
    """A row that nothing reads would be a claim that decides nothing."""
    read = set()

    class Known(dict):
        def __getitem__(self, name):
            read.add(name)
            return super().__getitem__(name)

    rows = Known(worths())
    monkeypatch.setattr(outfitting, "worths", lambda: rows)
    for seed in SEEDS:
        prepared = cheapest(seed)
        if prepared is not None:
            lacking(goal(seed), prepared[1])
    assert read == set(rows)


def test_lack_is_nothing_from_enough_on_and_a_share_for_every_halving():
    assert RAM.lack(2.0) == RAM.lack(2.5) == RAM.lack(50.0) == 0
    assert RAM.lack(1.0) == pytest.approx(0.04)
    assert RAM.lack(0.5) == pytest.approx(0.08)
    assert RAM.lack(0.0) == RAM.lack(2.0 / 64) == pytest.approx(0.24)
    amounts = [i / 50 for i in range(150)]
    found = [RAM.lack(a) for a in amounts]
    assert found == sorted(found, reverse=True)


def parts_of(choice):
    found = defaultdict(list)
    for candidate, count in choice.used:
        found[candidate.part.kind] += [candidate.part] * count
    return found


def lacking(asked, choice, scale=1.0):
    lack = lacks(asked, choice.option, scale)
    return sum(lack(kind, parts) for kind, parts in parts_of(choice).items())


@functools.cache
def cheapest(seed):
    """(search, its best choice) of a goal, as ``plan`` has them; None without a machine."""
    asked, result = trusting(goal(seed))[0], answer(seed)
    if result is None or result.chosen is None or result.changed:
        return None
    m = market(asked)
    search = search_of(asked, m, options(asked, m))
    found = tuple(search.best(option) for option in search.problem.options)
    best = best_within(found, search.problem.budget_cents or 0)
    return None if best is None else (search, best)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_costs_no_more_than_the_budget_lacks_no_more_and_conflicts_nowhere(seed):
    prepared = cheapest(seed)
    if prepared is None:
        return
    asked, (search, best) = trusting(goal(seed))[0], prepared
    whole = outfitted(asked, search.problem, best, search.verdicts)
    assert best.cents <= whole.cents <= round(asked.budget.usd * 100)
    assert whole.cents == sum(c.cents * n for c, n in whole.used if not c.owned)
    assert whole.option is best.option
    assert lacking(asked, whole) <= lacking(asked, best)
    assert not [f for f in fit.check(whole.build) if f.verdict == "conflict"]
    shown = answer(seed).chosen
    assert (shown.usd, shown.gpu) == (whole.cents / 100, whole.option.chip.name)


@pytest.mark.parametrize("more_cents", [0, 1_000, 10_000])
def test_a_budget_that_hardly_pays_the_cheapest_one_is_kept(more_cents):
    for seed in SEEDS:
        if cheapest(seed) is not None:
            search, best = cheapest(seed)
            tight = replace(search.problem, budget_cents=best.cents + more_cents)
            whole = outfitted(trusting(goal(seed))[0], tight, best, search.verdicts)
            assert best.cents <= whole.cents <= best.cents + more_cents


def test_the_money_that_is_left_is_spent_somewhere():
    """Of the machines with money left at least one is more than the cheapest one."""
    planned = [(answer(seed).chosen.usd, cheapest(seed)[1]) for seed in SEEDS if cheapest(seed)]
    assert any(usd > best.cents / 100 for usd, best in planned)


def test_a_lack_grows_with_the_budget_up_to_a_dear_machine_and_with_the_scale():
    seed = next(s for s in SEEDS if cheapest(s) is not None)
    best = cheapest(seed)[1]

    def at(usd, scale=1.0):
        asked = goal(seed)
        dear = asked.budget.model_copy(update={"usd": usd})
        return lacking(asked.model_copy(update={"budget": dear}), best, scale)

    assert at(1000) > 0
    assert at(2000) == pytest.approx(2 * at(1000), abs=10)
    assert at(DEAR_USD) == at(10 * DEAR_USD)
    assert at(2000, 0.5) == pytest.approx(at(1000), abs=10)


def test_more_of_a_part_never_lacks_more():
    seed = next(s for s in SEEDS if cheapest(s) is not None)
    best = cheapest(seed)[1]
    lack = lacks(goal(seed), Option(best.option.chip, 1, (), 1.0), 1.0)
    held = parts_of(best)
    for kind in ("ram", "drive"):
        if held[kind]:
            assert lack(kind, held[kind] * 2) <= lack(kind, held[kind])
    assert lack("case", held["case"]) == 0 == lack("ram", ())
