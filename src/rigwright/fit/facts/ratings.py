"""Watts and efficiencies that standards and makers fix (``data/*.csv``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rigwright.fit.answer import positive
from rigwright.fit.facts.platforms import DATA
from rigwright.spec.parts import Card
from rigwright.spec.tables.table import column, kept, keyed


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Share of the wall power that comes out of a supply with this 80 PLUS label."""

    label: str
    full_load: float
    half_load: float


plug_w = kept(column, DATA / "plugs.csv", "plug", "watts")
"""Plug (6, 8, 16, eps8, slot) -> W."""
bend_mm = kept(column, DATA / "plugs.csv", "plug", "bend_mm")
"""Plug -> mm beyond the card's edge for it and the bend of its cable."""


def card_plugs(card: Card) -> tuple[str, ...] | None:
    """Power sockets of a card; None where they are missing or cannot carry its (known) power."""
    limit = positive(card.power_limit_w)
    if card.plugs is None or limit is None:
        return None
    carries = plug_w()["slot"] + sum(plug_w().get(plug, 0.0) for plug in card.plugs)
    return card.plugs if carries >= 0.9 * limit else None


chip_supply_w = kept(column, DATA / "supplies.csv", "chip", "watts")
"""Chip, or family whose memory sizes share one figure -> W for a machine with one card."""


def supply_w(chip: str) -> float | None:
    """What the maker of a chip suggests, W; other memory sizes of a chip take its figure."""
    family = re.sub(r"-\d+-gb$", "", chip.removeprefix("unlisted-"))
    return chip_supply_w().get(chip) or chip_supply_w().get(family)


usual_w = kept(column, DATA / "draws.csv", "part", "watts")
"""Part without a figure of its own -> W at most."""
peaks = kept(column, DATA / "transients.csv", "architecture", "peak_over_limit")
"""Architecture of a chip, or any -> measured peak of a millisecond over a card's limit."""
efficiencies = kept(keyed, Efficiency, DATA / "efficiency.csv", "label")
"""80 PLUS label -> row."""
