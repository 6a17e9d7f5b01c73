"""An atlas as pages: the best machine for each workload at each budget, with links to the plans."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rigwright.catalog.prices.ledger import money, said_in
from rigwright.plan.ask.datasets import OF_SET
from rigwright.plan.ask.goal import money_in
from rigwright.plan.atlas.answers import sheets
from rigwright.report.charts import theme
from rigwright.report.charts.bars import Bar, stacked
from rigwright.report.charts.frontier import label
from rigwright.report.pages.pages import css, environment, picture, render


def link(server: str, goal: dict[str, Any]) -> str:
    """The address at which a server plans a goal."""
    of_set, query = {q.field: name for name, q in OF_SET.items()}, {}
    for section, said in goal.items():
        for key, value in said.items() if isinstance(said, dict) else [("", said)]:
            name = f"{section}_{key}" if section in ("own", "use") else key or section
            name = of_set.get(key, key) if section == "data" else name
            text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            query[name] = text.lower() if isinstance(value, bool) else text
    return f"{server.rstrip('/')}/?{urlencode(query)}"


def price(cell: dict[str, Any]) -> str:
    """What the machine of an answer costs, in the currency of its budget."""
    asked = cell["goal"]
    day = dt.date.fromisoformat(str(asked["as_of"]))
    with said_in(money_in(asked["budget"].get("currency"), day)):
        return money(cell["chosen"]["usd"])


def save(folder: Path, site: Path, server: str) -> dict[str, Any]:
    """Write the pages of a folder of answers; the first page, how many, how many questions, and
    how many of them are open. Raises InputError where it is no such folder."""
    site.mkdir(parents=True, exist_ok=True)
    words: Any = environment().get_template("atlasnames.html").module
    look = {"css": picture(css()), "label": label, "price": price, "link": partial(link, server)}
    pages, cells = dict[str, Any](), list[Any]()
    for asked, rows in sheets(folder):
        charts = [_chart(f"c{n}", row, words.words) for n, row in enumerate(rows)]
        made = render("atlas.html", asked=asked, rows=rows, charts=charts, **look)
        pages[f"{len(pages) + 1}.html"] = asked
        (site / f"{len(pages)}.html").write_text(f"{made}\n", encoding="utf-8")
        cells += [cell.get("question") for row in rows for cell in row]
    made, first = render("sheets.html", pages=pages, css=look["css"]), site / "index.html"
    first.write_text(f"{made}\n", encoding="utf-8")
    done = {"first": str(first), "pages": len(pages), "questions": len(cells)}
    return {**done, "open": cells.count(None)}


def _chart(key: str, row: list[dict[str, Any]], words: Any) -> Any:
    """Throughput of a workload at each budget, by card; empty where no machine carries it."""
    best = [(str(words(c["goal"]["budget"])), m) for c in row if (m := c.get("chosen"))]
    if not best:
        return ""
    work, unit = str(words(row[0]["goal"]["workload"])), best[0][1]["prediction"]["unit"]
    cards = [(b, label(m["gpu"], m["gpu_count"]), m["prediction"]["throughput"]) for b, m in best]
    bars, said = [Bar(b, {c: v}) for b, c, v in cards], "; ".join(f"{b}: {c}" for b, c, _ in cards)
    chart = stacked(bars, unit, work, "the machine planned at each budget")
    return picture(theme.inline(chart, key, f"{work}: {said}"))
