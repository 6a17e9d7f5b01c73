"""Tables of the database. Parts belong to an import; ``current`` says which one serves.

An import writes its rows and moves ``current`` in one transaction, so readers see the old
catalogue until the new one is complete. Prices are only ever added;
a rate of exchange may be corrected.
"""

from typing import Any

from sqlalchemy import Column, Date, Float, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

VERSION = 1
"""Raised when a table or the meaning of a stored fact changes; older databases say so."""

metadata = MetaData()
_KEYS = {
    "date": Date,
    "import_id": Integer,
    "gpu_count": Integer,
    "vcpus": Integer,
} | dict.fromkeys(
    ("amount", "usd", "vram_bytes", "ram_bytes", "usd_per_hour", "spot_usd_per_hour"), Float
)
"""Types of columns that are no text, by name; all others that are given no length are texts."""


def _table(name: str, keys: str, *more: Any, columns: str, **lengths: int) -> Table:
    """A table none of whose cells is empty.

    keys : names of the primary key, whole numbers but for those with a length.  columns : of the
    others.  lengths : of short texts, in characters.
    """

    def column(name: str, key: bool) -> Column[Any]:
        usual = _KEYS.get(name, Integer if key else Text)
        kind: Any = String(lengths[name]) if name in lengths else usual
        return Column(name, kind, primary_key=key, nullable=False)

    made = [column(word, True) for word in keys.split()]
    return Table(name, metadata, *made, *(column(word, False) for word in columns.split()), *more)


versions = _table("rigwright_version", "version", columns="")
imports = _table(
    "imports", "id", source=40, imported_at=32,
    columns="source origin licence licence_text attribution imported_at counts",
)  # fmt: skip
"""``counts`` is JSON."""
current = _table("current_imports", "source", source=40, columns="import_id")
parts = _table("parts", "import_id serial", columns="kind id name facts", kind=10, id=80)
"""``facts`` : JSON object of known facts, SI units."""
Index("parts_by_id", parts.c.import_id, parts.c.kind, parts.c.id)
aliases = _table(
    "aliases", "import_id kind alias", columns="part_id", kind=10, alias=120, part_id=80
)
"""Other names of a part: ids of merged records, part numbers. May be an embedded row's."""
words = _table("words", "import_id kind word", columns="serials", kind=10, word=80)
"""``serials`` is a JSON list."""
notes = _table(
    "notes", "import_id number", columns="kind part_id field raw value action rule",
    kind=10, part_id=80, field=40, action=12, rule=40,
)  # fmt: skip
Index("notes_by_part", notes.c.import_id, notes.c.kind, notes.c.part_id)
rejects = _table("rejects", "import_id number", columns="path reason")
prices = _table(
    "prices", "id",
    Unique("kind", "part_id", "date", "amount", "currency", "condition", "source", name="one_each"),
    columns="kind part_id date amount currency condition basis source added_at",
    kind=10, part_id=80, currency=3, condition=10, basis=10, source=200, added_at=32,
)  # fmt: skip
Index("prices_by_part", prices.c.kind, prices.c.part_id)
rates = _table(
    "rates", "currency date", columns="usd source added_at", currency=3, source=200, added_at=32
)
offers = _table(
    "offers", "id",
    Unique("provider", "instance", "chip", "gpu_count", "region", "date", "usd_per_hour",
           "spot_usd_per_hour", "source", name="one_offer_each"),
    columns="provider instance chip gpu_count vram_bytes vcpus ram_bytes region usd_per_hour"
            " spot_usd_per_hour date source added_at",
)  # fmt: skip
"""Both are newer than the first databases of this version: a reader asks whether they are there."""
OF_AN_IMPORT = (parts, aliases, words, notes, rejects)
