"""What is so of every part of a class, where a part's own figure is missing (``data/bounds.csv``).

A bound proves that something fits; that something does not fit takes the part's own figure.
"""

import math
from dataclasses import dataclass

from rigwright.fit.answer import positive
from rigwright.fit.facts.platforms import DATA
from rigwright.fit.facts.ratings import plug_w
from rigwright.spec.parts import Card
from rigwright.spec.tables.table import kept, keyed


@dataclass(frozen=True, slots=True)
class Bound:
    """The least and the most of a count that parts of a class have; most None = not known."""

    fact: str
    least: int
    most: int | None


bounds = kept(keyed, Bound, DATA / "bounds.csv", "fact")
"""Fact -> row."""


def most_of(fact: str) -> int:
    """The most of a count; the row must have it."""
    most = bounds()[fact].most
    assert most is not None, fact
    return most


def most_plugs(card: Card) -> int | None:
    """6- and 8-pin sockets of a card at most, by its power; None where that is not known."""
    watts = positive(card.power_limit_w)
    if watts is None:
        return None
    need = math.ceil((watts - plug_w()["slot"]) / plug_w()["8"])
    return max(0, need) + most_of("card plugs beyond need")
