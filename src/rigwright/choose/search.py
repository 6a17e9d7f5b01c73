"""Exact search: the cheapest build of every (chip, count), by bounded enumeration.

The search runs over kinds in a fixed order, cheapest candidates first, and leaves a branch when
its price plus the cheapest possible rest cannot beat the best build found. Boards, processors and
memory are joined once into platforms, which all options share. Nothing is pruned that could have
been part of a cheaper build, so the result is the optimum (tests compare it with HiGHS and with
brute force).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from rigwright.choose.gates import Gate, Gates, build_of
from rigwright.choose.problem import Candidate, Choice, Option, Outcome, Problem
from rigwright.spec.parts import Part

PLATFORM = ("board", "cpu", "ram")
REST = ("case", "cooler", "psu", "drive")


@dataclass(frozen=True, slots=True)
class _Platform:
    """A board, processor and memory that fit each other."""

    used: tuple[Candidate, ...]
    cents: int


@dataclass(slots=True)
class Search:
    """Prepared tables of one problem; ``solve`` answers one option after the other."""

    problem: Problem
    gates: Gates = field(init=False)
    pools: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    platforms: list[_Platform] = field(default_factory=list)
    _plan: dict[str, list[Gate]] = field(default_factory=dict)
    _groups: dict[bool, list[_Platform]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gates = Gates(self.problem)
        for kind, candidates in self.problem.candidates.items():
            wanted = [c for c in candidates if self._meets_demands(kind, c)]
            self.pools[kind] = self.gates.cheapest_of_each_group(kind, wanted)
        order: list[str] = []
        for kind in PLATFORM:
            self._plan[f"join {kind}"] = self.gates.ready(order, kind)
            order.append(kind)
        self._plan["join card"] = self.gates.ready(order, "card")
        order.append("card")
        for kind in REST:
            self._plan[kind] = self.gates.ready(order, kind)
            order.append(kind)
        self.platforms = self._join()

    def _meets_demands(self, kind: str, candidate: Candidate) -> bool:
        return candidate.owned or all(
            d.accepts(candidate.part) for d in self.problem.demands if d.kind == kind
        )

    def _join(self) -> list[_Platform]:
        """Every platform its own rules accept; of those alike to all other rules, the cheapest."""
        found: list[tuple[dict[str, tuple[Part, ...]], _Platform]] = [({}, _Platform((), 0))]
        for kind in PLATFORM:
            gates = self._plan[f"join {kind}"]
            grown = []
            for chosen, platform in found:
                for candidate in self.pools.get(kind, ()):
                    now = {**chosen, kind: (candidate.part,)}
                    if all(self.gates.passes(g, now, ()) for g in gates):
                        used = (*platform.used, candidate)
                        grown.append((now, _Platform(used, platform.cents + candidate.cents)))
            found = grown
        later = self._later_reads()
        best: dict[Hashable, _Platform] = {}
        for chosen, platform in sorted(found, key=lambda f: f[1].cents):
            key = tuple(
                tuple(getattr(chosen[kind][0], n) for n in later[kind]) for kind in PLATFORM
            )
            best.setdefault(key, platform)
        return list(best.values())

    def _later_reads(self) -> dict[str, tuple[str, ...]]:
        """Attributes of platform parts that rules of the remaining kinds read."""
        names: dict[str, set[str]] = {kind: set() for kind in PLATFORM}
        for gate in self.gates.gates:
            if set(gate.kinds) <= set(PLATFORM) and "chip" not in gate.rule.reads:
                continue
            for kind in PLATFORM:
                names[kind] |= set(gate.rule.reads.get(kind, ()))
        return {kind: tuple(sorted(found)) for kind, found in names.items()}

    # -- one option ------------------------------------------------------------------------
    def solve(self, option: Option, limit_cents: int | None = None) -> Outcome:
        """The cheapest build of an option, at most ``limit_cents``."""
        floor = {kind: min((c.cents for c in self.pools.get(kind, ())), default=0) for kind in REST}
        empty = [k for k in (*PLATFORM, *REST) if not self.pools.get(k)]
        if empty or not option.cards:
            return Outcome(option, None, f"no {', '.join(empty) or 'card'} meets the demands")
        best: Choice | None = None
        tail = [sum(floor[k] for k in REST[i:]) for i in range(len(REST) + 1)]
        ceiling = limit_cents
        demands = [d for d in self.problem.demands if d.kind == "card"]
        for card in sorted(option.cards, key=lambda c: c.cents):
            if not card.owned and not all(d.accepts(card.part) for d in demands):
                continue
            each = 0 if card.owned else card.cents * option.count // _chips(card)
            found = self._with_card(option, card, each, tail, ceiling)
            if found and (best is None or found.cents < best.cents):
                best, ceiling = found, found.cents - 1
        return Outcome(option, best, "" if best else self._main_obstacle())

    def _main_obstacle(self) -> str:
        worst = max(self.gates.gates, key=lambda g: g.blocked, default=None)
        return worst.rule.id if worst and worst.blocked else "budget"

    def _with_card(
        self, option: Option, card: Candidate, each: int, tail: list[int], ceiling: int | None
    ) -> Choice | None:
        cards = (card.part,) * max(option.count // _chips(card), 1)
        chips = (option.chip,)
        best: Choice | None = None
        for platform in self.platforms:
            if ceiling is not None and each + platform.cents + tail[0] > ceiling:
                break  # platforms are sorted by price
            chosen: dict[str, tuple[Part, ...]] = {
                kind: (c.part,) for kind, c in zip(PLATFORM, platform.used, strict=True)
            }
            chosen["card"] = cards
            if not all(self.gates.passes(g, chosen, chips) for g in self._plan["join card"]):
                continue
            found = self._rest(option, chosen, chips, 0, each + platform.cents, tail, ceiling)
            if found is not None:
                cents, used = found
                ceiling = cents - 1
                everything = (*((c, 1) for c in platform.used), (card, len(cards)), *used)
                build = build_of(
                    {**chosen, **{c.part.kind: (c.part,) for c, _ in used}}, self.problem, chips
                )
                best = Choice(option, build, cents, everything)
        return best

    def _rest(
        self,
        option: Option,
        chosen: dict[str, tuple[Part, ...]],
        chips: tuple[object, ...],
        depth: int,
        cents: int,
        tail: list[int],
        ceiling: int | None,
    ) -> tuple[int, tuple[tuple[Candidate, int], ...]] | None:
        if depth == len(REST):
            return cents, ()
        kind = REST[depth]
        best: tuple[int, tuple[tuple[Candidate, int], ...]] | None = None
        for candidate in self.pools[kind]:
            total = cents + candidate.cents
            if ceiling is not None and total + tail[depth + 1] > ceiling:
                break
            chosen[kind] = (candidate.part,)
            if all(self.gates.passes(g, chosen, chips) for g in self._plan[kind]):  # type: ignore[arg-type]
                found = self._rest(option, chosen, chips, depth + 1, total, tail, ceiling)
                if found is not None:
                    best = (found[0], ((candidate, 1), *found[1]))
                    ceiling = found[0] - 1
        chosen.pop(kind, None)
        return best


def _chips(card: Candidate) -> int:
    return int(getattr(card.part, "chip_count", 1))


def solve_all(problem: Problem, limit_cents: int | None = None) -> tuple[Outcome, ...]:
    """The cheapest build of every option, in the order of ``problem.options``."""
    search = Search(problem)
    return tuple(search.solve(option, limit_cents) for option in problem.options)


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
