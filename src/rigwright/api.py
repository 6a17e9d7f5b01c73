"""The questions as functions: what a program or a notebook calls.

Answers are the frozen values that the commands render: ``.to_dict()`` gives the keys of ``--json``,
and a notebook shows them as the terminal does. Names, units and defaults are those of the commands.
Bad input raises RigwrightError, in one line that says what is allowed.
"""

import datetime as dt
import difflib
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rigwright.bringup.found import Found, Verified
from rigwright.plan.ask.examples import example, located
from rigwright.plan.ask.flags import FLAGS
from rigwright.plan.machine.results import PlanResult, WhyNot
from rigwright.plan.memory.results import FitResult
from rigwright.plan.money.results import RentResult
from rigwright.plan.parts.results import CheckResult
from rigwright.plan.speed.results import Comparison, Predicted
from rigwright.spec.answer import Answer, dumps
from rigwright.spec.asked import questions
from rigwright.spec.data import DATA, SAMPLES
from rigwright.spec.errors import InputError, RigwrightError, UnknownNameError
from rigwright.spec.run import Machine, Run

__all__ = [
    "InputError", "RigwrightError", "UnknownNameError", "check", "compare", "example", "fit",
    "plan", "predict", "probe", "rent", "verify", "why_not",
]  # fmt: skip
KEYS = {q.name for q in (*questions(Run), *questions(Machine), *DATA, SAMPLES)}
Goal = str | Path | Mapping[str, Any]
"""A goal file, or what it holds: ``{"workload": {...}, "budget": {...}}``."""
Build = str | Path | Mapping[str, Any]
"""A build file or pasted list, its text, or what a build file holds: ``{"parts": {...}}``."""
Gpu = str | Mapping[str, Any]
"""A name, ``2x RTX 3090``, or specification values as ``predict --batch`` takes them."""
Day = str | dt.date | None

_TEXTS = {
    PlanResult: "plan", RentResult: "rent", WhyNot: "whynot", CheckResult: "", FitResult: "fit",
    Predicted: "predict", Comparison: "compare", Found: "found", Verified: "verified",
}  # fmt: skip


def _drawn(answer: Any) -> str:
    from rigwright.report.console import html
    from rigwright.report.text import check, told

    template = _TEXTS[type(answer)]
    return html(functools.partial(told.show, template) if template else check.show, answer)


Answer.html.update(dict.fromkeys(_TEXTS, _drawn))


def plan(goal: Goal | None = None, *, as_of: Day = None, **said: Any) -> PlanResult:
    """The machine for a goal: a file, what one holds, or in words, as the options of the command.

    as_of : plan as of this day, a date or YYYY-MM-DD.
    """
    from rigwright.plan.machine import planning

    return planning.plan(*_goal(goal, as_of, said))


def rent(
    goal: Goal | None = None, build: Build | None = None, *, as_of: Day = None, **said: Any
) -> RentResult:
    """Owning the planned machine, or ``build``, against renting one; the goal as in ``plan``."""
    from rigwright.plan.money import renting

    asked, name = _goal(goal, as_of, said)
    if build is None:
        return renting.rent(asked, name)
    return renting.rent_built(asked, _build(build)[0], name)


def why_not(what: str, goal: Goal | None = None, *, as_of: Day = None, **said: Any) -> WhyNot:
    """Why cards (``4 x RTX 3090``) or a part are not what is planned; the goal as in ``plan``."""
    from rigwright.plan.machine import whynot

    if not isinstance(what, str):
        raise InputError("rigwright", "what", what, "cards or a part by name", "'2 x RTX 3090'")
    asked, name = _goal(goal, as_of, said)
    return whynot.why_not(asked, what, name)


def check(build: Build) -> CheckResult:
    """What the rules say of a build."""
    from rigwright.plan.parts.checking import check_build

    return check_build(*_build(build))


def predict(model: str, gpu: Gpu = "RTX 3090", gpus: int = 1, **run: Any) -> Predicted:
    """Step time and memory of a run; its fields are the keys of ``predict --batch``."""
    from rigwright.plan.speed.predicting import predict_one

    return predict_one({"gpu": gpu, "gpu_count": gpus, **_run(model, run)})


def fit(model: str, gpu: Gpu | Sequence[Gpu], gpus: int = 1, **run: Any) -> FitResult:
    """Whether a run fits a card, by how much, and what would make it fit."""
    from rigwright.plan.memory.holding import cards_holding

    cards = [gpu] if isinstance(gpu, str | Mapping) else _several("gpu", gpu)
    return cards_holding(cards, {"gpu_count": gpus, **_run(model, run)})


def probe(texts: str | Path | None = None) -> Found:
    """What is in this machine, or in the one that texts of its tools (or a file) tell of."""
    from rigwright.plan.found import probing

    if isinstance(texts, str) and "\n" in texts:
        return probing.found_in([texts])
    where = "a file or folder of texts, or the texts themselves"
    return probing.probe(None if texts is None else _path(texts, "texts", where))


def verify(
    texts: str | Path | Found | None = None, planned: Build | PlanResult | None = None, *,
    symptom: str | None = None,
) -> Verified:  # fmt: skip
    """A machine, as ``probe`` takes it, against a plan or build, or against itself."""
    from rigwright.plan.found import verifying
    from rigwright.plan.found.planned import planned_of

    plan: Any = Path(planned) if isinstance(planned, str) and "\n" not in planned else planned
    if isinstance(plan, PlanResult) or (isinstance(plan, Mapping) and "chosen" in plan):
        plan = planned_of(dumps(plan), "plan")
    elif isinstance(plan, str | Mapping):
        plan = (_build(plan)[0], None)
    return verifying.verify(texts if isinstance(texts, Found) else probe(texts), plan, symptom)


def compare(
    gpus: Sequence[str], model: str = "resnet50", *, as_of: Day = None,
    currency: str | None = None, **run: Any,
) -> Comparison:  # fmt: skip
    """GPUs side by side for one run, with their prices on a day, said in ``currency``."""
    from rigwright.plan.speed.comparing import compare_chips

    return compare_chips(_several("gpus", gpus), _run(model, run), _day(as_of), currency)


def _goal(given: Goal | None, as_of: Day, said: dict[str, Any]) -> tuple[Any, str]:
    """A checked goal and what to call it."""
    from rigwright.plan.machine.goals import goal_of, goal_of_data

    _known(said, {q.name for q in (*questions(Run), *FLAGS)})
    for name in {"own", "set"} & said.keys():
        said[name] = [said[name]] if isinstance(said[name], str) else said[name]
    if isinstance(given, Mapping):
        asked = goal_of_data(given, said, _day(as_of))
    elif given is None:
        if not said:
            try_ = "rigwright.example('today/goal.toml')"
            raise InputError("goal", "goal", "nothing", "a file, a dict, or model and budget", try_)
        asked = goal_of(None, said, _day(as_of))
    else:
        path = _path(given, "goal", "a goal file or a dict with its sections")
        asked = goal_of(located(path), said, _day(as_of))
    return asked.goal, asked.name


def _build(given: Build) -> tuple[Any, str]:
    """A build and what to call it."""
    from rigwright.catalog.buildfile import build_of_data, read_build
    from rigwright.plan.machine.editing import read_text

    if isinstance(given, Mapping):
        return build_of_data(given, "build"), "build"
    if isinstance(given, str) and "\n" in given:
        return read_text(given, "text")[0], "build"
    path = located(_path(given, "build", "a build file, a pasted list or a dict with [parts]"))
    return read_build(path), path.stem


def _path(given: Any, field: str, allowed: str) -> Path:
    if not isinstance(given, str | Path) or not str(given):
        raise InputError("rigwright", field, given, allowed)
    return Path(given)


def _run(model: str, said: dict[str, Any]) -> dict[str, Any]:
    """A run's fields; InputError for one that there is not."""
    if not isinstance(model, str):
        raise InputError("run", "model", model, "a model name", "resnet50")
    _known(said, KEYS)
    return {**said, "model": model}


def _known(said: Mapping[str, Any], keys: set[str]) -> None:
    """Raises InputError for a keyword that there is not."""
    for name in said.keys() - keys:
        near = difflib.get_close_matches(name, sorted(keys), 1)
        raise InputError("run", name, said[name], f"one of {', '.join(sorted(keys))}", *near)


def _several(field: str, given: Any) -> list[Any]:
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise InputError("run", field, given, "a list of GPUs", "['RTX 3090', 'RTX 4090']")
    return list(given)


def _day(given: Day) -> str | None:
    return None if given is None else str(given)
