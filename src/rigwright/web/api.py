"""The use cases as JSON: the same objects that the commands print with ``--json``."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from rigwright.plan.ask.goal import Goal
from rigwright.plan.found.planned import planned_of
from rigwright.plan.found.probing import found_in
from rigwright.plan.found.verifying import verify as verified
from rigwright.plan.machine.editing import read_meant, read_parts
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.whynot import why_not
from rigwright.plan.memory.holding import cards_holding
from rigwright.plan.money.renting import rent
from rigwright.plan.parts.checking import checked
from rigwright.plan.parts.searching import search
from rigwright.plan.speed.comparing import compare_chips
from rigwright.plan.speed.predicting import predict_one
from rigwright.spec.answer import dumps
from rigwright.spec.errors import InputError
from rigwright.web import asks
from rigwright.web.screens.pages import worked
from rigwright.web.screens.planpages import key_of
from rigwright.web.words import SAID

WRONG: dict[int | str, dict[str, Any]] = {int(code): said for code, said in SAID["wrong"].items()}
router = APIRouter(prefix="/api", responses=WRONG)
Kind = Literal["chip", "card", "cpu", "board", "cooler", "ram", "drive", "psu", "case"]


async def _json(request: Request, key: Hashable, make: Callable[[], Any]) -> Response:
    """The answer as JSON text; the text itself is what is kept."""
    text = await worked(request, ("json", key), lambda: dumps(make(), indent=None).encode())
    return Response(text, media_type="application/json")


async def _plan(request: Request, goal: Goal) -> Response:
    return await _json(request, key_of("plan", goal), lambda: plan(goal))


@router.get("/plan", summary="The machine for a goal, as a link")
async def plan_link(request: Request, goal: Annotated[asks.GoalQuery, Query()]) -> Response:
    """The same query as the page ``/``."""
    return await _plan(request, goal.goal())


@router.post("/plan", summary="The machine for a goal")
async def plan_goal(request: Request, goal: asks.GoalAsked) -> Response:
    """``rigwright plan GOAL --json``; the body is the goal file as JSON."""
    return await _plan(request, goal)


@router.get("/why", summary="Why not these cards, or this part")
async def why(request: Request, ask: Annotated[asks.WhyQuery, Query()]) -> Response:
    """``rigwright plan GOAL --why NAME --json``; the query of the page ``/`` and ``why``."""
    goal = ask.goal()
    return await _json(
        request, (key_of("why", goal), ask.why), lambda: why_not(goal, ask.why)
    )  # fmt: skip


@router.post("/rent", summary="Own the machine or rent one")
async def rent_goal(request: Request, goal: asks.GoalAsked) -> Response:
    """``rigwright rent GOAL --json``; the body is the goal file as JSON."""
    return await _json(request, key_of("rent", goal), lambda: rent(goal))


@router.post("/predict", summary="Step time and memory of a run")
async def predict(request: Request, ask: asks.PredictAsked) -> Response:
    """``rigwright predict MODEL --gpu NAME --json``."""
    said = ask.values() | {"gpu": ask.gpu}
    return await _json(request, ("predict", *said.items()), lambda: predict_one(said))


@router.post("/compare", summary="GPUs side by side")
async def compare(request: Request, ask: asks.CompareAsked) -> Response:
    """``rigwright compare GPU GPU --json``."""
    said, day = ask.values(), ask.as_of.isoformat() if ask.as_of else None
    key = ("compare", ask.gpu, day, ask.currency, *said.items())
    return await _json(request, key, lambda: compare_chips(ask.gpu, said, day, ask.currency))


@router.post("/fit", summary="Does a run fit the memory of a card")
async def fit(request: Request, ask: asks.FitAsked) -> Response:
    """``rigwright fit MODEL --gpu NAME --json``."""
    said = ask.values()
    key = ("fit", ask.gpu, *said.items())
    return await _json(request, key, lambda: cards_holding(ask.gpu, said))


@router.post("/check", summary="Do parts work together")
async def check(request: Request, ask: asks.CheckAsked) -> Response:
    """``rigwright check BUILD --json``."""
    return await _json(request, ("check", ask), lambda: _checked(ask))


@router.post("/probe", summary="What is in a machine, by texts of its tools")
def probe(ask: asks.VerifyAsked) -> Response:
    """``rigwright probe --from - --json``; nothing is kept."""
    return Response(dumps(found_in([ask.text]), indent=None), media_type="application/json")


@router.post("/verify", summary="Is a machine as planned, by texts of its tools")
def verify(ask: asks.VerifyAsked) -> Response:
    """``rigwright verify PLAN --from - --json``; nothing is kept."""
    plan = planned_of(dumps(ask.plan), "plan") if ask.plan else None
    text = dumps(verified(found_in([ask.text]), plan, ask.symptom), indent=None)
    return Response(text, media_type="application/json")


def _checked(ask: asks.CheckAsked) -> Any:
    if (ask.text is None) == (ask.parts is None):
        raise InputError("check", "text", "both or nothing", "either text or parts")
    if ask.text is not None:
        return checked(*read_meant(ask.text, "text"), "text", ask.prices)
    slots = _slots(ask.parts or asks.NamedAsked())
    if not slots:
        raise InputError("check", "parts", "nothing", "parts by name")
    return checked(read_parts(slots)[0], (), "parts", ask.prices)


def _slots(named: asks.NamedAsked) -> list[tuple[str, str, int]]:
    found = []
    for field, value in named:
        kind = {"cards": "card", "drives": "drive"}.get(field, field)
        names = (value,) if isinstance(value, str) else tuple(value or ())
        found += [(kind, name, 1) for name in names]
    return found


@router.get("/parts/{kind}", summary="Search the catalogue")
async def parts(request: Request, kind: Kind, ask: Annotated[asks.PartsAsked, Query()]) -> Response:
    """``rigwright parts KIND WORDS --json``, the first ``limit`` rows of it."""
    day = ask.as_of.isoformat() if ask.as_of else None

    def found() -> Any:
        all_of_them = search(kind, ask.words, day, ask.currency)
        return replace(all_of_them, rows=all_of_them.rows[: ask.limit])

    return await _json(request, ("parts", kind, ask), found)
