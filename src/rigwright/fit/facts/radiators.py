"""Which radiators fit which places of a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FAMILIES = ((120, 240, 360, 480), (140, 280, 420))
FAN_MM = 25.0
"""Depth of the fans on a radiator."""
Place = Mapping[int, float | None]
"""Sizes (mm) that one place takes -> the thickest stack, where the maker says it."""


@dataclass(frozen=True, slots=True)
class Radiator:
    """Length class and thickness without fans; None = unknown. [mm]"""

    size: int
    thickness: float | None = None


def mounts(listed: Iterable[str]) -> tuple[Place, ...]:
    """``front:280``, ``front:360:55``, ``top:240`` -> one ``Place`` per place."""
    places: dict[str, dict[int, float | None]] = {}
    for item in listed:
        place, _, rest = item.partition(":")
        size, _, most = rest.partition(":")
        if size.strip().isdigit():
            thickest = float(most) if most.strip() else None
            places.setdefault(place.strip(), {})[int(size)] = thickest
    return tuple(places.values())


def _thin(need: Radiator, most: float | None) -> tuple[bool, bool]:
    """(surely, perhaps) thin enough. Makers count a stack with its fans or without them."""
    if most is None:
        return True, True
    if need.thickness is None:
        return False, True
    return need.thickness + FAN_MM <= most, need.thickness <= most


def takes(place: Place, need: Radiator) -> tuple[bool, bool]:
    """(surely, perhaps): shorter radiators of the same fan width surely fit a longer place."""
    sure = perhaps = False
    family: tuple[int, ...] = next((f for f in FAMILIES if need.size in f), ())
    for other, most in place.items():
        one, maybe = _thin(need, most)
        longer = need.size <= other
        sure = sure or (one and (need.size == other or (longer and other in family)))
        perhaps = perhaps or (maybe and longer)
    return sure, perhaps


def place_all(needs: tuple[Radiator, ...], places: tuple[Place, ...]) -> tuple[bool, bool]:
    """Whether all radiators find different places: (surely, perhaps)."""
    if not needs:
        return True, True
    first, rest = needs[0], needs[1:]
    sure = perhaps = False
    for i, place in enumerate(places):
        one, maybe = takes(place, first)
        if not maybe:
            continue
        rest_sure, rest_maybe = place_all(rest, places[:i] + places[i + 1 :])
        sure = sure or (one and rest_sure)
        perhaps = perhaps or rest_maybe
    return sure, perhaps
