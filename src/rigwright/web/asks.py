"""What may be asked over the web: the goal and the run with limits on every size, names only.

Limits keep one question from working the server for long; on the command line there are none.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rigwright.catalog.prices.ledger import AGE_DAYS_MAX
from rigwright.plan.ask.goal import Budget, Goal, Limits, Named, Own, Section, Site, Use, Workload
from rigwright.plan.parts import modelnames
from rigwright.spec.build import Circuit
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.run import Run

GPUS_MAX, NAMES_MAX, LETTERS_MAX, TEXT_MAX = 8, 8, 160, 20_000
FIRST_DAY = dt.date(2010, 1, 1)


def _model(name: str) -> str:
    try:
        return modelnames.known(name)
    except InputError:
        raise ValueError(modelnames.NAMES_ONLY) from None
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


def _whole(most: int) -> Any:
    return Field(gt=0, le=most)


Text = Annotated[str, Field(min_length=1, max_length=LETTERS_MAX), AfterValidator(_printable)]
Model = Annotated[
    str, Field(min_length=1, max_length=100, examples=["resnet50"]), AfterValidator(_model)
]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_split), Field(max_length=NAMES_MAX)]
Vendor = Literal["nvidia", "amd", "intel"]
Vendors = Annotated[tuple[Vendor, ...], BeforeValidator(_split), Field(max_length=3)]
Batch = Annotated[int, _whole(65_536)]
Pixels = Annotated[int, _whole(4_096)]
Tokens = Annotated[int, _whole(1_048_576)]
Split = Annotated[int, _whole(64)]
Samples = Annotated[int, _whole(10**13)]
Watts = Annotated[float, Field(ge=0, le=100_000)]
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=dt.date(2100, 1, 1))]


def _amount(most: float) -> Any:
    return Field(gt=0, le=most, allow_inf_nan=False)


class WorkloadAsked(Workload):
    """[workload] with sizes that a server answers."""

    model: Model
    batch: Batch = 1
    img_size: Pixels | None = None
    seq_len: Tokens | None = None
    gen_len: Tokens | None = None
    optimizer: Text = "sgd"
    framework: Text = "pytorch"
    tensor_parallel: Split = 1
    pipeline_parallel: Split = 1
    micro_batch: Batch | None = None
    samples: Samples | None = None


class BudgetAsked(Budget):
    """[budget]."""

    usd: Annotated[float, _amount(10_000_000)]


class NamedAsked(Named):
    """Parts by name."""

    cards: Texts = ()
    cpu: Text | None = None
    cooler: Text | None = None
    board: Text | None = None
    ram: Texts = ()
    drives: Texts = ()
    psu: Text | None = None
    case: Text | None = None


class OwnAsked(NamedAsked, Own):
    """[own]."""


class UseAsked(NamedAsked, Use):
    """[use]."""


class LimitsAsked(Limits):
    """[limits]."""

    vram_gib_min: Annotated[float, _amount(10_000)] | None = None
    ram_gib_min: Annotated[float, _amount(100_000)] = 16
    storage_gb_min: Annotated[float, _amount(10_000_000)] = 500
    cores_min: Annotated[int, _whole(1_024)] = 4
    gpu_count_min: Annotated[int, _whole(GPUS_MAX)] = 1
    gpu_count_max: Annotated[int, _whole(GPUS_MAX)] = 4
    step_ms_max: Annotated[float, _amount(1e12)] | None = None
    noise_dba_max: Annotated[float, _amount(200)] | None = None
    case_volume_l_max: Annotated[float, _amount(10_000)] | None = None
    case_height_mm_max: Annotated[float, _amount(10_000)] | None = None
    gpu_vendors: Vendors = ("nvidia",)
    brands: Texts = ()
    exclude_brands: Texts = ()
    circuit_volts: Annotated[float, _amount(1_000)] = 120
    circuit_amperes: Annotated[float, _amount(1_000)] = 15
    circuit_other_load_w: Watts = 0
    price_age_days_max: Annotated[int, _whole(36_500)] = AGE_DAYS_MAX


class SiteAsked(Site):
    """[site]."""

    country: Text = "US"
    usd_per_kwh: Annotated[float, Field(ge=0, le=100)] | None = None
    months: Annotated[int, _whole(1_200)] = 36
    offers: Texts = ()


class GoalAsked(Goal):
    """The goal file as JSON; docs/web.md says what differs from the file."""

    workload: WorkloadAsked
    budget: BudgetAsked
    own: OwnAsked = OwnAsked()
    use: UseAsked = UseAsked()
    limits: LimitsAsked = LimitsAsked()
    site: SiteAsked = SiteAsked()
    as_of: Day = Field(default_factory=dt.date.today)


class GoalQuery(WorkloadAsked, LimitsAsked, SiteAsked):
    """A goal as the query of a link: one level of names, ``own_cpu``, ``use_psu`` for parts."""

    usd: Annotated[float, _amount(10_000_000)]
    as_of: Day | None = None
    own_cards: Texts = ()
    own_cpu: Text | None = None
    own_cooler: Text | None = None
    own_board: Text | None = None
    own_ram: Texts = ()
    own_drives: Texts = ()
    own_psu: Text | None = None
    own_case: Text | None = None
    use_cards: Texts = ()
    use_cpu: Text | None = None
    use_cooler: Text | None = None
    use_board: Text | None = None
    use_ram: Texts = ()
    use_drives: Texts = ()
    use_psu: Text | None = None
    use_case: Text | None = None

    def goal(self) -> Goal:
        """The same goal as its file would say it."""
        said = self.model_dump(exclude_unset=True)
        sections: dict[str, dict[str, Any]] = {"budget": {"usd": self.usd}}
        for name, kind in (("workload", Workload), ("limits", Limits), ("site", Site)):
            sections[name] = {k: said[k] for k in kind.model_fields if k in said}
        for name in ("own", "use"):
            keys = {k: f"{name}_{k}" for k in Named.model_fields}
            sections[name] = {k: said[key] for k, key in keys.items() if key in said}
        day = {} if self.as_of is None else {"as_of": self.as_of}
        return GoalAsked.model_validate(sections | day)


class RunAsked(WorkloadAsked):
    """A run, with the defaults of ``rigwright predict``."""

    batch: Batch = 32

    def values(self) -> dict[str, Any]:
        """Keys of the batch contract: what was said, and the command's own defaults."""
        kept = {"batch": self.batch, "precision": self.precision}
        return kept | self.model_dump(exclude_unset=True, include={*Run.__slots__, "framework"})


class PredictAsked(RunAsked):
    """``rigwright predict``."""

    gpu: Text = "RTX 3090"
    gpu_count: Annotated[int, _whole(65_536)] = 1
    nodes: Annotated[int, _whole(8_192)] | None = None
    network_gbit_s: Annotated[float, _amount(100_000)] | None = None

    def question(self) -> dict[str, Any]:
        """The line of the batch contract."""
        extra = ("gpu", "gpu_count", "nodes", "network_gbit_s")
        return self.values() | {name: getattr(self, name) for name in extra}


class CompareAsked(RunAsked):
    """``rigwright compare``."""

    gpu: Annotated[Texts, Field(min_length=2)]
    as_of: Day | None = None


class FitAsked(RunAsked):
    """``rigwright fit``."""

    gpu: Annotated[Texts, Field(min_length=1)]
    gpu_count: Annotated[int, _whole(1_024)] = 1


class CheckAsked(BaseModel):
    """``rigwright check``: a pasted list or the text of a build file, or parts by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=TEXT_MAX)] | None = None
    parts: NamedAsked | None = None


class Slots(Section):
    """The parts of a build as a link carries them, by name or id."""

    card: Text | None = None
    card_count: Annotated[int, _whole(GPUS_MAX)] = 1
    cpu: Text | None = None
    cooler: Text | None = None
    board: Text | None = None
    ram: Text | None = None
    ram_count: Annotated[int, _whole(GPUS_MAX)] = 1
    drive: Text | None = None
    drive_2: Text | None = None
    psu: Text | None = None
    case: Text | None = None

    def slots(self) -> tuple[tuple[str, str, int], ...]:
        """(kind, name, count) of what is there, in the order of the form."""
        found = []
        for name in ("card", "cpu", "cooler", "board", "ram", "drive", "drive_2", "psu", "case"):
            text = getattr(self, name)
            if text:
                kind = name.removesuffix("_2")
                found.append((kind, text, getattr(self, f"{name}_count", 1)))
        return tuple(found)


class GuideQuery(Slots):
    """A build to put together, and in which of the accepted orders."""

    order: Literal["bench", "case-first"] = "bench"


class BuildQuery(WorkloadAsked, Slots):
    """A build and what runs on it."""

    model: Model = "resnet50"
    used: bool = False
    as_of: Day | None = None
    circuit_volts: Annotated[float, _amount(1_000)] | None = None
    circuit_amperes: Annotated[float, _amount(1_000)] | None = None
    circuit_other_load_w: Watts | None = None
    choose: Literal["card", "cpu", "cooler", "board", "ram", "drive", "psu", "case"] | None = None

    def circuit(self) -> Circuit | None:
        """The wall circuit, where anything is said of it."""
        said = (self.circuit_volts, self.circuit_amperes, self.circuit_other_load_w)
        if said == (None, None, None):
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
