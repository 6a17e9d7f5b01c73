"""Import a catalogue of parts, report on it, explain one part."""

from pathlib import Path

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import progress, show_result, use_database
from rigwright.spec.errors import InputError


def _bring_in(given: list[str], as_json: bool) -> None:
    """Import with a progress line; the catalogue before serves until the new one is complete."""
    from rigwright.plan.parts.catalogs import import_catalog

    if len(given) != 2:
        raise InputError("catalog import", "WHAT", " ".join(given), "opendb PATH")
    with progress() as step:
        result = import_catalog(given[0], Path(given[1]), step)
    show_result(result, as_json, "catalog", brief=True)


@app.command()
@asks()
def catalog(
    action: str,
    what: list[str] | None = None,
    kind: str | None = None,
    db: str | None = None,
    as_json: bool = False,
    licence: bool = False,
) -> None:
    """Import a catalogue of parts (a clone, zip or tar); report what is filled, mended, distrusted,
    in conflict and refused; or every fact of one part, and the rule that changed it.

    Example: rigwright catalog import opendb buildcores-open-db.zip

    Example: rigwright catalog report --kind board

    Example: rigwright catalog report board Gigabyte B450 AORUS ELITE
    """
    if action not in ("import", "report"):
        raise InputError("catalog", "ACTION", action, "import opendb PATH, or report [KIND NAME]")
    use_database(db, made=action == "import")
    from rigwright.plan.parts.catalogs import explain, report

    if action == "import":
        _bring_in(what or [], as_json)
    elif what:
        show_result(explain(what[0], " ".join(what[1:])), as_json, "part")
    elif licence:
        found = report(kind)
        text = found.licence_text or "The archive held no licence file; read it at the address."
        typer.echo(f"{found.attribution}\n{found.licence}\n\n{text}")
    else:
        show_result(report(kind), as_json, "catalog", brief=False)
