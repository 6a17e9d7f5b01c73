"""Charts as pictures of their own, and the whole report as a file to keep."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import Point
from rigwright.plan.money.renting import rent
from rigwright.plan.reporting import report
from rigwright.report.charts import theme
from rigwright.report.charts.frontier import frontier, money
from rigwright.report.charts.theme import png
from rigwright.report.pages import planpage
from rigwright.spec.errors import InputError
from rigwright.web.asks import GoalQuery
from rigwright.web.screens.pages import asked
from rigwright.web.screens.planpages import EXAMPLE, of_goal, planned
from rigwright.web.words import link

router = APIRouter(include_in_schema=False)
Values = dict[str, str]
COLOURS = "/static/palette.css"


async def _file(
    request: Request,
    make: Callable[[Goal, Values], str | bytes],
    kind: str = "image/svg+xml",
    **more: str,
) -> Response:
    """What ``make`` draws for the goal of a link; one line where there is nothing to draw."""
    ask = asked(request, GoalQuery, EXAMPLE)
    page = await of_goal(request, ask, make.__name__, lambda goal: make(goal, ask.values))
    made = page.found
    return page.line if made is None else Response(made, media_type=kind, headers=more)


def _frontier(goal: Goal, values: Values) -> str:
    result = plan(goal)
    planpage.chosen_of(result)

    def to(point: Point) -> str:
        if point.within_budget:
            return link("/why", values, why=f"{point.gpu_count} x {point.gpu}")
        return link("/", values, amount="", tax="", usd=f"{(point.usd or 0.0) + 0.005:.2f}")

    return theme.linked(frontier(result, to), COLOURS)


def _money(goal: Goal, _: Values) -> str:
    chart = money(rent(goal))
    if chart is None:
        raise InputError("rent", "offers", "none that does the work", "a goal with offers")
    return theme.linked(chart, COLOURS)


def _card(goal: Goal, _: Values) -> bytes:
    found = planned(goal)
    return png(planpage.card(found.result, found.layout))


def _report(goal: Goal, _: Values) -> str:
    return planpage.page(report(goal))


@router.get("/frontier.svg")
async def frontier_picture(request: Request) -> Response:
    """Price against throughput for the goal of a plan's link."""
    return await _file(request, _frontier)


@router.get("/card.png")
async def card_picture(request: Request) -> Response:
    """What a link to a plan shows where links are shared, 1,200 by 630 pixels."""
    return await _file(request, _card, "image/png")


@router.get("/money.svg")
async def money_picture(request: Request) -> Response:
    """Owning against renting over the months for the goal of a link."""
    return await _file(request, _money)


@router.get("/report.html")
async def report_file(request: Request) -> Response:
    """The report of ``rigwright plan --report``; a file, since it carries its own styles."""
    keep = {"content-disposition": 'attachment; filename="rigwright-report.html"'}
    return await _file(request, _report, "text/html", **keep)
