"""The ledger of observed prices, and of machines for rent."""

from pathlib import Path

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import show_result, use_database
from rigwright.spec.errors import InputError

prices = typer.Typer(help="Prices seen on a day; only ever added to.", no_args_is_help=True)
app.add_typer(prices, name="prices")


@prices.command("import")
@asks()
def import_(
    file: Path,
    db: str | None = None,
    as_json: bool = False,
) -> None:
    """Add the prices of a file; those that are there already are left as they are.

    Example: rigwright prices import part_prices.csv.gz
    """
    use_database(db, made=True)
    from rigwright.plan.parts.pricing import add_prices

    show_result(add_prices(file), as_json, "added")


@prices.command()
@asks()
def rates(
    file: Path,
    db: str | None = None,
    as_json: bool = False,
) -> None:
    """Add exchange rates of your own; budgets and pasted prices in those currencies then count.

    Example: rigwright prices rates rates.csv
    """
    use_database(db, made=True)
    from rigwright.plan.parts.pricing import add_rates

    show_result(add_rates(file), as_json, "rates")


@prices.command()
@asks()
def show(
    part: list[str],
    as_of: str | None = None,
    currency: str | None = None,
    db: str | None = None,
    as_json: bool = False,
) -> None:
    """What a part has cost: a small plot, then each observation with its age.

    Example: rigwright prices show Gigabyte GTX 1070 G1 Gaming
    """
    use_database(db)
    from rigwright.plan.parts.pricing import history

    show_result(history(" ".join(part), as_of, currency), as_json, "history")


@app.command()
@asks()
def offers(
    action: str,
    what: list[str] | None = None,
    as_of: str | None = None,
    db: str | None = None,
    as_json: bool = False,
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
