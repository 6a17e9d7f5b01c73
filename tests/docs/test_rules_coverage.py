"""The coverage page names rules that exist, and every rule."""

import re
from pathlib import Path

from rigwright.fit import BY_ID

PAGE = (Path(__file__).parents[2] / "docs" / "rules-coverage.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z0-9_]+)`", PAGE)) - {"unknown", "gpu_power_cap_w"}


def test_every_named_rule_exists_and_every_rule_is_named():
    assert set(BY_ID) == NAMED - {"plan", "predict"}
