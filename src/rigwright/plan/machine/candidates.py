"""From a goal to what the search is given: priced parts of the day, demands, GPU options."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

import rigwright.fit as fit
import rigwright.predict as predict
from rigwright.catalog.identify import identify
from rigwright.catalog.loose import MARK, TOLD, card_of_chip, filled_in, is_loose, loose_part
from rigwright.catalog.prices.ledger import Quote, key, named_price, own_quote
from rigwright.catalog.source import (
    by_condition,
    by_id,
    load,
    load_with_price,
    number_of,
    prices_on,
    state,
)
from rigwright.choose.problem import KINDS, Candidate, Demand, Option, Problem
from rigwright.plan.ask.goal import Goal, Named
from rigwright.plan.ask.hosts import gpu_link, lanes_each, of_chip
from rigwright.plan.ask.kinds import served, trained
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import disk_words, total
from rigwright.plan.speed import vram
from rigwright.plan.speed.runs import operations, replicas
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import PART_TYPES, Card, Case, Chip, Cooler, Cpu, Drive, Part, RamKit
from rigwright.spec.run import Run
from rigwright.workload.lookup import decoder_of

TYPES = {t.kind: t for t in PART_TYPES}
SINGULAR = {"cards": "card", "drives": "drive"}
PLURAL = {kind: key for key, kind in SINGULAR.items()}
"""Keys of a goal's sections that are not called as the kind of their parts."""
MANY = frozenset({"card", "ram", "drive"})
"""Kinds of which a machine has several."""
NUMBER_MAX = 64
MACHINE = ("board", "cpu", "ram", "psu")
"""What a machine that starts has."""
DISK, MEMORY = "disk: ", "memory: "
"""How the names of demands begin that are sums."""


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
        return load(TYPES[kind]) if self.estimated else load_with_price(TYPES[kind])


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
        goal.as_of,
        limits.price_age_days_max,
        limits.used,
        goal.own,
        goal.use,
        brands,
        excluded,
        limits.estimated_prices,
        limits.prices,
        max((d.least for d in disk_demand(goal)), default=0.0) if _has_drives(goal) else 0.0,
        limits.drive == "ssd",
    )
    return _market(stock, state())


def _has_drives(goal: Goal) -> bool:
    return bool(goal.own.drives or goal.use.drives)


def _brands(names: tuple[str, ...]) -> frozenset[str]:
    """Makers that some part has, in small letters. Raises UnknownNameError for another one."""
    if not names:
        return frozenset()
    made = {p.brand.lower(): p.brand for k in (*KINDS, "card") for p in load(TYPES[k]) if p.brand}
    for name in names:
        if name.lower() not in made:
            near = difflib.get_close_matches(name.lower(), made, 3)
            raise UnknownNameError("brand", name, tuple(made[n] for n in near))
    return frozenset(name.lower() for name in names)


@functools.lru_cache(maxsize=8)
def _market(stock: Stock, _: int) -> Market:
    seen = {
        name: quote
        for name, quote in prices_on(stock.as_of, used=stock.used, unseen=stock.estimated).items()
        if stock.age_days_max is None or (quote.age_days or 0) <= stock.age_days_max
    }
    seen |= _own_prices(stock)
    kinds = (*KINDS, "card")
    priced = sum(key(p) in seen for k in kinds for p in stock.parts(k))
    owned, named = _named("own", stock.own), _named("use", stock.use)
    found = {kind: _pool(stock, seen, owned, named, kind) for kind in KINDS}
    mine, asked = owned.get("card", ()), named.get("card", ())
    return Market(
        seen,
        sum(number_of(k) for k in kinds) - priced,
        found,
        _cards(stock, seen, mine, asked),
        _kept(mine, asked),
        bool(asked),
    )


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
        name, usd = named_price(text)
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


def _named(name: str, section: Named) -> dict[str, tuple[Part, ...]]:
    """The parts of a section, each as often as it is said."""
    found: dict[str, tuple[Part, ...]] = {}
    for field in Named.model_fields:
        value = getattr(section, field)
        texts = (value,) if isinstance(value, str) else tuple(value or ())
        kind = SINGULAR.get(field, field)
        parts = [p for text in texts for p in identified(f"{name}.{field}", kind, text)]
        if parts:
            found[kind] = tuple(parts)
    return found


def only_told(goal: Goal, m: Market) -> tuple[Part, ...]:
    """Owned parts of which nothing is known but what their owner says; he looks up what they leave
    open, unless the goal wants every fit proven in so many words."""
    if "allow_unknown" in goal.limits.model_fields_set:
        return ()
    pools = (*m.candidates.values(), *m.cards.values())
    return tuple(c.part for pool in pools for c in pool if c.owned and is_loose(c.part))


def identified(field: str, kind: str, text: str) -> tuple[Part, ...]:
    """The parts that a line of a goal means, as many as it says: by name, or by facts it tells.

    Raises UnknownNameError where it is neither, InputError for more than a machine has.
    """
    from rigwright.catalog.paste import read_line  # many patterns

    found, count = identify(kind, text), 1
    if found.part is None:
        line = read_line(text)
        found, count = identify(kind, line.text), line.quantity
    part = found.part or (
        card_of_chip(found.chip, found.text) if found.chip else loose_part(kind, found.text)
    )
    if part is None:
        facts = TOLD[kind] if field.startswith("own") else ""
        raise UnknownNameError(kind, text, tuple(p.name for p in found.candidates[:3]), facts)
    if (count > 1 and kind not in MANY) or count > NUMBER_MAX:
        most = NUMBER_MAX if kind in MANY else 1
        raise InputError("goal", field, text, f"at most {most} {kind}")
    return (part,) * count


def _allowed_brand(stock: Stock, part: Part) -> bool:
    brand = (part.brand or "").lower()
    if brand in stock.exclude_brands:
        return False
    return not stock.brands or part.kind not in ("card", "board") or brand in stock.brands


Parts = Mapping[str, tuple[Part, ...]]


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
    if kept and not (kind == "drive" and _lacking(stock, (*held, *wanted))):
        return kept
    return (*kept, *_bought(stock, seen, kind))


def _lacking(stock: Stock, drives: tuple[Part, ...]) -> bool:
    """Whether drives need another one beside them."""
    return sum(map(_capacity, drives)) < stock.disk_bytes or (
        stock.ssd and not sum(map(_beside_disk, drives))
    )


def _beside_disk(part: Part) -> float:
    """1 for a drive that may be the only one: not a hard disk."""
    return float(isinstance(part, Drive) and part.type != "hdd")


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
        if (
            quote is not None
            and quote.sold
            and (part.released is None or part.released <= stock.as_of)
            and _allowed_brand(stock, part)
        ):
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
        quotes = by_condition(stock.as_of)["used"]
        used = [q.usd for p in parts if (q := quotes.get(key(p))) and q.sold]
        if used:
            hint = f"limits.used = true (--used): second-hand it costs about ${min(used):,.0f}"
    allowed = f"a part that is sold on {stock.as_of} and whose price is known"
    name = f"use.{PLURAL.get(named.kind, named.kind)}"
    return InputError("goal", name, named.name.removesuffix(MARK), allowed, hint)


def demands(goal: Goal) -> tuple[Demand, ...]:
    """The goal's limits on single parts, each by name."""
    limits = goal.limits
    found = [
        Demand(
            "limits.storage_gb_min",
            "drive",
            lambda p: isinstance(p, Drive) and p.capacity_bytes >= limits.storage_gb_min * 1e9,
        ),
        *disk_demand(goal),
        Demand(
            "limits.cores_min", "cpu", lambda p: isinstance(p, Cpu) and p.cores >= limits.cores_min
        ),
    ]
    if not goal.own.ram:
        found.insert(
            0, Demand("limits.ram_gib_min", "ram", amount=ram_gib, least=limits.ram_gib_min)
        )
    if limits.drive == "ssd":
        asked = {p.id for p in _named("use", goal.use).get("drive", ())}
        found.append(
            Demand(
                "limits.drive", "drive",
                lambda p: isinstance(p, Drive) and (p.type == "ssd" or p.id in asked),
            )
        )  # fmt: skip
        if _has_drives(goal):
            name = "limits.drive: a hard disk is never alone"
            found.append(Demand(name, "drive", amount=_beside_disk, least=1))
    if limits.noise_dba_max is not None:
        loudest = limits.noise_dba_max
        found.append(Demand("limits.noise_dba_max", "cooler", lambda p: _quiet(p, loudest)))
    if limits.case_volume_l_max is not None or limits.case_height_mm_max is not None:
        found.append(Demand("limits.case size", "case", lambda p: _small(p, goal)))
    return tuple(found)


def disk_demand(goal: Goal) -> tuple[Demand, ...]:
    """Room on all drives together for what lies on them, where that is more than the goal's least
    and the goal does not say this itself."""
    if "storage_gb_min" in goal.limits.model_fields_set:
        return ()
    terms = sizing.disk_sum(goal.workload.run(), goal.job())
    if total(terms) <= goal.limits.storage_gb_min * 1e9:
        return ()
    name = f"{DISK}{disk_words(terms)}"
    return (Demand(name, "drive", amount=_capacity, least=total(terms)),)


def _capacity(part: Part) -> float:
    return part.capacity_bytes if isinstance(part, Drive) else 0.0


def ram_gib(part: Part) -> float:
    """GiB of a kit."""
    return part.modules * part.module_gib if isinstance(part, RamKit) else 0.0


SERVER_MODULES, MODULES, DDR5_MODULES = (1, 2, 4, 6, 8, 12), (1, 2, 4), (1, 2)
"""Modules that builders buy singly or in equal kits: servers have up to 12 channels, and four DDR5
modules on two channels run at half their speed unless they were made as one kit."""


def kits(part: Part) -> tuple[int, ...]:
    """How many equal kits of memory a builder buys: those whose modules fill channels."""
    if not isinstance(part, RamKit) or not part.modules:
        return (1,)
    plain = DDR5_MODULES if part.type == "DDR5" else MODULES
    filled = SERVER_MODULES if registered(part) else plain
    return tuple(n // part.modules for n in filled if n % part.modules == 0) or (1,)


def registered(kit: RamKit) -> bool:
    """Whether a kit is for boards of servers and workstations."""
    return "RDIMM" in (kit.form or "")


def _quiet(part: Part, dba: float) -> bool:
    return isinstance(part, Cooler) and part.noise_dba is not None and part.noise_dba <= dba


def _small(part: Part, goal: Goal) -> bool:
    limits = goal.limits
    if not isinstance(part, Case):
        return False
    height, volume = part.height_mm, part.volume_l
    if limits.case_height_mm_max is not None and not 0 < (height or 0) <= limits.case_height_mm_max:
        return False
    return limits.case_volume_l_max is None or 0 < (volume or 0) <= limits.case_volume_l_max


def counts(goal: Goal, m: Market) -> range:
    """Numbers of GPUs that are looked at: within the limits, and as many as there are anyway."""
    limits = goal.limits
    return range(limits.gpu_count_min, max(limits.gpu_count_max, *m.kept.values(), 1) + 1)


def buyable(goal: Goal, m: Market, count: int, *, others: bool = False) -> tuple[str, ...]:
    """Ids of the chips of which so many can be had within the goal's limits.

    others : those that are neither owned nor asked for, where there are any of these.
    """
    known, most = by_id(Chip), goal.limits.gpu_count_max
    return tuple(
        chip
        for chip in m.cards
        if chip in known
        and (chip in m.kept) is not (others or not m.kept)
        and (chip in m.kept or _wanted(goal, known[chip]))
        and _count_possible(m, chip, count, most)
    )


def options(goal: Goal, m: Market) -> tuple[Option, ...]:
    """Every (chip, count) that can be had, with its predicted step on that many GPUs.

    Owned cards are used, with or without more of them; others are looked at only where no number
    of them carries the run. The goal's own names (``use.cards``) leave no choice.
    """
    mine = tuple(_options(goal, m))
    if m.fixed or not m.kept or any(option.step_s is not None for option in mine):
        return mine
    return (*mine, *_options(goal, m, others=True))


def _options(goal: Goal, m: Market, *, others: bool = False) -> Iterator[Option]:
    run, known = goal.workload.run(), by_id(Chip)
    for count in counts(goal, m):
        if run.batch < replicas(run, count):
            break  # an item is not shared
        wanted = [known[chip] for chip in buyable(goal, m, count, others=others)]
        steps = step_seconds(goal, wanted, count)
        yield from (Option(chip, count, m.cards[chip.id], steps[chip.id]) for chip in wanted)


def idle_cards(goal: Goal, m: Market, chosen: Option) -> tuple[str, ...]:
    """Owned cards that a machine of another chip leaves out, each chip with why."""
    return tuple(
        f"owned and not used: {', '.join(names)}; {_why_idle(goal, m, known, names, chosen)}"
        for known in map(by_id(Chip).get, m.cards)
        if known is not None and known.id != chosen.chip.id
        and (names := [
            c.part.name.removesuffix(MARK) for c in m.cards[known.id] if c.owned
        ])
    )  # fmt: skip


def _why_idle(goal: Goal, m: Market, chip: Chip, names: list[str], chosen: Option) -> str:
    if m.fixed:
        return "the goal asks for other cards"
    tried = [
        n for n in counts(goal, m) if _count_possible(m, chip.id, n, goal.limits.gpu_count_max)
    ]
    if any(step_seconds(goal, [chip], n)[chip.id] is not None for n in tried):
        return f"the machine has cards of one chip, and {chosen.chip.name} is the better one"
    why = f"{' or '.join(map(str, tried)) or 'no number'} x {chip.name} does not carry the run"
    if max(tried, default=0) > len(names) or len(names) >= goal.limits.gpu_count_max:
        return why
    used = not goal.limits.used and any(
        key(c) in by_condition(goal.as_of)["used"] for c in load(Card) if c.chip == chip.id
    )
    hint = "; second-hand there are (limits.used = true, --used)" if used else ""
    return f"{why}, and no more of it are for sale within the limits{hint}"


def _wanted(goal: Goal, chip: Chip) -> bool:
    """Whether a chip is of the makers and the size that the goal allows."""
    least = goal.limits.vram_gib_min
    enough = least is None or chip.vram_bytes >= least * 1024**3
    return enough and chip.vendor in goal.limits.gpu_vendors


def _count_possible(m: Market, chip: str, count: int, most: int) -> bool:
    """Whether so many of a chip can be had: all kept ones and, within the limit, more of them."""
    kept, cards = m.kept.get(chip, 0), [c for c in m.cards[chip] if isinstance(c.part, Card)]
    if count < kept or (m.fixed and kept > 1 and count > kept) or count > max(most, kept):
        return False
    missing = count - sum(c.part.chip_count for c in cards if c.kept)  # type: ignore[attr-defined]
    if missing <= 0:
        return missing == 0
    return any(missing % c.part.chip_count == 0 for c in cards if not c.kept)  # type: ignore[attr-defined]


def step_seconds(goal: Goal, chips: list[Chip], count: int) -> dict[str, float | None]:
    """Chip id -> predicted step on ``count`` of them; None where memory or speed do not do."""
    run, slowest = goal.workload.run(), goal.limits.step_ms_max
    if count % (run.tensor_parallel * run.pipeline_parallel):
        return {chip.id: None for chip in chips}
    own_way = served(run) or trained(run) or run.micro_batch is not None
    times = _one_by_one(run, chips, count) if own_way else _stepped(run, chips, count)
    return {
        chip: seconds
        if seconds is not None and (slowest is None or seconds * 1e3 <= slowest)
        else None
        for chip, seconds in times.items()
    }


def _one_by_one(run: Run, chips: list[Chip], count: int) -> dict[str, float | None]:
    model = decoder_of(run.model) if served(run) or trained(run) else None
    return {chip.id: _alone(run, chip, count, model) for chip in chips}


@functools.lru_cache(maxsize=4096)
def _alone(run: Run, chip: Chip, count: int, _: Hashable) -> float | None:
    p = predict_run(run, of_chip(chip, count))
    return p.step_s if p.fits else None


def _stepped(run: Run, chips: list[Chip], count: int) -> dict[str, float | None]:
    ops = operations(run)
    prepared = predict.prepare(ops, run, count)
    steps: dict[str, float | None] = {}
    by_link: dict[str, list[Chip]] = {}
    for chip in chips:
        by_link.setdefault(gpu_link(chip, count), []).append(chip)
    for link, group in by_link.items():
        total = predict.times(prepared, predict.chip_table(group), count, link).total
        for chip, seconds in zip(group, np.atleast_1d(total), strict=True):
            held = vram.held(run, of_chip(chip, count))
            steps[chip.id] = float(seconds) if held.verdict(chip) == vram.FITS else None
    return steps


def running(m: Market) -> tuple[str, ...]:
    """Ids of the owned parts, where they are a machine: board, processor, memory and supply.

    Such a machine runs today; fewer parts are spares and prove nothing together.
    """
    if not all(any(c.owned for c in m.candidates[kind]) for kind in MACHINE):
        return ()
    pools = (*m.candidates.values(), *m.cards.values())
    return tuple(c.part.id for pool in pools for c in pool if c.owned)


def problem(goal: Goal, m: Market, found: tuple[Option, ...]) -> Problem:
    """The search problem of a goal."""
    limits = goal.limits
    return Problem(
        candidates=m.candidates,
        options=tuple(o for o in found if o.step_s is not None),
        rules=fit.RULES,
        demands=demands(goal),
        budget_cents=round(goal.parts_usd * 100),
        allow_unknown=limits.allow_unknown,
        circuit=goal.circuit(),
        better=fit.BETTER,
        runs=running(m),
        told=tuple(map(filled_in, dict.fromkeys(only_told(goal, m)))),
        lanes_each=lanes_each(goal.workload.run(), limits.gpu_count_max),
        copies={} if goal.use.ram else {"ram": kits},
    )
