"""Exact search: the cheapest build of every (chip, count).

Boards are tried in the order of the cheapest platform (board, processor, memory) they allow, so
the first builds found are nearly the best and the price cuts the rest. Nothing is left out that
could be part of a cheaper build: tests compare with brute force and with HiGHS.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from rigwright.choose.engine import NO_LIMIT, Engine, Rest
from rigwright.choose.pool import (
    Bundle,
    Measures,
    Pool,
    bundles,
    every_card,
    meets,
    undominated,
    weighted,
)  # fmt: skip
from rigwright.choose.problem import Choice, Demand, Option, Outcome, Problem, Relaxation, weigh
from rigwright.choose.tables import Tables, attributes, check_reads
from rigwright.choose.verdicts import Verdicts, build_of

ORDER = ("board", "cpu", "ram", "drive", "cooler", "case", "psu")
"""The case comes before what hangs on it and on little else: given the case, cooler and supply no
longer depend on each other. What decides the power draw comes before the supply. Any order gives
the same answer."""
PLATFORM = ("board", "cpu", "ram")
STRICT = Relaxation()
RUNS_KEPT = 32
"""Ways of reading the demands and rules that are kept prepared; bounds the memory they take."""
KNOWN_WORTH = 0.05
"""Share of the price that a machine may cost more for one fit that is known and not in doubt."""


class Cards(NamedTuple):
    """One way to get the cards of an option, and what the rules read of them."""

    bundle: Bundle
    ids: tuple[int, ...]


@dataclass(slots=True)
class Run:
    """One way of reading the demands and rules: pools that are wanted, engine, boards in order.

    least_cents : bound on the machine around any cards.
    """

    engine: Engine
    wanted: Sequence[int]
    relaxation: Relaxation
    empty: str = ""
    least_cents: int = 0
    first: list[tuple[int, int]] = field(default_factory=list)
    bounds: dict[int, dict[tuple[int, ...], tuple[int, str]]] = field(default_factory=dict)
    """Card classes that decided an answer -> their values -> (least cents around them, blame)."""

    def bound(self, ids: Sequence[int]) -> tuple[int, str]:
        """What the machine around cards of these classes costs at least, and the rule to blame."""
        found = (known.get(_at(mask, ids)) for mask, known in self.bounds.items())
        return max((one for one in found if one), default=(0, ""))

    def learn(self, ids: Sequence[int], cents: int) -> None:
        """Keep what was found around some cards, for all that are alike where it counted."""
        mask, made = self.engine.touched, (cents, self.engine.blamed())
        known, place = self.bounds.setdefault(mask, {}), _at(mask, ids)
        known[place] = max(known.get(place, made), made)


def _at(mask: int, ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(number for place, number in enumerate(ids) if mask >> place & 1)


class Search:
    """Prepared tables of one problem; ``solve`` answers one option after the other.

    verdicts : memory of another search on the same circuit and power cap, to start warm.
    found : bundles by kind, where only some of what can be bought comes into question, or a pool
        of another search that asks the same of the kind.
    """

    def __init__(
        self, problem: Problem, verdicts: Verdicts | None = None,
        found: Mapping[str, list[Bundle] | Pool] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self.problem = problem
        if verdicts is not None and verdicts.site != problem.site:
            raise ValueError("verdicts were made for another circuit or power cap")
        self.verdicts = verdicts or Verdicts(problem.site)
        check_reads(problem.rules)
        self.kinds = tuple(k for k in ORDER if k in problem.candidates)
        better = problem.better.get("card", {})
        self.measures = Measures(attributes(problem.rules, "card"), better, problem.site)
        self.platform = sum(k in PLATFORM for k in self.kinds) or 1
        self.joints = {
            place
            for place in (self.platform, len(self.kinds) - 2)
            if self.platform <= place < len(self.kinds)
        }
        self.pools = {
            kind: known if isinstance(known := found.get(kind), Pool) else self._pool(kind, known)
            for kind in self.kinds
        }
        self.tables = Tables(self.kinds, self.pools, self.verdicts)
        for rule in problem.rules:
            self.tables.add(rule)
        self._runs: dict[Relaxation, Run] = {}
        self._solved: dict[tuple[str, int, frozenset[str]], tuple[Outcome, Outcome]] = {}
        self._cards: dict[int, tuple[Option, list[Cards]]] = {}

    def again(self, options: tuple[Option, ...], budget_cents: int | None) -> "Search":
        """The same search for other options and another budget; what was learnt is shared."""
        other = copy.copy(self)
        other.problem = replace(self.problem, options=options, budget_cents=budget_cents)
        return other

    def asking(self, demands: tuple[Demand, ...], options: tuple[Option, ...] = ()) -> "Search":
        """A search of the whole market under other demands; pools of kinds they do not touch are
        those of this one."""
        task = replace(self.problem, demands=demands, options=options or self.problem.options)
        changed = {d.kind for d in {*demands} ^ {*self.problem.demands}}
        same = {kind: pool for kind, pool in self.pools.items() if kind not in changed}
        return Search(task, self.verdicts, same)

    def best(self, option: Option) -> Outcome:
        """``solve`` without a limit, remembered: it does not depend on the step time.

        Where unknowns may pass, a fit that is known wins over one in doubt at about the same price,
        but over the budget.
        """
        place, budget = (option.chip.id, option.count, option.asks), self.problem.budget_cents
        both = self._solved.get(place)
        if both is None or both[0].option.cards != option.cards:
            cheap = self.solve(option)
            both = self._solved[place] = cheap, self._surest(option, cheap)
        known = both[1]
        if known.choice and budget is not None and known.choice.cents > budget:
            known = both[0]
        choice = known.choice and replace(known.choice, option=option)
        return replace(known, option=option, choice=choice)

    def least_cents(self, option: Option) -> int:
        """A price that no build of the option is below."""
        cards = self._bundles(option)
        run = self.run(self.asked(option, STRICT))
        return (cards[0].bundle.cents if cards else 0) + run.least_cents

    def _surest(self, option: Option, found: Outcome) -> Outcome:
        """The outcome with as few doubts as ``KNOWN_WORTH`` pays; all at once, else one by one."""
        left = self.doubted(found.choice)
        for spared in (left, *(frozenset({rule}) for rule in sorted(left))):
            if found.choice is None or not spared & self.doubted(found.choice):
                continue
            surer = Relaxation(doubts=left - spared)
            limit = int(found.choice.cents * (1 + KNOWN_WORTH))
            better = self.solve(option, limit, surer)
            if better.choice is not None:
                found, left = better, self.doubted(better.choice)
        return found

    def doubted(self, choice: Choice | None) -> frozenset[str]:
        """Rules that a choice leaves in doubt."""
        if choice is None or not self.problem.allow_unknown:
            return frozenset()
        build, off = choice.build, self.problem.ignored
        asked = (rule for rule in self.problem.rules if rule.id not in off)
        return frozenset(rule.id for rule in asked if weigh(rule, build) == "doubt")

    def _passing(self, relaxation: Relaxation) -> frozenset[str]:
        """Ids of the rules whose doubts may pass."""
        if not (relaxation.unknown or self.problem.allow_unknown):
            return frozenset()
        every = frozenset(rule.id for rule in self.problem.rules)
        return every if relaxation.doubts is None else relaxation.doubts

    def _pool(self, kind: str, found: list[Bundle] | None) -> Pool:
        demands = [d for d in self.problem.demands if d.kind == kind]
        found = bundles(kind, self.problem) if found is None else found
        names = attributes(self.problem.rules, kind)
        better = self.problem.better.get(kind, {})
        return Pool(kind, found, names, demands, better, self.problem.site)

    def asked(self, option: Option, relaxation: Relaxation) -> Relaxation:
        """A relaxation without the demands that are asked of other options only."""
        some = frozenset(d.name for d in self.problem.demands if d.some) - option.asks
        return replace(relaxation, demands=relaxation.demands | some) if some else relaxation

    # -- one reading of the problem ----------------------------------------------------------
    def run(self, relaxation: Relaxation) -> Run:
        """The engine and its pools for one reading, prepared once."""
        run = self._runs.get(relaxation)
        if run is None:
            if len(self._runs) >= RUNS_KEPT:
                self._runs.pop(next(known for known in self._runs if known != STRICT))
            run = self._runs[relaxation] = self._prepare(relaxation)
        return run

    def _prepare(self, relaxation: Relaxation) -> Run:
        off = relaxation.rules | self.problem.ignored
        doubts = self._passing(relaxation)
        steps = {
            level: [s for s in found if s.rule.id not in off]
            for level, found in self.tables.steps.items()
        }
        pools = [self.pools[k] for k in self.kinds]
        engine = Engine(pools, steps, doubts).bounded(self.joints)
        wanted = [pool.wanted(relaxation.demands) for pool in pools]
        run = Run(engine, wanted, relaxation, self._no_way(pools, wanted, off, doubts))
        if not run.empty and self.kinds:
            run.first = self._platforms(engine, wanted)
            run.least_cents = self._least(engine, wanted, run.first)
        return run

    def _least(
        self, engine: Engine, wanted: Sequence[int], first: Sequence[tuple[int, int]]
    ) -> int:
        """What the machine around any cards costs at least, the rules on cards left aside."""
        steps = {
            level: [s for s in found if s.card is None] for level, found in engine.steps.items()
        }
        free = Engine(engine.pools, steps, engine.doubts).bounded(self.joints)
        base = free.begin(wanted, ())
        return first[0][0] + free.floor(base, self.platform, ()) if base and first else 0

    def _no_way(
        self, pools: Sequence[Pool], wanted: Sequence[int], off: frozenset[str],
        doubts: frozenset[str],
    ) -> str:  # fmt: skip
        """What rules out every build whatever the cards are; empty when nothing does."""
        for pool, mask in zip(pools, wanted, strict=True):
            if not mask:
                demands = [n for n, good in pool.meeting.items() if not good]
                return ", ".join(demands or pool.meeting) or f"no {pool.kind} to choose from"
        for rule in self.tables.alone:
            weight = self.verdicts.weight(rule, (), ())
            doubted = weight == "doubt" and rule.id not in doubts
            if rule.id not in off and (weight == "bad" or doubted):
                return rule.id
        return ""

    def _platforms(self, engine: Engine, wanted: Sequence[int]) -> list[tuple[int, int]]:
        """(cents of the cheapest platform, number) of everything of the first kind, in order."""
        last = self.platform
        steps = {
            level: [s for s in found if s.card is None and s.target < last]
            for level, found in engine.steps.items()
        }
        small = Engine(engine.pools[:last], steps, engine.doubts)
        found = []
        base = small.begin(wanted[:last], ())
        rest, pick = base.masks[0] if base else 0, [0] * last
        while rest and base:
            low = rest & -rest
            rest ^= low
            pick[0] = low.bit_length() - 1
            left = small.after(0, base, pick, ())
            best = left and small.rest(1, left, pick, (), NO_LIMIT)
            if best:
                found.append((small.pools[0].cents[pick[0]] + best[0], pick[0]))
        engine.blame += small.blame
        engine.active |= small.active
        return sorted(found)

    # -- one option --------------------------------------------------------------------------
    def _bundles(self, option: Option) -> list[Cards]:
        """Ways to get the option's cards, cheapest first, one for each set of facts that counts."""
        known = self._cards.get(id(option))
        if known is not None:
            return known[1]
        demands = [d for d in self.problem.demands if d.kind == "card"]
        best: dict[tuple[object, ...], Cards] = {}
        found = weighted(every_card(option), self.problem)
        for bundle in undominated(found, demands, self.measures):
            parts = bundle.parts
            ids = tuple(
                self.verdicts.card_id(rule, parts, option.chip) for rule in self.tables.card_reads
            )
            best.setdefault((ids, *(meets(d, bundle) for d in demands)), Cards(bundle, ids))
        kept = list(best.values())
        self._cards[id(option)] = (option, kept)  # holds the option: its id stays its own
        return kept

    def cards(self, option: Option, run: Run) -> Iterator[Cards]:
        """Ways to get the option's cards that nothing refuses by themselves, cheapest first."""
        for cards in self._bundles(option):
            refused = self._refused(cards, option, run)
            if refused:
                run.engine.blame[refused] += 1
            else:
                yield cards

    def _refused(self, cards: Cards, option: Option, run: Run) -> str:
        """The demand or rule that refuses these cards by themselves."""
        for demand in self.problem.demands:
            if demand.name in run.relaxation.demands:
                continue
            if demand.kind == "card" and not meets(demand, cards.bundle):
                return demand.name
            if demand.kind == "chip" and not demand.accepts(option.chip):
                return demand.name
        off = run.relaxation.rules | self.problem.ignored
        for rule, place in self.tables.cards:
            weight = self.verdicts.weight(rule, ("card",), (cards.ids[place],))
            doubted = weight == "doubt" and rule.id not in run.engine.doubts
            if rule.id not in off and (weight == "bad" or doubted):
                run.engine.active.add(rule.id)
                return rule.id
        return ""

    def solve(
        self, option: Option, limit_cents: int | None = None, relaxation: Relaxation = STRICT
    ) -> Outcome:
        """The cheapest build of an option, at most ``limit_cents``; its step time is not asked."""
        run = self.run(self.asked(option, relaxation))
        if run.empty:
            return Outcome(option, None, run.empty)
        limit = NO_LIMIT if limit_cents is None else limit_cents
        run.engine.blame.clear()
        best: tuple[Cards, Rest] | None = None
        for cards in self.cards(option, run):
            if cards.bundle.cents + run.least_cents > limit:
                run.engine.blame["budget"] += 1
                break  # the others cost more
            least, blamed = run.bound(cards.ids)
            if cards.bundle.cents + least > limit:
                run.engine.blame[blamed if least > NO_LIMIT else "budget"] += 1
                continue
            found = self._with(cards, run, limit - cards.bundle.cents, least)
            if found is not None:
                best = (cards, found)
                limit = cards.bundle.cents + found[0] - 1
        if best is None:
            return Outcome(option, None, run.engine.blamed() or "no card to choose from")
        return Outcome(option, self.choice(option, *best))

    def _with(self, cards: Cards, run: Run, limit: int, least: int) -> Rest | None:
        """The cheapest rest of the machine around some cards, at most ``limit`` cents; it costs
        ``least`` in any case."""
        run.engine.touched = 0
        best = self._around(cards, run, limit, least)
        if limit >= 0:
            none = 2 * NO_LIMIT if limit > NO_LIMIT // 2 else limit + 1
            run.learn(cards.ids, best[0] if best else none)
        return best

    def _around(self, cards: Cards, run: Run, limit: int, least: int) -> Rest | None:
        engine, best = run.engine, None
        node = engine.begin(run.wanted, cards.ids) if limit >= 0 else None
        if node is None or not self.kinds:
            return None if node is None else (0, ())
        pick = [0] * len(self.kinds)
        tail, boards = engine.floor(node, self.platform, cards.ids), node.masks[0]
        for platform_cents, first in run.first:
            if platform_cents + tail > limit:
                engine.blame["budget"] += 1
                break
            if not boards >> first & 1 or engine.refusing(1 << first, node.rows[0]) is not None:
                continue
            pick[0] = first
            cents = engine.pools[0].cents[first]
            left = engine.after(0, node, pick, cards.ids)
            if left is None:
                boards = engine.others(0, first, boards)
                continue
            found = engine.rest(1, left, pick, cards.ids, limit - cents)
            if found:
                best = (cents + found[0], (first, *found[1]))
                limit = best[0] - 1
                if limit < least:
                    break
        return best

    def choice(self, option: Option, cards: Cards, rest: Rest) -> Choice:
        """The build of some cards and bundle numbers."""
        chosen = {k: self.pools[k].bundles[i] for k, i in zip(self.kinds, rest[1], strict=True)}
        parts = {kind: bundle.parts for kind, bundle in chosen.items()}
        parts |= {"card": cards.bundle.parts, "chip": (option.chip,)}
        build = build_of(parts, self.problem.site)
        every = (cards.bundle, *chosen.values())
        used = tuple(u for b in every for u in b.used)
        lack = sum(b.lack_cents for b in every)
        return Choice(option, build, cards.bundle.cents + rest[0], used, lack)

    def active_rules(self, relaxation: Relaxation = STRICT) -> frozenset[str]:
        """Rules that took something away so far; no other can be part of why nothing fits."""
        read = {relaxation, *(self.asked(o, relaxation) for o in self.problem.options)}
        return frozenset().union(*(self.run(one).engine.active for one in read))


def fastest_within(outcomes: Iterable[Outcome], budget_cents: int) -> Choice | None:
    """The choice with the least step time that the budget pays; the cheaper one when equal."""
    paid = [
        o.choice
        for o in outcomes
        if o.choice is not None and o.option.step_s is not None and o.choice.cents <= budget_cents
    ]
    return min(paid, key=lambda c: (c.option.step_s or 0.0, c.cents), default=None)


def frontier(outcomes: Iterable[Outcome]) -> tuple[Choice, ...]:
    """Choices that no other one beats in both price and step time, cheapest first."""
    known = [o.choice for o in outcomes if o.choice is not None and o.option.step_s is not None]
    best: list[Choice] = []
    for choice in sorted(known, key=lambda c: (c.cents, c.option.step_s or 0.0)):
        if not best or (choice.option.step_s or 0.0) < (best[-1].option.step_s or 0.0):
            best.append(choice)
    return tuple(best)
