"""Which radiators fit which places of a case."""

from __future__ import annotations

from collections.abc import Iterable

FAMILIES = ((120, 240, 360, 480), (140, 280, 420))


def mounts(listed: Iterable[str]) -> tuple[frozenset[int], ...]:
    """``front:280``, ``front:360``, ``top:240`` -> one set of sizes (mm) per place."""
    places: dict[str, set[int]] = {}
    for item in listed:
        place, _, size = item.partition(":")
        if size.strip().isdigit():
            places.setdefault(place.strip(), set()).add(int(size))
    return tuple(frozenset(sizes) for sizes in places.values())


def takes(place: frozenset[int], size: int) -> tuple[bool, bool]:
    """(surely, perhaps): shorter radiators of the same fan width surely fit a longer place."""
    for family in FAMILIES:
        if size in family and any(size <= other for other in place & set(family)):
            return True, True
    return size in place, any(size <= other for other in place)


def place_all(sizes: tuple[int, ...], places: tuple[frozenset[int], ...]) -> tuple[bool, bool]:
    """Whether all radiators find different places: (surely, perhaps)."""
    if not sizes:
        return True, True
    first, rest = sizes[0], sizes[1:]
    sure = perhaps = False
    for i, place in enumerate(places):
        one, maybe = takes(place, first)
        if not maybe:
            continue
        rest_sure, rest_maybe = place_all(rest, places[:i] + places[i + 1 :])
        sure = sure or (one and rest_sure)
        perhaps = perhaps or rest_maybe
    return sure, perhaps
