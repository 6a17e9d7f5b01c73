"""Score name resolution: ``python tools/names_score.py [--db FILE] [--list COLUMN]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rigwright.catalog import source
from rigwright_accuracy.measured import SHARED, SharedDataMissingError
from rigwright_accuracy.names.score import COLUMNS, score


def _imported(folder: str) -> str:
    from rigwright.plan.parts.catalogs import import_catalog

    archive = SHARED / "data" / "opendb.tar.zst"
    if not archive.exists():
        raise SharedDataMissingError(f"{archive} is not there")
    file = str(Path(folder) / "names.sqlite")
    source.use(file)
    import_catalog("opendb", archive, lambda what, done, total: None)
    return file


def main() -> int:
    """Score, with a catalogue that was imported before or just now."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--db", help="database with an imported catalogue")
    asked.add_argument("--size", type=int, default=2000, help="parts in a sample")
    asked.add_argument("--list", choices=COLUMNS[1:], help="print the lines of this column")
    given = asked.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            wrong = score(given.db or _imported(folder), given.size, given.list)
    except SharedDataMissingError as error:
        print(f"names: {error}", file=sys.stderr)
        return 2
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
