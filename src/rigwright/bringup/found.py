"""What was found of a finished machine, and what is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rigwright.spec.answer import Answer


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part as texts show it: facts of ``bringup/data/facts.csv``, SI; None = not shown."""

    kind: str
    facts: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name)

    def plus(self, **more: Any) -> "FoundPart":
        """The part with more or other facts."""
        return FoundPart(self.kind, {**self.facts, **more})


@dataclass(frozen=True, slots=True)
class Found(Answer):
    """A machine as its texts show it. would_add : what only root could have read."""

    parts: tuple[FoundPart, ...] = ()
    would_add: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[FoundPart, ...]:
        """The parts of one kind, in the order of the texts."""
        return tuple(part for part in self.parts if part.kind == kind)

    def one(self, kind: str) -> FoundPart:
        """The first part of a kind; one without facts where there is none."""
        return next(iter(self.of(kind)), FoundPart(kind, {}))

    def to_dict(self) -> dict[str, Any]:
        """``{"measurement": 1, "parts": {kind: [facts]}, "would_add": [...]}``."""
        parts: dict[str, Any] = {}
        for part in self.parts:
            parts.setdefault(part.kind, []).append(dict(part.facts))
        return {"measurement": 1, "parts": parts, "would_add": list(self.would_add)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check says. ``check`` begins with the part: ``gpu_link``, ``ram_speed``.

    verdict : ok, fault, unknown.  severity : of a fault error (does not work) or warning (costs
    speed), else note.  sure : of the cause: high, medium, low.  cost : of leaving it so.
    """

    check: str
    verdict: str
    severity: str = "note"
    found: str = ""
    expected: str = ""
    cause: str = ""
    fix: str = ""
    cost: str = ""
    sure: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified(Answer):
    """Judgements, worst first. exit_code : 0 as planned, 1 faults, 3 something cannot be told.

    against : the plan; empty = the parts themselves."""

    verdicts: tuple[Judgement, ...]
    exit_code: int
    against: str = ""
    found: Found = field(default_factory=Found)

    @property
    def summary(self) -> str:
        """``2 faults, 1 could not be told (against plan.json)``."""
        faults, unknown = (sum(j.verdict == v for j in self.verdicts) for v in ("fault", "unknown"))
        told = f"{faults} fault{'s' * (faults != 1)}" if faults else "no fault found"
        told += f", {unknown} could not be told" * bool(unknown)
        return told + f" (against {self.against})" * bool(self.against)
