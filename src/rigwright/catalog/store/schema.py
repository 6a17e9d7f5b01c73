"""Tables of the database. Parts belong to an import; ``current`` says which one serves.

An import writes its rows and moves ``current`` in one transaction, so readers see the old
catalogue until the new one is complete. Prices are only ever added;
a rate of exchange may be corrected.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 1
"""Raised when a table or the meaning of a stored fact changes; older databases say so."""

metadata = MetaData()

versions = Table("rigwright_version", metadata, Column("version", Integer, primary_key=True))

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(40), nullable=False),
    Column("origin", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("licence_text", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("imported_at", String(32), nullable=False),
    Column("counts", Text, nullable=False),  # JSON
)

current = Table(
    "current_imports",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("import_id", Integer, nullable=False),
)

parts = Table(
    "parts",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("id", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON object of known facts, SI units
)
Index("parts_by_id", parts.c.import_id, parts.c.kind, parts.c.id)

# Other names of a part: ids of merged records, part numbers. ``part_id`` may be an embedded row's.
aliases = Table(
    "aliases",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("alias", String(120), primary_key=True),
    Column("part_id", String(80), nullable=False),
)

words = Table(
    "words",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("word", String(80), primary_key=True),
    Column("serials", Text, nullable=False),  # JSON list
)

notes = Table(
    "notes",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("part_id", String(80), nullable=False),
    Column("field", String(40), nullable=False),
    Column("raw", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("action", String(12), nullable=False),
    Column("rule", String(40), nullable=False),
)
Index("notes_by_part", notes.c.import_id, notes.c.kind, notes.c.part_id)

rejects = Table(
    "rejects",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

prices = Table(
    "prices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("part_id", String(80), nullable=False),
    Column("date", Date, nullable=False),
    Column("amount", Float, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("condition", String(10), nullable=False),
    Column("basis", String(10), nullable=False),
    Column("source", String(200), nullable=False),
    Column("added_at", String(32), nullable=False),
    UniqueConstraint(
        "kind", "part_id", "date", "amount", "currency", "condition", "source", name="one_each"
    ),
)
Index("prices_by_part", prices.c.kind, prices.c.part_id)

# Newer than the first databases of this version: a reader asks whether it is there.
rates = Table(
    "rates",
    metadata,
    Column("currency", String(3), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("usd", Float, nullable=False),
    Column("source", String(200), nullable=False),
    Column("added_at", String(32), nullable=False),
)

OF_AN_IMPORT = (parts, aliases, words, notes, rejects)
