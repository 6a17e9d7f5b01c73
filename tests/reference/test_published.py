"""Step times and rates that others published, each with its source, against our predictions.

One or two rows of each chip, the first by a fixed order. ``tolerance`` is what the model misses
the row by when it was written down, 5 points more, rounded up to 5: narrow enough for a wrong
constant of the row's chip or operation to show. What is missed by more than 40 % holds nothing and
is left to ``docs/accuracy.md``.
"""

import csv
import json
import math
from pathlib import Path

import pytest

from rigwright.plan.speed.predicting import predict_batch

TABLE = Path(__file__).with_name("published.csv")
ABOUT = ("quantity", "published", "tolerance", "source", "date")
with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


WHOLE = {"batch", "img_size", "seq_len", "gen_len"}


@pytest.fixture(scope="module")
def missed(tmp_path_factory):
    """Prediction over published value, less one, of each row; labels as the tables print them."""
    asked = [
        {k: int(v) if k in WHOLE else v for k, v in row.items() if v and k not in ABOUT}
        for row in ROWS
    ]
    path = tmp_path_factory.mktemp("published") / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, asked)) + "\n")
    answers = [json.loads(line) for line in predict_batch(path)]
    return [
        answer[row["quantity"]] / float(row["published"]) - 1.0
        for row, answer in zip(ROWS, answers, strict=True)
    ]


OPEN = {
    ("geforce-rtx-3090", "convnext_base", "train"),
    ("titan-rtx", "mobilenet_v2", "forward"),
    ("a100-sxm4-40-gb", "vgg16", "forward"),
    ("quadro-p6000", "alexnet", "forward"),
    ("tesla-v100-sxm2-16-gb", "alexnet", "forward"),
    ("CPU Intel i9-10940X", "resnet50", "infer"),
}
"""Rows that missed their tolerance when hosts and kernels were fitted anew (36 and 29 %), and when
constants were kept near what is documented of them (18, 33, 15 and 17 %)."""


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=lambda n: "{gpu} {model} {mode}".format(**ROWS[n])
)
def test_within_the_stated_tolerance(missed, number, request):
    if tuple(ROWS[number][k] for k in ("gpu", "model", "mode")) in OPEN:
        why = "missed by the present constants"
        request.applymarker(pytest.mark.xfail(strict=True, reason=why))
    assert abs(missed[number]) <= float(ROWS[number]["tolerance"])


def test_the_rows_together_are_neither_fast_nor_slow(missed):
    for quantity, most in (("step_ms", 0.10), ("throughput", 0.05)):
        errors = [math.log1p(e) for e, row in zip(missed, ROWS, strict=True)
                  if row["quantity"] == quantity]  # fmt: skip
        assert abs(sum(errors) / len(errors)) < most, quantity


def test_every_value_has_a_source_a_date_and_a_narrow_tolerance():
    assert all(row["source"] and row["date"] >= "2015" for row in ROWS)
    assert 40 < len(ROWS) < 80
    assert all(0.1 <= float(row["tolerance"]) <= 0.45 for row in ROWS)
    narrow = sum(float(row["tolerance"]) <= 0.25 for row in ROWS)
    assert narrow >= 0.8 * len(ROWS)
