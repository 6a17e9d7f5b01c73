"""Check builds; search parts, chips and models."""

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import AsOf, BuildOrNone, Json, show_result


@app.command()
def check(
    build: BuildOrNone = None,
    as_json: Json = False,
    price: Annotated[
        list[str] | None, typer.Option(help="What a part or chip costs you: NAME=USD; repeatable.")
    ] = None,
    cases: Annotated[
        Path | None, typer.Option(help="JSON lines, each naming one rule and its parts.")
    ] = None,
    brief: Annotated[bool, typer.Option(help="Leave out what is ok.")] = False,
    remember: Annotated[
        bool, typer.Option("--remember", help="Add the list's own prices to the ledger, of today.")
    ] = False,
) -> None:
    """Check that the parts of a build work together.

    Exit code 0 buildable, 1 conflict, 2 bad input, 3 only unknowns.

    Example: rigwright check examples/2016-desktop/build.toml

    Example: rigwright check examples/2016-desktop/build.toml --price "GTX 1070=350"
    """
    import rigwright.plan.parts.checking as checking

    if cases:
        for line in checking.check_cases(cases):
            typer.echo(line)
        return
    result = checking.check_file(build, remember=remember, prices=price or ())
    from rigwright.report.text.findings import show

    show_result(result, as_json, lambda found: show(found, brief=brief))
    raise typer.Exit(result.exit_code)


@app.command()
def parts(
    kind: Annotated[str, typer.Argument(help="chip, card, cpu, board, cooler, ram, drive ...")],
    words: Annotated[list[str] | None, typer.Argument(help="Words of the name.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Search the catalogue.

    Example: rigwright parts card 1070
    """
    from rigwright.plan.parts.searching import search
    from rigwright.report.market.parts import show

    show_result(search(kind, " ".join(words or ()), as_of), as_json, show)


Words = Annotated[list[str] | None, typer.Argument(help="Words of the name.")]


@app.command()
def gpus(words: Words = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """List GPU chips: release, VRAM, bandwidth, arithmetic, power, latest price.

    Example: rigwright gpus rtx 50
    """
    parts("chip", words, as_of, as_json)


@app.command()
def models(words: Words = None, as_json: Json = False) -> None:
    """List models that are understood by name, with their kind and parameters.

    Example: rigwright models llama
    """
    from rigwright.plan.parts.modelnames import search
    from rigwright.report.market.parts import show_models

    show_result(search(" ".join(words or ())), as_json, show_models)
