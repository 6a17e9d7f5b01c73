"""How facts and prices of parts, and weights of models, stand in a cell."""

import re
from pathlib import Path
from typing import Any

from rigwright.catalog.prices.ledger import Quote, between, money
from rigwright.plan.speed.cardprices import Offered
from rigwright.spec.tables.table import toml

TOLD: dict[str, Any] = toml(Path(__file__).parents[1] / "data" / "parts.toml")


def shown(kind: str) -> dict[str, str]:
    """The facts that matter most for a kind -> what their columns are called."""
    names = TOLD["columns"][kind]
    return {name: re.sub("_((bytes|flop)(_per_s)?|w)$", "", name) for name in names}


def _cell(value: object, name: str = "") -> str:
    if value is None or value == "":
        return "?"
    if isinstance(value, tuple):
        inner = ("+".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
        return " | ".join(inner) or "none"
    if name in TOLD["units"] and isinstance(value, int | float):
        size, unit = TOLD["units"][name]
        return f"{value / size:,.4g} {unit}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _price(quote: Quote | Offered) -> str:
    used = " used" if quote.condition == "used" else ""
    when = f"seen {quote.seen_date}" if quote.seen_date else "estimated"
    return f"{money(quote.usd)} ({between(quote.low_usd, quote.high_usd)}){used}, {when}"


def _weights(parameters: int) -> str:
    """In billions or millions."""
    size, unit = (1e9, "B") if parameters >= 1e9 else (1e6, "M")
    return f"{parameters / size:,.1f} {unit}"


WORDS = {"cell": _cell, "price": _price, "weights": _weights}
