"""Check builds; search parts, chips and models."""

from pathlib import Path

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import show_result, use_database
from rigwright.spec.errors import InputError


@app.command()
@asks()
def check(
    build: Path | None = None,
    as_json: bool = False,
    price: list[str] | None = None,
    cases: Path | None = None,
    brief: bool = False,
    remember: bool = False,
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
    from rigwright.report.text.check import show

    show_result(result, as_json, lambda found: show(found, brief=brief))
    raise typer.Exit(result.exit_code)


@app.command()
@asks()
def parts(
    kind: str | None = None,
    words: list[str] | None = None,
    line: str | None = None,
    as_of: str | None = None,
    currency: str | None = None,
    db: str | None = None,
    as_json: bool = False,
) -> None:
    """Search the catalogue; or say which part of it a written line means, or may mean.

    Exit code of --line: 0 exact, 2 bad input, 3 ambiguous or unknown.

    Example: rigwright parts card 1070

    Example: rigwright parts --line "2x Gigabyte 1070 G1"
    """

    use_database(db)
    if line is not None and not words:
        from rigwright.plan.parts.naming import name_line

        named = name_line(line, kind)
        show_result(named, as_json, "named")
        raise typer.Exit(named.exit_code)
    if line is not None or not kind:
        raise InputError(
            "parts", "KIND", kind or "", "KIND and words of a name, or --line TEXT [KIND]"
        )
    from rigwright.plan.parts.searching import search

    show_result(search(kind, " ".join(words or ()), as_of, currency), as_json, "parts")


@app.command()
@asks()
def gpus(
    words: list[str] | None = None,
    as_of: str | None = None,
    currency: str | None = None,
    as_json: bool = False,
) -> None:
    """List GPU chips: release, VRAM, bandwidth, arithmetic, power, latest price.

    Example: rigwright gpus rtx 50
    """
    parts("chip", words, as_of=as_of, currency=currency, as_json=as_json)


@app.command()
@asks()
def models(words: list[str] | None = None, as_json: bool = False) -> None:
    """List models that are understood by name, with their kind and parameters.

    Example: rigwright models llama
    """
    from rigwright.plan.parts.modelnames import search

    show_result(search(" ".join(words or ())), as_json, "models")
