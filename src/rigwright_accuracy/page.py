"""docs/accuracy.md from docs/data: what a reader needs; every record stays in the CSV files."""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from pathlib import Path

from jinja2 import Template

from rigwright_accuracy.errors import HEADS, grid
from rigwright_accuracy.measured import ROOT, WORDS
from rigwright_accuracy.measured import Cells as Record
from rigwright_accuracy.measured import cells_of as read

PAGE, DATA = ROOT / "docs" / "accuracy.md", ROOT / "docs" / "data"
SCORES, NOT_SCORED = DATA / "accuracy.csv", DATA / "accuracy-not-scored.csv"
VERDICTS, CHANCES = DATA / "accuracy-verdicts.csv", DATA / "accuracy-chances.csv"
PRICES = DATA / "prices-accuracy.csv"
PEERS, BASELINES = (Path(__file__).parent / n for n in ("memory/peers.csv", "step/baselines.csv"))
TEMPLATE = Path(__file__).with_name("page.md.j2")


def side_by_side(
    scores: Iterable[Record], key: Callable[[Record], str], first: str, last: Sequence[str]
) -> str:
    """One line a group: mean error of each split, then ``last`` of the last split."""
    groups: dict[str, dict[str, Record]] = {}
    for s in scores:
        groups.setdefault(key(s), {})[s["split"]] = s
    splits = list(dict.fromkeys(split for group in groups.values() for split in group))
    heads = (first, "rows", *(f"{split} %" for split in splits), *(_head(name) for name in last))
    rows = []
    for name, group in groups.items():
        end = group[splits[-1]]
        errors = (group[split]["mape_pct"] for split in splits)
        rows.append((name, end["rows"], *errors, *(end[column] for column in last)))
    return grid(heads, rows)


def _head(column: str) -> str:
    """The heading of a column of a CSV file."""
    name = column.removesuffix("_pct")
    known = {record: head for head, record in HEADS.items()}.get(name)
    return known or column.replace("_pct", " %").replace("_", " ")


def plain(records: Sequence[Record]) -> str:
    """A table as it is."""
    return grid([_head(name) for name in records[0]], (r.values() for r in records))


def priced() -> list[Record]:
    """Scores of prices over all kinds; by kind where a part's own prices were hidden."""
    found = read(PRICES)
    first = found[0]["way"], found[0]["condition"]
    return [r for r in found if r["kind"] == "all" or (r["way"], r["condition"]) == first]


def text() -> str:
    """The whole page."""
    scores = read(SCORES)

    def of(table: str, column: str = "", value: str = "") -> list[Record]:
        rows = [s for s in scores if s["table"] == table]
        return [s for s in rows if not column or s[column] == value]

    page: str = Template(TEMPLATE.read_text("utf-8"), keep_trailing_newline=True).render(
        skipped=f"{sum(int(r['rows']) for r in read(NOT_SCORED)):,}",
        step=side_by_side(
            of("step time"), itemgetter("source"), "source", ("within_20_pct", "in_range_pct")
        ),
        baselines=plain(read(BASELINES)),
        kernels=side_by_side(
            of("kernel time"),
            lambda s: f"{s['what']}, {s['source']}",
            "kernels",
            ("median_pct", "within_20_pct"),
        ),
        training=side_by_side(
            of("training step", "what", "all"), itemgetter("source"), "source", ("in_range_pct",)
        ),
        serving=side_by_side(
            of("serving step", "source", "all"),
            itemgetter("what"),
            "what",
            ("median_pct", "in_range_pct"),
        ),
        memory=side_by_side(
            of("peak memory"), itemgetter("source"), "source", ("low_10_pct", "in_range_pct")
        ),
        peers=plain(read(PEERS)),
        verdicts=plain(read(VERDICTS)),
        prices=plain(priced()),
    )
    return page


SUMMED: dict[str, Record] = WORDS["summed"]
"""What a summary says -> the records that it sums up."""


def summary() -> str:
    """A table of a few lines: every row of a kind weighs the same."""
    scores, lines = read(SCORES), []
    for said, wanted in SUMMED.items():
        rows = [s for s in scores if wanted.items() <= s.items()]
        count = [int(s["rows"]) for s in rows]
        means = (
            sum(n * float(s[name]) for n, s in zip(count, rows, strict=True)) / sum(count)
            for name in ("mape_pct", "in_range_pct")
        )
        lines.append((said, f"{sum(count):,}", *(f"{mean:.0f} %" for mean in means)))
    return grid(("prediction", "measured rows", "mean error", "inside its 80 % range"), lines)
