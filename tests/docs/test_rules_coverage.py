"""The table of coverage names rules that exist, and every rule."""

import csv
import re
from pathlib import Path

from rigwright.fit import BY_ID

TABLE = Path(__file__).parents[2] / "docs/data/rules-coverage.csv"
with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
OTHERS = {"unknown", "gpu_power_cap_w", "plan", "predict"}


def test_every_named_rule_exists_and_every_rule_is_named():
    named = {name for row in ROWS for name in re.findall(r"`([a-z0-9_]+)`", row["how"])}
    assert set(BY_ID) == named - OTHERS


def test_what_is_said_to_be_a_rule_names_one():
    for row in ROWS:
        names = set(re.findall(r"`([a-z0-9_]+)`", row["how"])) & set(BY_ID)
        assert bool(names) == (row["answered by"] == "a rule"), row["question"]
