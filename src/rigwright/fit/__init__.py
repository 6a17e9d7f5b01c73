"""Compatibility: a table of small rules over a build. See ``docs/rules.md``."""

from rigwright.fit.better import BETTER
from rigwright.fit.check import Summary, check, check_case, rank, summary, verdict
from rigwright.fit.facts.draw import continuous_w, draw_shares_w, draw_w, wall_w
from rigwright.fit.facts.supplies import fed, supplies
from rigwright.fit.rules import BY_ID, RULES
from rigwright.fit.seating import radiator_place, seats

__all__ = [
    "BETTER", "BY_ID", "RULES", "Summary", "check", "check_case", "continuous_w", "draw_shares_w",
    "draw_w", "fed", "radiator_place", "rank", "seats", "summary", "supplies", "verdict", "wall_w",
]  # fmt: skip
