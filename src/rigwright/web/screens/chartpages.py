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
from rigwright.report.pages import planpage
from rigwright.spec.errors import InputError
from rigwright.web.asks import GoalQuery
from rigwright.web.screens.pages import asked
from rigwright.web.screens.planpages import EXAMPLE, of_goal

router = APIRouter(include_in_schema=False)
DARK = "dark"


async def _file(
    request: Request, what: str, make: Callable[[Goal], str], **headers: str
) -> Response:
    """What ``make`` draws for the goal of a link; one line where there is nothing to draw."""
    page = await of_goal(request, asked(request, GoalQuery, EXAMPLE, leave=DARK), what, make)
    text = page.found
    if text is None:
        return page.line
    if what == "report":
        return Response(text, media_type="text/html", headers=headers)
    if request.query_params.get(DARK) == "true":
        text = palette.dark(text)
    return Response(text, media_type="image/svg+xml")


def _frontier(goal: Goal) -> str:
    result = plan(goal)
    if result.chosen is None:
        raise InputError("plan", "goal", "no machine meets it", "a goal that `plan` can meet")
    return theme.svg(frontier(result))


def _money(goal: Goal) -> str:
    chart = money(rent(goal))
    if chart is None:
        raise InputError("rent", "offers", "none that does the work", "a goal with offers")
    return theme.svg(chart)


@router.get("/frontier.svg")
async def frontier_picture(request: Request) -> Response:
    """Price against throughput for the goal of a plan's link."""
    return await _file(request, "frontier", _frontier)


@router.get("/money.svg")
async def money_picture(request: Request) -> Response:
    """Owning against renting over the months for the goal of a link."""
    return await _file(request, "money", _money)


@router.get("/report.html")
async def report_file(request: Request) -> Response:
    """The report of ``rigwright plan --report``; a file, since it carries its own styles."""
    return await _file(
        request,
        "report",
        lambda goal: planpage.page(report(goal)),
        **{"content-disposition": 'attachment; filename="rigwright-report.html"'},
    )
