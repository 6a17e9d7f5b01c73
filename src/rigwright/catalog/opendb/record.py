"""One raw record: its JSON checked, its values read with what they cannot be taken out.

Every value that a part uses is asked for by the part's own fact name, so that the report can set
what the source says beside what is trusted.
"""

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rigwright.spec.tables.table import toml

DEPTH_MAX = 12
TEXT_MAX = 300
ITEMS_MAX = 256
KINDS = {
    "CPU": "cpu", "CPUCooler": "cooler", "Motherboard": "board", "GPU": "card", "PCCase": "case",
    "PSU": "psu", "RAM": "ram", "Storage": "drive",
}  # fmt: skip
"""OpenDB's folders that hold parts we know; the others (fans, network cards) are counted only."""
RULES: dict[str, str] = toml(Path(__file__).parents[1] / "data" / "mending.toml")
"""The rules by which a raw value is mended or distrusted; every note names one."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!][^<>]*>|&#?\w+;|javascript:", re.I)


class RefusedError(Exception):
    """The record cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was done to one fact, and by which rule of ours (a key of ``RULES``)."""

    field: str
    raw: str
    value: str
    action: str  # mended | distrusted | conflict
    rule: str


def _no_constant(word: str) -> float:
    raise RefusedError(f"holds {word}, which is not JSON")


def _deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_MAX):
        inner = [v.values() if isinstance(v, dict) else v for v in level]
        level = [v for values in inner for v in values if isinstance(v, dict | list)]
        if not level:
            return False
    return True


def clean_text(value: Any) -> str | None:
    """A printable line of sane length, or None."""
    if not isinstance(value, str):
        return None
    text = " ".join((value if value.isascii() else unicodedata.normalize("NFC", value)).split())
    if not text or len(text) > TEXT_MAX or not text.isprintable() or _MARKUP.search(text):
        return None
    return text


def parse(data: bytes) -> dict[str, Any]:
    """The JSON object of a file. Raises RefusedError."""
    try:
        value = json.loads(data, parse_constant=_no_constant)
    except RecursionError:
        raise RefusedError("nested too deeply") from None
    except UnicodeDecodeError:
        raise RefusedError("is not UTF-8 text") from None
    except ValueError as error:
        raise RefusedError(f"is not JSON ({str(error)[:80]})") from None
    if not isinstance(value, dict):
        raise RefusedError(f"is a {type(value).__name__}, not an object")
    if _deep(value):
        raise RefusedError("nested too deeply")
    return value


def shown(value: Any) -> str:
    """A raw value on one short line."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


@dataclass
class Record:
    """A checked record. Reading a value leaves notes of what was refused."""

    kind: str
    id: str
    name: str
    data: Mapping[str, Any]
    notes: list[Note] = field(default_factory=list)
    present: set[str] = field(default_factory=set)

    def raw(self, path: str) -> Any:
        """The value at a dotted path; None when any step is absent."""
        value: Any = self.data
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def mended(self, fact: str, raw: Any, value: Any, rule: str) -> None:
        """``value`` stands where the source said ``raw``."""
        self.notes.append(Note(fact, shown(raw), shown(value), "mended", rule))

    def distrusted(self, fact: str, raw: Any, rule: str) -> None:
        """The source said ``raw``; the fact is unknown to us."""
        self.notes.append(Note(fact, shown(raw), "", "distrusted", rule))

    def number(
        self, fact: str, path: str, low: float, high: float, *, zero: bool = False
    ) -> float | None:
        """A number from ``low`` to ``high``; 0 and -1 are missing unless ``zero`` is a real value.

        Refuses other types and numbers that no such part has.
        """
        value = self.raw(path)
        if value is None or value == "":
            return None
        self.present.add(fact)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.distrusted(fact, value, "wrong-type")
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if number == 0 and zero:
            return 0.0
        if number in (0, -1):
            self.distrusted(fact, value, "zero-is-missing")
            return None
        if not low <= number <= high:
            self.distrusted(fact, value, "out-of-range")
            return None
        return number

    def whole(self, fact: str, path: str, low: int, high: int, *, zero: bool = False) -> int | None:
        """A whole number, as ``number``."""
        value = self.number(fact, path, low, high, zero=zero)
        if value is not None and value != int(value):
            self.distrusted(fact, value, "wrong-type")
            return None
        return None if value is None else int(value)

    def text(self, fact: str, path: str) -> str | None:
        """One line of text."""
        value = self.raw(path)
        if value is None or value == "":
            return None
        self.present.add(fact)
        found = clean_text(value)
        if found is None:
            self.distrusted(fact, value, "wrong-type")
        return found

    def flag(self, fact: str, path: str) -> bool | None:
        """True or False."""
        value = self.raw(path)
        if value is None:
            return None
        self.present.add(fact)
        if not isinstance(value, bool):
            self.distrusted(fact, value, "wrong-type")
            return None
        return value

    def items(self, fact: str, path: str) -> list[Any]:
        """A list; empty when absent or of another type."""
        value = self.raw(path)
        if value is None or value == []:
            return []
        self.present.add(fact)
        if not isinstance(value, list) or len(value) > ITEMS_MAX:
            self.distrusted(fact, value, "wrong-type")
            return []
        return value

    def words(self, fact: str, path: str) -> tuple[str, ...]:
        """A list of texts; others in it are left out."""
        found = [clean_text(v) for v in self.items(fact, path)]
        if None in found:
            self.distrusted(fact, self.raw(path), "wrong-type")
        return tuple(dict.fromkeys(v for v in found if v is not None))


def part_numbers(values: Any) -> tuple[str, ...]:
    """Part numbers that tell a product; words, sizes and pieces of names are dropped.

    Several numbers packed into one text are taken apart at runs of blanks.
    """
    found: dict[str, None] = {}
    for value in values[:ITEMS_MAX] if isinstance(values, list) else ():
        for piece in re.split(r"\s{2,}|[\t\n;]", value) if isinstance(value, str) else ():
            key = number_key(piece)
            if key:
                found[key] = None
    return tuple(found)


def number_key(text: str) -> str:
    """``CP-9020133-NA`` -> ``cp9020133na``; empty when it is too plain to name one product."""
    key = re.sub(r"[^a-z0-9]", "", text.lower()) if len(text) <= 40 else ""
    digits = sum(c.isdigit() for c in key)
    letters = len(key) - digits
    plain = re.fullmatch(r"\d+(gb?|w|tb?|mm|g)|(rtx|gtx|rx|ddr|gen|rog|atx|pcie)\w{0,6}", key)
    good = (len(key) >= 7 and digits >= 2 and letters >= 1) or (len(key) >= 10 and digits >= 8)
    return key if good and not plain and len(text.split()) <= 2 else ""


def checked(path: str, data: bytes) -> Record | None:
    """The record in a file; None for a folder of parts that we have no type for.

    Raises RefusedError with the reason.
    """
    folder = path.rstrip("/").split("/")[-2:-1]
    kind = KINDS.get(folder[0]) if folder else None
    if kind is None:
        return None
    value = parse(data)
    meta = value.get("metadata")
    if not isinstance(meta, dict):
        raise RefusedError("has no metadata")
    id_ = value.get("opendb_id")
    if not isinstance(id_, str) or not _ID.fullmatch(id_.lower()):
        raise RefusedError(f"opendb_id {shown(id_)} is not an identifier")
    name = clean_text(meta.get("name"))
    if name is None:
        raise RefusedError(
            f"name {shown(meta.get('name'))} is empty, too long, markup or unprintable"
        )
    if not set(value) - {"opendb_id", "metadata", "general_product_information", "lighting"}:
        raise RefusedError("holds nothing but a name")
    return Record(kind, id_.lower(), name, value)


# -- what every part has: id, name, maker, where and when its facts were read --------------
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
    """A year as the day that errs on the careful side: a board's may be the first, others' last."""
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
        "id": r.id, "name": r.name, "brand": r.text("brand", "metadata.manufacturer"),
        "source": VERIFIED if day else SOURCE, "source_date": day or dt.date.min,
        "released": released(r),
    }  # fmt: skip
