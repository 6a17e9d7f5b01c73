"""Which part does a line mean?"""

from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Database, Json, show_result, use_database


@app.command()
def name(
    line: Annotated[list[str], typer.Argument(help="A line of a parts list, as written.")],
    kind: Annotated[
        str | None, typer.Option(help="gpu, cpu, board, ram, cooler, drive, psu or case.")
    ] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Say which part of the catalogue a written line means, or what it may mean.

    Exit code 0 exact, 2 bad input, 3 ambiguous or unknown.

    Example: rigwright name "2x Gigabyte 1070 G1" --kind gpu
    """
    use_database(db)
    from rigwright.plan.parts.naming import name_line
    from rigwright.report.market.parts import show_named

    result = name_line(" ".join(line), kind)
    show_result(result, as_json, show_named)
    raise typer.Exit(result.exit_code)
