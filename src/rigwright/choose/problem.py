"""What the search is given and what it returns; all prices are integer cents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rigwright.spec.build import Build, Circuit, Verdict
from rigwright.spec.parts import Chip, Part
from rigwright.spec.rule import Rule

KINDS = ("board", "cpu", "ram", "cooler", "case", "drive", "psu")
"""Kinds chosen besides the cards, in the order of the search."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part that may be used; an owned one costs nothing."""

    part: Part
    cents: int
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One (chip, count) with its predicted step; several cards of the chip compete.

    step_s : None when the workload does not fit its memory.
    """

    chip: Chip
    count: int
    cards: tuple[Candidate, ...]
    step_s: float | None


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement on one kind of part, by name, so that it can be relaxed and reported.

    accepts : part -> whether it meets the demand.
    """

    name: str
    kind: str
    accepts: Callable[[Part], bool]


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a search needs.

    demands : unary requirements.  rules : compatibility rules (verdict ok or warning is accepted,
    unknown only with ``allow_unknown``, except rules named in ``ignored``).
    """

    candidates: Mapping[str, tuple[Candidate, ...]]
    options: tuple[Option, ...]
    rules: tuple[Rule, ...]
    demands: tuple[Demand, ...] = ()
    budget_cents: int | None = None
    allow_unknown: bool = False
    circuit: Circuit | None = None
    gpu_power_cap_w: float | None = None
    ignored: frozenset[str] = frozenset()

    def accepted(self, rule: Rule, verdict: Verdict) -> bool:
        """Whether a verdict lets a build through: notes never stop one."""
        if verdict in ("ok", "warning") or rule.severity == "note" or rule.id in self.ignored:
            return True
        if verdict == "conflict":
            return False
        return self.allow_unknown or rule.severity != "error"


@dataclass(frozen=True, slots=True)
class Choice:
    """The cheapest build for one option."""

    option: Option
    build: Build
    cents: int
    used: tuple[tuple[Candidate, int], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one option: a choice, or None with what stood in the way."""

    option: Option
    choice: Choice | None
    blocked_by: str = ""
