"""The fields of the forms: what each is called, its unit, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.catalog.prices.ledger import AGE_DAYS_MAX
from rigwright.spec.run import METHODS, MODES, PRECISIONS, QUANTISATIONS, SHARDINGS


@dataclass(frozen=True, slots=True)
class Field:
    """One input. kind : text, number, select, check.  names : kind of names offered while typing.

    default : what a missing value means, shown as the placeholder or the chosen option.
    """

    name: str
    label: str
    kind: str = "number"
    unit: str = ""
    hint: str = ""
    default: str = ""
    options: tuple[str, ...] = ()
    names: str = ""
    required: bool = False
    step: str = "1"
    most: int | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``open`` ones are shown at once."""

    title: str
    fields: tuple[Field, ...]
    open: bool = False


def _select(name: str, label: str, options: tuple[str, ...], default: str) -> Field:
    return Field(name, label, "select", default=default, options=options)


def _names(name: str, label: str, kind: str, hint: str = "") -> Field:
    return Field(name, label, "text", names=kind, hint=hint)


MODEL = Field(
    "model", "Model", "text", names="model", required=True,
    hint="A name such as resnet50, vit_base_patch16_224 or llama-3-8b",
)  # fmt: skip
RUN = (
    MODEL,
    _select("mode", "What it does", MODES, "train"),
    Field("batch", "Global batch", default="1", most=65_536),
    Field("seq_len", "Sequence length", unit="tokens", most=1_048_576),
    Field("img_size", "Image side", unit="px", most=4_096),
    _select("precision", "Precision", PRECISIONS + QUANTISATIONS, "amp"),
    _select("method", "Method", METHODS, "full"),
    Field("optimizer", "Optimizer", "text", default="sgd"),
    Field("grad_checkpointing", "Gradient checkpointing", "check"),
)
MORE_RUN = (
    Field("gen_len", "Tokens to write when serving", unit="tokens", most=1_048_576),
    Field("micro_batch", "Sequences of one pass", most=65_536),
    _select("sharding", "Sharding", SHARDINGS, "none"),
    _select("compile", "Compiler", ("eager", "dynamo"), "eager"),
    _select("layout", "Memory layout", ("nchw", "nhwc"), "nchw"),
    Field("framework", "Framework or engine", "text", default="pytorch"),
    Field("tensor_parallel", "GPUs that share each layer", default="1", most=64),
    Field("pipeline_parallel", "Pipeline stages", default="1", most=64),
    Field("offload", "Weights in host memory", "check"),
)
SAMPLES = Field(
    "samples", "Size of the whole job", unit="samples", most=10**13, wide=True,
    hint="Images or sequences in all epochs; tokens when serving",
)  # fmt: skip
USD = Field("usd", "Budget for the parts", unit="USD", required=True, step="any", wide=True)
AS_OF = Field("as_of", "Plan as of the day", "date", hint="Empty: today")
DAY = Field("as_of", "Prices up to the day", "date", hint="Empty: today")
USED = Field("used", "Second-hand prices too", "check")
LIMITS = (
    Field("gpu_count_max", "GPUs, at most", default="4", most=8),
    Field("gpu_count_min", "GPUs, at least", default="1", most=8),
    Field("vram_gib_min", "VRAM, at least", unit="GiB", step="any"),
    Field("step_ms_max", "Slowest step", unit="ms", step="any"),
    Field("ram_gib_min", "RAM, at least", unit="GiB", default="16", step="any"),
    Field("storage_gb_min", "Storage, at least", unit="GB", default="500", step="any"),
    Field("cores_min", "Cores, at least", default="4"),
    _select("drive", "Drive", ("ssd", "any"), "ssd"),
    Field("gpu_vendors", "GPU makers", "text", default="nvidia", hint="nvidia; amd; intel"),
    Field("noise_dba_max", "Cooler noise, at most", unit="dB(A)", step="any"),
    Field("case_volume_l_max", "Case volume, at most", unit="l", step="any"),
    Field("case_height_mm_max", "Case height, at most", unit="mm", step="any"),
    Field("brands", "Only these makers", "text", hint="Cards and boards; separated by ;"),
    Field("exclude_brands", "Not these makers", "text", hint="Separated by ;"),
    USED,
    Field("estimated_prices", "Estimate missing prices", "check"),
    Field("allow_unknown", "Accept parts with an unproven fit", "check"),
    Field("price_age_days_max", "Oldest price", unit="days", default=str(AGE_DAYS_MAX)),
)
SITE = (
    Field("hours_per_day", "Hours of work a day", unit="h", default="8", step="any"),
    Field("months", "Kept for", unit="months", default="36"),
    Field("country", "Country", "text", default="US", hint="Two letters; sets the electricity"),
    Field("usd_per_kwh", "Electricity", unit="USD/kWh", step="any"),
    Field("circuit_volts", "Wall circuit", unit="V", default="120", step="any"),
    Field("circuit_amperes", "Its fuse", unit="A", default="15", step="any"),
    Field("circuit_other_load_w", "Other load on it", unit="W", default="0", step="any"),
)
MANY = "Several: separated by ;"
KINDS = (
    ("cards", "Graphics cards", "card", MANY),
    ("cpu", "Processor", "cpu", ""),
    ("cooler", "Cooler", "cooler", ""),
    ("board", "Motherboard", "board", ""),
    ("ram", "Memory", "ram", MANY),
    ("drives", "Drives", "drive", MANY),
    ("psu", "Power supply", "psu", ""),
    ("case", "Case", "case", ""),
)
OWN = tuple(_names(f"own_{key}", label, kind, hint) for key, label, kind, hint in KINDS)
USE = tuple(_names(f"use_{key}", label, kind, hint) for key, label, kind, hint in KINDS)
PLAN = (
    Group("What you run", (*RUN, SAMPLES), open=True),
    Group("What you can spend", (USD,), open=True),
    Group("Limits", LIMITS),
    Group("Where it stands", (*SITE, AS_OF)),
    Group("Parts you own already", OWN),
    Group("Parts it must have", USE),
    Group("More about the run", MORE_RUN),
)
RENT = (
    PLAN[0],
    PLAN[1],
    Group("Where it stands", (*SITE[:4], AS_OF), open=True),
    *(g for g in PLAN[2:] if g.title != "Where it stands"),
    Group("Offers", (_names("offers", "Only these offers", "", MANY),)),
)
SLOTS = (
    _names("card", "Graphics card", "card"),
    Field("card_count", "How many of it", default="1", most=8),
    _names("cpu", "Processor", "cpu"),
    _names("cooler", "Cooler", "cooler"),
    _names("board", "Motherboard", "board"),
    _names("ram", "Memory", "ram"),
    Field("ram_count", "How many kits", default="1", most=8),
    _names("drive", "Drive", "drive"),
    _names("drive_2", "Second drive", "drive"),
    _names("psu", "Power supply", "psu"),
    _names("case", "Case", "case"),
)
BUILD = (
    Group("Parts", SLOTS, open=True),
    Group("What runs on it", (*RUN, SAMPLES), open=True),
    Group("Prices", (USED, DAY)),
    Group("Wall circuit", SITE[4:]),
    Group("More about the run", MORE_RUN),
)
COMPARE = (
    Group(
        "Chips",
        (
            Field(
                "gpu",
                "GPUs, the first is the measure",
                "area",
                names="",
                wide=True,
                hint="Two to eight, one a line or separated by ;",
            ),
        ),
        open=True,
    ),
    Group("What they run", RUN, open=True),
    Group("Prices", (DAY,)),
    Group("More about the run", MORE_RUN),
)
VERSUS = (*RUN, SAMPLES, USD, USED, LIMITS[0], LIMITS[2], LIMITS[4], AS_OF)
