"""Verdicts of the rules: of builds drawn by seed, and where along each fact a verdict turns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.fit.story import FOUR, NVME, STORY, change
from tests.fit.test_properties import CHIPSETS, SOCKETS, VALUES
from tests.reference.pins.leaves import Leaves

from rigwright import fit
from rigwright.fit.facts import draw
from rigwright.fit.rules import RULES
from rigwright.spec.build import Build
from rigwright.spec.parts import PART_TYPES
from rigwright.spec.rule import Rule

LIQUID: dict[str, Any] = {
    "cooler__type": "liquid", "cooler__radiator_mm": 240, "cooler__radiator_thickness_mm": 27,
}  # fmt: skip
BASES = {
    "story": STORY,
    "four": FOUR,
    "liquid": change(STORY, drives=(NVME, NVME, *STORY.drives), **LIQUID),
    "modern": change(
        STORY, cards=(STORY.cards[0],) * 2, card__plugs=("16",), card__power_limit_w=450,
        card__thickness_slots=3.5, psu__watts=1200, psu__pcie_16pin_plugs=2,
        psu__atx_version="3.0", psu__pcie_8pin_plugs=6, ram__type="DDR5", ram__speed_mt_s=6000,
        cpu__socket="AM5", cpu__generation="zen5", board__socket="AM5", board__chipset="B650",
        board__memory_type="DDR5", cpu__memory_types=("DDR5",), case__expansion_slots=8,
    ),
}  # fmt: skip
STEPS = (0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.4, 1.7, 2.2, 3, 5, 9)


def said(rule: Rule, build: Build) -> str:
    """The verdict, with its severity where it is not ``ok``."""
    found = rule.check(build)
    if found is None:
        return "-"
    return found.verdict if found.verdict == "ok" else f"{found.verdict}({found.severity})"


def edited(base: Build, kind: str, fact: str, value: Any) -> Build:
    if kind in ("build", "circuit"):
        return (
            replace(base, **{fact: value}) if kind == "build"
            else replace(base, circuit=replace(base.circuit, **{fact: value}))  # type: ignore[type-var]
        )  # fmt: skip
    return change(base, **{f"{kind}__{fact}": value})


def present(base: Build, kind: str, fact: str) -> Any:
    if kind == "build":
        return getattr(base, fact, None)
    if kind == "circuit":
        return getattr(base.circuit, fact, None)
    held = base.of(kind)
    return getattr(held[0], fact, None) if held else None


def _turn(rule: Rule, base: Build, place: tuple[str, str], ends: tuple[Any, Any]) -> float:
    """The smallest value above ``ends[0]`` with another verdict, to the unit or a thousandth."""
    low, high = ends
    whole = isinstance(low, int) and isinstance(high, int)
    before = said(rule, edited(base, *place, low))
    while high - low > (1 if whole else 0.001 * max(1.0, abs(low))):
        middle = (low + high) // 2 if whole else (low + high) / 2
        if said(rule, edited(base, *place, middle)) == before:
            low = middle
        else:
            high = middle
    return float(high) if whole else round(high, 2)


def turns(rule: Rule, base: Build, kind: str, fact: str) -> str | None:
    """``conflict(error) <280 ok <400 conflict(error)``; None for what is no number."""
    given = present(base, kind, fact)
    if isinstance(given, bool) or not isinstance(given, int | float) or given <= 0:
        return None
    values = sorted({type(given)(given * step) for step in STEPS})
    words = [said(rule, edited(base, kind, fact, value)) for value in values]
    text = words[0]
    for low, high, before, after in zip(values, values[1:], words, words[1:], strict=False):
        if before != after:
            text += f" <{_turn(rule, base, (kind, fact), (low, high)):g} {after}"
    return text


def choices(rule: Rule, base: Build, kind: str, fact: str) -> str | None:
    """Verdicts of the values that decide something, in their order."""
    values = VALUES.get(kind, {}).get(fact, ())
    return " ".join(said(rule, edited(base, kind, fact, value)) for value in values) or None


def drawn(dice: random.Random) -> Build:
    """A build whose facts are drawn from those that decide something."""
    build = dice.choice(tuple(BASES.values()))
    socket, generation = dice.choice(SOCKETS)
    edits: dict[str, Any] = {"cpu__socket": socket, "cpu__generation": generation}
    edits["board__socket"], edits["board__chipset"] = dice.choice(
        [pair for pair in CHIPSETS if pair[0] == socket] or CHIPSETS
    )
    for kind, facts in VALUES.items():
        for fact, values in facts.items():
            if dice.random() < 0.15 and (kind, fact) != ("card", "chip"):
                edits[f"{kind}__{fact}"] = dice.choice(values)
    if dice.random() < 0.5:
        build = replace(build, cards=build.cards[:1] * dice.randint(1, 4))
    return change(build, **edits)


def _findings(build: Build) -> Leaves:
    out: Leaves = {}
    for found in fit.check(build):
        numbers = [
            f"{v:.5g}" if isinstance(v, int | float) else ""
            for v in (found.have, found.need, found.margin)
        ]
        shown = "/".join(numbers).strip("/")
        plain = found.verdict[0] + ("" if found.severity == "error" else found.severity[0])
        out[found.rule] = f"{plain}:{shown}" if shown else plain
    numbers: dict[str, float | None] = {
        "draw_w": fit.draw_w(build), "wall_w": fit.wall_w(build),
        "least_w": draw.least_draw_w(build), "psu_w": draw.required_psu_w(draw.least_draw_w(build)),
        "advised_w": draw.advised_psu_w(draw.least_draw_w(build)),
        **dict(fit.draw_shares_w(build)),
    }  # fmt: skip
    if build.circuit:
        numbers["circuit_w"] = fit.continuous_w(build.circuit)
    return out | {k: "unknown" if w is None else float(w) for k, w in numbers.items()}


def cases() -> Iterator[tuple[str, Leaves]]:
    """Turning points of every rule and fact on each base; then drawn builds."""
    for rule in RULES:
        for name, base in BASES.items():
            if rule.check(base) is None:
                continue
            told: Leaves = {}
            for kind, facts in rule.reads.items():
                worked_out = {n for t in PART_TYPES if t.kind == kind for n, v in vars(t).items()
                              if isinstance(v, property)}  # fmt: skip
                for fact in (f for f in facts if f not in worked_out):
                    text = turns(rule, base, kind, fact) or choices(rule, base, kind, fact)
                    if text is not None:
                        told[f"{kind}.{fact}"] = text.replace(" ", ",")
            yield f"turns {rule.id} {name}", told
    dice = random.Random(11)
    for number in range(40):
        yield f"build {number:02}", _findings(drawn(dice))
