"""Flags that say a goal without a file; each is one key of it, said in a word."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rigwright.catalog.prices.ledger import USD_MAX
from rigwright.spec.asked import declared, questions
from rigwright.spec.errors import InputError
from rigwright.spec.run import Run

GOAL = Path(__file__).parent / "data" / "goal.toml"
QUIET_DBA = 30
"""What a bedroom may have at night (WHO, Guidelines for Community Noise, 1999, table 4.1)."""
FLAGS = declared("flags", GOAL)
MEANT: dict[str, dict[Any, Any]] = {
    "quiet": {True: QUIET_DBA},
    "amd": {True: ["nvidia", "amd"], False: ["nvidia"]},
}
"""What yes and no are as the key's value."""
TAX = ("tax", "tax_rate")
"""What a file says of the budget that another amount does not change."""
LISTS = ("cards", "ram", "drives", "gpu_vendors", "brands", "exclude_brands", "offers", "prices")

Data = dict[str, Any]


def _put(data: Data, key: str, value: Any) -> None:
    section, _, name = key.rpartition(".")
    table = data.setdefault(section, {}) if section else data
    if not isinstance(table, dict):
        raise InputError("goal", section, table, "a section")
    table[name] = value


def _section(data: Data, name: str) -> Data:
    table = data.get(name)
    return table if isinstance(table, dict) else {}


def _signed(text: str) -> tuple[float, str] | None:
    """Amount and currency of a text that is a price and nothing else."""
    from rigwright.catalog.paste.prices import price_alone  # reads the words of all lists

    return price_alone(text)


def budget_said(said: Any) -> Data:
    """``3000``, ``$60k``, ``2800 EUR`` or ``€2,800`` as the section says it."""
    text, times = str(said).strip(), 1
    if text[-2:-1].isdigit() and text[-1] in "kK":
        text, times = text[:-1], 1000
    if re.fullmatch(r"\d{1,3}(,\d{3})+|\d+(\.\d+)?", text):
        return {"usd": float(text.replace(",", "")) * times}
    if price := _signed(text):
        return {"amount": price[0] * times, "currency": price[1]}
    amount, _, currency = text.partition(" ")
    return {"amount": amount, "currency": currency.strip().upper()} if currency else {"usd": said}


def named_price(text: str) -> tuple[str, float, str]:
    """What somebody says that a part, or a card of a chip, costs them, and in which currency:
    NAME=3899, NAME=2400 EUR, NAME=€2,400.

    Raises ValueError with what is allowed.
    """
    name, _, said = text.rpartition("=")
    try:
        amount, currency = float(said), "USD"
    except ValueError:
        amount, currency = _signed(said) or (0.0, "")
    if not name.strip() or not 0 < amount <= USD_MAX:
        raise ValueError(f"NAME=USD, up to {USD_MAX:,}, or NAME=2400 EUR")
    return name.strip(), amount, currency


def _value(key: str, text: str) -> Any:
    """A value as TOML has it; plain words are text, several of a list are separated by ``;``."""
    try:
        value: Any = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        value = text
    if key.rpartition(".")[2] in LISTS and isinstance(value, str):
        return [piece.strip() for piece in value.split(";") if piece.strip()]
    return value


def _setting(text: str) -> tuple[str, Any]:
    key, given, value = text.partition("=")
    key = key.strip()
    if not given or not key or key.count(".") > 1:
        raise InputError("--set", "setting", text, "SECTION.KEY=VALUE", "--set limits.cores_min=8")
    return key, _value(key, value.strip())


def with_flags(data: Mapping[str, Any], said: Mapping[str, Any]) -> Data:
    """A goal's data with what flags say; ``own`` is left to who knows parts by name.

    Raises InputError for a setting that is none.
    """
    found = {k: dict(v) if isinstance(v, dict) else v for k, v in data.items()}
    for q in questions(Run):
        if q.name in said:
            _put(found, f"workload.{q.name}", said[q.name])
    for flag in FLAGS:
        if flag.name in said and flag.name not in ("own", "set"):
            meant = said[flag.name]
            if flag.name in MEANT:
                meant = MEANT[flag.name].get(meant, meant)
            if flag.name == "budget":
                taxed = {k: v for k, v in _section(found, "budget").items() if k in TAX}
                found["budget"] = taxed | budget_said(meant)
            elif meant is not False or flag.name == "used":
                _put(found, flag.field, meant)
    for text in said.get("set") or ():
        _put(found, *_setting(text))
    return found
