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
        name=prefix + q.name,
        label=q.label,
        kind=SHAPES[q.kind],
        unit=q.unit,
        hint=q.help if q.required and q.kind == "text" else MANY if q.kind == "names" else "",
        default=fixed if options else "" if q.kind == "yes" else words,
        options=options,
        names="model" if q.name == "model" else q.names,
        required=q.required,
        step="any" if q.kind == "amount" else "1",
        most=q.most,
        help=q.help,
        empty=words or "left open",
    )


def _fields(asked: Iterable[Question], prefix: str = "") -> tuple[Field, ...]:
    return tuple(field_of(q, prefix) for q in asked)


def _wide(field: Field, hint: str = "") -> Field:
    return replace(field, wide=True, hint=hint)


ASKED = sections()
OF_GOAL = {q.name: field_of(q) for q in ASKED["workload"] if q.name not in RUN_ASKED}
SAMPLES = _wide(OF_GOAL["samples"], "Images or sequences in all epochs; tokens served")
LITERAL = OF_GOAL["literal"]
RUN = _fields(q for q in RUN_ASKED.values() if q.rank <= 2)
MORE_RUN = _fields(q for q in RUN_ASKED.values() if q.rank > 2)
BUDGET = {q.name: field_of(q) for q in ASKED["budget"]}
USD = _wide(replace(BUDGET["usd"], required=False))
MONEY = (USD, *(f for name, f in BUDGET.items() if name != "usd"))
AS_OF = replace(field_of(ASKED[""][0]), hint="Empty: today")
DAY = replace(AS_OF, label="Prices up to the day")
CIRCUIT = _fields(q for q in ASKED["limits"] if q.name.startswith("circuit_"))
LIMITS = _fields(q for q in ASKED["limits"] if not q.name.startswith("circuit_"))
SITE = _fields(q for q in ASKED["site"] if q.name != "offers")
OFFERS = _fields(q for q in ASKED["site"] if q.name == "offers")
OWN, USE = _fields(ASKED["own"], "own_"), _fields(ASKED["use"], "use_")
MACHINE = _fields(q for q in MACHINE_ASKED.values() if q.name != "gpu_count")
DATA = _fields(OF_SET.values())
BY_NAME = {f.name: f for f in (*LIMITS, AS_OF, USD)}
PLACE = Group("Where it stands", (*SITE, *CIRCUIT, AS_OF))
MORE = Group("More about the run", MORE_RUN)
READ = Group("What it reads", DATA)
PLAN = (
    Group("What you run", (*RUN, SAMPLES), open=True),
    Group("What you can spend", MONEY, open=True), Group("Limits", LIMITS), PLACE,
    Group("Parts you own already", OWN), Group("Parts it must have", USE), READ,
    replace(MORE, fields=(*MORE_RUN, LITERAL)),
)  # fmt: skip
RENT = (
    PLAN[0], PLAN[1], Group(PLACE.title, (*SITE, AS_OF), open=True),
    Group("Limits", (*LIMITS, *CIRCUIT)), *PLAN[4:], Group("Offers", OFFERS),
)  # fmt: skip
SLOTS, RUNS = tuple(Field(**slot) for slot in SAID["slots"]), Field(**SAID["runs"])
BUILD = (
    Group("Parts", (*SLOTS, RUNS), open=True), Group("What runs on it", (*RUN, SAMPLES), open=True),
    Group("Prices", (BY_NAME["used"], DAY, BY_NAME["prices"])), Group("Wall circuit", CIRCUIT),
    MORE,
)  # fmt: skip
COMPARE = (
    Group("Chips", (Field(**SAID["chips"]),), open=True),
    Group("What they run", RUN, open=True),
    Group("Prices", (DAY,)),
    Group("The computer", MACHINE),
    replace(READ, fields=(*DATA, SAMPLES)),
    MORE,
)
VERSUS = (
    *RUN, SAMPLES, USD,
    *(BY_NAME[n] for n in ("used", "gpu_count_max", "vram_gib_min", "ram_gib_min")), AS_OF,
)  # fmt: skip
