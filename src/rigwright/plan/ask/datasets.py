"""What a question says of the data: a well-known set by name, or sizes; and how much a job is."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.plan.ask.kinds import kinds_of
from rigwright.plan.ask.questions import DATA, Tell, applying, left_out, refuse
from rigwright.spec import data as asked
from rigwright.spec.asked import Question
from rigwright.spec.data import DataSet
from rigwright.spec.errors import InputError
from rigwright.spec.run import Run
from rigwright.spec.tables.table import kept, keyed

TABLE = Path(__file__).parent / "data" / "datasets.csv"
OF_SET = {q.name: q for q in asked.DATA}


@dataclass(frozen=True, slots=True)
class Known:
    """A well-known set: its training part.

    also : other names.  total_bytes : as it is stored. [B]  usual_epochs : of a job on it.
    Others as in DataSet.
    """

    name: str
    title: str
    also: tuple[str, ...]
    items: int
    total_bytes: float
    format: str
    lies: str
    item_pixels: float | None
    item_tokens: float | None
    usual_epochs: int


@dataclass(frozen=True, slots=True)
class Job:
    """What is read, and how many items (as ``samples`` counts them) one job is; None = not said."""

    data: DataSet | None = None
    samples: int | None = None


known_sets = kept(keyed, Known, TABLE, "name")
"""Well-known sets by name."""


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def known_set(name: str, where: str = "run") -> Known:
    """A set by name, however it is written. Raises InputError naming the nearest ones."""
    every = {_plain(word): row for row in known_sets().values() for word in (row.name, *row.also)}
    if (found := every.get(_plain(name))) is not None:
        return found
    near = difflib.get_close_matches(_plain(name), every, 3, cutoff=0.5)
    names = dict.fromkeys(every[n].name for n in near) or list(known_sets())[:5]
    raise InputError(
        where, "data", name, f"a set such as {', '.join(names)}", "its items and item_bytes instead"
    )


def _nothing(q: Question, value: Any, table: bool) -> bool:
    return left_out(q, value, table=table) or (q.kind == "choice" and q.neutral(value))


def data_of(said: Mapping[str, Any], run: Run, where: str, tell: Tell = refuse) -> DataSet | None:
    """The data of a question; None where nothing is said of it.

    Raises InputError for a number that is none; an unknown name or word, a key that does not apply
    and a set without sizes are told of.
    """
    table = tell is not refuse
    if not any(n in said and not _nothing(q, said[n], table) for n, q in OF_SET.items()):
        return None
    found = applying(OF_SET, said, run, where, tell)
    values = {OF_SET[name].field: value for name, value in found.items()}
    if not values:
        return None
    try:
        whole = _whole(values, where)
        if "format" not in whole and "language" in kinds_of(run.model).sure:
            whole["format"] = "text"
        return _readable(DataSet(**whole), run, where)
    except InputError as error:
        tell(error)
    return None


def _readable(data: DataSet, run: Run, where: str) -> DataSet:
    """The set, of pictures for a model that sees and of texts for one that reads."""
    sure, given = kinds_of(run.model).sure, data.name or data.format
    if data.format in ("jpeg", "png") and "language" in sure:
        raise InputError(where, "data", given, f"texts: {run.model} reads no pictures", "alpaca")
    if data.format in asked.TEXTS and "pictures" in sure:
        raise InputError(where, "data", given, f"pictures: {run.model} reads no texts", "coco-2017")
    return data


def _whole(values: dict[str, Any], where: str) -> dict[str, Any]:
    """Every field of the set: what is said, over what is known of the name."""
    usual: dict[str, Any] = {}
    if "name" in values:
        row = known_set(values["name"], where)
        usual = {
            "items": row.items, "item_bytes": row.total_bytes / row.items, "format": row.format,
            "lies": row.lies, "item_pixels": row.item_pixels, "item_tokens": row.item_tokens,
            "epochs": row.usual_epochs,
        }  # fmt: skip
        values = values | {"name": row.name}
    whole = usual | values
    for name in ("items", "item_bytes"):
        if name not in whole:
            raise InputError(
                where, "data", f"no {name}", "items and item_bytes, or the name of a set",
                "imagenet-1k",
            )  # fmt: skip
    return whole


def job_of(said: Mapping[str, Any], run: Run, where: str, tell: Tell = refuse) -> Job:
    """What a question says of its data and of the size of its job."""
    samples = applying({"samples": DATA["samples"]}, said, run, where, tell).get("samples")
    return Job(data_of(said, run, where, tell), samples)


def row_job(said: Mapping[str, Any], run: Run) -> tuple[Job, tuple[str, ...]]:
    """The job of a table's line, and notes on what in it was not used."""
    errors: list[InputError] = []
    job = job_of(said, run, "line", errors.append)
    return job, tuple(f"not used: {error}" for error in errors)
