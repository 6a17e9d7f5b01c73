"""How a build sits in its case, is put together and started."""

from pathlib import Path

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import show_result


@app.command()
@asks()
def draw(
    build: Path,
    output: Path | None = None,
    dark: bool = False,
    as_json: bool = False,
) -> None:
    """Draw the case to scale: side and front, with the room left in millimetres.

    Example: rigwright draw examples/2016-desktop/build.toml -o case.png
    """
    from rigwright.plan.build.guiding import layout_of_file
    from rigwright.report.charts.drawing import sheet
    from rigwright.report.charts.palette import dark as darkened
    from rigwright.report.charts.theme import save_picture
    from rigwright.report.text.check import show_layout

    made = layout_of_file(build)
    if output is not None:
        picture = sheet(made)
        save_picture(darkened(picture) if dark else picture, output)
    show_result(made, as_json, lambda found: show_layout(found, output))


@app.command()
@asks()
def guide(
    build: Path,
    order: str = "bench",
    output: Path | None = None,
    as_json: bool = False,
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
