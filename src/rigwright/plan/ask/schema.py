"""Sections of a goal as pydantic models: those of a run are made from its declaration in spec."""

import datetime as dt
import difflib
import types
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic.fields import FieldInfo

from rigwright.plan.ask.flags import GOAL
from rigwright.plan.ask.questions import YES, left_out, word_of
from rigwright.spec.asked import Kind, Question, said_of, sentences

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
PositiveInt = Annotated[int, Field(gt=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A table of the goal file: unknown keys are errors, values are frozen.

    place : the section of ``data/goal.toml`` that says what its own keys mean; their types and
    defaults are the annotations.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    place: ClassVar[str] = ""

    @classmethod
    def rows(cls) -> dict[str, dict[str, Any]]:
        """What a form and a page say of the keys: fields of ``spec.asked.Question``."""
        return said_of(GOAL).get(cls.place, {})

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch(cls, value: Any, info: ValidationInfo) -> Any:
        kind = cls.model_fields[info.field_name or ""].annotation
        if value is True and bool not in (kind, *get_args(kind)):
            raise ValueError("no true or false")  # pydantic would read it as 1
        return value

    @field_validator("*")
    @classmethod
    def _at_most(cls, value: Any, info: ValidationInfo) -> Any:
        most = cls.rows().get(info.field_name or "", {}).get("most")
        if most is not None and isinstance(value, int | float) and value > most:
            raise ValueError(f"at most {most:,.0f}")
        return value


NUMBERS = {"whole": "a whole number", "amount": "a number"}
BOUNDS = {"gt": "above", "ge": "from", "le": "up to"}
KEYS_SAID = 30


def allowed(error: Any, q: Question | None, keys: Collection[str]) -> str:
    """What may be said in place of what pydantic refuses. keys : of the section."""
    context, missing = error.get("ctx", {}), error["type"] == "missing"
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(error["loc"][-1], keys, 1)
        known = f"; keys: {', '.join(keys)}" if 0 < len(keys) <= KEYS_SAID else ""
        return f"no such key{f'; nearest: {near[0]}' if near else known}"
    plain = {"yes": "true or false", "day": "a day, YYYY-MM-DD", **NUMBERS}
    said = plain.get(q.kind, ", ".join(q.choices)) if q else ""
    if error["type"] == "value_error" or not (said or missing):
        said = str(context.get("expected") or error["msg"].removeprefix("Value error, "))
        return said.removeprefix("Input should be ").replace("a valid tuple", "a list")
    most = {"le": q.most} if q and q.kind in NUMBERS and q.most else {}
    for name, word in BOUNDS.items():
        if (bound := (most | context).get(name)) is not None:
            said += f" {word} {f'{bound:,.10g}' if isinstance(bound, int | float) else bound}"
    said += f" [{q.unit}]" if q and q.kind in NUMBERS and q.unit else ""
    if not missing:
        return said
    example = f", such as {q.example}" if q and q.example else ""
    return f"{said or 'a value'}{example}; it is required"


# -- from a declaration to a model ---------------------------------------------------------
def _read(q: Question, value: Any) -> Any:
    """A cell before it is checked: nothing said is None, a word is the choice it means."""
    if left_out(q, value):
        return None
    if q.kind == "yes":
        return YES.get(str(value).strip().lower(), value)
    if q.kind != "choice":
        return value
    found = word_of(q, value)
    return None if found is None and q.needs and q.neutral(value) else found or value


def _bounds(q: Question, bounded: bool) -> Any:
    # 0 says nothing where it does not apply; else the one reader refuses it.
    least: dict[str, Any] = {"ge": 0} if q.needs else {"ge" if q.least else "gt": q.least}
    if q.kind != "whole":
        least["allow_inf_nan"] = False
    return Field(le=q.most if bounded else None, **least)


def type_of(q: Question, *, bounded: bool = False, text: Any = str) -> Any:
    """The type of an answer. bounded : no larger than a server answers."""
    plain: dict[str, Any] = {"yes": bool, "text": text}
    if q.kind in ("whole", "amount"):
        number = int if q.kind == "whole" else float
        return Annotated[number, _bounds(q, bounded)]
    return Literal[q.choices] if q.kind == "choice" else plain[q.kind]


def fields_of(
    asked: Iterable[Question], *, bounded: bool = False, text: Any = str
) -> dict[str, Any]:
    """Fields of a pydantic model for some questions; what is left out is None."""
    found: dict[str, Any] = {}
    for q in asked:
        said = Field(None, title=q.label, description=described(q))
        kind = type_of(q, bounded=bounded, text=text)
        if q.required:
            found[q.name] = (kind, Field(title=q.label, description=described(q)))
        else:
            found[q.name] = (Annotated[kind | None, BeforeValidator(partial(_read, q))], said)
    return found


def described(q: Question) -> str:
    """One line for a page about the API: meaning, unit, when it applies, what is usual."""
    said = [q.help]
    if q.unit:
        said.append(f"In {q.unit}.")
    return " ".join(said + sentences(q))


def made(name: str, base: type[BaseModel], fields: Mapping[str, Any]) -> Any:
    """A pydantic model with more fields than ``base``."""
    return create_model(name, __base__=base, __module__=base.__module__, **dict(fields))


# -- from a model back to questions --------------------------------------------------------
_KINDS: dict[Any, Kind] = {bool: "yes", int: "whole", float: "amount", str: "text", dt.date: "day"}


def _bare(annotation: Any) -> Any:
    """A type without ``| None`` and without what is annotated."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _question(name: str, info: FieldInfo, row: Mapping[str, Any]) -> Question:
    bare = _bare(info.annotation)
    many, choices = get_origin(bare) is tuple, ()
    inner = _bare(get_args(bare)[0]) if many else bare
    if get_origin(inner) is Literal:
        choices = get_args(inner)
    kind: Kind = "names" if many else "choice" if choices else _KINDS[inner]
    default = None if info.is_required() or info.default_factory else info.default
    return Question(
        name=name, kind=kind, choices=choices, default=default, required=info.is_required(), **row
    )


def questions_of(section: type[Section]) -> tuple[Question, ...]:
    """The questions that a section asks by itself, in order."""
    fields, rows = section.model_fields, section.rows()
    return tuple(_question(n, info, rows[n]) for n, info in fields.items() if n in rows)


def bounded(section: type[Section], name: str, text: Any, texts: Any) -> Any:
    """A section with the sizes that a server answers. text, texts : one word, several."""
    found: dict[str, Any] = {}
    for q in questions_of(section):
        info = section.model_fields[q.name]
        default = ... if info.is_required() else info.default
        said = Field(default, title=q.label, description=described(q))
        if info.default_factory is not None:
            said = Field(default_factory=info.default_factory, title=q.label)
        found[q.name] = (_bounded_type(q, info, text, texts), said)
    return made(name, section, found)


def _bounded_type(q: Question, info: FieldInfo, text: Any, texts: Any) -> Any:
    if q.kind == "names":
        return texts(q.choices)
    if q.kind == "text":
        return text | None if q.default is None and not q.required else text
    kind = info.rebuild_annotation()
    return kind if q.most is None else Annotated[kind, Field(le=q.most)]
