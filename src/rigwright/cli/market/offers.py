"""Machines for rent: import feeds, show a chip's offers, report."""

from __future__ import annotations

from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import AsOf, Database, Json, show_result, use_database
from rigwright.spec.errors import InputError


@app.command()
def offers(
    action: Annotated[str, typer.Argument(help="import, show or report")],
    what: Annotated[list[str] | None, typer.Argument(help="Files and addresses; a chip.")] = None,
    as_of: AsOf = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Import feeds of machines for rent (SkyPilot, gpuhunt, plain CSV); show a chip's; report.

    Example: rigwright offers import aws/vms.csv catalog.zip; rigwright offers show H200
    """
    use_database(db, made=action == "import")
    from rigwright.plan.money import offering
    from rigwright.report.market.offers import show, show_added, show_report

    if action == "report" and not what:
        show_result(offering.report(as_of), as_json, show_report)
    elif action == "show" and what:
        show_result(offering.history(" ".join(what), as_of), as_json, show)
    elif action == "import" and what:
        feeds = offering.add_offers(what, as_of)
        show_result(feeds, as_json, show_added)
        raise typer.Exit(2 if all(feed.error for feed in feeds) else 0)
    else:
        given = " ".join((action, *(what or ())))
        raise InputError("offers", "ACTION", given, "import FILE|URL ..., show CHIP, or report")
