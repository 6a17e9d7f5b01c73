"""Memory modules: the rate they are sold for, the rate they run at, the channel they are in."""

import functools
import re
from pathlib import Path
from typing import Any

from rigwright.bringup.found import FoundPart
from rigwright.spec.tables.table import records

DATA = Path(__file__).parent / "data"
_SOCKET = re.compile(
    r"(?:P|NODE|PROC|CPU|CONTROLLER|SOCKET)[ _-]?(\d)(?=[ _-]|DIMM|CHANNEL)", re.IGNORECASE
)
_CHANNEL = (
    re.compile(r"CHANNEL[ _-]?([A-P]|\d{1,2})", re.IGNORECASE),
    re.compile(r"(?:DIMM|CH)[ _-]?([A-P])[ _-]?\d?", re.IGNORECASE),
    re.compile(r"(?:^|[_ -])([A-P])[0-9]?(?:_DIMM\d?)?$"),
)


@functools.cache
def _makers() -> list[tuple[dict[str, str], re.Pattern[str]]]:
    rows = records(DATA / "modules.csv")
    return [(row, re.compile(row["pattern"], re.IGNORECASE)) for row in rows]


@functools.cache
def _types() -> dict[str, dict[str, str]]:
    return {word: row for row in records(DATA / "ddr.csv") for word in row["words"].split("|")}


def _step(digits: float) -> float:
    """26 -> 2666, 213 -> 2133, 23 -> 2400: the rate that begins with them, or the next one."""
    scale = 100 if digits < 100 else 10
    steps = [float(n) for row in _types().values() for n in row["rates"].split("|")]
    begins = [s for s in steps if s // scale == digits]
    return min(begins or [s for s in steps if s >= digits * scale], default=digits * scale)


def rated(part: str, kind: str = "") -> tuple[float, bool] | None:
    """(rate in MT/s, whether it takes a profile) that a part number tells; None where none.

    kind : DDR3, DDR4, DDR5, or empty; a rate that no such module has is no rate.
    """
    row = _types().get(kind)
    low, high = (float(row["slowest"]), float(row["fastest"])) if row else (800.0, 1e4)
    for maker, pattern in _makers():
        found = pattern.search(part.strip())
        got = {k: float(v) for k, v in found.groupdict().items() if v} if found else {}
        rate = float(maker["mts"] or 0) if found else 0.0
        rate = got.get("mts") or (got["pc"] / 8 if "pc" in got else rate)
        if short := got.get("two") or got.get("three"):
            rate = _step(short)
        elif "gig" in got:
            rate = _step(got["gig"] * 10 + got["tenth"])
        if low <= rate <= high:
            return rate, maker["profile"] == "yes"
    return None


def _channel(module: FoundPart) -> str | None:
    """Socket and channel of its place; None where the names do not tell."""
    places = [str(module["bank"] or ""), str(module["locator"] or "")]
    hits = (pattern.search(text) for text in places for pattern in _CHANNEL)
    found = next((hit for hit in hits if hit), None)
    sockets = _SOCKET.findall(" ".join(places))
    return f"{sockets[0] if sockets else ''}/{found[1].upper()}" if found else None


def judged(module: FoundPart) -> FoundPart:
    """The module with ``rate`` (where a clock was printed, twice that), ``rated``, ``profile``,
    ``channel``, ``registered`` and ``kit``: equal of modules that are sold together."""
    row = _types().get(str(module["type"] or ""))
    kind = row["type"] if row else str(module["type"] or "")
    more: dict[str, Any] = {"type": kind, "channel": _channel(module)}
    least = float(row["slowest"]) if row else 0.0
    for name, fact in (("speed", "told"), ("configured", "rate")):
        value = module[name] or (module["speed"] if fact == "rate" else None)
        more[fact] = value * 2 if value and value < least else value
    known = rated(str(module["part"] or ""), kind)
    more |= dict(zip(("rated", "profile"), known or (), strict=False))
    more["kit"] = (module["size_bytes"], more.get("rated") or more["told"])
    detail = str(module["detail"] or "").lower()
    return module.plus(**more, registered="registered (" in detail and "unreg" not in detail)
