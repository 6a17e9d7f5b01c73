"""The ledger of observed prices, and of machines for rent."""

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import AsOf, Currency, Database, Json, show_result, use_database, words
from rigwright.spec.errors import InputError

prices = typer.Typer(help="Prices seen on a day; only ever added to.", no_args_is_help=True)
app.add_typer(prices, name="prices")


@prices.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or .csv.gz: part, price, date, source.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Add the prices of a file; those that are there already are left as they are.

    Example: rigwright prices import part_prices.csv.gz
    """
    use_database(db, made=True)
    from rigwright.plan.parts.pricing import add_prices

    show_result(add_prices(file), as_json, "added")


@prices.command()
def rates(
    file: Annotated[Path, typer.Argument(help="CSV: date, currency, usd for one unit of it.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Add exchange rates of your own; budgets and pasted prices in those currencies then count.

    Example: rigwright prices rates rates.csv
    """
    use_database(db, made=True)
    from rigwright.plan.parts.pricing import add_rates

    show_result(add_rates(file), as_json, "rates")


@prices.command()
def show(
    part: Annotated[list[str], typer.Argument(help="Name, part number, kind:id or a GPU chip.")],
    as_of: AsOf = None,
    currency: Currency = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """What a part has cost: a small plot, then each observation with its age.

    Example: rigwright prices show Gigabyte GTX 1070 G1 Gaming
    """
    use_database(db)
    from rigwright.plan.parts.pricing import history

    show_result(history(" ".join(part), as_of, currency), as_json, "history")


@app.command()
def offers(
    action: Annotated[
        str,
        typer.Argument(
            help="import, show or report", autocompletion=words("import", "show", "report")
        ),
    ],
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

    if action == "report" and not what:
        show_result(offering.report(as_of), as_json, "offersreport")
    elif action == "show" and what:
        show_result(offering.history(" ".join(what), as_of), as_json, "offers")
    elif action == "import" and what:
        feeds = offering.add_offers(what, as_of)
        show_result(feeds, as_json, "feeds")
        raise typer.Exit(2 if all(feed.error for feed in feeds) else 0)
    else:
        raise InputError("offers", "ACTION", action, "import FILE|URL ..., show CHIP, or report")
