"""The grid of an atlas: a goal file in which a section may be a list, and ``[each]`` lists values.

Every combination is a question; a file of Parquet holds some, answered where the work is done.
"""

import datetime as dt
import functools
import hashlib
import importlib
import json
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog import source
from rigwright.plan.ask.goal import goal_data, parse_day
from rigwright.plan.machine.goals import goal_of_data
from rigwright.plan.machine.planning import plan
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.tables.table import toml

SCHEMA: dict[str, Any] = toml(Path(__file__).parents[1] / "data" / "atlas.toml")
INNER = ("workload", "budget")
"""Sections that change fastest: what prepared searches outlive; rows and columns of a page."""
PART = 10  # questions of a file: what a kill may cost each worker
VERSION: str = sys.modules["rigwright"].__version__
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """What all questions share, and for each axis the settings (sections) that it goes through."""

    base: Data
    axes: list[list[Data]]

    def count(self, *sections: str) -> int:
        """Combinations of all axes, or of those of some sections."""
        return math.prod(len(a) for a in self.axes if not sections or {*a[0]} & {*sections})

    def question(self, number: int) -> Data:
        """What a goal file would hold that asks the question of this number, from 0."""
        found = self.base
        for axis in reversed(self.axes):
            number, at = divmod(number, len(axis))
            for name, said in axis[at].items():
                both = {**found.get(name, {}), **said} if isinstance(said, dict) else said
                found = {**found, name: both}
        return found

    def numbers(self, file: int) -> range:
        """Numbers of a file's questions."""
        return range(file * PART, min((file + 1) * PART, self.count()))


def read_grid(path: Path, day: str | None = None) -> Grid:
    """The grid of a file; where it says no day, all questions are of ``day``, or of today.

    Raises InputError for the file, for a value that no goal may have, or that is there twice.
    """
    where, data = str(path), goal_data(path)
    each = data.pop("each", {})
    lists = [(name, "", data.pop(name)) for name in [*data] if isinstance(data[name], list)]
    for name, said in each.items() if isinstance(each, dict) else [("each", each)]:
        lists += [(name, *v) for v in (said.items() if isinstance(said, dict) else [("", said)])]
    axes: list[list[Data]] = []
    for name, key, values in lists:
        once = isinstance(values, list) and {json.dumps(v, default=str) for v in values}
        if not once or len(once) < len(values):
            raise InputError(where, f"{name} {key}".strip(), values, "a list, each value once")
        axes.append([{name: {key: v} if key else v} for v in values])
    axes.sort(key=lambda axis: [1 + INNER.index(s) for s in axis[0] if s in INNER])
    data = {"as_of": day or dt.date.today(), **data}
    grid, step = Grid(*json.loads(json.dumps([data, axes], default=str))), 1
    one: list[Data] = [{}]
    for axis in [*grid.axes[::-1], one]:  # each value with the first of all others
        for at in range(len(axis)):
            goal_of_data(grid.question(step * at), {}, where=where)
        step *= len(axis)
    return grid


def extra(name: str, wanted: str = "atlas") -> Any:
    """A module of an extra. Raises InputError that says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        install = f"pip install 'rigwright[{wanted}]'"
        raise InputError("atlas", name, "not installed", f"extra {wanted}", install) from None


@functools.cache
def program(database: str, day: str) -> str:
    """Version and market that answer: two of these are never mixed in an atlas."""
    if database != (source.chosen_url() or "none"):
        source.use(database)
    known = (*source.prices_on(parse_day(day), used=True).items(), *source.offers_seen())
    digest = hashlib.sha256(repr(sorted(map(repr, known))).encode()).hexdigest()
    return f"{VERSION}, market {digest[:16]}"


def answered(grid: Grid, file: int, database: str, wanted: str) -> bytes:
    """The answers to a file's questions as Parquet.

    Raises InputError where another version or market would answer than where the atlas was begun.
    """
    pa, parquet = extra("pyarrow"), extra("pyarrow.parquet")
    if (mine := program(database, grid.question(0)["as_of"])) != wanted:
        raise InputError("atlas", "worker", mine, wanted)

    def kind(said: Any) -> Any:
        if isinstance(said, dict):
            return pa.struct([(name, kind(inner)) for name, inner in said.items()])
        return pa.list_(kind(said[0])) if isinstance(said, list) else pa.type_for_alias(said)

    told = {"rigwright.atlas": str(SCHEMA["version"]), "rigwright": VERSION}
    rows = [_row(number, grid.question(number)) for number in grid.numbers(file)]
    table = pa.Table.from_pylist(rows, pa.schema(list(kind(SCHEMA["columns"])), metadata=told))
    parquet.write_table(table, sink := pa.BufferOutputStream(), compression="zstd")
    return bytes(sink.getvalue())


def _row(number: int, data: Data) -> Data:
    """A question and its answer; ``error`` where no such goal can be asked."""
    row, began = {"question": number, "as_of": parse_day(data["as_of"])}, time.perf_counter()
    try:
        row = plan(goal_of_data(data, {}).goal).to_dict() | row
    except RigwrightError as error:
        row["error"] = str(error)
    return row | {"goal": json.dumps(data), "seconds": time.perf_counter() - began}
