"""Which way a measure of a part can only help: what lets a search set worse parts aside.

More room, plugs or capacity, less size or power never makes the verdict of any rule worse. It is a
statement about the rules, tested against all of them; a measure that is not here may matter
either way (memory speed, slot positions) and is left out at no cost but time.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

from rigwright.spec.tables.table import records

Direction = Literal["more", "less"]
_ROWS = records(Path(__file__).parent / "data" / "better.csv")
BETTER: Mapping[str, Mapping[str, Direction]] = {
    kind: {r["fact"]: cast("Direction", r["better"]) for r in _ROWS if r["kind"] == kind}
    for kind in dict.fromkeys(r["kind"] for r in _ROWS)
}
"""Kind -> attribute -> the better direction, all other attributes being equal and known."""
