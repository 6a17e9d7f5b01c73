"""What money is worth beside speed: among cards that are nearly equal, and for the rest of it.

Cards decide the speed. Those within a tenth of the fastest are settled by price and memory; slower
ones are taken only where a percent of speed would cost more of the money than it is worth. What is
left buys what ``plan/data/outfit.csv`` says is worth money: in dollars what a doubling of each is
worth, and from where on more is worth nothing. The search then looks for the machine with the
smallest sum of prices and of what is lacking that the budget pays.
"""

import datetime as dt
import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import key, money
from rigwright.catalog.prices.sold import class_since
from rigwright.choose.problem import Choice, Demand, Option, Outcome, Problem
from rigwright.choose.search import Search, fastest_within
from rigwright.choose.tables import attributes
from rigwright.choose.worth import worthiest
from rigwright.cost.countries import energy_usd_per_hour, tariff
from rigwright.fit.facts.draw import best_efficiency, efficiency
from rigwright.fit.facts.names import socket_key
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.kinds import served
from rigwright.plan.machine.given.demands import named, registered
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.options import alone
from rigwright.plan.machine.variants import run_on
from rigwright.predict.feed import per_clock
from rigwright.spec.parts import Part
from rigwright.spec.run import Run
from rigwright.spec.tables.table import column, records, table

RESOLVED = 0.03
"""Predictions do not resolve smaller differences in step time: such cards are equally fast."""
NEAR = 0.10
"""Slower by no more than this is nearly as fast: price and memory decide; see ``best_within``."""
TABLE = Path(__file__).parents[1] / "data" / "outfit.csv"


@functools.cache
def taken(what: str) -> float:
    """What is taken of hosts where nothing better is known; ``plan/data/around.csv`` says why."""
    return column(TABLE.with_name("around.csv"), "what", "amount")[what]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a doubling of one thing (in its unit) is worth, and how much of it is enough.

    usd_per_1000 : dollars beside each $1,000 of the machine.
    """

    what: str
    unit: str
    usd_per_1000: float
    enough: float
    meaning: str

    def lack(self, amount: float) -> float:
        """Share of the machine's price that is lacking; nothing from ``enough`` on."""
        if amount >= self.enough:
            return 0.0
        short = math.log2(self.enough / max(amount, self.enough / 64))
        return self.usd_per_1000 / 1000 * short


def worths() -> dict[str, Worth]:
    """The table by name."""
    return {row.what: row for row in table(Worth, TABLE)}


def usable_gib(run: Run, option: Option) -> float:
    """Memory that one run can use: of one card, or of all where the model is laid across them."""
    across = (
        served(run) or run.sharding != "none" or run.tensor_parallel * run.pipeline_parallel > 1
    )
    return option.chip.vram_bytes * (option.count if across else 1) / 2**30


def waiting(run: Run, option: Option) -> int:
    """Users of those asked for whose whole context the cards' memory does not hold: they wait for
    others to end. 0 where the run says how long they may."""
    if run.mode != "serve" or run.ttft_ms_max:
        return 0
    users = alone(run, option.chip, option.count, None).users
    return max((run.concurrency or 1) - users.users_max, 0) if users else 0


def best_within(
    run: Run, outcomes: Iterable[Outcome], budget_cents: int, *, fastest: bool = False
) -> Choice | None:
    """The first program: of the choices that the budget pays and that hold all users (where any
    does) the one with the least price and lack of speed and memory.

    fastest : only of those that are as fast as the fastest (``limits.fastest``).
    """
    paid = [
        o for o in outcomes
        if o.choice is not None and o.option.step_s is not None and o.choice.cents <= budget_cents
    ]  # fmt: skip
    paid, known = [o for o in paid if not waiting(run, o.option)] or paid, worths()
    first = fastest_within(paid, budget_cents)
    if first is None:
        return None
    speed, most = first.option.step_s or 0.0, RESOLVED if fastest else math.inf

    def sum_(choice: Choice) -> float:
        step = choice.option.step_s or 0.0
        if step <= speed * (1 + NEAR):
            share = known["speed"].lack(min(1.0, speed * (1 + RESOLVED) / step) if step else 1.0)
        else:
            share = known["much_speed"].lack(speed / step)
        share += known["vram"].lack(usable_gib(run, choice.option))
        return choice.cents + first.cents * share

    near = (c for o in paid if (c := o.choice) and (o.option.step_s or 0) <= speed * (1 + most))
    return min(near, key=lambda c: (sum_(c), c.option.step_s or 0.0))


def traded(run: Run, best: Choice, fastest: Choice) -> str:
    """``4 % slower than 2 x RTX 5080, $3,900 less, 24 instead of 16 GiB``."""
    slower = (best.option.step_s or 0.0) / (fastest.option.step_s or 1.0) - 1
    name = f"{fastest.option.count} x {fastest.option.chip.name}"
    words = [f"{slower:.0%} slower than {name}" if slower >= 0.005 else f"as fast as {name}"]
    less = round((fastest.cents - best.cents) / 100)
    words.append(f"{money(abs(less))} {'less' if less >= 0 else 'more'}")
    have, had = usable_gib(run, best.option), usable_gib(run, fastest.option)
    if have != had:
        words.append(f"{have:.0f} instead of {had:.0f} GiB")
    if lacks := waiting(run, fastest.option) - waiting(run, best.option):
        words.append(f"holds {abs(lacks):,} {'more' if lacks > 0 else 'fewer'} users at once")
    return ", ".join(words)


class Host:
    """What parts around the cards lack, in cents (``Problem.lacks``): by kind, what they have."""

    def __init__(self, goal: Goal, cheapest: Choice) -> None:
        self.option = option = cheapest.option
        self.goal, self.count, self.known = goal, option.count, worths()
        self.quotes = market(goal).quotes
        self.cents = min(goal.parts_usd, taken("dear_usd")) * 100
        self.gen = option.chip.pcie_gen or 3.0
        self.vram_gib = option.chip.vram_bytes * option.count / 2**30
        self.watts = (option.chip.power_limit_w or 150.0) * option.count + 2 * taken("beside_w")
        self.suggested_w = max((c.suggested_psu_w or 0.0 for c in cheapest.build.cards), default=0)

    def lacks(self, kind: str, parts: Sequence[Part]) -> int:
        """Cents of worth that all parts of one kind lack."""
        have: dict[str, float] = getattr(self, f"_{kind}")(parts)
        for part in parts:
            quote = self.quotes.get(key(part))
            have |= lasting("used" if quote and quote.condition == "used" else kind, part.name)
        lack = sum(self.known[what].lack(amount) for what, amount in have.items())
        return round(self.cents * (lack + (self._wasted(parts[0]) if kind == "psu" else 0.0)))

    def _ram(self, parts: Sequence[Any]) -> dict[str, float]:
        gib = sum(p.modules * p.module_gib for p in parts)
        server = any(map(registered, parts))
        channels = taken("server_channels") if server else taken("channels")
        modules, size = sum(p.modules for p in parts), gib / self.vram_gib
        have = {
            "ram": size, "ram_twice": size, "channels": modules / channels,
            "one_kit": 1.0 if server else 1 / max(len(parts), 1),
        }  # fmt: skip
        if self.goal.workload.offload and served(self.goal.workload.run()):
            wide = min(modules, 2 * channels if channels > taken("channels") else channels)
            slowest = min(p.speed_mt_s or 0.0 for p in parts)
            have["ram_rate"] = max(wide * slowest * 8e-3, 1.0)
        return have

    def _years(self, since: dt.date | None) -> float:
        """Years to the goal's day, one month at least; eight where it is not known."""
        return 8.0 if since is None else max((self.goal.as_of - since).days / 365.25, 1 / 12)

    def _link(self, gen: float | None) -> float:
        return float(2.0 ** ((gen or self.gen - 1) - self.gen))

    def _cpu(self, parts: Sequence[Any]) -> dict[str, float]:
        (part,) = parts
        return {
            "cores": part.cores / self.count, "link": self._link(part.pcie_gen),
            "modern": 1 / self._years(class_since(part)), "speed": 1.0 - self._waiting(part),
        }  # fmt: skip

    def _waiting(self, cpu: Any) -> float:
        """Share of a step in which the cards wait for a processor like this one to dispatch."""
        (run, _), cap = run_on(self.goal, self.option), self.goal.limits.power_cap_w
        clock = (cpu.boost_mhz or cpu.base_mhz or 0.0) * (per_clock(cpu.generation) or 1.0)
        mhz = round(clock / taken("clocks_mhz")) * taken("clocks_mhz") or None
        p = alone(run, self.option.chip, self.count, cap, cpu_mhz=mhz)
        return p.shares.get("host", 0.0)

    def _board(self, parts: Sequence[Any]) -> dict[str, float]:
        (part,) = parts
        slots, ended = part.slots or (), followed().get(socket_key(part.socket), dt.date.max)
        many = (len(slots) or self.count) / self.count  # not read: as many as there are cards
        return {
            "next_slot": many, "link": self._link(max((s.gen for s in slots), default=None)),
            "platform": 1 / (1 + self._years(ended) * (ended < self.goal.as_of)),
            "modern": 1 / self._years(class_since(part)), "told": told(part),
        }  # fmt: skip

    def _drive(self, parts: Sequence[Any]) -> dict[str, float]:
        rate = max((p.sequential_read_bytes_per_s or 0.0 for p in parts), default=0.0)
        size = sum(p.capacity_bytes for p in parts) / 1e12
        return {"storage": size, "drive_rate": rate / 1e9}

    def _case(self, parts: Sequence[Any]) -> dict[str, float]:
        litres = parts[0].volume_l or taken("small_l")
        return {"room": litres / self.watts * 100, "told": told(parts[0])}

    def _psu(self, parts: Sequence[Any]) -> dict[str, float]:
        part = parts[0]
        draw = max(self.watts, self.suggested_w / self.known["supply"].enough)
        return {
            "supply": sum(p.watts for p in parts) / draw, "one_supply": 1 / len(parts),
            "grade": (1 - taken("gold")) / (1 - efficiency(part)),
            "spikes": 1.0 if (part.atx_version or "").startswith("3") else 0.5, "told": told(part),
            "cables": 0.5 if "SFX" in (part.form_factor or "") else 1.0,  # half as long
        }  # fmt: skip

    def _wasted(self, psu: Any) -> float:
        """Electricity over that of the best supply, while the machine is kept."""
        site = self.goal.site
        known = tariff(site.country, self.goal.as_of)
        kwh = site.usd_per_kwh or (known.usd_per_kwh if known else 0.0)
        hours = site.hours_per_day * site.months * 365.25 / 12
        watts = self.watts * (1 / efficiency(psu) - 1 / best_efficiency())
        return 100 * hours * energy_usd_per_hour(max(watts, 0.0), kwh) / self.cents

    def _cooler(self, parts: Sequence[Any]) -> dict[str, float]:
        if not parts:
            return {
                "quiet": 2 ** ((taken("quiet_dba") - taken("boxed_dba")) / 10),
                "cooling": taken("boxed_w"),
            }
        (part,) = parts
        return {
            "quiet": 2 ** ((taken("quiet_dba") - (part.noise_dba or taken("boxed_dba"))) / 10),
            "cooling": part.capacity_w or part.class_w or taken("boxed_w"), "told": told(part),
        }  # fmt: skip


@functools.cache
def followed() -> dict[str, dt.date]:
    """Socket -> the day on which a newer one came in its place."""
    rows = records(TABLE.with_name("platforms.csv"))
    return {row["socket"]: dt.date.fromisoformat(row["followed"]) for row in rows}


@functools.cache
def lasting(kind: str, name: str) -> dict[str, float]:
    """Years of the maker's warranty, and the share of its price that a part keeps."""
    low = name.lower()
    return next((kept for words, kept in _lasting(kind) if any(w in low for w in words)), {})


@functools.cache
def _lasting(kind: str) -> list[tuple[list[str], dict[str, float]]]:
    rows = (r for r in records(TABLE.with_name("lasting.csv")) if r["kind"] == kind)
    return [
        (r["words"].split("|"), {what: float(r[what]) for what in ("warranty", "resale")})
        for r in rows
    ]


@functools.cache
def _asked(kind: str) -> tuple[str, ...]:
    return attributes(fit.RULES, kind)


@functools.cache
def told(part: Part) -> float:
    """Share of the facts of a part that rules ask for which is known."""
    asked = _asked(part.kind)
    return sum(getattr(part, name) is not None for name in asked) / len(asked)


def outfitted(goal: Goal, search: Search, cheapest: Choice) -> Choice:
    """The machine around the chosen cards with the largest worth that the budget pays."""
    host = Host(goal, cheapest)
    task = replace(search.problem, lacks=host.lacks)
    if goal.parts_usd > taken("two_drives_usd") and not named(goal, "drive"):
        task = replace(task, copies={**task.copies, "drive": lambda _: (1, 2)})
    best = worthiest(task, cheapest, search)
    return best if named(goal, "ram") else _filled(task, search, best, host)


def _filled(task: Problem, search: Search, best: Choice, host: Host) -> Choice:
    """The same machine with a module in each channel of its processor, where that is paid and
    worth its price: what parts of one kind lack does not tell how many channels there are."""
    cpu, had = best.build.cpu, sum(kit.modules for kit in best.build.ram)
    channels = (cpu and cpu.memory_channels) or 0
    if cpu is None or had >= channels:
        return best
    full = Demand(f"{channels} modules", "ram", amount=attrgetter("modules"), least=channels)
    this = Demand(cpu.name, "cpu", lambda part: part.id == cpu.id)
    other = search.asking((*task.demands, full, this), (best.option,))
    start = other.best(best.option).choice
    if start is None or start.cents > (task.budget_cents or 0):
        return best
    more = worthiest(replace(task, demands=other.problem.demands), start, other)
    worth = host.cents * host.known["channels"].lack(had / channels)
    dearer = more.cents + more.lack_cents - best.cents - best.lack_cents
    return more if dearer <= worth else best
