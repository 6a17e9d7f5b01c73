"""Prices of the user's own: of a pasted list or by name, beside ours, and into the ledger."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rigwright.catalog.buildfile import Meant
from rigwright.catalog.loose import MARK
from rigwright.catalog.names.resolve import Resolution
from rigwright.catalog.paste import Line
from rigwright.catalog.prices.ledger import Quote, key
from rigwright.catalog.source import by_condition, currencies, rate
from rigwright.plan.ask.flags import named_price
from rigwright.plan.parts.results import OwnPrice, Remembered
from rigwright.plan.speed.cardprices import Offered, by_chip
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import Card, Part

YOUR_LIST = "your list"


def of_list(meant: Meant, day: dt.date | None = None) -> tuple[OwnPrice, ...]:
    """What a list says that its parts cost, beside what they cost on a day (today)."""
    priced = _priced(meant)
    if not priced:
        return ()
    day = day or dt.date.today()
    quotes = by_condition(day)
    return tuple(
        _beside(
            (hit.kind if hit else line.kind) or "", part.name if part else line.text,
            line.quantity, (line.price or 0.0, str(line.currency)),
            quotes[line.condition].get(key(part)) if part else _of_chip(hit, line, day),
            line.condition, day,
        )
        for line, hit in priced
        for part in (hit.part if hit else None,)
    )  # fmt: skip


def _of_chip(hit: Resolution | None, line: Line, day: dt.date) -> Offered | None:
    """What a card costs of which a list says the chip alone."""
    both = by_chip(day).get(hit.chip.id, ()) if hit and hit.chip else ()
    return next((o for o in both if o.condition == line.condition), None)


def _priced(meant: Meant) -> Meant:
    """The lines that say a price and its currency."""
    return tuple((line, hit) for line, hit in meant if line.price and line.currency)


def _beside(
    kind: str, name: str, count: int, said: tuple[float, str], ours: Quote | Offered | None,
    condition: str, day: dt.date,
) -> OwnPrice:  # fmt: skip
    """said : amount of one piece, and currency."""
    amount, currency = said[0] * count, said[1]
    unit = rate(currency, day) if currency in currencies() else None
    low, usd, high = (ours.low_usd, ours.usd, ours.high_usd) if ours else (None, None, None)
    return OwnPrice(
        kind, name, count, round(amount, 2), currency,
        None if unit is None else round(amount * unit.usd, 2),
        _times(count, usd), _times(count, low), _times(count, high), condition,
    )  # fmt: skip


def _times(count: int, usd: float | None) -> float | None:
    return None if usd is None else round(usd * count, 2)


def by_name(
    build: Build, said: Sequence[str], quotes: Mapping[str, Quote], day: dt.date
) -> tuple[OwnPrice, ...]:
    """The same of prices as NAME=USD; those of parts that are not in the build wait unseen.

    Raises UnknownNameError for what is neither part nor chip, InputError for what is no price.
    """
    held = Counter(key(p) for p in build.parts())
    parts = {key(p): p for p in build.parts()}
    paid: dict[str, tuple[float, str]] = {}
    for text in said:
        try:
            name, amount, currency = named_price(text)
        except ValueError as error:
            raise InputError("prices", "price", text, str(error), "RTX 5090=3899") from None
        paid |= dict.fromkeys(_named(name, parts), (amount, currency))
    return tuple(
        _beside(
            part.kind, part.name.removesuffix(MARK), held[name], paid[name],
            quotes.get(name), quotes[name].condition if name in quotes else "new", day,
        )
        for name, part in parts.items()
        if name in paid
    )  # fmt: skip


def _named(name: str, parts: Mapping[str, Part]) -> list[str]:
    """Keys of the parts that a name means; of a chip, cards with one of it."""
    same = [k for k, p in parts.items() if name.lower() in (p.name.lower(), p.id, k)]
    if same or name.endswith(MARK):  # a line that means no product was left for another part
        return same
    from rigwright.plan.parts.pricing import meant  # pydantic

    part = meant(name)
    if part.kind != "chip":
        return [k for k in parts if k == key(part)]
    cards = [p for p in parts.values() if isinstance(p, Card)]
    return [key(c) for c in cards if c.chip == part.id and c.chip_count == 1]


def names_of(build: Build, meant: Meant, prices: Sequence[OwnPrice]) -> tuple[str, ...]:
    """A list's own prices as NAME=USD of one piece, for a link; those without a rate are left."""
    told = {line.text: line.part.name for line in build.possible}
    found = []
    for (line, hit), price in zip(_priced(meant), prices, strict=True):
        if hit is not None and price.usd is not None:
            name = _called(hit) or told.get(hit.text)
            found += [f"{name}={price.usd / line.quantity:.2f}"] if name and ";" not in name else []
    return tuple(found)


def _called(hit: Resolution) -> str | None:
    """A name that alone means the part or the chip."""
    from rigwright.plan.parts.pricing import meant  # pydantic

    part = hit.part or hit.chip
    if part is None:
        return None
    try:
        return part.name if meant(part.name).id == part.id else key(part)
    except UnknownNameError:
        return key(part)


def remember(path: Path, meant: Meant) -> Remembered:
    """Add the prices of a list to the ledger, as seen today; a chip's where no card is named.

    Raises InputError where there is none to add.
    """
    from rigwright.catalog.prices.pricefile import Observation
    from rigwright.plan.parts.pricing import record  # pydantic

    today = dt.date.today()
    told = [(line, part, why) for line, hit in meant for part, why in _kept(line, hit)]
    seen = {
        Observation(
            part.kind, part.id, today, float(line.price or 0), str(line.currency),
            line.condition, "shop", YOUR_LIST,
        )
        for line, part, _ in told
        if part is not None
    }  # fmt: skip
    left = tuple((line.text, why) for line, part, why in told if part is None)
    if not seen:
        given = "no price of a part that is known"
        given += f" ({left[0][0]}: {left[0][1]})" if left else ""
        raise InputError(str(path), "--remember", given, "a list with prices", "GPU: RTX 5080 $999")
    added = record(tuple(seen))
    foreign = sum(o.currency != "USD" for o in seen)
    return Remembered(added, len(seen) - added, foreign, left)


def _kept(line: Line, hit: Resolution | None) -> Iterator[tuple[Part | None, str]]:
    """The part or chip whose price a line tells, or why none; nothing of a line without price."""
    if not line.price:
        return
    part = (hit.part or hit.chip) if hit else None
    if not line.currency:
        yield None, "its price has no currency"
    elif part is not None:
        yield part, ""
    elif hit is None:
        yield None, "no kind of part that plans know"
    elif hit.candidates:
        near = "; ".join(hit.near[:3])
        yield None, f"names no one part; nearest: {near}"
    else:
        yield None, "names no part that the catalogue has"
