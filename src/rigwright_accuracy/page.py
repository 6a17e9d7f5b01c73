"""docs/accuracy.md from docs/data: what a reader needs; every record stays in the CSV files."""

from collections.abc import Callable, Iterable, Sequence
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


SECTIONS: dict[str, tuple[Record, str, tuple[str, ...], tuple[str, ...]]] = {
    "step": ({"table": "step time"}, "source", ("source",), ("within_20_pct", "in_range_pct")),
    "kernels": ({"table": "kernel time"}, "kernels", ("what", "source"),
                ("median_pct", "within_20_pct")),
    "training": ({"table": "training step", "what": "all"}, "source", ("source",),
                 ("in_range_pct",)),
    "serving": ({"table": "serving step", "source": "all"}, "what", ("what",),
                ("median_pct", "in_range_pct")),
    "memory": ({"table": "peak memory"}, "source", ("source",), ("low_10_pct", "in_range_pct")),
}  # fmt: skip
"""Part of the page -> which scores, what a line is called, what makes a line, its last columns."""


def text() -> str:
    """The whole page."""
    scores = read(SCORES)
    parts = {
        name: side_by_side(
            (s for s in scores if wanted.items() <= s.items()),
            lambda s, of=of: ", ".join(s[c] for c in of), first, last,  # type: ignore[misc]
        )
        for name, (wanted, first, of, last) in SECTIONS.items()
    }  # fmt: skip
    page: str = Template(TEMPLATE.read_text("utf-8"), keep_trailing_newline=True).render(
        skipped=f"{sum(int(r['rows']) for r in read(NOT_SCORED)):,}", **parts,
        baselines=plain(read(BASELINES)), peers=plain(read(PEERS)),
        verdicts=plain(read(VERDICTS)), prices=plain(priced()),
    )  # fmt: skip
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
