"""Readers of values: a number out of what a tool prints, in SI units; None where it tells none."""

import re
from collections.abc import Callable
from typing import Any

_NUMBER = re.compile(r"[-+]?\d[\d.,]{0,20}")
_NOTHING = re.compile(
    r"\[?(?:n/?a|none|not (?:supported|specified|available|provided|present)|unknown(?: error)?"
    r"|err!|undefined|default string|to be filled.*|requested functionality.*|could not collect.*"
    r"|no module installed|--?|insufficient permissions|gpu is lost)?\]?", re.IGNORECASE
)  # fmt: skip
_PERSONAL = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,40}"
    r"|(?:/home/|/Users/|\\Users\\)[^/\\\s]{1,64}"
    r"|\b(?:s/?n|serial(?: number)?)\s?[:=#]\s?[\w-]{5,40}", re.IGNORECASE
)  # fmt: skip
_SIZE = re.compile(r"\d[\d.,]{0,20}\s*([bkmgtp])?i?b?(?:ytes)?\b", re.IGNORECASE)
_LINK = re.compile(r"Speed ([\d.]+)\s*GT/s.{0,40}?Width x(\d+)")
_GENERATIONS = {2.5: 1, 5: 2, 8: 3, 16: 4, 32: 5, 64: 6, 128: 7}
_ADDRESS = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})(?:\.([0-7]))?")
_NO = ("not active", "inactive", "disabled", "no", "off", "false", "0")
_YES = ("active", "enabled", "yes", "on", "true", "1")


def redacted(text: str) -> str:
    """The text without serials, UUIDs, addresses and user names."""
    return _PERSONAL.sub("[hidden]", text)


def nothing(text: str) -> bool:
    """Whether a tool says with this that it does not know."""
    return _NOTHING.fullmatch(text.strip()) is not None


def number(text: str) -> float | None:
    """``629.45 W``, ``223,6G``, ``1,024``: a comma before three digits parts thousands."""
    found = _NUMBER.search(text)
    raw = found[0].rstrip(".,") if found else ""
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", raw):
        raw = raw.replace(",", "")
    try:
        return float(raw.replace(",", "."))
    except ValueError:
        return None


def size(text: str, plain: int = 0) -> float | None:
    """Bytes of ``32 GB``, ``81559 MiB``; plain : power of two of a number without a unit."""
    if text.lower().startswith("no module"):
        return 0.0
    value, found = number(text), _SIZE.search(text)
    if value is None or value < 0:
        return None
    unit = (found[1] or "").lower() if found else ""
    power = 10 * "bkmgtp".index(unit) if unit else plain if value < 2**28 else 0
    return float(value * 2.0**power)


def _flag(text: str) -> bool | None:
    word = text.strip().lower()
    return False if word.startswith(_NO) else True if word.startswith(_YES) else None


def _link(text: str) -> tuple[int, int] | None:
    if known := re.fullmatch(r"[\[(](\d), (\d{1,2})[\])]", text):
        return int(known[1]), int(known[2])
    found = _LINK.search(text)
    gen = _GENERATIONS.get(number(found[1]) or 0) if found else None
    return (gen, int(found[2][:3])) if found and gen else None


def _generation(text: str) -> float | None:
    value = number(text)
    return _GENERATIONS.get(value or 0) if "GT/s" in text else value


def _address(text: str) -> str | None:
    """``00000000:0C:00.0`` -> ``0c:00.0``; a domain that is not 0 stays."""
    found = _ADDRESS.search(text.lower())
    domain = int(found[1] or "0", 16) if found else 0
    tail = f"{found[2]}:{found[3]}.{found[4] or 0}" if found else None
    return f"{domain:04x}:{tail}" if domain and tail else tail


def _version(text: str) -> str | None:
    found = re.search(r"\d{1,4}(?:\.\d{1,4}){1,3}", text)
    return found[0] if found else None


def _total(text: str) -> float | None:
    """``32.680 MB``, ``32 680 Mo``; without a unit GiB, MiB, KiB or B, as memory is large."""
    plain = re.sub(r"(?<=\d)[.\s\u202f](?=\d{3}(?:\D|$))", "", text.strip())
    if not plain.replace(",", "").isdecimal():
        return size(re.sub(r"(?<=[KMGT])o\b", "B", plain))
    value, units = number(plain) or 0.0, ((30, 12), (20, 22), (10, 33))
    return value * 2.0 ** next((power for power, most in units if value < 2**most), 0)


READERS: dict[str, Callable[[str], Any]] = {
    "num": number, "int": lambda t: None if (n := number(t)) is None else int(n), "flag": _flag,
    "bytes": size, "mib": lambda t: size(t, 20), "many_mib": lambda t: size(t, 20), "sum": number,
    "link": _link, "gen": _generation, "address": _address, "version": _version, "total": _total,
    "real": lambda t: float(t) if re.fullmatch(r"-?[\d.]{1,25}(?:e[-+]?\d+)?", t) else None,
    "micro": lambda t: None if (n := number(t)) is None else n / (1e6 if "us" in t else 1),
    "tally": lambda _: 1, "hexbus": lambda t: f"{int(number(t) or 0) & 255:02x}", "bus": str.lower,
    "raw": lambda t: t.strip()[:80], "text": lambda t: redacted(" ".join(t.split())[:200]),
}  # fmt: skip
