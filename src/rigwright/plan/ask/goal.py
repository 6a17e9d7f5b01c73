"""The goal file: what is run, what may be spent, what is owned, and where it will stand."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from rigwright.plan.ask.datasets import OF_SET, Job, data_of
from rigwright.plan.ask.flags import named_price
from rigwright.plan.ask.questions import RUN, run_of
from rigwright.plan.ask.schema import (
    Amount,
    Positive,
    PositiveInt,
    Section,
    allowed,
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
FIRST_DAY, LAST_DAY = dt.date(2010, 1, 1), dt.date(2100, 1, 1)
"""Nothing is known of what was sold before; no price is carried further."""

OF_DATA = tuple(replace(q, name=q.field) for q in OF_SET.values())

if TYPE_CHECKING:
    from rigwright.catalog.prices.rates import Rate
    from rigwright.cost.countries import Tax

    class _RunFields(Section):
        def __getattr__(self, name: str) -> Any: ...

    class _DataFields(Section): ...

else:
    _RunFields = made("_RunFields", Section, fields_of(RUN.values()))
    _DataFields = made("_DataFields", Section, fields_of(OF_DATA))


class Workload(_RunFields):
    """[workload]: one model, how it is run, and how much of it there is to do."""

    place = "workload"
    samples: PositiveInt | None = None
    literal: bool = False

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


def with_a_rate(currency: str) -> str:
    """The currency. Raises ValueError with those that have a rate where it has none."""
    from rigwright.catalog.source import currencies

    if currency not in currencies():
        raise ValueError(f"{', '.join(currencies())}; `rigwright prices rates FILE` adds others")
    return currency


def named_prices(said: tuple[str, ...]) -> tuple[str, ...]:
    """Prices as NAME=USD or NAME=2400 EUR, as they were said. Raises ValueError."""
    for text in said:
        with_a_rate(named_price(text)[2])
    return said


def money_in(currency: str | None, day: dt.date) -> Rate:
    """The currency that an answer says amounts in, USD where none is asked. Raises InputError."""
    from rigwright.catalog.source import rate

    try:
        return rate(with_a_rate((currency or "USD").upper()), day)
    except ValueError as error:
        raise InputError("amounts", "currency", currency, str(error)) from None


class Budget(Section):
    """[budget]: what the parts may cost together; before tax, unless `tax` says otherwise."""

    place = "budget"
    amount: Positive | None = None
    currency: str = "USD"
    tax: Literal["excluded", "included"] = "excluded"
    tax_rate: Amount | None = None

    usd: Positive

    @field_validator("currency")
    @classmethod
    def _has_a_rate(cls, said: str) -> str:
        return with_a_rate(said.upper())


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

    place = "named"
    cards: tuple[str, ...] = ()
    cpu: str | None = None
    cooler: str | None = None
    board: str | None = None
    ram: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()
    psu: str | None = None
    case: str | None = None


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

    place = "limits"
    gpu_count_max: PositiveInt = 4
    gpu_count_min: PositiveInt = 1
    vram_gib_min: Positive | None = None
    step_ms_max: Positive | None = None
    ram_gib_min: Positive = 16
    storage_gb_min: Positive = 500
    cores_min: PositiveInt = 4
    drive: Literal["ssd", "any"] = "ssd"
    gpu_vendors: tuple[Literal["nvidia", "amd", "intel"], ...] = ("nvidia",)
    noise_dba_max: Positive | None = None
    case_volume_l_max: Positive | None = None
    case_height_mm_max: Positive | None = None
    brands: tuple[str, ...] = ()
    exclude_brands: tuple[str, ...] = ()
    used: bool = False
    fastest: bool = False
    estimated_prices: bool = False
    allow_unknown: bool = False
    price_age_days_max: PositiveInt | None = None
    prices: tuple[str, ...] = ()
    circuit_volts: Positive | None = None
    circuit_amperes: Positive | None = None
    circuit_other_load_w: Amount = 0
    circuits: PositiveInt = 1
    open_frame: bool = False
    power_cap_w: Positive | None = None
    power_caps: bool = True

    _named_amounts = field_validator("prices")(named_prices)

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

    place = "site"
    hours_per_day: Annotated[float, Field(gt=0, le=24)] = 8
    months: PositiveInt = 36
    country: str = "US"
    usd_per_kwh: Amount | None = None
    offers: tuple[str, ...] = ()
    storage_gb: Amount = 0
    egress_gb_per_month: Amount = 0

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

    place = "goal"
    workload: Workload
    budget: Budget
    data: Data = Data()
    own: Own = Own()
    use: Use = Use()
    limits: Limits = Limits()
    site: Site = Site()
    as_of: dt.date = Field(default_factory=dt.date.today, ge=FIRST_DAY, le=LAST_DAY)

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
        from rigwright.cost.countries import Tax, tax

        code, said = country(self.site.country).code, self.budget.tax_rate
        return tax(code, self.as_of) if said is None else Tax(code, self.as_of, said / 100, "tax")

    @property
    def parts_usd(self) -> float:
        """What the parts may cost together before tax. [USD]"""
        return self.budget.usd / (1 + (self.included_share or 0.0))

    @property
    def money(self) -> Rate:
        """The currency of the budget, in which its answer says amounts."""
        return money_in(self.budget.currency, self.as_of)

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
            limits.circuits,
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


def _allowed(error: Any) -> str:
    place = error["loc"] if len(error["loc"]) > 1 else ("", *error["loc"], "")
    section, name = place[:2]
    asked = {q.name: q for q in sections()[section]}
    return allowed(error, asked.get(name), list(asked if section else Goal.model_fields))


def goal_data(path: Path) -> dict[str, Any]:
    """What a goal file says, not checked yet. Raises InputError for a file that is no TOML."""
    text = read_user_text(path, "a readable TOML file", encoding="utf-8-sig", piped=True)
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
