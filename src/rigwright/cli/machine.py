"""Design a machine, set owning against renting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import GOAL, GOAL_RUN, UPGRADE, asks, tell
from rigwright.cli.options import show_result

if TYPE_CHECKING:
    from rigwright.plan.machine.goals import Asked


@app.command()
@asks(GOAL, GOAL_RUN)
def plan(
    goal: Path | None = None,
    *,
    said: dict[str, Any],
    as_of: str | None = None,
    chart: Path | None = None,
    report: Path | None = None,
    why: str | None = None,
    emit: str | None = None,
    as_json: bool = False,
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
    goal: Path | None = None,
    *,
    said: dict[str, Any],
    build: Path | None = None,
    as_of: str | None = None,
    as_json: bool = False,
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
    build: Path,
    budget: str,
    goal: Path | None = None,
    *,
    said: dict[str, Any],
    as_of: str | None = None,
    anyway: bool = False,
    as_json: bool = False,
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
