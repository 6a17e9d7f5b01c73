"""An answer as named numbers: what is pinned of it."""

from __future__ import annotations

from typing import Any

from rigwright.spec.answer import plain

WORDS = frozenset({"gpu", "id", "verdict", "severity", "bound", "kind", "offer", "unit", "cpu"})
LONG = 3
"""Longer lists are pinned as sums, in which the place of an item counts."""
COUNTED = frozenset({"verdict", "fits", "within_budget", "on_frontier"})
ASKED = frozenset({"run", "budget_usd", "as_of", "price_age_days"})
"""What the question said already."""
Leaves = dict[str, float | str]


def leaves(answer: Any) -> Leaves:
    """Path -> number or telling word; prose is left to the tests of the reports."""
    found: Leaves = {}
    _walk(plain(answer), "", found)
    return found


def _walk(value: Any, path: str, found: Leaves) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ASKED:
                continue
            _walk(inner, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list):
        _walk_list(value, path, found)
    elif isinstance(value, bool):
        found[path] = str(value)
    elif isinstance(value, int | float):
        found[path] = float(value)
    elif isinstance(value, str) and path.rpartition(".")[2] in WORDS:
        found[path] = value.replace(" ", "_")


def _walk_list(items: list[Any], path: str, found: Leaves) -> None:
    if len(items) <= LONG:
        for number, item in enumerate(items):
            _walk(item, f"{path}.{number}", found)
        return
    found[f"{path}.count"] = float(len(items))
    for number, item in enumerate(items):
        inner: Leaves = {}
        _walk(item, path, inner)
        for name, value in inner.items():
            if isinstance(value, str) and name.rpartition(".")[2].split(":")[0] not in COUNTED:
                continue
            if isinstance(value, str):
                name, value = f"{name}:{value}", 1.0
            old = found.get(f"{name}.sum", 0.0)
            assert isinstance(old, float)
            found[f"{name}.sum"] = old + value * (1 + number / 100)
