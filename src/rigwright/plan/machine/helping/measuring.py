"""One measurement away: the better machine that a single fact nobody wrote down leaves open.

The proven machine stays the answer. Beside it stands what the plan would choose were one fact of
one part known and favourable: what that gains, which fact it is and how to look it up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from rigwright.catalog.source import load_with_price
from rigwright.choose.problem import Choice, Option, Outcome, Relaxation, weigh
from rigwright.choose.search import Search
from rigwright.plan.machine.outfitting import NEAR, RESOLVED, best_within
from rigwright.spec.build import Build
from rigwright.spec.parts import Part
from rigwright.spec.rule import NOT_PARTS, Rule
from rigwright.spec.run import Run

MEASURED = Relaxation(unknown=True)
"""What is in doubt may pass, and is the answer's own field."""
CHEAPER = 0.05
"""A smaller part of the price is not worth a measurement: prices are known no better."""


class Missing(NamedTuple):
    """A fact that nobody wrote down. value : one that settles every rule.

    rules : ids of those that it leaves in doubt; why, fix : what they say of it.
    """

    part: Part
    name: str
    value: Any
    rules: tuple[str, ...]
    why: str
    fix: str


def worth_measuring(step_s: float, usd: float, than_step_s: float, than_usd: float) -> bool:
    """Whether a machine is clearly faster than the proven one, or no slower and clearly cheaper."""
    if step_s * (1 + RESOLVED) < than_step_s:
        return True
    return step_s <= than_step_s * (1 + RESOLVED) and usd <= than_usd * (1 - CHEAPER)


def if_measured(
    run: Run, search: Search, options: Iterable[Option], best: Choice
) -> tuple[Choice, Missing] | None:
    """What the plan would choose within the budget were one fact known; None: nothing better.

    best : the cheapest machine of the proven choice.
    """
    budget = search.problem.budget_cents or 0
    speed = best.option.step_s or 0.0
    found: dict[int, tuple[Choice, Missing]] = {}
    end = speed * (1 + RESOLVED)
    for option in sorted(options, key=lambda o: o.step_s or float("inf")):
        step = option.step_s or float("inf")
        if step > end:
            break
        faster = worth_measuring(step, best.cents, speed, best.cents)
        limit = budget if faster else int(best.cents * (1 - CHEAPER))
        lacking = lacking_one(search, option, limit)
        if lacking is not None:
            found[id(lacking[0])] = lacking
            end = min(end, step * (1 + NEAR))
    outcomes = [Outcome(c.option, c) for c in (best, *(c for c, _ in found.values()))]
    return found.get(id(best_within(run, outcomes, budget)))


def lacking_one(search: Search, option: Option, limit: int) -> tuple[Choice, Missing] | None:
    """The cheapest machine found that lacks one fact, at most ``limit`` cents."""
    if search.least_cents(option) > limit:
        return None
    open_ = search.solve(option, limit, MEASURED).choice
    if open_ is None:
        return None
    whole = missing(search.problem.rules, open_.build)
    if whole is not None:
        return open_, whole
    best = None
    for doubts in _doubts(search.problem.rules, open_.build):
        choice = search.solve(option, limit, replace(MEASURED, doubts=doubts)).choice
        fact = missing(search.problem.rules, choice.build) if choice else None
        if choice is not None and fact is not None:
            best, limit = (choice, fact), choice.cents - 1
    return best


def surest(search: Search, choice: Choice) -> Choice:
    """The machine around the same cards that the budget pays with no doubt that it can spare."""
    rules, limit = search.problem.rules, search.problem.budget_cents
    left = {rule.id for rule in _doubted(rules, choice.build)}
    for rule in sorted(left):
        surer = replace(MEASURED, doubts=frozenset(left - {rule}))
        other = search.solve(choice.option, limit, surer).choice if rule in left else None
        if other is not None:
            choice = other
            left = {rule.id for rule in _doubted(rules, choice.build)}
    return choice


def _doubted(rules: Sequence[Rule], build: Build) -> list[Rule]:
    return [rule for rule in rules if weigh(rule, build) == "doubt"]


def _doubts(rules: Sequence[Rule], build: Build) -> tuple[frozenset[str], ...]:
    """Sets of rules that one fact can leave in doubt, of those that doubt this machine."""
    doubted = _doubted(rules, build)
    facts = {fact for rule in doubted for fact in _facts(rule) if any(_open_parts(build, *fact))}
    found = {frozenset(r.id for r in doubted if fact in _facts(r)) for fact in facts}
    return tuple(sorted(found, key=lambda ids: (-len(ids), sorted(ids))))


def missing(rules: Sequence[Rule], build: Build) -> Missing | None:
    """The one fact of one part that all doubts about a machine are about; None where it is not one.

    A value that another part of the kind has must settle every rule that reads the fact.
    """
    doubted = _doubted(rules, build)
    if not doubted:
        return None
    for kind, name in sorted(frozenset.intersection(*map(_facts, doubted))):
        asked = [rule for rule in rules if (kind, name) in _facts(rule)]
        for part in _open_parts(build, kind, name):
            for value in _values(part, name):
                known = with_fact(build, part, name, value)
                if all(weigh(rule, known) == "fine" for rule in asked):
                    said = next(f for rule in doubted if (f := rule.check(build)) is not None)
                    ids = tuple(rule.id for rule in doubted)
                    return Missing(part, name, value, ids, said.why, said.fix)
    return None


def with_fact(build: Build, part: Part, name: str, value: Any) -> Build:
    """The machine with one fact of one of its parts filled in."""
    return build.with_parts([(part, replace(part, **{name: value}))])


def _facts(rule: Rule) -> frozenset[tuple[str, str]]:
    """(kind, attribute) of parts that a rule reads."""
    return frozenset(
        (kind, name) for kind, names in rule.reads.items() if kind not in NOT_PARTS
        for name in names
    )  # fmt: skip


def _open_parts(build: Build, kind: str, name: str) -> Iterator[Part]:
    """Parts of the kind of which the fact is not known, or not whole; each once."""
    for part in {p.id: p for p in build.of(kind)}.values():
        if _open(getattr(part, name, 0)):
            yield part


def _open(value: Any) -> bool:
    """Whether a fact is missing, or something in it: slots of which nobody read the position."""
    if isinstance(value, tuple):
        return any(is_dataclass(v) and any(map(_gap, _items(v).values())) for v in value)
    return value is None or value == ""


def _gap(value: Any) -> bool:
    return value is None or value == "?" or (value == 0 and not isinstance(value, bool))


def _items(value: Any) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _values(part: Part, name: str) -> Iterator[Any]:
    """What the fact may be: what it is of other parts, known pieces staying as they are."""
    own, seen = getattr(part, name), []
    for other in load_with_price(type(part)):
        value = getattr(other, name)
        if value is None or value == "" or _open(value):
            continue
        if isinstance(own, tuple):
            if len(value) != len(own):
                continue
            value = tuple(map(_filled, own, value))
        if value not in seen:
            seen.append(value)
            yield value


def _filled(own: Any, other: Any) -> Any:
    return replace(own, **{n: getattr(other, n) for n, v in _items(own).items() if _gap(v)})
