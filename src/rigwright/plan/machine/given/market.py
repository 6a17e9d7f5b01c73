"""What can be bought on a goal's day, at which price, and what is owned already."""

import datetime as dt
import difflib
import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rigwright.catalog import source
from rigwright.catalog.loose import MARK, is_loose
from rigwright.catalog.prices.ledger import Quote, key, money, own_quote
from rigwright.choose.problem import KINDS, Candidate
from rigwright.plan.ask.flags import named_price
from rigwright.plan.ask.goal import Goal, Named
from rigwright.plan.machine.given.demands import beside_disk, capacity, disk_demand, named
from rigwright.plan.machine.given.named import MANY, PLURAL, Parts, named_parts
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import PART_TYPES, Card, Part

TYPES = {t.kind: t for t in PART_TYPES}
MACHINE = ("board", "cpu", "ram", "psu")
"""What a machine that starts has."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What of a goal decides which parts there are, at which price.

    disk_bytes : room that drives which are owned or asked for must have, or others come to them.
    ssd : whether one of them must be a solid state drive, or one comes to them.
    """

    as_of: dt.date
    age_days_max: int | None
    used: bool
    own: Named
    use: Named
    brands: frozenset[str]
    exclude_brands: frozenset[str]
    estimated: bool
    prices: tuple[str, ...]
    disk_bytes: float = 0.0
    ssd: bool = False

    def parts(self, kind: str) -> tuple[Part, ...]:
        """Parts of a kind that can have a price at all."""
        return source.load(TYPES[kind]) if self.estimated else source.load_with_price(TYPES[kind])


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What can be bought on the goal's day, what is owned already, and what must be bought.

    candidates : by kind, owned and named ones instead where there are any.
    cards : by id of their chip.  kept : chip -> how many of it are owned or asked for.
    fixed : whether the goal names the cards, so that no others are looked at.
    """

    quotes: Mapping[str, Quote]
    unpriced: int
    candidates: Mapping[str, tuple[Candidate, ...]]
    cards: Mapping[str, tuple[Candidate, ...]]
    kept: Mapping[str, int]
    fixed: bool


def market(goal: Goal) -> Market:
    """Prices up to the goal's day; owned parts by name. Raises UnknownNameError."""
    limits = goal.limits
    brands, excluded = (_brands(names) for names in (limits.brands, limits.exclude_brands))
    stock = Stock(
        goal.as_of, limits.price_age_days_max, limits.used, goal.own, goal.use, brands, excluded,
        limits.estimated_prices, limits.prices,
        max((d.least for d in disk_demand(goal)), default=0.0) if named(goal, "drive") else 0.0,
        limits.drive == "ssd",
    )  # fmt: skip
    return _market(stock, source.state())


def _brands(names: tuple[str, ...]) -> frozenset[str]:
    """Makers that some part has, in small letters. Raises UnknownNameError for another one."""
    if not names:
        return frozenset()
    made = {
        p.brand.lower(): p.brand for k in (*KINDS, "card") for p in source.load(TYPES[k]) if p.brand
    }
    for name in names:
        if name.lower() not in made:
            near = difflib.get_close_matches(name.lower(), made, 3)
            raise UnknownNameError("brand", name, tuple(made[n] for n in near))
    return frozenset(name.lower() for name in names)


@functools.lru_cache(maxsize=8)
def _market(stock: Stock, _: int) -> Market:
    every = source.prices_on(stock.as_of, used=stock.used, unseen=stock.estimated)
    oldest = math.inf if stock.age_days_max is None else stock.age_days_max
    seen = {name: quote for name, quote in every.items() if abs(quote.age_days or 0) <= oldest}
    seen |= _own_prices(stock)
    kinds = (*KINDS, "card")
    priced = sum(key(p) in seen for k in kinds for p in stock.parts(k))
    owned, named = named_parts("own", stock.own), named_parts("use", stock.use)
    found = {kind: _pool(stock, seen, owned, named, kind) for kind in KINDS}
    mine, asked = owned.get("card", ()), named.get("card", ())
    unpriced, cards = sum(map(source.number_of, kinds)) - priced, _cards(stock, seen, mine, asked)
    return Market(seen, unpriced, found, cards, _kept(mine, asked), bool(asked))


def _kept(owned: tuple[Part, ...], named: tuple[Part, ...]) -> dict[str, int]:
    """Chip -> how many of it are owned or asked for; what is asked for leaves others aside.

    Raises InputError where cards of several chips are asked for.
    """
    asked = {p.chip for p in named if isinstance(p, Card)}
    if len(asked) > 1:
        given = ", ".join(p.name.removesuffix(MARK) for p in named)
        raise InputError("goal", "use.cards", given, "cards of one chip")
    found: dict[str, int] = {}
    for part in (*owned, *named):
        if isinstance(part, Card) and (not asked or part.chip in asked):
            found[part.chip] = found.get(part.chip, 0) + part.chip_count
    return found


def _own_prices(stock: Stock) -> dict[str, Quote]:
    """Prices that the goal gives, by key; of a chip for each card with one of it.

    Raises UnknownNameError, and InputError for what is not for sale here.
    """
    if not stock.prices:
        return {}
    from rigwright.plan.parts.pricing import meant

    found: dict[str, Quote] = {}
    for text in stock.prices:
        name, amount, currency = named_price(text)
        usd = amount * source.rate(currency, stock.as_of).usd
        part = meant(name)
        if part.kind == "chip":
            cards = (c for c in stock.parts("card") if isinstance(c, Card) and c.chip == part.id)
            parts: list[Part] = [c for c in cards if c.chip_count == 1]
        else:
            parts = [p for p in stock.parts(part.kind) if p.id == part.id]
        if not parts:
            allowed = "a part, or a chip of cards, that the catalogue has prices of"
            raise InputError("goal", "limits.prices", text, allowed)
        found |= {key(p): own_quote(usd, stock.as_of) for p in parts}
    return found


def only_told(goal: Goal, m: Market) -> tuple[Part, ...]:
    """Owned parts of which nothing is known but what their owner says; he looks up what they leave
    open, unless the goal wants every fit proven in so many words."""
    if "allow_unknown" in goal.limits.model_fields_set:
        return ()
    pools = (*m.candidates.values(), *m.cards.values())
    return tuple(c.part for pool in pools for c in pool if c.owned and is_loose(c.part))


def _allowed_brand(stock: Stock, part: Part) -> bool:
    brand = (part.brand or "").lower()
    if brand in stock.exclude_brands:
        return False
    return not stock.brands or part.kind not in ("card", "board") or brand in stock.brands


def _pool(
    stock: Stock, seen: Mapping[str, Quote], owned: Parts, named: Parts, kind: str
) -> tuple[Candidate, ...]:
    """Parts of a kind that can be bought on the day; owned and named ones instead of them."""
    held, wanted = owned.get(kind, ()), named.get(kind, ())
    if len(held) + len(wanted) > 1 and kind not in MANY:
        given = f"{held[0].name} and {wanted[0].name}"
        raise InputError("goal", f"own.{kind} and use.{kind}", given, "one of them")
    mine = tuple(Candidate(p, 0, owned=True) for p in held)
    asked = tuple(_asked(part, seen, stock) for part in wanted)
    kept = (*mine, *asked)
    drives = (*held, *wanted) if kind == "drive" else ()
    small = drives and sum(map(capacity, drives)) < stock.disk_bytes
    if kept and not (small or (drives and stock.ssd and not sum(map(beside_disk, drives)))):
        return kept
    return (*kept, *_bought(stock, seen, kind))


def _cards(
    stock: Stock, seen: Mapping[str, Quote], owned: tuple[Part, ...], named: tuple[Part, ...]
) -> dict[str, tuple[Candidate, ...]]:
    """Cards by the id of their chip: owned, named, and what can be bought beside them.

    A card named by its chip alone may be any of it; of a named one more are bought of the same.
    """
    found: dict[str, list[Candidate]] = {}
    for part in owned:
        found.setdefault(part.chip, []).append(Candidate(part, 0, owned=True))  # type: ignore[attr-defined]
    sold = {c.part.id: c for c in _bought(stock, seen, "card")}
    if named:
        chips = {p.chip for p in named if is_loose(p)}  # type: ignore[attr-defined]
        exact = [_asked(part, seen, stock) for part in named if not is_loose(part)]
        if len(named) > 1:
            for c in exact:
                found.setdefault(c.part.chip, []).append(c)  # type: ignore[attr-defined]
        ids = {c.part.id for c in exact}
        sold = {
            id_: c
            for id_, c in (sold | {c.part.id: replace(c, named=False) for c in exact}).items()
            if c.part.chip in chips or id_ in ids  # type: ignore[attr-defined]
        }
    for candidate in sold.values():
        found.setdefault(candidate.part.chip, []).append(candidate)  # type: ignore[attr-defined]
    for part in named:
        if part.chip not in found:  # type: ignore[attr-defined]
            any_of_it = (c for c in stock.parts("card") if c.chip == part.chip)  # type: ignore[attr-defined]
            raise _not_sold(part, any_of_it, stock)
    return {chip: tuple(made) for chip, made in found.items()}


def _bought(stock: Stock, seen: Mapping[str, Quote], kind: str) -> Iterator[Candidate]:
    """What shops, or where allowed others, sell on the day."""
    for part in stock.parts(kind):
        quote = seen.get(key(part))
        out = part.released is None or part.released <= stock.as_of
        if quote is not None and quote.sold and out and _allowed_brand(stock, part):
            yield Candidate(part, quote.cents)


def _asked(part: Part, seen: Mapping[str, Quote], stock: Stock) -> Candidate:
    """A part that the goal asks for, at its price. Raises InputError where it is not sold."""
    quote = seen.get(key(part))
    if quote is None or not quote.sold:
        raise _not_sold(part, (part,), stock)
    return Candidate(part, quote.cents, named=True)


def _not_sold(named: Part, parts: Iterable[Part], stock: Stock) -> InputError:
    """What is asked for cannot be bought as the goal says; whether second-hand it could."""
    hint = ""
    if not stock.used:
        quotes = source.by_condition(stock.as_of)["used"]
        used = [q.usd for p in parts if (q := quotes.get(key(p))) and q.sold]
        if used:
            hint = f"limits.used = true (--used): second-hand it costs about {money(min(used))}"
    allowed = f"a part that is sold on {stock.as_of} and whose price is known"
    name = f"use.{PLURAL.get(named.kind, named.kind)}"
    return InputError("goal", name, named.name.removesuffix(MARK), allowed, hint)


def running(m: Market) -> tuple[str, ...]:
    """Ids of the owned parts, where they are a machine: board, processor, memory and supply.

    Such a machine runs today; fewer parts are spares and prove nothing together.
    """
    if not all(any(c.owned for c in m.candidates[kind]) for kind in MACHINE):
        return ()
    pools = (*m.candidates.values(), *m.cards.values())
    return tuple(c.part.id for pool in pools for c in pool if c.owned)
