"""A build as its owner writes it, a TOML file or a pasted parts list, -> ``spec.build.Build``.

A pasted line that names no part of the catalogue is kept as *unresolved*: people own parts that we
do not list. In a TOML file, which is written for this program, an unknown name is an error that
offers the nearest ones; a part outside the catalogue can be given with its facts.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rigwright.catalog.cells import cell_of, reader_for
from rigwright.catalog.identify import identify, identify_any, is_id, revisions
from rigwright.catalog.loose import MARK, card_of_chip, loose_part
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.resolve import Resolution, explained
from rigwright.catalog.possible import one_of, possible, unstated
from rigwright.catalog.source import by_id
from rigwright.catalog.source import part as part_by_id
from rigwright.catalog.systems import is_enclosure, is_frame, rest_of, whole_of
from rigwright.spec.build import Build, Circuit, Possible, Whole
from rigwright.spec.errors import InputError
from rigwright.spec.fact import column_of, types_of
from rigwright.spec.parts import PART_TYPES, Card, Chip, Part
from rigwright.spec.tables.userfile import read_user_text

if TYPE_CHECKING:
    from rigwright.catalog.paste import Line

T = TypeVar("T")

TYPES: dict[str, type[Part]] = {t.kind: t for t in PART_TYPES if t is not Chip}
# Keys of [parts]; the plural kinds hold lists.
KEYS = {
    "cpu": "cpu", "cooler": "cooler", "board": "board", "ram": "ram", "cards": "card",
    "drives": "drive", "psu": "psu", "case": "case",
}  # fmt: skip
_MANY = frozenset(("ram", "card", "drive"))
_SPELLINGS = {"card": "cards", "drive": "drives", "gpu": "cards", "gpus": "cards"}
_SPELLINGS |= {"motherboard": "board", "memory": "ram", "storage": "drives"}
_TWICE = frozenset(("cpu", "psu"))
"""Kinds of which machines have two; rules weigh one and know of the others (``Build.more``)."""
_EITHER = frozenset(("cooler", "case"))
"""Kinds of which a list names two where one took the other's place."""
_IN_MACHINES = frozenset((None, "system", "card", "cpu", "board"))
"""Kinds under which people write a machine, or a chip that comes only inside one."""
COUNT_MAX = 64
MORE_MOST = 8
"""Lines of further processors and supplies."""
UNKINDED_MOST = 30
"""Lines that do not say what they are and are looked for among all kinds; more are a page."""
KINDED_MOST = 60
"""Different lines that say their kind and are looked for; more are a catalogue and no machine."""
RISER = "riser"  # as in ``paste.words``


@dataclass
class _Assembly:
    """Parts found so far; what cannot be placed is remembered as unresolved.

    loose : what is there needs no name, the facts that its line tells are enough; else the line is
    what it may be.
    """

    found: dict[str, list[Part]] = field(default_factory=dict)
    unresolved: list[tuple[str, str]] = field(default_factory=list)
    possible: list[Possible] = field(default_factory=list)
    unstated: list[str] = field(default_factory=list)
    chips: dict[str, Chip] = field(default_factory=dict)
    risers: int = 0
    loose: bool = False
    machines: list[Whole] = field(default_factory=list)
    rivals: list[tuple[Part, str]] = field(default_factory=list)
    enclosures: int = 0
    open_frame: bool = False
    more: list[tuple[Part, str, int]] = field(default_factory=list)

    def put_outside(self, kind: str | None, text: str, count: int) -> bool:
        """Take in what is no part: a whole machine, a box outside, an open frame."""
        if kind in (None, "system", "case", RISER) and is_enclosure(text):
            self.enclosures += count
            inside = identify("card", rest_of(text))
            if inside.part is not None or inside.chip is not None:
                self.put_resolved(inside, count)
        elif kind in (None, "case", "system") and is_frame(text):
            self.open_frame = True
        elif kind in _IN_MACHINES and (machine := whole_of(text, by_id(Chip).values())):
            self.machines.extend([machine] * count)
        else:
            return False
        return True

    def put(self, part: Part, count: int, text: str) -> bool:
        """Add a part; a second case ... has no place in a build and stays unresolved.

        Returns whether it was added.
        """
        held = self.found.setdefault(part.kind, [])
        full = part.kind in _MANY and len(held) + count > COUNT_MAX
        more = part.kind in _TWICE and len(self.more) >= MORE_MOST
        if full or more:  # no machine: a page of a catalogue
            self.unresolved.append((part.kind, _many(count, text)))
            return False
        if part.kind not in _MANY and (held or count > 1):
            if part.kind in _TWICE:
                self.more.append((part, text, count if held else count - 1))
            elif part.kind in _EITHER and held:
                self.rivals.append((part, text))
            else:
                self.unresolved.append((part.kind, text))
            if held:
                return False
            count = 1
        held.extend([part] * count)
        if isinstance(part, Card) and part.chip in by_id(Chip):
            self.chips[part.chip] = by_id(Chip)[part.chip]
        return True

    def put_resolved(self, hit: Resolution, count: int, year: int | None = None) -> None:
        """Add what a line of a list of a year resolved to, or what it may be and what it states."""
        part = hit.part or self.told(hit)
        if part is not None:
            self.put(part, count, hit.text)
            return
        if self.loose:
            self.unresolved.append((hit.kind, _many(count, hit.text)))
            return
        if unstated(hit.kind, hit.text):
            self.unstated.append(hit.kind)
            return
        line = possible(hit, year)
        if line is None:
            self.unresolved.append((hit.kind, _many(count, hit.text)))
            return
        placed = self.put(line.part, count, hit.text) or (line.part, hit.text) in self.rivals
        if placed and line not in self.possible:
            self.possible.append(line)

    def told(self, hit: Resolution) -> Part | None:
        """A part by the facts that its line tells, where those are enough."""
        if not (self.loose or hit.text.endswith(MARK)):
            return None
        return card_of_chip(hit.chip, hit.text) if hit.chip else loose_part(hit.kind, hit.text)

    def _settle(self, kind: str) -> None:
        """Make one line of a part and those that may have taken its place."""
        rivals = [(part, text) for part, text in self.rivals if part.kind == kind]
        if not rivals:
            return
        parts = [self.found[kind][0], *(part for part, _ in rivals)]
        lines = {line.part: line for line in self.possible}
        meant = tuple(
            p for part in parts for p in (lines[part].parts if part in lines else (part,))
        )
        texts = [lines[p].text if p in lines else p.name for p in parts]
        either = one_of(" or ".join(dict.fromkeys(texts)), meant)
        self.possible = [line for line in self.possible if line.part not in parts] + [either]
        self.found[kind] = [either.part]

    def build(self, **rest: Any) -> Build:
        """The finished value."""
        for kind in sorted(_EITHER):
            self._settle(kind)
        held = ((key, kind, self.found.get(kind, [])) for key, kind in KEYS.items())
        parts: Any = {k: tuple(p) if kind in _MANY else next(iter(p), None) for k, kind, p in held}
        return Build(
            **parts, unresolved=tuple(self.unresolved), possible=tuple(self.possible),
            unstated=tuple(dict.fromkeys(self.unstated)), chips=tuple(self.chips.values()),
            risers=self.risers, machines=tuple(self.machines),
            open_frame=self.open_frame and not self.found.get("case"), enclosures=self.enclosures,
            more=tuple(self.more), **rest,
        )  # fmt: skip


def _many(count: int, text: str) -> str:
    return text if count == 1 else f"{count}x {text}"


Meant = tuple[tuple["Line", Resolution | None], ...]
"""Lines of a list, each with what it was taken for (None: for nothing)."""


def read_lines(
    lines: Iterable[Line], name: str = "", *, loose: bool = False
) -> tuple[Build, Meant]:
    """The build of a list, and what its lines were taken for.

    loose : as in ``read_build``.
    """
    assembly = _Assembly(loose=loose)
    meant: list[tuple[Line, Resolution | None]] = []
    unkinded = 0
    seen: dict[tuple[str, str], Resolution] = {}
    for line in lines:
        hit = None
        if line.kind in TYPES:
            said = str(line.kind), line.text
            if said not in seen and len(seen) >= KINDED_MOST:
                assembly.unresolved.append(said)
                meant.append((line, None))
                continue
            hit = seen.get(said) or identify(*said)
            if line.guessed and not (hit.part or hit.chip) and said not in seen:
                other = identify_any(line.text)  # `NZXT H630` looks like a board's chipset
                hit = other if other and other.part else hit
            seen[said] = hit
        elif line.kind is None and (unkinded := unkinded + 1) <= UNKINDED_MOST:
            hit = identify_any(line.text)
        hit = hit and revisions(hit, line.year)
        unnamed = hit is None or hit.part is None
        if unnamed and assembly.put_outside(line.kind, line.text, line.quantity):
            hit = None
        elif hit is not None:
            assembly.put_resolved(hit, line.quantity, line.year)
        elif line.kind == RISER:
            several = line.quantity == 1 and re.search(r"\brisers\b|\bcables\b", line.text, re.I)
            assembly.risers += 8 if several else line.quantity  # as many as a board has slots
        elif line.kind == "system" or (line.kind is None and re.search(r"\d", line.text)):
            assembly.unresolved.append(("", line.text))
        meant.append((line, hit))
    return assembly.build(name=name), tuple(meant)


def build_of_parts(parts: Sequence[Mapping[str, Any]]) -> Build:
    """A build from ``{"category", "name", "opendb_id", "qty"}`` records, as in case files.

    The name counts where no imported catalogue has the id, or there is none.
    Raises InputError for an unknown category or a missing name.
    """
    from rigwright.catalog.paste.words import kind_of_label  # many patterns

    assembly = _Assembly()
    for record in parts:
        category = str(record.get("category", "")).lower()
        if category == RISER:
            assembly.risers += _count("case", "qty", record.get("qty", 1))
            continue
        kind = kind_of_label(category)
        if kind is None or kind not in TYPES:
            raise InputError("case", "category", category, ", ".join(TYPES))
        text = record.get("name")
        if not isinstance(text, str) or not text.strip():
            raise InputError("case", "name", text, "the name of a part")
        id_ = record.get("opendb_id")
        known = part_by_id(kind, id_) if isinstance(id_, str) and is_id(id_) else None
        hit = identify(kind, text) if known is None else Resolution(kind, text, known)
        count = _count("case", "qty", record.get("qty", 1))
        if hit.part is None:
            from rigwright.catalog.paste.counts import quantity_of  # a name may hold its count

            held, bare = quantity_of(text, kind=kind)
            if held > 1 and count in (1, held):
                count, text = held, bare
                hit = identify(kind, text)
        if hit.part is None and assembly.put_outside(kind, text, count):
            continue
        assembly.put_resolved(hit, count)
    return assembly.build()


def _count(where: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= COUNT_MAX:
        raise InputError(where, key, value, f"a whole number from 1 to {COUNT_MAX}")
    return value


def part_of_facts(kind: str, values: Mapping[str, Any], where: str, key: str) -> Part:
    """A part outside the catalogue, from the columns of its table (``docs/catalogue.md``).

    Raises InputError naming an unknown, unreadable or missing fact.
    """
    part_type = TYPES[kind]
    hints = types_of(part_type)
    columns = {column_of(f): f for f in fields(part_type)}
    found: dict[str, Any] = {
        "id": f"own-{kind}",
        "name": f"own {kind}",
        "source": "given by the user",
        "source_date": dt.date.today(),
    }
    for column, value in values.items():
        if column not in columns:
            near = difflib.get_close_matches(column, columns, 1)
            raise InputError(where, f"{key}.{column}", value, f"facts of a {kind}", "".join(near))
        fact = columns[column]
        try:
            read = reader_for(hints[fact.name])
            found[fact.name] = read(cell_of(value), fact.metadata["scale"])
        except (ValueError, KeyError) as error:
            raise InputError(where, f"{key}.{column}", value, f"its column: {error}") from None
    missing = [
        column for column, f in columns.items() if f.metadata["required"] and f.name not in found
    ]
    if missing:
        raise InputError(where, key, values.get("name"), f"also {', '.join(missing)}")
    return part_type(**found)


def _put_value(assembly: _Assembly, kind: str, value: Any, where: str, key: str) -> None:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        raise InputError(where, key, value, 'a name or { name = "...", count = 2 }')
    facts = {k: v for k, v in value.items() if k != "count"}
    count = _count(where, f"{key}.count", value.get("count", 1))
    text = facts.get("name")
    if not isinstance(text, str) or not text.strip():
        raise InputError(where, key, text, "the name of a part")
    if len(facts) > 1:
        part = part_of_facts(kind, facts, where, key)
        if isinstance(part, Card) and part.chip not in by_id(Chip):
            near = difflib.get_close_matches(part.chip, by_id(Chip), 3)
            raise InputError(where, f"{key}.chip", part.chip, "the id of a chip", ", ".join(near))
        assembly.put(part, count, text)
        return
    hit = identify(kind, text)
    bare = kind == "psu" and explained(kind, claims_of(text).words)  # `600 W`
    if not (hit.part or hit.chip or bare or assembly.told(hit)):
        allowed = f"a {kind} of the catalogue, or {{ name = ..., its facts }}"
        raise InputError(where, f"parts.{key}", text, allowed, " | ".join(hit.near[:3]))
    assembly.put_resolved(hit, count)


def _section(data: Mapping[str, Any], name: str, keys: Iterable[str], where: str) -> dict[str, Any]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise InputError(where, name, section, f"a [{name}] section")
    allowed = tuple(keys)
    for key in section:
        if key not in allowed:
            near = _SPELLINGS.get(key) or "".join(difflib.get_close_matches(key, allowed, 1))
            raise InputError(where, f"{name}.{key}", section[key], ", ".join(allowed), near)
    return section


def _watts(where: str, key: str, value: Any, least: float) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not least <= value < 1e6:
        raise InputError(where, key, value, f"a number of at least {least:g}")
    return float(value)


def build_of_toml(text: str, where: str, *, loose: bool = False) -> Build:
    """A build from a TOML file with [parts], [circuit] and [gpu]; loose : as in ``read_build``.

    Raises InputError for malformed TOML, and as ``build_of_data``.
    """
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = text.splitlines()[0][:40] if text.strip() else ""
        raise InputError(where, "TOML", line, f"valid TOML ({error})") from None
    return build_of_data(data, where, loose=loose)


def build_of_data(data: Mapping[str, Any], where: str, *, loose: bool = False) -> Build:
    """A build from what a build file holds. Raises InputError: unknown key or part, bad value.

    loose : as in ``read_build``.
    """
    tops = ("name", "parts", "circuit", "gpu")
    for key in data:
        if key not in tops:
            near = "".join(difflib.get_close_matches(key, tops, 1))
            raise InputError(where, key, data[key], ", ".join(tops), near)
    assembly = _Assembly(loose=loose)
    parts = _section(data, "parts", (*KEYS, "risers"), where)
    if not parts:
        raise InputError(where, "parts", "nothing", f"a [parts] section with {', '.join(KEYS)}")
    for key, value in parts.items():
        if key == "risers":
            assembly.risers = _count(where, "parts.risers", value)
            continue
        kind = KEYS[key]
        values = value if isinstance(value, list) and kind in _MANY else [value]
        for one in values:
            _put_value(assembly, kind, one, where, key)
    circuit = _section(data, "circuit", (f.name for f in fields(Circuit)), where)
    amounts = {
        k: _watts(where, f"circuit.{k}", v, 0 if k == "other_load_w" else 1)
        for k, v in circuit.items()
    }
    gpu = _section(data, "gpu", ("power_cap_w",), where)
    cap = gpu.get("power_cap_w")
    return assembly.build(
        name=str(data.get("name", "")),
        circuit=Circuit(**amounts) if circuit else None,
        gpu_power_cap_w=None if cap is None else _watts(where, "gpu.power_cap_w", cap, 1),
    )


def read_build(path: Path, *, loose: bool = False) -> Build:
    """The build in a file: TOML when it ends in ``.toml`` or has a [parts] section, else a list.

    loose : parts that are there need no name, the facts that a line tells are enough.
    Raises InputError when the file cannot be read or names nothing.
    """
    return read_build_lines(path, loose=loose)[0]


def read_build_lines(path: Path, *, loose: bool = False) -> tuple[Build, Meant]:
    """The build in a file, and the lines of a list with what each was taken for."""
    text = read_user_text(path, "a readable text file", encoding="utf-8-sig", piped=True)
    if path.suffix == ".toml" or is_build_file(text):
        return build_of_toml(text, str(path), loose=loose), ()
    from rigwright.catalog.paste import read_list  # a build file does without its patterns

    return read_lines(read_list(text, str(path)), path.stem, loose=loose)


def is_build_file(text: str) -> bool:
    """Whether a text is a build file rather than a pasted list."""
    return re.search(r"^[ \t]*\[parts\][ \t]*(?:#.*)?$", text, re.M) is not None
