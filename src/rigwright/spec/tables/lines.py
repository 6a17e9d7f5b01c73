"""The product line a processor belongs to, read from its name (``data/lines.csv``).

Processors of one core and socket are sold as lines that boards treat differently: Xeon E3 v5 and
Core i7-6700 are both Skylake on LGA1151, and a Z170 board starts only one of them.
"""

import functools
import re
from pathlib import Path

from rigwright.spec.tables.table import records

_FILE = Path(__file__).parent / "data" / "lines.csv"


@functools.cache
def product_lines() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(line, pattern of how names write it), in the order in which they are tried."""
    return tuple((row["line"], re.compile(row["written"])) for row in records(_FILE))


@functools.cache
def line_of(name: str) -> str:
    """``Intel Xeon E3-1230 v5`` -> ``xeon-e3-v5``; empty where the name does not tell."""
    text = " ".join(re.sub(r"\(.*?\)|[™®]", " ", name.lower()).split())
    return next((line for line, written in product_lines() if written.search(text)), "")
