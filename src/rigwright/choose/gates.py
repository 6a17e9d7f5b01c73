"""Rules as gates of the search: evaluated on partial builds, remembered by what they read.

There is no second copy of any rule here: a gate calls ``Rule.check`` on a build that holds just the
kinds the rule reads, and keeps the answer under the attributes it declares to read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rigwright.choose.problem import Candidate, Problem
from rigwright.spec.build import Build
from rigwright.spec.parts import Chip, Part
from rigwright.spec.rule import Rule

Chosen = Mapping[str, tuple[Part, ...]]
SINGLE = ("cpu", "cooler", "board", "psu", "case")


def build_of(chosen: Chosen, problem: Problem, chips: tuple[Chip, ...] = ()) -> Build:
    """The build of the parts chosen so far."""
    single: dict[str, Any] = {k: chosen[k][0] for k in SINGLE if chosen.get(k)}
    many: dict[str, Any] = {
        "ram": chosen.get("ram", ()),
        "cards": chosen.get("card", ()),
        "drives": chosen.get("drive", ()),
        "chips": chips if chosen.get("card") else (),
    }
    return Build(**single, **many, circuit=problem.circuit, gpu_power_cap_w=problem.gpu_power_cap_w)


@dataclass(slots=True)
class Gate:
    """One rule: which kinds it waits for, and its remembered verdicts."""

    rule: Rule
    kinds: tuple[str, ...]
    known: dict[Hashable, bool] = field(default_factory=dict)
    blocked: int = 0


@dataclass(slots=True)
class Gates:
    """All rules, each evaluated as soon as every kind it reads has been decided."""

    problem: Problem
    gates: list[Gate] = field(default_factory=list)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _keys: dict[tuple[str, int, tuple[str, ...]], Hashable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = (*(k for k in self.problem.candidates), "card")
        merged: dict[str, set[str]] = {k: set() for k in kinds}
        for rule in self.problem.rules:
            waits = tuple(k for k in rule.reads if k in merged)
            self.gates.append(Gate(rule, waits))
            for kind in waits:
                merged[kind] |= set(rule.reads[kind])
        self.reads = {k: tuple(sorted(v)) for k, v in merged.items()}

    def ready(self, decided: Sequence[str], newest: str) -> list[Gate]:
        """Gates whose last kind is ``newest``."""
        have = {*decided, newest}
        return [g for g in self.gates if newest in g.kinds and have.issuperset(g.kinds)]

    def group_key(self, kind: str, part: Part) -> Hashable:
        """Parts of a kind with equal keys get equal verdicts from every rule."""
        return self._attributes(kind, part, self.reads[kind])

    def _attributes(self, kind: str, part: Part, names: tuple[str, ...]) -> Hashable:
        place = (kind, id(part), names)
        if place not in self._keys:
            self._keys[place] = tuple(getattr(part, n) for n in names)
        return self._keys[place]

    def passes(self, gate: Gate, chosen: Chosen, chips: tuple[Chip, ...]) -> bool:
        """Whether the rule lets the chosen parts through."""
        reads = gate.rule.reads
        key = (
            tuple(
                tuple(self._attributes(k, p, reads[k]) for p in chosen.get(k, ()))
                for k in gate.kinds
            ),
            tuple(c.id for c in chips) if "chip" in reads else (),
        )
        answer = gate.known.get(key)
        if answer is None:
            parts = {k: chosen[k] for k in gate.kinds if chosen.get(k)}
            if "chip" in reads:
                parts["card"] = chosen.get("card", ())
            finding = gate.rule.check(build_of(parts, self.problem, chips))
            answer = finding is None or self.problem.accepted(gate.rule, finding.verdict)
            gate.known[key] = answer
        if not answer:
            gate.blocked += 1
        return answer

    def cheapest_of_each_group(
        self, kind: str, candidates: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        """The cheapest candidate of every group, cheapest first; owned parts come alone."""
        owned = tuple(c for c in candidates if c.owned)
        if owned:
            return owned[:1]
        best: dict[Hashable, Candidate] = {}
        for candidate in sorted(candidates, key=lambda c: (c.cents, c.part.id)):
            best.setdefault(self.group_key(kind, candidate.part), candidate)
        return tuple(best.values())
