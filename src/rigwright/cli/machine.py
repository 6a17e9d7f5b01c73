"""Design a machine, set owning against renting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import GOAL, GOAL_RUN, UPGRADE, asks, tell
from rigwright.cli.options import Build, BuildOption, Goal, GoalOption, Json, show_result

if TYPE_CHECKING:
    from rigwright.plan.machine.goals import Asked

ANSWER = "The answer"
REPORT = "Write a page: .html, or .pdf by Chromium; a card to share: .png or .svg."
AsOf = Annotated[
    str | None,
    typer.Option(help="Plan as of this day (YYYY-MM-DD), not today.", rich_help_panel=ANSWER),
]


@app.command()
@asks(GOAL, GOAL_RUN)
def plan(
    goal: Goal = None,
    *,
    said: dict[str, Any],
    as_of: AsOf = None,
    chart: Annotated[
        Path | None,
        typer.Option(help="Draw price against time: .png, .svg or .html", rich_help_panel=ANSWER),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", "--card", help=REPORT, rich_help_panel=ANSWER),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(
            help="Why not this? Cards as 4 x RTX 3090, or a part.", rich_help_panel=ANSWER
        ),
    ] = None,
    emit: Annotated[
        str | None,
        typer.Option(
            help="Print what runs it: command, torchrun, slurm, ray, skypilot, dstack, compose.",
            rich_help_panel=ANSWER,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Design the machine for a goal: a file, flags, or flags over a file.

    Example: rigwright plan --model llama-3-8b --method qlora --budget 3000 --own "RTX 3090"

    Example: rigwright plan examples/2016-desktop/goal.toml --report machine.html
    """
    from rigwright.plan.machine.goals import goal_of
    from rigwright.plan.machine.planning import plan as plan_asked

    asked = goal_of(goal, said, as_of)
    tell(asked.notes)
    if why is not None:
        _why_not(asked, why, as_json)
        return
    result = plan_asked(asked.goal, asked.name)
    if emit is not None:
        from rigwright.report.handoff import handoff

        typer.echo(handoff(result, emit), nl=False)
        return
    if chart:
        from rigwright.report.charts.frontier import save_frontier

        save_frontier(result, chart)
    if report:
        from rigwright.plan.reporting import report as report_of
        from rigwright.report.pages.planpage import save

        save(report_of(asked.goal, asked.name, result), report)
    show_result(result, as_json, "plan")
    raise typer.Exit(0 if result.chosen else 1)


def _why_not(asked: Asked, what: str, as_json: bool) -> None:
    from rigwright.plan.machine.whynot import why_not

    show_result(why_not(asked.goal, what, asked.name), as_json, "whynot")


@app.command()
@asks(GOAL, GOAL_RUN)
def rent(
    goal: Goal = None,
    *,
    said: dict[str, Any],
    build: BuildOption = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Compare owning the machine with renting one: break-even in hours and months.

    Example: rigwright rent --model llama-3-8b --method qlora --budget 3000

    Example: rigwright rent examples/2016-desktop/goal.toml
    """
    from rigwright.plan.machine.goals import goal_of
    from rigwright.plan.money.renting import rent as rent_asked
    from rigwright.plan.money.renting import rent_build

    asked = goal_of(goal, said, as_of)
    tell(asked.notes)
    if build is None:
        result = rent_asked(asked.goal, asked.name)
    else:
        result = rent_build(asked.goal, build, asked.name)
    show_result(result, as_json, "rent")


@app.command()
@asks(UPGRADE, GOAL_RUN)
def upgrade(
    build: Build,
    budget: Annotated[
        str,
        typer.Option(help="What new parts may cost together (USD, or 900 EUR)."),
    ],
    goal: GoalOption = None,
    *,
    said: dict[str, Any],
    as_of: AsOf = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Go on without lines that are not understood.", rich_help_panel=ANSWER
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which parts of a machine to swap for the largest gain on a workload.

    Example: rigwright upgrade examples/2016-desktop/build.toml --budget 1200
    """
    from rigwright.plan.machine.goals import goal_of
    from rigwright.plan.machine.upgrading import upgrade_build

    asked = goal_of(goal, said, as_of, beside={"budget": budget})
    result = upgrade_build(build, asked.goal, anyway=anyway)
    tell(asked.notes)
    show_result(result, as_json, "upgrade")
    raise typer.Exit(0 if result.chosen else 1)
