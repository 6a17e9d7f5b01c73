"""A ``config.json`` under our own words: which key says what, and what a family always has.

The words are rows of ``data/config_keys.csv``, ``families.csv`` and ``layer_words.csv``.
"""

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import records, toml

DATA = Path(__file__).parents[1] / "data"
MOST = 10**8
CHECKPOINTS = DATA / "checkpoints.toml"
"""How checkpoints and configurations call what decoders are made of."""


@functools.cache
def _keys() -> dict[str, tuple[tuple[str, ...], ...]]:
    rows = records(DATA / "config_keys.csv")
    return {r["field"]: tuple(tuple(k.split(".")) for k in r["keys"].split("|")) for r in rows}


@functools.cache
def _families() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in records(DATA / "families.csv"):
        traits = dict(trait.split("=") for trait in row["traits"].split("|") if trait)
        if traits.pop("family", "") == "gpt":
            traits = toml(CHECKPOINTS)["gpt"] | traits
        found |= dict.fromkeys(row["model_types"].split("|"), traits)
    return found


@functools.cache
def _sparse() -> dict[str, dict[str, Any]]:
    return {
        row["model_type"]: tomllib.loads(row["sizes"].replace("|", "\n"))
        for row in records(DATA / "sparse.csv")
    }


def filled(told: Mapping[str, Any], part: Mapping[str, Any], needed: tuple[str, ...]) -> Any:
    """``told``, with the family's own sizes where a part of a configuration leaves needed ones out.

    part : as it is written; what it says, even that there is none, stays.
    """
    if all(Given(told, "").raw(field) is not None for field in needed):
        return told
    sizes = _sparse().get(str(part.get("model_type")), {})
    return {**{k: v for k, v in sizes.items() if k not in part}, **told}


@functools.cache
def layer_words() -> dict[str, str]:
    """Word for a layer -> full, near, state, conv, both, experts or mlp."""
    return {row["word"]: row["kind"] for row in records(DATA / "layer_words.csv")}


@dataclass(slots=True)
class Given:
    """A configuration as it was read. name : of the file, for errors.  notes : what was assumed."""

    data: Mapping[str, Any]
    name: str
    notes: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        """Its ``model_type``."""
        return str(self.data.get("model_type"))

    @property
    def known(self) -> bool:
        """Whether the family is one of the table."""
        return self.family in _families()

    @property
    def traits(self) -> dict[str, str]:
        """What the family always has; nothing for an unknown one."""
        return _families().get(self.family, {})

    def trait(self, name: str) -> bool:
        """A trait that is yes or no."""
        return self.traits.get(name) == "true"

    def switched(self, trait: str) -> bool:
        """The switch of the configuration that a trait names; on where it names none."""
        return trait not in self.traits or self.says(self.traits[trait])

    def raw(self, field: str) -> Any:
        """The first key of a field that says something, as it is written."""
        for first, *rest in _keys()[field]:
            value: Any = self.data.get(first)
            for key in rest:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None and value != "auto":
                return value
        return None

    def says(self, key: str, default: bool = False) -> bool:
        """A switch of the configuration itself."""
        value = self.data.get(key)
        return default if value is None else bool(value)

    def biased(self, key: str, default: bool) -> bool:
        """A switch of biases, which MPT turns off by the word ``no_bias``."""
        return not self.says(key, True) if key == "no_bias" else self.says(key, default)

    def number(self, field: str, default: int | None = None) -> int:
        """A whole number of at least 1 (a list: its first), ``default`` where nothing or 0 is said.

        Raises InputError for another value, or for nothing without a default.
        """
        value = self.raw(field)
        if isinstance(value, list) and value:
            value = value[0]
        if not value and default is not None and not isinstance(value, bool | str):
            return default
        if isinstance(value, float) and value == int(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < MOST:
            shown = "nothing" if value is None else value
            raise InputError(self.name, _keys()[field][0][-1], shown, "a positive whole number")
        return value

    def worked(self, text: str, own: Mapping[str, float]) -> int:
        """The first of ``a*b/c + d?2`` that is not 0, of alternatives between bars.

        Names are of ``own``, else fields; one that says nothing is what follows its ``?``, else 0.
        """
        for way in text.split("|"):
            terms = (math.prod(self._factor(f, own) for f in t.split("*")) for t in way.split("+"))
            if total := sum(terms):
                return math.ceil(total)
        return 0

    def _factor(self, text: str, own: Mapping[str, float]) -> float:
        text, _, under = text.strip().partition("/")
        name, _, default = text.partition("?")
        value = own[name] if name in own else int(name) if name.isdigit() else (
            self.number(name, int(default or 0)))  # fmt: skip
        return value / self._factor(under, own) if under else value

    def at(self, field: str, layer: int, default: int | None = None) -> int:
        """The same of one layer, where the configuration has a list with all layers."""
        value = self.raw(field)
        if isinstance(value, list) and len(value) > layer and isinstance(value[layer], int):
            return int(value[layer]) or (default or 0)
        return self.number(field, default)

    def items(self, field: str) -> list[Any]:
        """A list, whether written so or as text (``MEM*``, ``3,4,5``)."""
        value = self.raw(field)
        if isinstance(value, str):
            return value.split(",") if "," in value else [c for c in value if c != "|"]
        return list(value) if isinstance(value, list | tuple) else []
