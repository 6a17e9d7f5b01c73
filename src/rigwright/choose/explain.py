"""Why nothing fits: a smallest set of demands that clash, and the nearest changes that help.

All of it is data; the words are made by the report.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, NamedTuple

from rigwright.choose.problem import Choice, Demand, Relaxation
from rigwright.choose.search import Search

ReasonKind = Literal["unknown", "demand", "budget", "rule"]
POWER_CAP = "gpu_power_cap_w"
"""What a rule reads of the machine, not of its parts, that the user can change; or the wall."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was asked for and could be given up.

    kind : ``budget``; ``demand`` or ``rule`` with its name; ``unknown``: every fact that decides
    must be known.
    """

    kind: ReasonKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Giving up ``drops`` makes ``choice`` possible, the cheapest build of any option then.

    extra_cents : what it costs above the budget (0 when within).
    Of a demand with an amount it is the one that meets the largest.
    """

    drops: tuple[Reason, ...]
    choice: Choice
    extra_cents: int


class Explanation(NamedTuple):
    """Why no option has a build.

    conflict : reasons that cannot all be met, while any one of them given up leaves a set that can,
    the reasons outside the set left aside; rules are taken as given.
    changes : what helps, nearest first: one reason given up before two; budget, unknown facts,
    demands, rules.
    """

    conflict: tuple[Reason, ...]
    changes: tuple[Change, ...]


BUDGET, UNKNOWN = Reason("budget"), Reason("unknown")
_RANK: dict[str, int] = {"budget": 0, "unknown": 1, "demand": 2, "rule": 3}


def explain(search: Search) -> Explanation:
    """Why nothing fits; no conflict where the rules alone allow nothing (``fewest_rules``).

    Raises ValueError when something does fit.
    """
    if cheapest(search, ()) is not None:
        raise ValueError("there is a build that meets every demand")
    reasons = asked_for(search)
    conflict = _smallest(search, reasons)
    site = [r for r in _rules(search, ()) if r.name in of_site(search)]
    singles = [c for r in (*reasons, *site) if (c := _change(search, (r,))) is not None]
    several = [] if singles else _pairs(search, conflict)
    several = several or ([] if singles else _least_drops(search, reasons))
    near = lambda c: (len(c.drops), [_RANK[r.kind] for r in c.drops], c.extra_cents)  # noqa: E731
    return Explanation(conflict, tuple(sorted((*singles, *several), key=near)))


def fewest_rules(
    search: Search, kept: frozenset[str] = frozenset()
) -> tuple[frozenset[str], Choice | None]:
    """Rules of which none can be kept if the others are, and the cheapest build without them.

    Demands and budget are not asked. kept : ids of rules that are not given up. None where no build
    is left at all.
    """
    asked, dropped = asked_for(search), list[Reason]()
    while cheapest(search, (*asked, *dropped), any_will_do=True) is None:
        more = [
            r for r in _rules(search, (*asked, *dropped)) if r not in dropped and r.name not in kept
        ]
        if not more:
            return frozenset(), None
        dropped += more
    for rule in tuple(dropped):
        fewer = [r for r in dropped if r != rule]
        if cheapest(search, (*asked, *fewer), any_will_do=True) is not None:
            dropped = fewer
    return frozenset(r.name for r in dropped), cheapest(search, (*asked, *dropped))


def asked_for(search: Search) -> list[Reason]:
    """What the user asked for, the least telling first: those are tried to do without first."""
    problem = search.problem
    found = [] if problem.allow_unknown else [UNKNOWN]
    found += [Reason("demand", d.name) for d in problem.demands]
    return found if problem.budget_cents is None else [*found, BUDGET]


def _rules(search: Search, dropped: Iterable[Reason]) -> list[Reason]:
    """Rules that took part when these reasons were given up and still nothing was found."""
    active = search.active_rules(_relaxation(dropped))
    return [Reason("rule", rule.id) for rule in search.problem.rules if rule.id in active]


def of_site(search: Search) -> frozenset[str]:
    """Rules on the wall circuit or a power cap."""
    return frozenset(
        rule.id
        for rule in search.problem.rules
        if "circuit" in rule.reads or POWER_CAP in rule.reads.get("build", ())
    )


def _relaxation(dropped: Iterable[Reason]) -> Relaxation:
    gone = tuple(dropped)
    return Relaxation(
        frozenset(r.name for r in gone if r.kind == "demand"),
        frozenset(r.name for r in gone if r.kind == "rule"),
        UNKNOWN in gone,
    )


def cheapest(
    search: Search, dropped: Iterable[Reason], *, any_will_do: bool = False
) -> Choice | None:
    """The cheapest build of any option once some reasons are given up.

    any_will_do : the first one found instead.
    """
    gone = tuple(dropped)
    relaxation = _relaxation(gone)
    limit = None if BUDGET in gone else search.problem.budget_cents
    best: Choice | None = None
    for option in sorted(search.problem.options, key=search.least_cents):
        found = search.solve(option, limit, relaxation).choice
        if found is not None:
            best, limit = found, found.cents - 1
            if any_will_do:
                break
    return best


def _smallest(search: Search, reasons: list[Reason]) -> tuple[Reason, ...]:
    """A set that clashes and of which no member can be left out (deletion filter)."""
    dropped: list[Reason] = []
    for reason in reasons:
        if cheapest(search, (*dropped, reason), any_will_do=True) is None:
            dropped.append(reason)
    return tuple(r for r in reasons if r not in dropped)


def _change(search: Search, drops: tuple[Reason, ...]) -> Change | None:
    choice = cheapest(search, drops)
    if choice is None:
        return None
    budget = search.problem.budget_cents
    extra = max(0, choice.cents - budget) if budget is not None else 0
    demand = next((d for d in search.problem.demands if (Reason("demand", d.name),) == drops), None)
    if demand is None or demand.amount is None:
        return Change(drops, choice, extra)
    return _largest(search, demand, Change(drops, choice, extra))


def _largest(search: Search, demand: Demand, without: Change) -> Change:
    """The change with the largest amount below the demand's that can still be met."""
    amount, kind = demand.amount, demand.kind
    if amount is None or kind not in search.pools:
        return without
    levels = {sum(amount(p) for p in parts) for parts in search.pools[kind].parts}
    below = sorted(level for level in levels if 0 < level < demand.least)
    found, low, high = without, 0, len(below)
    while low < high:  # a smaller amount is never harder to meet
        middle = (low + high) // 2
        smaller = replace(demand, least=below[middle])
        demands = tuple(smaller if d is demand else d for d in search.problem.demands)
        choice = cheapest(search.asking(demands), ())
        if choice is None:
            high = middle
        else:
            found = replace(without, choice=choice)
            low = middle + 1
    return found


def _least_drops(search: Search, reasons: list[Reason]) -> list[Change]:
    """Give up everything, then take back what can be had, demands before the budget."""
    dropped = list(reasons)
    for reason in reasons:
        fewer = [r for r in dropped if r != reason]
        if cheapest(search, fewer, any_will_do=True) is not None:
            dropped = fewer
    change = _change(search, tuple(sorted(dropped, key=lambda r: _RANK[r.kind])))
    return [] if change is None else [change]


def _pairs(search: Search, conflict: tuple[Reason, ...]) -> list[Change]:
    """Two reasons of the conflict given up together, where one is not enough."""
    pairs = (tuple(sorted(two, key=lambda r: _RANK[r.kind])) for two in combinations(conflict, 2))
    return [change for drops in pairs if (change := _change(search, drops)) is not None]
