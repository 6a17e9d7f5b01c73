"""docs/rules.md says what the table says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_current():
    spec = importlib.util.spec_from_file_location("make", ROOT / "tools" / "make_rules_doc.py")
    assert spec is not None and spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == make.text(), "run: python tools/make_rules_doc.py"
