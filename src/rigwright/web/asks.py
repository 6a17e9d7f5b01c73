"""What may be asked over the web: the goal and the run with limits on every size, names only.

Limits keep one question from working the server for long; on the command line there are none.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rigwright.catalog.paste import Line, read_line
from rigwright.catalog.prices.rates import Rate
from rigwright.plan.ask.datasets import OF_SET
from rigwright.plan.ask.flags import budget_said
from rigwright.plan.ask.goal import (
    FIRST_DAY,
    LAST_DAY,
    OF_DATA,
    Budget,
    Data,
    Goal,
    Limits,
    Named,
    Own,
    Site,
    Use,
    Workload,
    budget_in_usd,
    money_in,
    named_prices,
    with_a_rate,
)
from rigwright.plan.ask.questions import ASKED, MACHINE, RUN
from rigwright.plan.ask.schema import Section, bounded, fields_of, made
from rigwright.plan.parts import modelnames
from rigwright.plan.parts.modelnames import NAMES_ONLY
from rigwright.spec.asked import Question
from rigwright.spec.build import Circuit
from rigwright.spec.errors import InputError, RigwrightError

KINDS = ("card", "cpu", "cooler", "board", "ram", "drive", "drive_2", "psu", "case")
"""What of a build is named, in the order of the form."""
REPORT_MAX = 150_000
GPUS_MAX, NAMES_MAX, LETTERS_MAX, TEXT_MAX, PRICES_MAX, LINES_MAX = 8, 8, 160, 20_000, 32, 64


def _model(name: str) -> str:
    try:
        return modelnames.known(name)
    except InputError:
        raise ValueError(NAMES_ONLY) from None
    except RigwrightError as error:
        raise ValueError(str(error)) from None


def _split(value: Any) -> Any:
    """Names of a list, given one by one or in one line with ``;`` between them."""
    many = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(text, str) for text in many):
        return value
    return [piece.strip() for text in many for piece in re.split(r"[;\n]", text) if piece.strip()]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("printable characters only")
    return text


Text = Annotated[str, Field(min_length=1, max_length=LETTERS_MAX), AfterValidator(_printable)]
Model = Annotated[
    str, Field(min_length=1, max_length=100, examples=["resnet50"]), AfterValidator(_model)
]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_split), Field(max_length=NAMES_MAX)]
Money = Annotated[Text, AfterValidator(lambda name: with_a_rate(name.upper()))]
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]


OwnPrices = Annotated[
    tuple[Text, ...], BeforeValidator(_split), Field(max_length=PRICES_MAX),
    AfterValidator(named_prices),
]  # fmt: skip
"""What parts or chips cost somebody, NAME=USD or NAME=2400 EUR."""


def _several(choices: tuple[str, ...]) -> Any:
    """Names in a list or in one line; of ``choices`` where there are any."""
    if not choices:
        return Texts
    word = Literal[choices]  # type: ignore[valid-type]
    return Annotated[tuple[word, ...], BeforeValidator(_split), Field(max_length=len(choices))]


def _asked(section: type[Section], name: str) -> Any:
    return bounded(section, name, Text, _several)


def _of_run() -> dict[str, Any]:
    model = RUN["model"]
    found = fields_of(RUN.values(), bounded=True, text=Text)
    found["model"] = (Model, Field(title=model.label, description=NAMES_ONLY))
    return found


def _of_machine(*left_out: str) -> dict[str, Any]:
    asked: Iterable[Question] = (q for q in MACHINE.values() if q.name not in left_out)
    return fields_of(asked, bounded=True, text=Text)


def _of_parts() -> dict[str, Any]:
    """``own_cpu``, ``use_psu``: parts in one level of names."""
    found: dict[str, Any] = {}
    for section in ("own", "use"):
        for name, info in NamedAsked.model_fields.items():
            found[f"{section}_{name}"] = (info.annotation, info)
    return found


if TYPE_CHECKING:
    WorkloadAsked = Workload
    BudgetAsked = Budget
    NamedAsked = Named
    OwnAsked = Own
    UseAsked = Use
    LimitsAsked = Limits
    SiteAsked = Site

    class _Parts(Section): ...

    class _DataAsked(Section): ...

    DataAsked = Data

    class _MachineAsked(Section): ...

    class _ChipsAsked(Section): ...

else:
    WorkloadAsked = made("WorkloadAsked", _asked(Workload, "_Sized"), _of_run())
    BudgetAsked = _asked(Budget, "BudgetAsked")
    NamedAsked = _asked(Named, "NamedAsked")
    OwnAsked = _asked(Own, "OwnAsked")
    UseAsked = _asked(Use, "UseAsked")
    LimitsAsked = _asked(Limits, "LimitsAsked")
    SiteAsked = _asked(Site, "SiteAsked")
    _Parts = made("_Parts", Section, _of_parts())
    _DataAsked = made("_DataAsked", Section, fields_of(OF_SET.values(), bounded=True, text=Text))
    DataAsked = made("DataAsked", Data, fields_of(OF_DATA, bounded=True, text=Text))
    _MachineAsked = made("_MachineAsked", Section, _of_machine())
    _ChipsAsked = made("_ChipsAsked", Section, _of_machine("gpu_count"))
"""The sections of a goal with sizes that a server answers."""


class GoalAsked(Goal):
    """The goal file as JSON; docs/web.md says what differs from the file."""

    workload: WorkloadAsked
    budget: BudgetAsked
    data: DataAsked = DataAsked()
    own: OwnAsked = OwnAsked()
    use: UseAsked = UseAsked()
    limits: LimitsAsked = LimitsAsked()
    site: SiteAsked = SiteAsked()
    as_of: Day = Field(default_factory=dt.date.today)


def with_budget(data: dict[str, Any]) -> dict[str, Any]:
    """A query with ``budget=2800 EUR``, the word of the command, in the keys of a link."""
    if not isinstance(data.get("budget"), str) or data.keys() & {"usd", "amount"}:
        return data
    said = {k: str(v).removesuffix(".0") for k, v in budget_said(data["budget"]).items()}
    return {k: v for k, v in data.items() if k != "budget"} | said


class GoalQuery(WorkloadAsked, _DataAsked, BudgetAsked, LimitsAsked, SiteAsked, _Parts):
    """A goal as the query of a link: one level of names, ``own_cpu``, ``use_psu`` for parts."""

    as_of: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _budget_in_usd(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return budget_in_usd(with_budget(data), data.get("as_of"))

    def goal(self) -> Goal:
        """The same goal as its file would say it."""
        said = self.model_dump(exclude_unset=True)
        kinds = (("workload", Workload), ("budget", Budget), ("limits", Limits), ("site", Site))
        sections: dict[str, dict[str, Any]] = {
            name: {k: said[k] for k in kind.model_fields if k in said} for name, kind in kinds
        }
        for name in ("own", "use"):
            keys = {k: f"{name}_{k}" for k in Named.model_fields}
            sections[name] = {k: said[key] for k, key in keys.items() if key in said}
        sections["data"] = {q.field: said[n] for n, q in OF_SET.items() if n in said}
        day = {} if self.as_of is None else {"as_of": self.as_of}
        return GoalAsked.model_validate(sections | day)


class WhyQuery(GoalQuery):
    """A goal, and the cards or the part that it is asked about."""

    why: Text


class _RunAsked(WorkloadAsked, _DataAsked):
    def values(self) -> dict[str, Any]:
        """What was said of the run, of the machine and of its data."""
        found = {name: getattr(self, name, None) for name in ASKED}
        return {name: value for name, value in found.items() if value is not None}


class PredictAsked(_RunAsked, _MachineAsked):
    """``rigwright predict``."""

    gpu: Text = "RTX 3090"


class CompareAsked(_RunAsked, _ChipsAsked):
    """``rigwright compare``."""

    gpu: Annotated[Texts, Field(min_length=2)]
    as_of: Day | None = None
    currency: Money = "USD"


class FitAsked(_RunAsked, _MachineAsked):
    """``rigwright fit``."""

    gpu: Annotated[Texts, Field(min_length=1)]


class PartsAsked(Section):
    """``rigwright parts``: what of a kind is searched, and how many rows of it are answered."""

    words: Annotated[str, Field(max_length=160, description="Words of the name")] = ""
    as_of: Day | None = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Rows at most")] = 100
    currency: Money = "USD"


class CheckAsked(BaseModel):
    """``rigwright check``: a pasted list or the text of a build file, or parts by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=TEXT_MAX)] | None = None
    parts: NamedAsked | None = None
    prices: OwnPrices = ()


class VerifyAsked(BaseModel):
    """``rigwright verify --from -``: texts of tools, and the plan as ``plan --json`` prints it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(min_length=1, max_length=REPORT_MAX)]
    plan: dict[str, Any] | None = None
    symptom: Text | None = None


class Slots(Section):
    """The parts of a build as a link carries them, by name or id."""

    card: Text | None = None
    card_count: Annotated[int, Field(gt=0, le=GPUS_MAX)] = 1
    cpu: Text | None = None
    cooler: Text | None = None
    board: Text | None = None
    ram: Text | None = None
    ram_count: Annotated[int, Field(gt=0, le=GPUS_MAX)] = 1
    drive: Text | None = None
    drive_2: Text | None = None
    psu: Text | None = None
    case: Text | None = None
    rest: Annotated[tuple[Text, ...], BeforeValidator(_split), Field(max_length=LINES_MAX)] = ()

    def lines(self) -> tuple[Line, ...]:
        """The lines that no field of its own holds, as a list has them."""
        return tuple(map(read_line, self.rest))

    def slots(self) -> tuple[tuple[str | None, str, int], ...]:
        """(kind, name, count) of what is there, in the order of the form, then of the lines."""
        told = [(name, text) for name in KINDS if (text := getattr(self, name))]
        return (
            *((n.removesuffix("_2"), text, getattr(self, f"{n}_count", 1)) for n, text in told),
            *((line.kind, line.text, line.quantity) for line in self.lines()),
        )


CIRCUIT = ("circuit_volts", "circuit_amperes", "circuit_other_load_w")
if TYPE_CHECKING:

    class _Place(Section):
        power_cap_w: float | None

else:
    _Place = made(
        "_Place",
        Section,
        {
            name: (LimitsAsked.model_fields[name].rebuild_annotation() | None, None)
            for name in (*CIRCUIT, "power_cap_w")
        },
    )


class GuideQuery(Slots):
    """A build to put together, the limit of each card, and in which of the accepted orders."""

    order: Literal["bench", "case-first"] = "bench"
    power_cap_w: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class BuildQuery(WorkloadAsked, Slots, _Place):
    """A build and what runs on it."""

    model: Model = "resnet50"
    used: bool = False
    prices: OwnPrices = ()
    runs: Texts = ()
    as_of: Day | None = None
    choose: Literal["card", "cpu", "cooler", "board", "ram", "drive", "psu", "case"] | None = None
    order: Literal["verdict", "price", "speed"] = "verdict"
    only: Literal["all", "fits"] = "all"
    currency: Money = "USD"

    @property
    def money(self) -> Rate:
        """The currency that its pages say amounts in."""
        return money_in(self.currency, self.as_of or dt.date.today())

    def circuit(self) -> Circuit | None:
        """The wall circuit, where anything is said of it."""
        said = [getattr(self, name) for name in CIRCUIT]
        if not any(value is not None for value in said):
            return None
        usual = Circuit()
        return Circuit(
            said[0] or usual.volts,
            said[1] or usual.amperes,
            usual.other_load_w if said[2] is None else said[2],
        )

    def workload(self) -> Workload:
        """What runs on it."""
        said = self.model_dump(exclude_unset=True, include=set(Workload.model_fields))
        return WorkloadAsked.model_validate({"model": self.model} | said)
