"""How a build is put together and started."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Build, Json, show_result


@app.command()
def guide(
    build: Build,
    order: Annotated[
        str,
        typer.Option(help="bench: test outside the case first; case-first: board goes in early."),
    ] = "bench",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Page to write: .html or .md.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the steps from boxes to the first training run, for these parts.

    Example: rigwright guide examples/2016-desktop/build.toml --order case-first -o guide.html
    """
    from rigwright.plan.build.guiding import guide_file
    from rigwright.report.pages.guide import save, show

    made = guide_file(build, order)
    if output is not None:
        save(made, output)
        typer.echo(f"written: {output}", err=True)
        if not as_json:
            return
    show_result(made, as_json, show)
