"""Watts and efficiencies that standards and makers fix (``data/*.csv``)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from rigwright.fit.answer import positive
from rigwright.fit.facts.platforms import DATA
from rigwright.spec.parts import Card
from rigwright.spec.tables.table import table


@dataclass(frozen=True, slots=True)
class Plug:
    """What a power plug, or the slot itself, may carry. [W]

    bend_mm : room beyond the card's edge for plug and the bend of its cable.
    """

    plug: str
    watts: float
    bend_mm: float


@dataclass(frozen=True, slots=True)
class Supplied:
    """The supply that the maker of a chip suggests for a machine with one card of it. [W]

    chip : its id, or that of the family where its memory sizes share one figure.
    """

    chip: str
    watts: float


@dataclass(frozen=True, slots=True)
class Draw:
    """What a part without a figure of its own draws at most. [W]"""

    part: str
    watts: float


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Share of the wall power that comes out of a supply with this 80 PLUS label."""

    label: str
    full_load: float
    half_load: float


@functools.cache
def plug_w() -> dict[str, float]:
    """Plug (6, 8, 16, eps8, slot) -> W."""
    return {row.plug: row.watts for row in table(Plug, DATA / "plugs.csv")}


@functools.cache
def bend_mm() -> dict[str, float]:
    """Plug (6, 8, 16, eps8, slot) -> mm."""
    return {row.plug: row.bend_mm for row in table(Plug, DATA / "plugs.csv")}


def card_plugs(card: Card) -> tuple[str, ...] | None:
    """Power sockets of a card; None where they are missing or cannot carry its (known) power."""
    limit = positive(card.power_limit_w)
    if card.plugs is None or limit is None:
        return None
    carries = plug_w()["slot"] + sum(plug_w().get(plug, 0.0) for plug in card.plugs)
    return card.plugs if carries >= 0.9 * limit else None


@functools.cache
def chip_supply_w() -> dict[str, float]:
    """Chip id -> W, as listed."""
    return {row.chip: row.watts for row in table(Supplied, DATA / "supplies.csv")}


def supply_w(chip: str) -> float | None:
    """What the maker of a chip suggests, W; other memory sizes of a chip take its figure."""
    family = re.sub(r"-\d+-gb$", "", chip.removeprefix("unlisted-"))
    return chip_supply_w().get(chip) or chip_supply_w().get(family)


@functools.cache
def usual_w() -> dict[str, float]:
    """Part -> W."""
    return {row.part: row.watts for row in table(Draw, DATA / "draws.csv")}


@functools.cache
def efficiencies() -> dict[str, Efficiency]:
    """80 PLUS label -> row."""
    return {row.label: row for row in table(Efficiency, DATA / "efficiency.csv")}
