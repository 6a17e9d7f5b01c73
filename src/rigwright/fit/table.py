"""Turns a small function into a ``Rule``: id, claim, what it reads, where the limit is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from rigwright.fit.answer import Answer
from rigwright.spec.build import Build, Finding, Severity
from rigwright.spec.parts import Part
from rigwright.spec.rule import Rule

Check = Callable[[Build], Answer | None]
NOT_PARTS = frozenset({"build", "circuit", "chip"})


def present(build: Build, kind: str) -> tuple[Part, ...]:
    """The parts of one kind in a build."""
    many: dict[str, tuple[Part, ...]] = {
        "ram": build.ram,
        "card": build.cards,
        "drive": build.drives,
        "chip": build.chips,
    }
    if kind in many:
        return many[kind]
    part = getattr(build, kind)
    return () if part is None else (part,)


def has(build: Build, kind: str) -> bool:
    """Whether the build has a part (or the circuit) of this kind."""
    return build.circuit is not None if kind == "circuit" else bool(present(build, kind))


def rule(
    claim: str,
    reads: Mapping[str, tuple[str, ...]],
    source: str,
    *,
    type: Literal["pair", "budget"] = "pair",
    severity: Severity = "error",
    needs: tuple[str, ...] | None = None,
    burdens: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Decorator: the function's name is the rule's id, its docstring explains the limit.

    burdens : kinds whose parts can only make the verdict worse (see ``Rule``).
    needs : kinds without which the rule says nothing; default every part kind in ``reads``.
    """
    required = tuple(k for k in reads if k not in NOT_PARTS) if needs is None else needs

    def wrap(function: Check) -> Rule:
        name = function.__name__

        def check(build: Build) -> Finding | None:
            if not all(has(build, kind) for kind in required):
                return None
            found = function(build)
            if found is None:
                return None
            involved = (p.id for k in reads if k not in NOT_PARTS for p in present(build, k))
            return Finding(
                rule=name,
                verdict=found.verdict,
                parts=tuple(dict.fromkeys(involved)),
                have=found.have,
                need=found.need,
                unit=found.unit,
                margin=found.margin,
                why=found.why,
                source=source,
                severity=found.severity or severity,
                fix=found.fix,
            )

        check.__name__, check.__doc__ = name, function.__doc__
        return Rule(name, claim, type, severity, reads, required, check, source, burdens=burdens)

    return wrap
