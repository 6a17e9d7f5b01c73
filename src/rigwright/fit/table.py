"""Turns a small function into a ``Rule``: id, claim, what it reads, where the limit is printed."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from operator import attrgetter
from typing import Literal, TypedDict, Unpack

from rigwright.fit.answer import Answer
from rigwright.fit.evaluate import Ask, evaluate
from rigwright.fit.facts.usual import classed_by
from rigwright.spec.build import Build, Finding, Severity
from rigwright.spec.rule import NOT_PARTS, Rule

Function = Callable[..., Answer | None]


class Traits(TypedDict, total=False):
    """What few rules declare; each as in ``Rule``."""

    burdens: tuple[str, ...]
    supplies: tuple[str, ...]
    absence: bool
    slotted: bool
    firm: bool
    named: Mapping[str, tuple[str, ...]]


def handed(function: Function) -> tuple[str, ...]:
    """The fields of a build that a rule function names as its parameters, or ``build`` itself."""
    return function.__code__.co_varnames[: function.__code__.co_argcount]


def _asking(function: Function) -> Ask:
    """The function on a whole build; parts that the rule needs are there when it is called."""
    fields = [name for name in handed(function) if name != "build"]
    if len(fields) < len(handed(function)):
        if fields:
            return lambda build: function(build, *(getattr(build, name) for name in fields))
        return function
    if len(fields) == 1:
        one = attrgetter(fields[0])
        return lambda build: function(one(build))
    some = attrgetter(*fields)
    return lambda build: function(*some(build))


def rule(
    claim: str,
    reads: Mapping[str, tuple[str, ...]],
    source: str,
    *,
    type: Literal["pair", "budget"] = "pair",
    severity: Severity = "error",
    needs: tuple[str, ...] | None = None,
    **traits: Unpack[Traits],
) -> Callable[[Function], Rule]:
    """Decorator: the function's name is the rule's id, its docstring explains the limit.

    The function's parameters say which fields of the build it is handed (``cooler``, ``cards``,
    ``circuit``), or ``build`` as the first one for all of it. Other arguments: see ``Rule``.

    needs : kinds without which the rule says nothing; default every part kind in ``reads``.
    """
    required = tuple(k for k in reads if k not in NOT_PARTS) if needs is None else needs

    def wrap(function: Function) -> Rule:
        ask = _asking(function)

        def check(build: Build, graded: bool = True) -> Finding | None:
            return evaluate(made, ask, build, graded)

        update_wrapper(check, function)
        name = function.__name__
        # Where a figure is missing, what is usual of the part's class decides how much that weighs.
        all_read = {kind: classed_by(kind, names) for kind, names in reads.items()}
        read = all_read if severity == "error" else reads
        traits["named"] = reads
        made = Rule(name, claim, type, severity, read, required, check, source, **traits)
        return made

    return wrap
