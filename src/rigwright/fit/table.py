"""Turns a small function into a ``Rule``: its row of ``data/rules.csv`` says what it claims."""

import csv
import functools
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import cast

from rigwright.fit.answer import Answer
from rigwright.fit.evaluate import Ask, evaluate
from rigwright.fit.facts.usual import classed_by
from rigwright.spec.build import Build, Finding, Severity
from rigwright.spec.rule import Rule, Type

Function = Callable[..., Answer | None]


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "data" / "rules.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _reads(cell: str) -> dict[str, tuple[str, ...]]:
    """``cpu: socket, line; card`` -> attributes of each kind; none where only the part counts."""
    kinds = (part.partition(": ") for part in cell.split("; "))
    return {kind: tuple(names.split(", ")) if names else () for kind, _, names in kinds}


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


def rule(function: Function) -> Rule:
    """Decorator: the function's name is the rule's id, its docstring explains the limit.

    The function's parameters say which fields of the build it is handed (``cooler``, ``cards``,
    ``circuit``), or ``build`` as the first one for all of it. What the rule claims, reads and
    needs is its row of ``data/rules.csv``; see ``Rule``.
    """
    row, ask = _rows()[function.__name__], _asking(function)
    reads = _reads(row["reads"])

    def check(build: Build, graded: bool = True) -> Finding | None:
        return evaluate(made, ask, build, graded)

    functools.update_wrapper(check, function)
    # Where a figure is missing, what is usual of the part's class decides how much that weighs.
    all_read = {kind: classed_by(kind, names) for kind, names in reads.items()}
    severity, traits = cast("Severity", row["severity"]), _words(row["traits"])
    made = Rule(
        id=row["id"], claim=row["claim"], type=cast("Type", row["type"]), severity=severity,
        reads=all_read if severity == "error" else reads, needs=_words(row["needs"]), check=check,
        source=row["source"], burdens=_words(row["burdens"]), supplies=_words(row["supplies"]),
        absence="absence" in traits, slotted="slotted" in traits, firm="firm" in traits,
        named=reads,
    )  # fmt: skip
    return made
