"""How a question about a run is declared once: label, unit, choices, bounds, when it applies.

Goal file, batch lines, options of commands, API, forms and the pages about them are made from it.
"""

import dataclasses
import functools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rigwright.spec.tables.table import toml

TABLE = Path(__file__).parent / "tables" / "data" / "questions.toml"
Kind = Literal["whole", "amount", "yes", "choice", "text", "names", "day"]

_SAID = toml(TABLE.with_name("situations.toml"))
SITUATIONS: dict[str, str] = _SAID["situations"]
"""What a question may need, by the word that ``needs`` uses; ``plan.ask.kinds`` finds them."""
INSTEAD: dict[str, str] = _SAID["instead"]
"""What would make a question apply; else the model would have to be another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field that people fill in.

    label : of a form, without the unit.  help : one line, what it means.
    default : what a table that leaves it out means; also the value that a field has where it does
    not apply.  usual : (kind of model, value) of every other surface, the first that holds; "" is
    every model.  why : reason or source of ``usual``.
    choices : words allowed, ``spoken`` : other words for them.
    most, least : largest and smallest number that is answered; least 0 = above 0.
    flags : spellings on the command line, the first not taken is the main one.
    needs : of SITUATIONS, all of them, or the field does not apply.
    rank : 1 shown first everywhere, 2 on the first part of a form, 3 under "more".
    left_out : what leaving it out means where no value says it.  names : kind of names that a form
    offers.
    field, scale : stored value = what is given x scale, under that name.
    """

    name: str
    label: str
    help: str
    kind: Kind
    unit: str = ""
    default: Any = None
    required: bool = False
    usual: tuple[tuple[str, Any], ...] = ()
    why: str = ""
    choices: tuple[str, ...] = ()
    spoken: tuple[tuple[str, str], ...] = ()
    most: float | None = None
    least: float = 0
    flags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    rank: int = 3
    field: str = ""
    scale: float = 1
    example: Any = None
    left_out: str = ""
    names: str = ""

    def usual_for(self, words: Collection[str]) -> Any:
        """What is meant by leaving it out, for a model of these kinds."""
        return next((v for kind, v in self.usual if not kind or kind in words), self.default)

    def neutral(self, value: Any) -> bool:
        """Whether ``value`` says no more than leaving the field out where it does not apply."""
        text = str(value).strip().lower()
        if self.kind == "yes":
            return text in ("", "none", "false", "no", "0", "0.0")
        usual = {str(v).lower() for _, v in self.usual} | {str(self.default).lower()}
        return text in {"", "none", "null", "false", "0", "0.0", "1", "1.0"} | usual

    @property
    def default_words(self) -> str:
        """``32; language models 1``: what leaving it out means; empty for nothing."""
        if self.left_out or not self.usual:
            return self.left_out or _plain(self.default)
        last = [_plain(v) for kind, v in self.usual if not kind]
        some = [f"{SITUATIONS[kind]} {_plain(v)}" for kind, v in self.usual if kind]
        return "; ".join(last + some)

    @property
    def applies_words(self) -> str:
        """When it applies; empty for always."""
        return ", ".join(SITUATIONS[word] for word in self.needs)


def sentences(q: Question) -> list[str]:
    """``For decoders.``, ``Left out: 32.``: when it applies and what leaving it out means."""
    said = [f"For {q.applies_words}."] if q.needs else []
    return said + ([f"Left out: {q.default_words}."] if q.default_words else [])


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@functools.cache
def said_of(path: Path = TABLE) -> dict[str, dict[str, dict[str, Any]]]:
    """What a table of questions says: section -> name -> fields of ``Question``."""
    return {
        section: {name: {k: _tuples(v) for k, v in row.items()} for name, row in rows.items()}
        for section, rows in toml(path).items()
    }


def declared(section: str, path: Path = TABLE) -> tuple[Question, ...]:
    """The questions of a section, whole, in order."""
    rows = said_of(path)[section].items()
    return tuple(Question(**{"name": name, "field": name, **row}) for name, row in rows)


def asked(place: str, **more: Any) -> Any:
    """A dataclass field that carries its ``Question``: the row at ``place`` (section.name) of the
    table, and keywords of Question.

    The kind follows from the choices or the default where it is not said.
    """
    section, _, name = place.partition(".")
    said = {**said_of()[section][name], **more}
    if "kind" not in said:
        default = said.get("default")
        plain = "yes" if isinstance(default, bool) else "whole"
        said["kind"] = "choice" if said.get("choices") else plain
    if said.get("required"):
        return dataclasses.field(metadata={"asked": said})
    return dataclasses.field(default=said.get("default"), metadata={"asked": said})


def questions(of: Any) -> tuple[Question, ...]:
    """Every question that a dataclass declares, in order."""
    found = []
    for field in dataclasses.fields(of):
        if said := field.metadata.get("asked"):
            found.append(Question(**{"name": field.name, "field": field.name, **said}))
    return tuple(found)
