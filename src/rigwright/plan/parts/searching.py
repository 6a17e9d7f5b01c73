"""Search in the catalogue, embedded and imported."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rigwright.catalog.prices.ledger import Quote, key
from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.catalog.source import attribution, by_condition, embedded_ids, load
from rigwright.plan.ask.goal import money_in, parse_day
from rigwright.plan.speed.cardprices import Offered, bought, by_chip
from rigwright.spec.errors import InputError
from rigwright.spec.parts import PART_TYPES, Chip, Part


@dataclass(frozen=True, slots=True)
class Found:
    """Parts of one kind whose name holds every word, with their price on the day, new where it is
    sold new; of a chip that of the cheapest card with one.

    money : the currency that its texts say amounts in.
    """

    kind: str
    as_of: dt.date
    total: int
    rows: tuple[tuple[Part, Quote | Offered | None], ...]
    attribution: tuple[str, ...] = ()
    money: Rate = DOLLARS


def search(kind: str, words: str, as_of: str | None = None, currency: str | None = None) -> Found:
    """Parts whose name or alias contains all words, case aside; all of the kind without words.

    Raises InputError for a kind that is no table.
    """
    types = {t.kind: t for t in PART_TYPES}
    if kind not in types:
        raise InputError("parts", "kind", kind, ", ".join(types), "rigwright parts card 1070")
    day = parse_day(as_of)
    rows = load(types[kind])
    seen: Mapping[str, Quote | Offered | None]
    if kind == Chip.kind:
        cards = by_chip(day)
        seen = {key(chip): bought(cards, chip.id) for chip in rows}
    else:
        new, used = by_condition(day).values()
        seen = dict(new) | {k: q for k, q in used.items() if k not in new or (q.sold > new[k].sold)}
    wanted = words.lower().split()

    def matches(part: Part) -> bool:
        text = " ".join((part.name, *getattr(part, "aliases", ()))).lower()
        return all(w in text for w in wanted)

    found = tuple((p, seen.get(key(p))) for p in rows if matches(p))
    ours = embedded_ids(kind)
    notices = attribution() if any(p.id not in ours for p, _ in found) else ()
    return Found(kind, day, len(rows), found, notices, money_in(currency, day))
