"""Design a machine, set owning against renting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import (
    DEFAULT_GOAL,
    AsOf,
    Build,
    BuildOption,
    Goal,
    GoalOption,
    Json,
    show_result,
)


@app.command()
def plan(
    goal: Goal = DEFAULT_GOAL,
    as_json: Json = False,
    as_of: AsOf = None,
    chart: Annotated[
        Path | None, typer.Option(help="Draw price against time: .png, .svg or .html")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write everything as one page: .html, or .pdf by Chromium.")
    ] = None,
) -> None:
    """Design the machine for a goal.

    Example: rigwright plan examples/2016-desktop/goal.toml --report machine.html
    """
    from rigwright.plan.machine.planning import plan as plan_asked
    from rigwright.plan.machine.planning import read_goal_as_of
    from rigwright.report.text.plan import show

    asked = read_goal_as_of(goal, as_of)
    result = plan_asked(asked, goal.stem)
    if chart:
        from rigwright.report.charts.frontier import save_frontier

        save_frontier(result, chart)
    if report:
        from rigwright.plan.reporting import report as report_of
        from rigwright.report.pages.planpage import save

        save(report_of(asked, goal.stem, result), report)
    show_result(result, as_json, show)
    raise typer.Exit(0 if result.chosen else 1)


@app.command()
def rent(
    goal: Goal = DEFAULT_GOAL,
    build: BuildOption = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Compare owning the machine with renting one: break-even in hours and months.

    Example: rigwright rent examples/2016-desktop/goal.toml
    """
    from rigwright.plan.money.renting import rent_goal
    from rigwright.report.text.rent import show

    show_result(rent_goal(goal, build, as_of), as_json, show)


@app.command()
def upgrade(
    build: Build,
    budget: Annotated[float, typer.Option(help="USD that new parts may cost together.")],
    goal: GoalOption = DEFAULT_GOAL,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Say which parts of a machine to swap for the largest gain on a workload.

    Example: rigwright upgrade examples/2016-desktop/build.toml --budget 900
    """
    from rigwright.plan.machine.upgrading import upgrade_file
    from rigwright.report.text.upgrade import show

    result = upgrade_file(build, goal, budget, as_of)
    show_result(result, as_json, show)
    raise typer.Exit(0 if result.chosen else 1)
