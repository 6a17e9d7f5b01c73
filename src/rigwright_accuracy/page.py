"""docs/accuracy.md from docs/data: what a reader needs; every record stays in the CSV files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rigwright_accuracy.errors import HEADS, grid
from rigwright_accuracy.measured import ROOT

PAGE, DATA = ROOT / "docs" / "accuracy.md", ROOT / "docs" / "data"
SCORES, NOT_SCORED = DATA / "accuracy.csv", DATA / "accuracy-not-scored.csv"
VERDICTS, CHANCES = DATA / "accuracy-verdicts.csv", DATA / "accuracy-chances.csv"
PRICES = DATA / "prices-accuracy.csv"
PEERS, BASELINES = (Path(__file__).parent / n for n in ("memory/peers.csv", "step/baselines.csv"))
Record = dict[str, str]

HEAD = """# How true it is

Made by `make score` from measurements that others published; none is stored here. Errors are
those of constants that never saw the row's *family* of models, its *model size*, its *source* or
its *chip*; a chip is known by its specification alone. *In range*: rows inside the stated 80 %
range. Every group of every table is in [accuracy.csv](data/accuracy.csv); {skipped} rows are not
scored, for the reasons in [accuracy-not-scored.csv](data/accuracy-not-scored.csv).
"""
STEP = """
## Step time

Mean size of the error in per cent, by shipped constants and held out:
"""
PICTURE = """
![predicted against measured](img/accuracy.png)

What trivial predictors reach on the same tables, and the noise that no predictor can beat:
"""
LANGUAGE = """
## Language models

Training, by source. One share of peak for each type of GPU, known beforehand, is 8-8.5 % off on
MPT; one constant share 61.7 % (Megatron, one node) and 17.8 % (many nodes).
"""
SERVING = """
Serving, all sources, chip held out. Decode on one card by one efficiency per model from the other
GPUs: 19.6 % off; by bandwidth over weights: 68 %.
"""
MEMORY = """
## Peak memory

In the terms each source measured (tensors, allocator, or whole GPU), model or source held out:
"""
OTHERS = """
What other tools score on published runs of the same kinds, each told all it asks for:
"""
FITS = """
Does it fit? Every run is asked about on every card from 6 to 141 GiB that has between half and
twice its measured size. *Fits* is said at 9 chances in 10, *too small* at 1. Odd rows took more
than 1.5 times the prediction: convolution libraries take workspace from an empty card that they
do without on a smaller one. How often it did fit, by predicted chance:
[accuracy-chances.csv](data/accuracy-chances.csv).
"""
PRICED = """
## Prices of a day

`python tools/prices_score.py score` hides embedded observations of parts on sale and asks for them
again: all of a part's own (its class stays), it and the part's younger ones, or everything of the
last 6 or 12 months, ending with the latest day and each half year before it. *Last own*: error of
the part's own latest price instead; *beside*: of the model on those rows. Every kind:
[prices-accuracy.csv](data/prices-accuracy.csv).
"""


def read(path: Path) -> list[Record]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


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

    skipped = sum(int(r["rows"]) for r in read(NOT_SCORED))
    parts = (
        HEAD.format(skipped=f"{skipped:,}").rstrip("\n"),
        STEP,
        side_by_side(of("step time", "what"), _source, "source", ("within_20_pct", "in_range_pct")),
        PICTURE,
        plain(read(BASELINES)),
        LANGUAGE,
        side_by_side(of("training step", "what", "all"), _source, "source", ("in_range_pct",)),
        SERVING,
        side_by_side(
            of("serving step", "source", "all"), _what, "what", ("median_pct", "in_range_pct")
        ),
        MEMORY,
        side_by_side(of("peak memory"), _source, "source", ("low_10_pct", "in_range_pct")),
        OTHERS,
        plain(read(PEERS)),
        FITS,
        plain(read(VERDICTS)),
        PRICED,
        plain(priced()),
    )
    return "\n".join(parts) + "\n"


CHIP, DECODER = {"split": "unseen chip"}, {"table": "serving step", "source": "all"}
SUMMED: dict[str, Record] = {  # what a summary says -> the records that it sums up
    "step time of a network, chip never fitted": CHIP | {"table": "step time", "what": ""},
    "training of language models": CHIP | {"table": "training step", "what": "all"},
    "serving of language models, a token": CHIP | DECODER | {"what": "decode, one card"},
    "serving of language models, the prompt": CHIP | DECODER | {"what": "prefill, one card"},
    "peak memory, model never fitted": {"table": "peak memory"},
}


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


def _source(score: Record) -> str:
    return score["source"]


def _what(score: Record) -> str:
    return score["what"]
