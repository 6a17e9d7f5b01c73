"""Templates of report and pages: one environment, everything escaped, the field's number words."""

import functools
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rigwright.catalog.prices.ledger import amount, money, price_words, unit
from rigwright.report.charts import palette
from rigwright.report.text.findings import folded, number, summary
from rigwright.report.text.prediction import budget_words, duration, gib, memory_words

DRAWINGS = files("rigwright.report.pages") / "drawings"


def span(minutes: tuple[int, int]) -> str:
    """``20 to 90 min`` or ``2.5 to 7 h``."""
    low, high = minutes
    return f"{low} to {high} min" if high < 120 else f"{low / 60:.1f} to {high / 60:.1f} h"


@functools.cache
def drawn(name: str) -> Markup:
    """The line drawing of that name, in the colour of the text around it; empty without a name."""
    return Markup((DRAWINGS / f"{name}.svg").read_text("utf-8") if name else "")


@functools.cache
def environment(package: str = "rigwright.report.pages") -> Environment:
    """The templates of a package; everything is escaped unless it is markup of our own."""
    env = Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.globals["unit"] = unit
    env.filters |= {
        "price_words": price_words, "usd": money, "amount": amount, "budget_words": budget_words,
        "number": (lambda value: f"{value:,.4g}"), "duration": duration, "gib": gib,
        "quantity": number,
        "memory": lambda p, vram_bytes: memory_words(p, vram_bytes).partition(" of ")[2],
        "folded": folded, "summary": summary, "span": span,
        "drawn": drawn,
    }  # fmt: skip
    return env


@functools.cache
def css() -> str:
    """Colours and layout of every page."""
    return palette.css() + files("rigwright.report.pages").joinpath("templates/page.css").read_text(
        "utf-8"
    )


def picture(svg: str) -> Markup:
    """A picture made by this program, whose texts are escaped already."""
    return Markup(svg)


def render(template: str, **values: Any) -> str:
    """A page. A value that is missing is an error, never an empty place."""
    return environment().get_template(template).render(**values)
