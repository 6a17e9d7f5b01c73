"""Charts as pictures of their own, and the whole report as a file to keep."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.money.renting import rent
from rigwright.plan.reporting import report
from rigwright.report.charts import palette, theme
from rigwright.report.charts.frontier import frontier, money
from rigwright.report.charts.svg import png
from rigwright.report.pages import planpage
from rigwright.spec.errors import InputError
from rigwright.web.asks import GoalQuery
from rigwright.web.screens.pages import asked
from rigwright.web.screens.planpages import EXAMPLE, of_goal, planned

router = APIRouter(include_in_schema=False)
DARK = "dark"


async def _file(
    request: Request, make: Callable[[Goal], str | bytes], kind: str = "image/svg+xml", **more: str
) -> Response:
    """What ``make`` draws for the goal of a link; one line where there is nothing to draw."""
    ask = asked(request, GoalQuery, EXAMPLE, leave=DARK)
    made = (page := await of_goal(request, ask, make.__name__, make)).found
    if made is None:
        return page.line
    if isinstance(made, str) and "svg" in kind and request.query_params.get(DARK) == "true":
        made = palette.dark(made)
    return Response(made, media_type=kind, headers=more)


def _frontier(goal: Goal) -> str:
    result = plan(goal)
    planpage.chosen_of(result)
    return theme.svg(frontier(result))


def _money(goal: Goal) -> str:
    chart = money(rent(goal))
    if chart is None:
        raise InputError("rent", "offers", "none that does the work", "a goal with offers")
    return theme.svg(chart)


def _card(goal: Goal) -> bytes:
    found = planned(goal)
    return png(planpage.card(found.result, found.layout))


def _report(goal: Goal) -> str:
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
