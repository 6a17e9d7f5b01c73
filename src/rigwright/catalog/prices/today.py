"""One price for every question: all parts on a day, new and used."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rigwright.catalog.prices.features import line_of, moves_with
from rigwright.catalog.prices.ledger import FRESH_DAYS, OLD_DAYS, Quote, key
from rigwright.catalog.prices.nowcast import Level, Nowcast
from rigwright.catalog.prices.sold import sold
from rigwright.spec.market import Market, Price
from rigwright.spec.parts import Chip, Part

WIDEST = 0.6
"""Standard deviation of the logarithm from which on an estimate of an unseen part is no price."""
CLASS_WORDS = {"chip": "", "generation": "processors of ", "chipset": "boards with ",
               "memory": "memory of ", "drive": "drives of ", "kind": "parts of "}  # fmt: skip


def quotes(
    parts: Mapping[str, Sequence[Part]], prices: Sequence[Price], rows: tuple[Market, ...],
    chips: Mapping[str, Chip], day: dt.date, condition: str,
) -> dict[str, Quote]:  # fmt: skip
    """Part key -> price on the day in one condition."""
    found: dict[str, Quote] = {}
    seen: dict[str, list[Price]] = {}
    for price in prices:
        if price.condition == condition:
            kind = price.part.partition(":")[0]
            seen.setdefault("card" if kind == "chip" else kind, []).append(price)
    for kind, listed in parts.items():
        found.update(_of_kind(listed, seen.get(kind, ()), rows, chips, day, condition))
    return found


def cheaper(new: Mapping[str, Quote], used: Mapping[str, Quote]) -> dict[str, Quote]:
    """Of each part the condition in which it can be bought; where both, the cheaper one."""
    found = dict(new)
    for name, quote in used.items():
        known = found.get(name, quote)  # what can be bought comes first
        found[name] = min(known, quote, key=lambda q: (not q.sold, q.usd))
    return found


def no_dearer(
    used: Mapping[str, Quote], new: Mapping[str, Quote], parts: Iterable[Part]
) -> dict[str, Quote]:
    """Used prices, none above what shops take for a new one, of a card for any of its chip: nobody
    pays more for less."""
    listed = [(key(p), moves_with(p), getattr(p, "chip_count", 0)) for p in parts]
    least: dict[tuple[str, int], float] = {}
    for name, moved, chips in listed:
        if name in new and new[name].sold:
            alike = (moved, chips) if chips else (name, 0)
            least[alike] = min(new[name].usd, least.get(alike, math.inf))
    found = dict(used)
    for name, moved, chips in listed:
        most = least.get((moved, chips) if chips else (name, 0), math.inf)
        if name in used and used[name].usd > most:
            found[name] = _scaled(used[name], most / used[name].usd)
    return found


def _scaled(quote: Quote, share: float) -> Quote:
    usd, low, high = (round(x * share, 2) for x in (quote.usd, quote.low_usd, quote.high_usd))
    basis = "carried" if quote.basis == "seen" else quote.basis
    moved = quote.moved * share if quote.seen_usd else 1.0
    return quote._replace(usd=usd, low_usd=low, high_usd=high, basis=basis, moved=moved)


def _of_kind(
    parts: Sequence[Part], mine: Sequence[Price], rows: tuple[Market, ...],
    chips: Mapping[str, Chip], day: dt.date, condition: str,
) -> Iterator[tuple[str, Quote]]:  # fmt: skip
    known = {key(part): part for part in parts}
    said = {moves_with(part): part for part in parts} | known  # a row of a class is of its parts
    told = [
        p for p in mine
        if day >= p.date or ((p.part not in known or not leftover(known[p.part], p))
        and (condition == "new" or p.part not in said or not outlived(said[p.part], p.date, day)))
    ]  # fmt: skip
    if not told:
        return
    # Of what was seen only when its sale was over nothing says what it had cost before.
    left = {p.part for p in mine} - {p.part for p in told}
    model = Nowcast(parts, told, rows, chips)
    found, least = {}, dict[tuple[Any, ...], float]()  # price that was seen, by line
    for name, level in model.on(day, [k for k in known if k not in left]).items():
        if is_price(name, level, model, condition):
            found[name] = quote = _quote(known[name], level, day, condition, chips)
            if quote.seen_usd is not None:
                line = line_of(known[name])
                least[line] = min(quote.usd, least.get(line, math.inf))
    for name, quote in found.items():
        usd = least.get(line_of(known[name]), 0.0) if quote.seen_usd is None else 0.0
        if model.class_of(name) in model.class_seen:
            usd = min(usd, model.middle_usd(model.class_of(name), day))
        # No guess is a bargain: below all that was seen of its line.
        yield name, _scaled(quote, usd / quote.usd) if usd > quote.usd else quote


def leftover(part: Part, price: Price) -> bool:
    """Whether it was seen new when shops had it no more: what a seller asks for a rest."""
    return sold(part, price.date, price.condition, price.date) is False


def outlived(part: Part, seen: dt.date, day: dt.date) -> bool:
    """Whether shops have it new on a day, and no more when a used one was seen."""
    return sold(part, day) is not False and sold(part, seen) is False


def is_price(name: str, level: Level, model: Nowcast, condition: str) -> bool:
    """Whether a level says enough to be shown: the part was seen, or parts like it tell."""
    if level.seen is not None or model.class_of(name) in model.class_seen:
        return True
    second = bool(model.class_seen) and model.class_of(name) in model.curves
    return level.deviation <= WIDEST and (condition == "new" or second)


def _quote(
    part: Part, level: Level, day: dt.date, condition: str, chips: Mapping[str, Chip]
) -> Quote:
    seen = level.seen
    age = None if seen is None else (day - seen.date).days
    share = 0.0 if age is None else _carried(age)
    moved = math.exp(share * level.moved)
    usd, spread = level.usd if seen is None else seen.usd * moved, level.spread
    basis = "estimated" if seen is None else "carried" if share else "seen"
    seen_usd, on = (seen.usd, seen.date) if seen else (None, None)
    return Quote(
        usd=round(usd, 2), low_usd=round(usd / spread, 2), high_usd=round(usd * spread, 2),
        condition=condition, basis=basis, seen_usd=seen_usd, seen_date=on,
        source=seen.source if seen else "parts like it", age_days=age, moved=moved,
        moved_by=_words(part, chips), sold=sold(part, day, condition, on) is not False,
    )  # fmt: skip


def _carried(days: int) -> float:
    """How much of its class's movement an observation takes that was seen so many days before."""
    if days < 0:  # what was seen later is carried back
        return 1.0
    return min(max((days - FRESH_DAYS) / (OLD_DAYS - FRESH_DAYS), 0.0), 1.0)


def _words(part: Part, chips: Mapping[str, Chip]) -> str:
    """What a price moved with: ``GeForce RTX 5090``, ``memory of DDR5``."""
    sort, _, name = moves_with(part).partition(":")
    if sort == "chip":
        return chips[name].name if name in chips else name
    return CLASS_WORDS[sort] + name
