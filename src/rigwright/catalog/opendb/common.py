"""What every part of OpenDB has: id, name, maker, where and when its facts were read."""

import datetime as dt
from typing import Any

from rigwright.catalog.opendb.record import Record

SOURCE = "BuildCores OpenDB (ODC-By 1.0)"
VERIFIED = "BuildCores OpenDB (ODC-By 1.0), checked by hand there"
FIRST_YEAR = 1995


def verified_on(r: Record) -> dt.date | None:
    """The day somebody there checked the record by hand."""
    text = r.raw("metadata.last_manually_spec_verified_at")
    try:
        return dt.date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def released(r: Record) -> dt.date | None:
    """A year as the day that errs on the careful side: its last, for a board its first."""
    year = r.whole("released", "metadata.releaseYear", FIRST_YEAR, dt.date.today().year + 1)
    if year is None:
        return None
    day = dt.date(year, 1, 1) if r.kind == "board" else dt.date(year, 12, 31)
    r.mended("released", year, day.isoformat(), "year-only-date")
    return day


def common(r: Record) -> dict[str, Any]:
    """Facts of ``spec.parts.Part``; the day is the record's own check, else set by the import."""
    day = verified_on(r)
    return {
        "id": r.id,
        "name": r.name,
        "brand": r.text("brand", "metadata.manufacturer"),
        "released": released(r),
        "source": VERIFIED if day else SOURCE,
        "source_date": day or dt.date.min,
    }
