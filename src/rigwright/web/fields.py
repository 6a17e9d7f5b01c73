"""The fields of the forms, from the declarations of a run, a machine and a goal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rigwright.plan.ask.datasets import OF_SET
from rigwright.plan.ask.goal import sections
from rigwright.plan.ask.questions import MACHINE as MACHINE_ASKED
from rigwright.plan.ask.questions import RUN as RUN_ASKED
from rigwright.plan.parts.modelnames import NAMES_ONLY
from rigwright.spec.asked import Question
from rigwright.web.words import SAID

MANY = "Several: separated by ;"
SHAPES = {"whole": "number", "amount": "number", "yes": "check", "choice": "select",
          "text": "text", "names": "text", "day": "date"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One input. kind : text, number, select, check, date.  names : kind of names offered.

    help : more about it, on pointing.  hint : the same, always shown.
    default : what a missing value means, shown as the placeholder or the chosen option; where that
    depends on the model, ``empty`` says it.
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
    most: float | None = None
    wide: bool = False
    help: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``open`` ones are shown at once."""

    title: str
    fields: tuple[Field, ...]
    open: bool = False


def field_of(q: Question, prefix: str = "") -> Field:
    """The input that asks a question."""
    if q.name == "model":  # the command line reads files too
        q = replace(q, help=f"{NAMES_ONLY[:1].upper()}{NAMES_ONLY[1:]}.")
    words = q.default_words
    fixed = words if " " not in words else ""
    options = (q.choices if fixed else ("", *q.choices)) if q.kind == "choice" else ()
    return Field(
        name=prefix + q.name, label=q.label, kind=SHAPES[q.kind], unit=q.unit,
        hint=q.help if q.required and q.kind == "text" else MANY if q.kind == "names" else "",
        default=fixed if options else "" if q.kind == "yes" else words, options=options,
        names="model" if q.name == "model" else q.names, required=q.required,
        step="any" if q.kind == "amount" else "1", most=q.most, help=q.help,
        empty=words or "left open",
    )  # fmt: skip


def _fields(asked: Iterable[Question], prefix: str = "") -> tuple[Field, ...]:
    return tuple(field_of(q, prefix) for q in asked)


def _wide(field: Field, hint: str = "") -> Field:
    return replace(field, wide=True, hint=hint)


ASKED = sections()
OF_GOAL = {q.name: field_of(q) for q in ASKED["workload"] if q.name not in RUN_ASKED}
SAMPLES = _wide(OF_GOAL["samples"], "Images or sequences in all epochs; tokens served")
RUN = _fields(q for q in RUN_ASKED.values() if q.rank <= 2)
MORE_RUN = _fields(q for q in RUN_ASKED.values() if q.rank > 2)
BUDGET = {q.name: field_of(q) for q in ASKED["budget"]}
USD = _wide(replace(BUDGET["usd"], required=False))
AS_OF = replace(field_of(ASKED[""][0]), hint="Empty: today")
LIMITS, SITE = _fields(ASKED["limits"]), _fields(ASKED["site"])
SLOTS = tuple(Field(**slot) for slot in SAID["slots"])
SINGLE = (*LIMITS, *SITE, OF_GOAL["literal"], SAMPLES, USD, AS_OF)
SETS: dict[str, tuple[Field, ...]] = {field.name: (field,) for field in SINGLE} | {
    "run": RUN, "more run": MORE_RUN, "day": (AS_OF,),
    "money": (USD, *(f for name, f in BUDGET.items() if name != "usd")),
    "currency": (replace(BUDGET["currency"], hint=""),),
    "circuit": tuple(f for f in LIMITS if f.name.startswith("circuit_")),
    "limits": tuple(f for f in LIMITS if not f.name.startswith("circuit_")),
    "site": tuple(f for f in SITE if f.name != "offers"),
    "own": _fields(ASKED["own"], "own_"), "use": _fields(ASKED["use"], "use_"),
    "machine": _fields(q for q in MACHINE_ASKED.values() if q.name != "gpu_count"),
    "data": _fields(OF_SET.values()), "slots": SLOTS, "runs": (Field(**SAID["runs"]),),
    "chips": (Field(**SAID["chips"]),),
}  # fmt: skip
"""What the forms of ``data/words.toml`` are made of: a field, or several that stand together."""


LABELS = {field.name: field.label for fields in SETS.values() for field in fields}
QUESTIONS = {q.name: q for asked in ASKED.values() for q in asked} | MACHINE_ASKED | OF_SET


def _picked(names: Iterable[str]) -> tuple[Field, ...]:
    return tuple(field for name in names for field in SETS[name])


def _form(name: str) -> tuple[Group, ...]:
    groups = SAID["forms"][name]
    return tuple(Group(g["title"], _picked(g["fields"]), g.get("open", False)) for g in groups)


PLAN, RENT, BUILD, COMPARE = map(_form, ("plan", "rent", "build", "compare"))
VERSUS = _picked(SAID["versus"])
