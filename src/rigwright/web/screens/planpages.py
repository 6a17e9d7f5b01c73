"""Pages about a goal: the plan, renting instead, two plans side by side."""

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rigwright.assemble import Layout
from rigwright.plan.ask.goal import Goal
from rigwright.plan.build.guiding import layout_of
from rigwright.plan.machine.editing import name_of
from rigwright.plan.machine.given.market import MACHINE
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import Machined, PlanResult
from rigwright.plan.machine.whynot import why_not
from rigwright.plan.money.renting import rent
from rigwright.plan.reporting import build_of
from rigwright.report.text.prediction import ONE_HOST
from rigwright.web import fields
from rigwright.web.asks import GoalQuery, WhyQuery
from rigwright.web.errors import Problem
from rigwright.web.screens.buildpages import placed
from rigwright.web.screens.pages import (
    Asked,
    Page,
    asked,
    plain_values,
    posed,
    read,
    render,
    status_of,
    views,
)
from rigwright.web.words import SAID, link

router = APIRouter(include_in_schema=False)
T = TypeVar("T")

EXAMPLE = SAID["plan"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the case of its machine.

    slots, place : the query of the page that edits it: its parts, and what else decides fit and
    price.
    """

    result: PlanResult
    layout: Layout | None
    slots: dict[str, str]
    place: dict[str, str]


def key_of(what: str, goal: Goal) -> Hashable:
    """Equal for equal questions: a run also depends on which fields were left open."""
    return what, goal, goal.workload.run()


async def of_goal(
    request: Request, ask: Asked[GoalQuery], what: str, make: Callable[[Goal], T]
) -> Page[GoalQuery, T]:
    """What ``make`` says of the goal of a link."""
    return await posed(request, ask, lambda q: key_of(what, q.goal()), lambda q: make(q.goal()))


def slots_of(machine: Machined) -> dict[str, str]:
    """The parts of a machine as the query of the build page."""
    lines = ((p.kind, name_of(p.kind, p.id, p.name), p.count, "") for p in machine.parts)
    return placed(lines)[0]


def planned(goal: Goal) -> Planned:
    """The plan of a goal, with its picture."""
    result = plan(goal)
    if result.chosen is None:
        return Planned(result, None, {}, {})
    build = build_of(result.chosen, goal)
    return Planned(
        result,
        layout_of(build, result.chosen.findings),
        slots_of(result.chosen),
        _place(goal, result.chosen),
    )


def _place(goal: Goal, machine: Machined) -> dict[str, str]:
    """What of a goal decides fit and price besides the parts."""
    limits, circuit = goal.limits, goal.circuit()
    owned = [p for p in machine.parts if p.owned]
    runs = {p.kind for p in owned}.issuperset(MACHINE)
    found = {
        "circuit_volts": f"{circuit.volts:g}",
        "circuit_amperes": f"{circuit.amperes:g}",
        "circuit_other_load_w": f"{circuit.other_load_w:g}",
        "used": "true" if limits.used else "",
        "currency": goal.budget.currency if goal.money.usd != 1 else "",
        "prices": "; ".join(limits.prices),
        "runs": "; ".join(p.name for p in owned for _ in range(p.count)) if runs else "",
        "power_cap_w": f"{machine.power_cap_w or 0:g}",
        "as_of": goal.as_of.isoformat() if goal.as_of != dt.date.today() else "",
    }
    return {name: text for name, text in found.items() if text not in ("", "0")}


RUN_KEYS = frozenset(f.name for f in (*fields.RUN, *fields.MORE_RUN, fields.SAMPLES))


@router.get("/", response_class=HTMLResponse)
async def plan_page(request: Request) -> HTMLResponse:
    """A form and the machine it asks for."""
    page = await of_goal(request, asked(request, GoalQuery, EXAMPLE), "planned", planned)
    found, values = page.found, page.values
    run = {k: v for k, v in values.items() if k in RUN_KEYS}
    run |= {name: str(v).lower() for name, v in (found.result.keys.items() if found else ())}
    return render(
        request, "plan.html", status=page.status, groups=fields.PLAN, values=values,
        problem=page.problem, found=found, example=not request.query_params,
        said=found and found.result, pictures=views(found.layout) if found else (),
        edit=link("/build", found.slots | found.place | run) if found else "",
        versus=_beside(values), one_host=ONE_HOST, base=str(request.base_url)[:-1],
    )  # fmt: skip


WHY = EXAMPLE | {"why": "4 x RTX 3090"}


@router.get("/why", response_class=HTMLResponse)
async def why_page(request: Request) -> HTMLResponse:
    """Why not these cards, or this part."""
    page = await posed(
        request, asked(request, WhyQuery, WHY), lambda q: (key_of("why page", q.goal()), q.why),
        lambda q: why_not(q.goal(), q.why),
    )  # fmt: skip
    return render(
        request, "why.html", status=page.status, values=page.values, problem=page.problem,
        result=page.found, said=page.found,
        goal={k: v for k, v in page.values.items() if k != "why"},
    )  # fmt: skip


def _beside(values: dict[str, str]) -> str:
    """The link that sets this plan against another: half as much again to spend."""
    try:
        more = f"{float(values.get('usd', '')) * 1.5:.0f}"
    except ValueError:
        more = ""
    other = values | {"usd": more}
    sides = {f"a.{k}": v for k, v in values.items()} | {f"b.{k}": v for k, v in other.items()}
    return link("/versus", sides)


@router.get("/rent", response_class=HTMLResponse)
async def rent_page(request: Request) -> HTMLResponse:
    """The planned machine against every offer."""
    page = await of_goal(request, asked(request, GoalQuery, EXAMPLE), "rent", rent)
    return render(
        request, "rent.html", status=page.status, groups=fields.RENT, values=page.values,
        problem=page.problem, result=page.found, said=page.found, example=not request.query_params,
        months=page.query.months if page.query else 0,
    )  # fmt: skip


SECOND = EXAMPLE | {"usd": "5000"}


@router.get("/versus", response_class=HTMLResponse)
async def versus_page(request: Request) -> HTMLResponse:
    """Two goals and their machines, field by field."""
    given = plain_values(request.query_params.multi_items())
    sides = []
    for name, usual in (("a", EXAMPLE), ("b", SECOND)):
        mine = {k.removeprefix(f"{name}."): v for k, v in given.items() if k[:2] == f"{name}."}
        page = await of_goal(request, read(mine or dict(usual), GoalQuery), "planned", planned)
        shown = ("values", "found", "problem")
        sides.append({"name": name} | {field: getattr(page, field) for field in shown})
    stray = sorted(k for k in given if k[:2] not in ("a.", "b."))
    problem = Problem("", f"{stray[0]}: keys begin with a. or b.") if stray else None
    wrong = problem or next((s["problem"] for s in sides if s["problem"]), None)
    shown_ = {f.name for f in fields.VERSUS}  # what the goals say beyond goes along with the form
    hidden = [
        (f"{side['name']}.{k}", v)
        for side in sides for k, v in side["values"].items() if k not in shown_
    ]  # fmt: skip
    return render(
        request, "versus.html", status=status_of(wrong), sides=sides, shown=fields.VERSUS,
        problem=problem, hidden=hidden,
    )  # fmt: skip
