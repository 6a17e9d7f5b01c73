"""How values read on a page; the words are those of the terminal."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rigwright.catalog.prices.ledger import money, price_words
from rigwright.report.text.findings import number
from rigwright.report.text.prediction import memory_words, planned_words, run_words
from rigwright.spec.tables.table import toml

SAID: dict[str, Any] = toml(Path(__file__).parent / "data" / "words.toml")
MINUS = "\N{MINUS SIGN}"


def more(usd: float | None) -> str:
    """``+$120``, ``±$0``; ``?`` when unknown."""
    if usd is None:
        return "?"
    sign = "±" if round(usd) == 0 else "+" if usd > 0 else MINUS
    return f"{sign}{money(abs(usd))}"


def shares(found: dict[str, float]) -> list[tuple[str, float]]:
    """Largest first, as parts of one; what is below half a percent is left out."""
    total = sum(found.values()) or 1.0
    parts = [(name, value / total) for name, value in found.items()]
    return sorted((p for p in parts if p[1] >= 0.005), key=lambda p: -p[1])


def quantity(value: float | str | None, unit: str = "") -> str:
    """``161 mm``, ``1 slot``; a negative one with a true minus."""
    unit = "slot" if unit == "slots" and value == 1 else unit
    text = number(value, unit)
    return f"{MINUS}{text[1:]}" if isinstance(value, float | int) and text.startswith("-") else text


def link(path: str, values: dict[str, Any], **changed: Any) -> str:
    """An address whose query is the values that are not empty."""
    kept = {k: v for k, v in (values | changed).items() if v not in (None, "", False)}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def changed(values: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    """A goal's query with other values of some keys."""
    found = dict(values)
    for key, value in keys.items():
        section, _, name = key.rpartition(".")
        name = f"{section}_{name}" if section in ("own", "use") else name
        many = isinstance(value, list | tuple)
        text = "; ".join(map(str, value)) if many else str(value)
        found[name] = text.lower() if isinstance(value, bool) else text
    return found


FILTERS = {
    "changed": changed, "kind": lambda kind: SAID["kinds"].get(kind, kind),
    "mark": SAID["marks"].__getitem__, "memory_words": memory_words, "money": money, "more": more,
    "fit_word": lambda p: memory_words(p, 0.0).rpartition(", ")[2], "number": quantity,
    "run_words": run_words,
    "planned_words": planned_words, "seen": price_words, "shares": shares,
    "verdict_words": SAID["verdicts"].__getitem__,
}  # fmt: skip
"""Beside those of the report, whose numbers read otherwise."""
