"""The goal file: what is run, what may be spent, what is owned, and where it will stand."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from rigwright.catalog.prices.ledger import USD_MAX, named_price
from rigwright.plan.ask.datasets import OF_SET, Job, data_of
from rigwright.plan.ask.questions import RUN, run_of
from rigwright.plan.ask.schema import (
    Amount,
    Positive,
    PositiveInt,
    Section,
    ask,
    fields_of,
    made,
    questions_of,
)
from rigwright.spec.asked import Question
from rigwright.spec.build import Circuit
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.run import Run
from rigwright.spec.tables.countries import country, country_code
from rigwright.spec.tables.userfile import read_user_text

EXAMPLE = "see examples/today/goal.toml"
BY_COUNTRY = "as usual in site.country"
FIRST_DAY, LAST_DAY = dt.date(2010, 1, 1), dt.date(2100, 1, 1)
"""Nothing is known of what was sold before; no price is carried further."""

OF_DATA = tuple(replace(q, name=q.field) for q in OF_SET.values())

if TYPE_CHECKING:
    from rigwright.cost.taxes import Tax

    class _RunFields(Section):
        def __getattr__(self, name: str) -> Any: ...

    class _DataFields(Section): ...

else:
    _RunFields = made("_RunFields", Section, fields_of(RUN.values()))
    _DataFields = made("_DataFields", Section, fields_of(OF_DATA))


class Workload(_RunFields):
    """[workload]: one model, how it is run, and how much of it there is to do."""

    samples: Annotated[
        PositiveInt | None,
        ask(
            "Size of the whole job", "Items (images, sequences; tokens when serving) of one job.",
            unit="items", most=10**13, example=150_000,
            usual="the data set in all its epochs, where one is said",
        ),
    ] = None  # fmt: skip
    literal: Annotated[
        bool,
        ask(
            "The run exactly as it is said",
            "Never split into micro-batches, checkpointed or sharded to fit a cheaper machine.",
            example=True,
        ),
    ] = False

    @model_validator(mode="after")
    def _fields_apply(self, info: ValidationInfo) -> Workload:
        self.run((info.context or {}).get("where", "workload"))
        return self

    def run(self, where: str = "workload") -> Run:
        """The part of the workload that prediction reads.

        Raises InputError for a field that does not apply to the model or the mode.
        """
        return _run(self, where)


@functools.lru_cache(maxsize=64)
def _run(workload: Workload, where: str) -> Run:
    said = {name: getattr(workload, name) for name in RUN}
    return run_of({k: v for k, v in said.items() if v is not None}, where)


class Data(_DataFields):
    """[data]: what the run reads: a well-known set by name, or the sizes of another."""

    def said(self) -> dict[str, Any]:
        """What is said, by the names that every other surface uses."""
        found = {q.name: getattr(self, q.field) for q in OF_SET.values()}
        return {name: value for name, value in found.items() if value is not None}


class Budget(Section):
    """[budget]: what the parts may cost together; before tax, unless `tax` says otherwise."""

    amount: Annotated[
        Positive | None,
        ask("Budget in another currency", "The budget in `currency`; it counts instead of usd.",
            most=1_000_000_000, example=2800),
    ] = None  # fmt: skip
    currency: Annotated[
        str,
        ask(
            "Its currency",
            "What `amount` is in, at the rate of the day: USD, EUR, GBP, JPY, or "
            "one that `rigwright prices rates FILE` added.",
        ),
    ] = "USD"
    tax: Annotated[
        Literal["excluded", "included"],
        ask("Tax", "included: the country's VAT, GST or consumption tax is paid from the budget; "
            "prices are before tax."),
    ] = "excluded"  # fmt: skip
    tax_rate: Annotated[
        Amount | None,
        ask("Its rate", "Tax on the price.", unit="%", most=100,
            usual="the standard rate of the country on the day; the US has none that holds in "
            "every state", example=7.25),
    ] = None  # fmt: skip

    usd: Annotated[
        Positive,
        ask("Budget for the parts", "What the parts may cost together, before tax.",
            unit="USD", most=USD_MAX, example=3000),
    ]  # fmt: skip

    @field_validator("currency")
    @classmethod
    def _has_a_rate(cls, said: str) -> str:
        from rigwright.catalog.source import currencies

        if said.upper() not in currencies():
            raise ValueError(
                f"{', '.join(currencies())}; `rigwright prices rates FILE` adds others"
            )
        return said.upper()


def budget_in_usd(said: dict[str, Any], as_of: Any) -> dict[str, Any]:
    """A budget whose ``usd`` is worked out where an amount of a known currency is said.

    What is wrong with it is left to the checks of each field.
    """
    from rigwright.catalog.source import currencies, rate

    currency = str(said.get("currency") or "USD").upper()
    try:
        amount = float(said.get("amount") or 0)
        day = dt.date.fromisoformat(str(as_of)) if as_of else dt.date.today()
    except (TypeError, ValueError):
        return said
    if not amount > 0 or currency not in currencies():
        return said
    return said | {"usd": amount * rate(currency, day).usd}


class Named(Section):
    """Parts by name, one key per kind."""

    cards: Annotated[
        tuple[str, ...],
        ask("Graphics cards", "Graphics cards by name.", names="card", example=("RTX 5070 Ti",)),
    ] = ()
    cpu: Annotated[
        str | None, ask("Processor", "Processor by name.", names="cpu", example="Ryzen 7 9700X")
    ] = None
    cooler: Annotated[
        str | None,
        ask(
            "Cooler", "Cooler by name.", names="cooler", example="Arctic Liquid Freezer III Pro 360"
        ),
    ] = None
    board: Annotated[
        str | None,
        ask(
            "Motherboard", "Board by name.", names="board", example="MSI MAG B850 Tomahawk Max WiFi"
        ),
    ] = None
    ram: Annotated[
        tuple[str, ...],
        ask("Memory", "Memory kits by name.", names="ram",
            example=("Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666",)),
    ] = ()  # fmt: skip
    drives: Annotated[
        tuple[str, ...],
        ask("Drives", "Drives by name.", names="drive", example=("Samsung 9100 Pro 1TB",)),
    ] = ()
    psu: Annotated[
        str | None,
        ask(
            "Power supply",
            "Power supply by name.",
            names="psu",
            example="be quiet! Pure Power 13 M 1000W",
        ),
    ] = None
    case: Annotated[
        str | None,
        ask("Case", "Case by name.", names="case", example="Fractal Design Meshify 3 XL"),
    ] = None


class Own(Named):
    """[own]: parts already there; they are used and cost nothing.

    A name, or what is known: a chip (`RTX 3090`), facts (`750 W`, `DDR4-3200 2x16 GB`), a number
    (`2 x RTX 3090`). More of an owned card may be bought.
    """


class Use(Named):
    """[use]: parts that must be in the machine and are bought at their price.

    A card said once may be bought several times (`limits.gpu_count_max`), said more often
    (`2 x RTX 5080`) it is that many. A chip is any card of it.
    """


class Limits(Section):
    """[limits]: what the machine must or must not be."""

    gpu_count_max: Annotated[PositiveInt, ask("GPUs, at most", "Most GPUs.", most=8)] = 4
    gpu_count_min: Annotated[PositiveInt, ask("GPUs, at least", "Fewest GPUs.", most=8)] = 1
    vram_gib_min: Annotated[
        Positive | None,
        ask("VRAM, at least", "Memory of each GPU.", unit="GiB", most=10_000, example=16),
    ] = None
    step_ms_max: Annotated[
        Positive | None,
        ask("Slowest step", "Predicted time of one step.", unit="ms", most=1e12, example=500),
    ] = None
    ram_gib_min: Annotated[
        Positive,
        ask(
            "RAM, at least",
            "Memory of the computer. Left out, no less than the sum of what the run holds there.",
            unit="GiB",
            most=100_000,
        ),
    ] = 16
    storage_gb_min: Annotated[
        Positive,
        ask(
            "Storage, at least",
            "Size of the drive. Left out, no less than the sum of data, model, checkpoints, "
            "system and free space.",
            unit="GB",
            most=10_000_000,
        ),
    ] = 500
    cores_min: Annotated[
        PositiveInt, ask("Cores, at least", "Cores of the processor.", most=1_024)
    ] = 4
    drive: Annotated[
        Literal["ssd", "any"], ask("Drive", "any lets a hard disk be the only drive.")
    ] = "ssd"
    gpu_vendors: Annotated[
        tuple[Literal["nvidia", "amd", "intel"], ...],
        ask("GPU makers", "Makers of the GPU chip: nvidia, amd, intel."),
    ] = ("nvidia",)
    noise_dba_max: Annotated[
        Positive | None,
        ask("Cooler noise, at most", "Of the processor's cooler, by its maker. Makers print "
            "no comparable figure for cards, case fans and supplies; blower cards are the loudest.",
            unit="dB(A)", most=200, example=30),
    ] = None  # fmt: skip
    case_volume_l_max: Annotated[
        Positive | None,
        ask("Case volume, at most", "Outer volume of the case.", unit="l", most=10_000, example=20),
    ] = None
    case_height_mm_max: Annotated[
        Positive | None,
        ask("Case height, at most", "Outer height of the case.",
            unit="mm", most=10_000, example=450),
    ] = None  # fmt: skip
    brands: Annotated[
        tuple[str, ...],
        ask("Only these makers", "When given, cards and boards come from these makers only.",
            example=("ASUS", "MSI")),
    ] = ()  # fmt: skip
    exclude_brands: Annotated[
        tuple[str, ...], ask("Not these makers", "No part comes from them.", example=("Zotac",))
    ] = ()
    used: Annotated[
        bool, ask("Second-hand prices too", "Second-hand prices may be used.", example=True)
    ] = False
    estimated_prices: Annotated[
        bool,
        ask("Estimate missing prices",
            "Parts nobody saw a price of may be used at the median price of parts like them.",
            example=True),
    ] = False  # fmt: skip
    allow_unknown: Annotated[
        bool,
        ask("Accept parts with an unproven fit",
            "Parts whose fit a missing fact leaves open are accepted and listed as measure first.",
            example=True),
    ] = False  # fmt: skip
    price_age_days_max: Annotated[
        PositiveInt | None,
        ask("Oldest price", "Parts last seen longer ago are left out; empty: none are.",
            unit="days", most=36_500, example=1095),
    ] = None  # fmt: skip
    prices: Annotated[
        tuple[str, ...],
        ask("Your own prices", "What a part, or any card of a chip, costs you: NAME=USD.",
            example=("RTX 5090=3899",)),
    ] = ()  # fmt: skip
    circuit_volts: Annotated[
        Positive | None,
        ask("Wall circuit", "Voltage of the wall socket.",
            unit="V", most=1_000, usual=BY_COUNTRY, example=230),
    ] = None  # fmt: skip
    circuit_amperes: Annotated[
        Positive | None,
        ask("Its fuse", "Current that the circuit's fuse allows.",
            unit="A", most=1_000, usual=BY_COUNTRY, example=16),
    ] = None  # fmt: skip
    circuit_other_load_w: Annotated[
        Amount, ask("Other load on it", "What else draws from the circuit.", unit="W", most=100_000)
    ] = 0

    @field_validator("prices")
    @classmethod
    def _named_amounts(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        for text in said:
            named_price(text)
        return said

    @model_validator(mode="after")
    def _not_contradictory(self) -> Limits:
        if self.gpu_count_min > self.gpu_count_max:
            raise ValueError(
                f"gpu_count_min {self.gpu_count_min} is above gpu_count_max {self.gpu_count_max}"
            )
        both = {b.lower() for b in self.brands} & {b.lower() for b in self.exclude_brands}
        if both:
            raise ValueError(f"{sorted(both)} stand in both brands and exclude_brands")
        return self


class Site(Section):
    """[site]: where the machine stands and how much it works."""

    hours_per_day: Annotated[
        Annotated[float, Field(gt=0, le=24)],
        ask("Hours of work a day", "How long it works on a day.", unit="h", most=24),
    ] = 8
    months: Annotated[
        PositiveInt,
        ask("Kept for", "How long the machine is kept before it is sold.",
            unit="months", most=1_200),
    ] = 36  # fmt: skip
    country: Annotated[
        str,
        ask("Country", "ISO code or name; decides the wall circuit and the price of electricity."),
    ] = "US"
    usd_per_kwh: Annotated[
        Amount | None,
        ask("Electricity", "Price of electricity.", unit="USD/kWh", most=100,
            usual="what households of the country pay", example=0.18),
    ] = None  # fmt: skip
    offers: Annotated[
        tuple[str, ...],
        ask("Only these offers", "Rented machines to compare with.",
            usual="the cheapest ones that carry the workload", example=("p2.xlarge",)),
    ] = ()  # fmt: skip

    @field_validator("country")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            return country_code(name)
        except UnknownNameError as error:
            near = f"; nearest: {', '.join(error.near)}" if error.near else ""
            raise ValueError(f"a country by ISO code or name{near}") from None


class Goal(Section):
    """A whole goal file."""

    workload: Workload
    budget: Budget
    data: Data = Data()
    own: Own = Own()
    use: Use = Use()
    limits: Limits = Limits()
    site: Site = Site()
    as_of: Annotated[
        Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)],
        ask("Plan as of the day", "Only parts and prices that existed on that day count.",
            usual="today", example="2026-11-01"),
    ] = Field(default_factory=dt.date.today)  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _budget_in_usd(cls, data: Any) -> Any:
        budget = data.get("budget") if isinstance(data, dict) else None
        if not isinstance(budget, dict):
            return data
        return data | {"budget": budget_in_usd(budget, data.get("as_of"))}

    @model_validator(mode="after")
    def _data_is_whole(self, info: ValidationInfo) -> Goal:
        where = (info.context or {}).get("where", "goal: workload")
        self.job(where.removesuffix("workload") + "data")
        return self

    @model_validator(mode="after")
    def _tax_is_known(self, info: ValidationInfo) -> Goal:
        if self.budget.tax == "included" and self.tax() is None:
            where = (info.context or {}).get("where", "goal: workload").partition(":")[0]
            place = country(self.site.country).name
            allowed = f"excluded, or a tax_rate: no one rate of {place} is known on {self.as_of}"
            raise InputError(where, "budget.tax", "included", allowed, "budget.tax_rate = 7.25")
        return self

    def tax(self) -> Tax | None:
        """The tax on what is bought: as said, else of the country; None where none is known."""
        from rigwright.cost.taxes import Tax, tax

        code, said = country(self.site.country).code, self.budget.tax_rate
        return tax(code, self.as_of) if said is None else Tax(code, self.as_of, said / 100, "tax")

    @property
    def parts_usd(self) -> float:
        """What the parts may cost together before tax. [USD]"""
        return self.budget.usd / (1 + (self.included_share or 0.0))

    @property
    def included_share(self) -> float | None:
        """Tax that the budget includes, as a share of the price before it; None: it does not."""
        tax = self.tax() if self.budget.tax == "included" else None
        return tax.share if tax else None

    def job(self, where: str = "data") -> Job:
        """What is read, and how many items one job is.

        Raises InputError for a set that nobody knows, one without sizes, and a key that does not
        apply to the run.
        """
        said = self.data.said()
        data = data_of(said, self.workload.run(), where) if said else None
        return Job(data, self.workload.samples)

    def circuit(self) -> Circuit:
        """The wall circuit; what is not said of it is as usual in the country."""
        limits, usual = self.limits, country(self.site.country)
        return Circuit(
            limits.circuit_volts or usual.volts,
            limits.circuit_amperes or usual.amperes,
            limits.circuit_other_load_w,
        )


def sections() -> dict[str, tuple[Question, ...]]:
    """Every question of a goal by the section it stands in; "" is the top of the file."""
    found: dict[str, tuple[Question, ...]] = {"": questions_of(Goal)}
    for name, info in Goal.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            own = OF_DATA if kind is Data else questions_of(kind)
            found[name] = (*RUN.values(), *own) if name == "workload" else own
    return found


def _keys_at(location: tuple[Any, ...]) -> list[str]:
    model: Any = Goal
    for name in location[:-1]:
        model = model.model_fields[name].annotation
    return list(model.model_fields)


def _allowed(error: Any) -> str:
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        keys = _keys_at(error["loc"])
        near = difflib.get_close_matches(error["loc"][-1], keys, 1)
        return f"no such key; {'nearest: ' + near[0] if near else 'keys: ' + ', '.join(keys)}"
    if error["type"] == "missing":
        return "a value; this key is required"
    said = str(context.get("expected") or error["msg"].removeprefix("Value error, "))
    return said.removeprefix("Input should be ").replace("a valid tuple", "a list")


def goal_data(path: Path) -> dict[str, Any]:
    """What a goal file says, not checked yet. Raises InputError for a file that is no TOML."""
    text = read_user_text(path, "a readable TOML file", encoding="utf-8-sig")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(str(path), "TOML", str(error), "valid TOML", EXAMPLE) from None


def read_goal(path: Path) -> Goal:
    """Read and check a goal file.

    Raises InputError with file, field, what was given and what is allowed.
    """
    return parse_goal(goal_data(path), str(path))


def parse_goal(data: dict[str, Any], where: str) -> Goal:
    """Check an already decoded goal; ``where`` names its origin in errors."""
    try:
        return Goal.model_validate(data, context={"where": f"{where}: workload"})
    except ValidationError as errors:
        raise wrong(errors, where) from None


def wrong(errors: ValidationError, where: str, hint: str = EXAMPLE) -> InputError:
    """The first thing wrong with a goal, as one line."""
    first = errors.errors()[0]
    name = ".".join(str(p) for p in first["loc"]) or "goal"
    given = "nothing" if first["type"] == "missing" else first["input"]
    return InputError(where, name, given, _allowed(first), hint)


def parse_day(text: str | None) -> dt.date:
    """A day given on the command line; today without one. Raises InputError."""
    if not text:
        return dt.date.today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("--as-of", "day", text, "YYYY-MM-DD", "2016-10-29") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError("--as-of", "day", text, f"{FIRST_DAY} to {LAST_DAY}", "2016-10-29")
    return day
