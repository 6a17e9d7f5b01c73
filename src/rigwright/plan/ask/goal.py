"""The goal file: what is run, what may be spent, what is owned, and where it will stand."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from rigwright.catalog.prices.ledger import AGE_DAYS_MAX
from rigwright.plan.ask.software import EXAMPLES as SOFTWARE
from rigwright.plan.ask.software import nearest, said
from rigwright.spec.errors import InputError, unreadable
from rigwright.spec.run import METHODS, MODES, PRECISIONS, QUANTISATIONS, SHARDINGS, Run

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
PositiveInt = Annotated[int, Field(gt=0)]

EXAMPLE = "see examples/today/goal.toml"


class Section(BaseModel):
    """A table of the goal file: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Workload(Section):
    """[workload]: one model, how it is run, and how much of it there is to do."""

    model: str
    mode: Literal[MODES] = "train"  # type: ignore[valid-type]
    batch: PositiveInt = 1
    img_size: PositiveInt | None = None
    seq_len: PositiveInt | None = None
    gen_len: PositiveInt | None = None
    precision: Literal[PRECISIONS + QUANTISATIONS] = "amp"  # type: ignore[valid-type]
    layout: Literal["nchw", "nhwc"] = "nchw"
    compile: Literal["eager", "dynamo"] = "eager"
    method: Literal[METHODS] = "full"  # type: ignore[valid-type]
    optimizer: str = "sgd"
    grad_checkpointing: bool = False
    framework: str = "pytorch"
    tensor_parallel: PositiveInt = 1
    pipeline_parallel: PositiveInt = 1
    micro_batch: PositiveInt | None = None
    sharding: Literal[SHARDINGS] = "none"  # type: ignore[valid-type]
    offload: bool = False
    samples: PositiveInt | None = None
    """Items (images, sequences; tokens when serving) of one whole job."""

    def run(self) -> Run:
        """The part of the workload that prediction reads; what is not set follows ``framework``."""
        found = said(self.framework)
        implied = {k: v for k, v in found.run if k not in self.model_fields_set}
        own = self.model_dump(exclude={"samples", "framework"})
        return Run(**(own | implied), software=found.software)

    @field_validator("framework")
    @classmethod
    def _known_software(cls, text: str) -> str:
        for piece in said(text).unknown:
            near = " or ".join(nearest(piece))
            raise ValueError(f"{SOFTWARE}, not {piece!r}" + (f"; nearest: {near}" if near else ""))
        return text


class Budget(Section):
    """[budget]: what the parts may cost together, before tax."""

    usd: Positive


class Named(Section):
    """Parts by name, one key per kind."""

    cards: tuple[str, ...] = ()
    cpu: str | None = None
    cooler: str | None = None
    board: str | None = None
    ram: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()
    psu: str | None = None
    case: str | None = None


class Own(Named):
    """[own]: parts already there; they are used and cost nothing."""


class Use(Named):
    """[use]: parts that must be in the machine and are bought at their price."""


class Limits(Section):
    """[limits]: what the machine must or must not be."""

    vram_gib_min: Positive | None = None
    ram_gib_min: Positive = 16
    storage_gb_min: Positive = 500
    cores_min: PositiveInt = 4
    drive: Literal["ssd", "any"] = "ssd"
    """``any`` lets a hard disk be the only drive."""
    gpu_count_min: PositiveInt = 1
    gpu_count_max: PositiveInt = 4
    step_ms_max: Positive | None = None
    noise_dba_max: Positive | None = None
    case_volume_l_max: Positive | None = None
    case_height_mm_max: Positive | None = None
    gpu_vendors: tuple[Literal["nvidia", "amd", "intel"], ...] = ("nvidia",)
    brands: tuple[str, ...] = ()
    """When given, cards and boards come from these makers only."""
    exclude_brands: tuple[str, ...] = ()
    circuit_volts: Positive = 120
    circuit_amperes: Positive = 15
    circuit_other_load_w: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    used: bool = False
    """Second-hand prices may be used."""
    price_age_days_max: PositiveInt = AGE_DAYS_MAX
    """Older observations say nothing about what can be bought."""
    estimated_prices: bool = False
    """Parts without any observed price may be used at the median price of parts like them."""
    allow_unknown: bool = False
    """Accept parts whose fit a missing fact leaves open; they are listed as `measure first`."""

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

    country: str = "US"
    usd_per_kwh: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    hours_per_day: Annotated[float, Field(gt=0, le=24)] = 8
    months: PositiveInt = 36
    """How long the machine is kept before it is sold."""
    offers: tuple[str, ...] = ()
    """Rented machines to compare with; empty = the cheapest ones that carry the workload."""


class Goal(Section):
    """A whole goal file."""

    workload: Workload
    budget: Budget
    own: Own = Own()
    use: Use = Use()
    limits: Limits = Limits()
    site: Site = Site()
    as_of: dt.date = Field(default_factory=dt.date.today)


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
    return str(context.get("expected") or error["msg"].removeprefix("Value error, "))


def read_goal(path: Path) -> Goal:
    """Read and check a goal file.

    Raises InputError with file, field, what was given and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, "file", error, "a readable TOML file") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(path), "TOML", str(error), "valid TOML", EXAMPLE) from None
    return parse_goal(data, str(path))


def parse_goal(data: dict[str, Any], where: str) -> Goal:
    """Check an already decoded goal; ``where`` names its origin in errors."""
    try:
        return Goal.model_validate(data)
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
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("--as-of", "day", text, "YYYY-MM-DD", "2016-10-29") from None
