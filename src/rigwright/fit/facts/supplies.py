"""Which of several supplies feeds what: cards are shared out so that all are loaded alike."""

from dataclasses import replace

from rigwright.fit.answer import positive
from rigwright.spec.build import Build
from rigwright.spec.parts import Card, Psu

COMPUTER_W, CARD_W = 300.0, 300.0
"""Computer and card without a known limit: rules on plugs know no more, and all share out alike."""


def supplies(build: Build) -> tuple[Psu, ...]:
    """Every supply of a build, the first one first."""
    more = (p for p, _, n in build.more for _ in range(n) if isinstance(p, Psu))
    return () if build.psu is None else (build.psu, *more)


def fed(build: Build, first: int | None = None) -> tuple[Build, ...]:
    """What each supply feeds, as a build of its own: the board in all of them, for its sockets.

    first : cards of the first supply, of two; None = as many as load all alike.
    """
    held = supplies(build)
    if len(held) < 2:
        return (build,)
    cards: list[list[Card]] = [[] for _ in held]
    loads = [COMPUTER_W, *(0.0 for _ in held[1:])]
    for card in sorted(build.cards, key=lambda c: -(positive(c.power_limit_w) or CARD_W)):
        watts = positive(card.power_limit_w) or CARD_W
        share = [(w + watts) / (positive(s.watts) or 1.0) for w, s in zip(loads, held, strict=True)]
        alike = max(range(len(held)), key=lambda i: (-share[i], i))
        place = alike if first is None else int(len(cards[0]) >= first)
        loads[place] += watts
        cards[place].append(card)
    alone = replace(build, more=(), cpu=None, cooler=None, ram=(), drives=())
    rest = tuple(more for more in build.more if not isinstance(more[0], Psu))
    others = zip(held[1:], cards[1:], strict=True)
    return (
        replace(build, more=rest, cards=tuple(cards[0])),
        *(replace(alone, psu=psu, cards=tuple(some)) for psu, some in others),
    )
