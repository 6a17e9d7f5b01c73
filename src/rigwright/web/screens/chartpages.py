"""Charts as pictures of their own, and the whole report as a file to keep."""

from collections.abc import Awaitable, Callable

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


def _file(
    make: Callable[[Goal, Values], str | bytes], kind: str = "image/svg+xml", **more: str
) -> Callable[[Request], Awaitable[Response]]:
    """What ``make`` draws for the goal of a link; one line where there is nothing to draw."""

    async def file(request: Request) -> Response:
        ask = asked(request, GoalQuery, EXAMPLE)
        page = await of_goal(request, ask, make.__name__, lambda goal: make(goal, ask.values))
        made = page.found
        return page.line if made is None else Response(made, media_type=kind, headers=more)

    return file


def _frontier(goal: Goal, values: Values) -> str:
    """Price against throughput for the goal of a plan's link."""
    result = plan(goal)
    planpage.chosen_of(result)

    def to(point: Point) -> str:
        if point.within_budget:
            return link("/why", values, why=f"{point.gpu_count} x {point.gpu}")
        return link("/", values, amount="", tax="", usd=f"{(point.usd or 0.0) + 0.005:.2f}")

    return theme.linked(frontier(result, to), COLOURS)


def _money(goal: Goal, _: Values) -> str:
    """Owning against renting over the months for the goal of a link."""
    chart = money(rent(goal))
    if chart is None:
        raise InputError("rent", "offers", "none that does the work", "a goal with offers")
    return theme.linked(chart, COLOURS)


def _card(goal: Goal, _: Values) -> bytes:
    """What a link to a plan shows where links are shared, 1,200 by 630 pixels."""
    found = planned(goal)
    return png(planpage.card(found.result, found.layout))


def _report(goal: Goal, _: Values) -> str:
    return planpage.page(report(goal))


SAVED = {"content-disposition": 'attachment; filename="rigwright-report.html"'}
"""The report of ``rigwright plan --report`` is a file to keep, since it carries its own styles."""
for path, file in (
    ("/frontier.svg", _file(_frontier)), ("/money.svg", _file(_money)),
    ("/card.png", _file(_card, "image/png")),
    ("/report.html", _file(_report, "text/html", **SAVED)),
):  # fmt: skip
    router.add_api_route(path, file)
