"""Score the rules on labelled cases and builds: ``python tools/fit_score.py [--db FILE]``."""

from __future__ import annotations

import argparse

from rigwright.catalog import source
from rigwright_accuracy.errors import grid
from rigwright_accuracy.rules.score import builds, gold, troubles


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", help="database of an imported catalogue")
    parser.add_argument("--list", action="store_true", help="print what was missed, too")
    given = parser.parse_args()
    if given.db:
        source.use(given.db)
    gold(given.list)
    builds(given.list)
    named, told, loud = troubles(given.list)
    cells = (told, f"{named} ({named / max(told, 1):.0%})", f"{loud:g}")
    print("\n" + grid(("troubles a list shows", "named", "warnings where there was none"), [cells]))


if __name__ == "__main__":
    main()
