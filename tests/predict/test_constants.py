"""The table of constants: small, bounded, explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from rigwright.predict import constants
from rigwright.spec.errors import CatalogError


def test_table_is_small_and_every_value_is_plausible() -> None:
    rows = constants.read()
    assert len(rows) <= constants.MAX_CONSTANTS
    assert len({r.name for r in rows}) == len(rows)
    for row in rows:
        assert row.low <= row.value <= row.high
        assert row.meaning and row.unit and row.calibrated_on


def test_value_outside_its_range_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "constants.csv"
    table.write_text(",".join(constants.COLUMNS) + "\nx,2,0,1,1,meaning,nothing,\n")
    with pytest.raises(CatalogError, match="not in"):
        constants.read(table)


def test_constants_change_by_known_name_only() -> None:
    table = constants.shipped()
    name = next(iter(table))
    assert table.replace({name: 1.0})[name] == 1.0
    with pytest.raises(KeyError):
        table.replace({"no_such_constant": 1.0})
