"""The rules by which a raw value is mended or distrusted; every note names one."""

from __future__ import annotations

import tomllib
from pathlib import Path

RULES: dict[str, str] = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "mending.toml").read_text(encoding="utf-8")
)
