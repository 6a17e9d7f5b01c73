"""What a written line claims about a part: capacities, watts, kits ... and the words that are left.

The same reading is applied to catalogue names, so that a line and a name meet on equal terms.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from rigwright.catalog.names.kindclaims import Reader, colours_of, compiled, kind_claims
from rigwright.catalog.names.namewords import pattern_of, patterns, said
from rigwright.spec.tables.table import table

_TABLE = Path(__file__).parents[1] / "data" / "spellings.csv"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A maker or a word as some people write it, and as catalogues do; "" means nothing."""

    written: str
    means: str


# Typographic apostrophe, quotes, inch sign, dashes and multiplication sign.
_MARKS = str.maketrans("\u2019\u201c\u201d\u2033\u2010\u2011\u2013\u2212\u00d7", '\'"""----x')
# The words spare thousands of names the pattern: reading a catalogue's names is most of the time
# that a short question takes.
_SPELLINGS = tuple((row.words, row.written, row.put) for row in patterns("spelling"))
# A bracket with one of these words is said by a person and no part of a name.
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NOTES = re.compile(pattern_of("note"))
_CORE_WORDS = {word: int(number) for word, number in said("cores").items()}


@dataclass(frozen=True, slots=True)
class Claims:
    """One line taken apart; ``None`` where it says nothing.

    words : what is left after the specifications, as comparable lower-case words.
    codes : maker's part numbers such as ``st2000dm001``.
    capacities_gb : every capacity in the line, decimal or binary as written.
    """

    words: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    capacities_gb: tuple[float, ...] = ()
    modules: int | None = None
    module_gb: float | None = None
    watts: float | None = None
    memory_type: str | None = None
    mt_s: float | None = None
    cas: int | None = None
    cores: int | None = None
    rpm: int | None = None
    radiator_mm: int | None = None
    efficiency: str | None = None
    socket: str | None = None
    drive_form: str | None = None
    registered: bool | None = field(default=None)
    # Only when the kind of part is told.
    colours: tuple[str, ...] = ()
    form: str | None = None
    modular: str | None = None
    atx: str | None = None
    panel: str | None = None
    amd_socket: str | None = None
    tray: bool = False
    height_mm: float | None = None
    cfm: float | None = None
    drive_type: str | None = None
    hybrid: bool = False
    interface: str | None = None
    pcie_gen: float | None = None
    vram_type: str | None = None
    order: tuple[str, ...] = ()


@functools.cache
def _written() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Other spellings, the longest first: those in Latin letters, and those that are not."""
    rows = sorted(table(Spelling, _TABLE), key=lambda row: -len(row.written))
    latin = [(r.written, r.means) for r in rows if r.written.isascii()]
    return tuple(latin), tuple((r.written, f" {r.means} ") for r in rows if not r.written.isascii())


def _foreign(line: str) -> str:
    """Words that are written without blanks between them: makers, kinds, conditions.

    What is left of such writing is parted from Latin letters and digits: ``额定650W`` has watts.
    """
    line = re.sub(r"\d+\s?代", " ", line)  # the model tells its generation
    for written, means in _written()[1]:
        line = line.replace(written, means)
    line = re.sub(r"(?<=[\u3040-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3040-\u9fff])", " ", line)
    return re.sub(r" {2,}", " ", line)


@functools.lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Lower case, one spelling for brands, marks and prefixes removed."""
    line = unicodedata.normalize("NFKC", text).lower().translate(_MARKS)
    if not line.isascii():
        line = _foreign(line)
    for written, brand in _written()[0]:
        if written in line:
            line = line.replace(written, brand)
    if "(" in line or "[" in line:
        line = _BRACKET.sub(lambda b: " " if _NOTES.search(b[1]) else b[0], line)
    for words, pattern, put in _SPELLINGS:
        for word in words:
            if word in line:
                line = re.sub(pattern, put, line)
                break
    return line


_NUMBERED, _WORD = re.compile(r"\b([a-z]{2,})(?=\d)"), re.compile(r"[^\W_]+\+?")


def words_of(line: str) -> list[str]:
    """Comparable words in order: ``gtx1070`` -> gtx 1070, ``rm850x`` -> rm 850x, ``g+`` kept."""
    return _WORD.findall(_NUMBERED.sub(r"\1 ", line))


def _number(text: str) -> float:
    return float(text.replace(",", "."))


# `Trident Z Neo 3600`: in a line of memory a transfer rate that kits are sold at. [MT/s]
_BARE_SPEED = (
    r"(?<![\w.-])(1066|1333|1600|1866|2133|2400|2666|2800|2933|3[0246]00|3333|3466|3733|4[0246]00"
    r"|4133|4266|4800|5200|5600|6[02468]00|7[0268]00|8[0246]00)(?![\w.-]|\s*(?:mhz|mt))"
)
# `5600G` is a processor, `24G` a capacity.
_CAPACITY = r"\b(\d+(?:[.,]\d+)?(?=\s*[tg]i?b)|\d{1,3}(?=\s*g\b))\s*(tb|gb|gib|g)\b"
_NO_CODE = r"gaming|extreme|aorus|strix|pro\b|core|ddr\d|evo|wifi|\d+gb?-|pcie"


_LONG = re.compile(r"[a-z0-9][a-z0-9/-]{8,}")  # as long as any number is
# Boards are called by numbers that hold their chipset: `GA-AB350M-DS3H`.
_BOARD_MODEL = r"[abhqxzp]\d{2,3}"


_SIZE = rf"{_CAPACITY}|\b\d+(?:[.,]\d+)?\s*mb\b"


def _codes(line: str, kind: str) -> tuple[frozenset[str], str]:
    codes = set()
    for word in _LONG.findall(line):
        bare = re.sub(r"[^a-z0-9]", "", word)
        changes = len(re.findall(r"(?<=[a-z])\d|(?<=\d)[a-z]", bare))
        if len(bare) >= 9 and changes >= 3 and sum(c.isdigit() for c in bare) >= 3:
            if re.search(_NO_CODE, word) or (kind == "board" and re.search(_BOARD_MODEL, word)):
                continue
            codes.add(bare)
            line = line.replace(word, " ")
    return frozenset(codes), line


def _bare_kit(reader: Reader, memory: bool) -> re.Match[str] | None:
    """``32 GB DDR4-3200 2x16``: a kit where the product is the capacity that the line tells.

    memory : of a line that is known to be of memory; without a capacity it may say a kit alone.
    """
    kit = re.search(
        r"(?<![\w.-])([1248])\s?x\s?(\d{1,3})\b(?!\s*(?:gb|gib|g|mhz|mm)\b)", reader.line
    )
    sizes = {_number(n) for n, unit in re.findall(_CAPACITY, reader.line) if unit != "tb"}
    if kit is None:
        return None
    alone = memory and not sizes and int(kit[2]) in (4, 8, 16, 24, 32, 48, 64)
    if not alone and int(kit[1]) * float(kit[2]) not in sizes:
        return None
    reader.line = reader.line.replace(kit[0], " ")
    return kit


def _memory(reader: Reader, kits: bool, told: bool) -> dict[str, object]:
    found: dict[str, object] = {}
    # `Ventus 2X 12G` is a card with two fans.
    kit = reader.take(r"(\d+)\s*[x*]\s*(\d+(?:\.\d)?)\s*(?:gb|gib|g)\b") if kits else None
    if kit:
        found["modules"], found["module_gb"] = int(kit[1]), float(kit[2])
    elif kits and (kit := reader.take(r"(\d+)\s*(?:gb|gib|g)\s*\)?\s*[x*]\s*(\d+)\b")):
        found["modules"], found["module_gb"] = int(kit[2]), float(kit[1])
    elif kits and (kit := _bare_kit(reader, told)):
        found["modules"], found["module_gb"] = int(kit[1]), float(kit[2])
    memory = reader.take(r"\bddr\s?([345])l?(?:[- ]?(\d{4,5})\b)?(?:\s?(?:mhz|mt/s))?")
    if memory:
        found["memory_type"] = f"DDR{memory[1]}"
        if memory[2]:
            found["mt_s"] = float(memory[2])
    if told and "mt_s" not in found and (bare := reader.take(_BARE_SPEED)):
        found["mt_s"] = float(bare[1])
    reader.take(r"\(?\bpc[345]l?[- ]\d{4,6}\w?\b\)?")
    cas = reader.take(r"\bc(?:l|as)\s?-?(\d{2})\b(?:-\d\d)*")
    if cas:
        found["cas"] = int(cas[1])
    if reader.take(r"\b(?:udimm|un-?buffered)\b"):
        found["registered"] = False
    if reader.take(r"\b(?:ecc[ -]?reg(?:istered)?|reg(?:istered)?[ -]?ecc|rdimm|registered)\b"):
        found["registered"] = True
    return found


def _electrical(reader: Reader) -> dict[str, object]:
    found: dict[str, object] = {}
    rate = reader.take(r"80[\s-]?(?:\+|plus)\s*(titanium|platinum|gold|silver|bronze|white)?")
    if rate and rate[1]:
        found["efficiency"] = rate[1]
    elif rate and re.match(r"\W*certified\b", rate.string[rate.end() :]):
        found["efficiency"] = "white"  # the plain mark, as shops write it
    watts = reader.take(r"\b(\d{2,4})\s*(?:watts?|w)\b")
    if watts:
        found["watts"] = float(watts[1])
    return found


def _rest(reader: Reader) -> dict[str, object]:
    found: dict[str, object] = {}
    speed = reader.take(r"\b(\d{3,5})\s*(?:mhz|mt/s|mts)\b")
    if speed:
        found["mt_s"] = float(speed[1])
    cores = reader.take(r"\b(\d+|" + "|".join(_CORE_WORDS) + r")[- ](?:core|kern)\w*")
    if cores:
        found["cores"] = _CORE_WORDS.get(cores[1]) or int(cores[1])
    rpm = reader.take(r"\b(\d{4,5})\s*rpm\b")
    if rpm:
        found["rpm"] = int(rpm[1])
    size = reader.take(r"\b(120|140|240|280|360|420)\s*mm\b")
    if size:
        found["radiator_mm"] = int(size[1])
    form = re.search(r"\b(m\.2|u\.2|[23][.,]5)(?=[\s\"'-])", reader.line + " ")
    if form:
        found["drive_form"] = form[1].replace(",", ".").upper()
    for row in patterns("specification"):
        reader.take(row.written)
    socket = reader.take(r"\b(?:lga|socket|sockel)[- ]?(\d{3,4}(?:-?v?\d)?)\b")
    if socket:
        found["socket"] = socket[1].replace("-", "")
    return found


@functools.lru_cache(maxsize=65536)
def claims_of(text: str, kind: str = "") -> Claims:
    """Take one line, or one catalogue name, apart.

    kind : when it is known, what only that kind says is read too, and colours are no words.
    """
    codes, line = _codes(plain(text), kind)
    reader = Reader(line)
    if kind:
        reader.take(r"^\s*(?:an?|the|eine?n?|une?|una?|um|uma|een)\s")
    found: dict[str, object] = kind_claims(reader, kind) if kind else {}
    for some in (
        _memory(reader, kind in ("", "ram"), kind == "ram"),
        _electrical(reader),
        _rest(reader),
    ):
        found.update({k: v for k, v in some.items() if k not in found})
    capacities = [
        _number(n) * (1000 if unit == "tb" else 1)
        for n, unit in compiled(_CAPACITY).findall(reader.line)
    ]
    small = map(int, compiled(r"\b(\d{4,5})\s*mb\b").findall(reader.line))
    capacities += [mb / 1024 for mb in small if mb >= 1024]
    reader.take(_SIZE)
    order = tuple(words_of(reader.line))
    words = frozenset(order)
    colours, named = colours_of(order, kind)
    return Claims(
        words=words - named,
        codes=codes,
        capacities_gb=tuple(capacities),
        colours=colours,
        order=order,
        **found,  # type: ignore[arg-type]
    )
