"""The second exact program: around given cards, the largest worth for its price within a purse.

The least sum of prices and of what parts lack, where the prices alone must not pass the budget.
Where the budget does not bind, that is an ordinary search. Where it does, a price on money
(Lagrange) gives a bound that is nearly tight, and the engine's exact remainders list the few
machines in between: the best of them is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from rigwright.choose.engine import Node
from rigwright.choose.pool import Bundle, Pool, Reach, every_card, weighted
from rigwright.choose.problem import Choice, Option, Problem, Relaxation
from rigwright.choose.search import Cards, Search

FINE = 64
"""The price on money is a whole number of these parts."""
ROUNDS = 4
"""Searches for the price on money; fewer leave more machines in between, never a wrong answer."""


class _Whole(NamedTuple):
    """A machine with its price and the sum that is to be least, in cents."""

    choice: Choice
    paid: int
    sum: int


def worthiest(task: Problem, start: Choice, search: Search) -> Choice:
    """The machine around the cards of ``start`` with the least price and lack that is paid.

    task : says what parts lack and what the budget is.
    start : a machine that the budget pays; what it leaves in doubt may be, and nothing else.
    search : the one that found it.  Returns a choice whose ``cents`` are its price.
    """
    option, purse = start.option, task.budget_cents or 0
    relaxation = Relaxation(doubts=search.doubted(start))
    task = replace(task, options=(option,))
    best = _whole(replace(start, lack_cents=_lack_cents(task, start)))
    cards = min((b.cents for b in every_card(option)), default=0)
    below = Reach(task, option).within(best.sum - cards)  # price and lack below those of ``best``
    priced = _Priced(task, option, relaxation, search, below)
    found = priced.at(0).solve(option, None, relaxation).choice
    if found is not None and (free := _whole(found)).sum < best.sum:
        best = free if free.paid <= purse else _within(priced, best, free)
    return replace(best.choice, cents=best.paid)


def _lack_cents(task: Problem, choice: Choice) -> int:
    if task.lacks is None:
        return 0
    every = [candidate.part for candidate, number in choice.used for _ in range(number)]
    held = ((kind, [p for p in every if p.kind == kind]) for kind in task.candidates)
    return sum(task.lacks(kind, parts) for kind, parts in held)


def _whole(choice: Choice) -> _Whole:
    return _Whole(choice, choice.paid_cents, choice.paid_cents + choice.lack_cents)


@dataclass(slots=True)
class _Priced:
    """A problem that is searched again with another price on money.

    found : bundles that come into question; fewer once those worse in every way are set aside.
    """

    task: Problem
    option: Option
    relaxation: Relaxation
    start: Search
    found: Mapping[str, list[Bundle] | Pool]

    def at(self, price: int) -> Search:
        """The search where a cent of price counts as 1 + price / FINE cents."""
        task = replace(self.task, weights=(FINE + price, FINE))
        found = {
            kind: made.reweighted(task) if isinstance(made, Pool) else weighted(made, task)
            for kind, made in self.found.items()
        }
        search = Search(task, self.start.verdicts, found)
        self.found = search.pools
        return search


def _within(priced: _Priced, paid: _Whole, dear: _Whole) -> _Whole:
    """The best machine that the budget pays; ``dear`` is the best one that it does not pay."""
    purse, best, bounds = priced.task.budget_cents or 0, paid, dict[int, tuple[int, Search]]()
    for _ in range(ROUNDS):
        price = FINE * (paid.sum - dear.sum) // (dear.paid - paid.paid)
        if price in bounds:
            break
        search = priced.at(price)
        found = search.solve(priced.option, None, priced.relaxation).choice
        if found is None:  # cannot be: both ends are machines of it
            raise RuntimeError("a machine that was found is gone")
        bounds[price] = (found.cents - price * purse, search)
        seen = _whole(found)
        if seen.paid > purse:
            dear = seen
        else:
            paid, best = seen, min(best, seen, key=lambda w: w.sum)
    price = max(bounds, key=lambda p: bounds[p][0])
    return _Between(bounds[price][1], price, priced, best).best()


class _Between:
    """Every machine between the bound and the best one known, by depth first."""

    def __init__(self, search: Search, price: int, priced: _Priced, best: _Whole) -> None:
        self.search, self.price, self.known = search, price, best
        self.option, self.purse = priced.option, priced.task.budget_cents or 0
        self.run = search.run(search.asked(priced.option, priced.relaxation))
        self.pools = [search.pools[kind] for kind in search.kinds]
        self.paid = [[b.paid_cents for b in pool.bundles] for pool in self.pools]
        self.sums = [[b.paid_cents + b.lack_cents for b in pool.bundles] for pool in self.pools]
        self.later = [sum(map(min, self.paid[at + 1 :])) for at in range(len(self.pools))]
        self.pick = [0] * len(self.pools)
        self.least = best.sum

    @property
    def limit(self) -> int:
        """Weight that a better machine has at most."""
        return FINE * (self.least - 1) + self.price * self.purse

    def best(self) -> _Whole:
        """The best machine of all."""
        best = self.known
        for cards in self.search.cards(self.option, self.run):
            node = self.run.engine.begin(self.run.wanted, cards.ids)
            if node is None:
                continue
            paid, bundle = cards.bundle.paid_cents, cards.bundle
            for pick in self._deeper(
                0, node, cards, (bundle.cents, paid, paid + bundle.lack_cents)
            ):
                best = _whole(self.search.choice(self.option, cards, (0, pick)))
        return best

    def _deeper(
        self, at: int, node: Node, cards: Cards, so_far: tuple[int, int, int]
    ) -> Iterable[tuple[int, ...]]:
        """Bundle numbers of ever better machines."""
        engine, prices, mask = self.run.engine, self.pools[at].cents, node.masks[at]
        tail, last = engine.floor(node, at + 1, cards.ids), at == len(self.pools) - 1
        while mask:
            bit = mask & -mask
            mask ^= bit
            choice = bit.bit_length() - 1
            weight = so_far[0] + prices[choice]
            if weight + tail > self.limit:
                return
            paid, whole = so_far[1] + self.paid[at][choice], so_far[2] + self.sums[at][choice]
            if paid + self.later[at] > self.purse:
                continue
            if engine.refusing(bit, node.rows[at]) is not None:
                continue
            self.pick[at] = choice
            if last:
                if whole < self.least:
                    self.least = whole
                    yield tuple(self.pick)
                continue
            left = engine.after(at, node, self.pick, cards.ids)
            if left and engine.rest(at + 1, left, self.pick, cards.ids, self.limit - weight):
                yield from self._deeper(at + 1, left, cards, (weight, paid, whole))
