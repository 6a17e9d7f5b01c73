"""Predictions for many measured rows at once, fast enough for least squares."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import ChipTable, chip_table, sustained
from rigwright.predict.communication import input_seconds
from rigwright.predict.constants import Constants
from rigwright.predict.kernel.kerneltime import operation_seconds
from rigwright.predict.kernel.shapes import Setting, Shapes, shapes_of
from rigwright.predict.kernel.work import concatenate
from rigwright.predict.step import (
    Prepared,
    host_seconds,
    paced_seconds,
    prepare,
    slower_kernels,
    told_by,
)
from rigwright.spec.errors import RigwrightError
from rigwright.spec.operation import Array, OperationList
from rigwright.spec.run import Run
from rigwright_accuracy.measured import Row

RANGES = tuple(told_by(0.0, 0.0, True, 1))
Loader = Callable[[Run], OperationList]


@dataclass
class Group:
    """Rows that run under one setting, their operations laid end to end."""

    shapes: Shapes
    owner: NDArray[np.intp]  # row of each operation
    chip: NDArray[np.intp]  # chip of each operation


@dataclass
class Bench:
    """Prepared rows; ``predict(constants)`` gives seconds per row."""

    rows: list[Row]
    prepared: list[Prepared]
    table: ChipTable
    chip_of: NDArray[np.intp]
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: list[Group] = field(default_factory=list)

    @property
    def measured(self) -> Array:
        """Seconds of every row as published."""
        return np.array([r.step_s for r in self.rows])

    def told(self, waits: Array) -> Array:
        """What widens each row's range, by RANGES. waits : for the host, over the step."""
        each = zip(self.rows, self.prepared, waits, strict=True)
        found = (told_by(p.told, w, p.software.stated, r.gpu_count) for r, p, w in each)
        return np.array([[of[name] for name in RANGES] for of in found]).reshape(-1, len(RANGES))

    def widths(self, c: Constants) -> Array:
        """Log half width of each row's range."""
        waits = self.host(c) / np.maximum(self.predict(c), 1e-9)
        widened = self.told(waits) @ np.array([c[name] for name in RANGES])
        return np.asarray(widened + self.table.vague[self.chip_of])

    def host(self, c: Constants) -> Array:
        """Seconds in which the usual host of each row's chip dispatches the step."""
        return np.array([host_seconds(p, c) for p in self.prepared]) / self.table.host[self.chip_of]

    def predict(self, c: Constants) -> Array:
        """Step seconds of every row."""
        gpu, backward = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        rates = sustained(self.table, c)
        for g in self.groups:
            at, table = rates.take(g.chip), self.table.take(g.chip)
            spent = operation_seconds(g.shapes, table, at, c).total * g.shapes.count
            gpu += np.bincount(g.owner, spent, len(self.rows))
            backward += np.bincount(g.owner, spent * (g.shapes.work.backward > 0), len(self.rows))
        slower = np.array([slower_kernels(p.software, c) for p in self.prepared])
        gpu, backward = gpu * slower, backward * slower
        t = self.table.take(self.chip_of)
        count = np.array([float(row.gpu_count) for row in self.rows])
        sent = np.array([p.gradient_bytes for p in self.prepared])
        link = np.array([row.gpu_link for row in self.rows])
        host, calls = self.host(c), np.array([p.calls for p in self.prepared]).T
        busy, exchange = paced_seconds((gpu, backward), host, calls, sent, (count, link), t, c)
        copy = input_seconds(np.array([p.input_bytes for p in self.prepared]) * count, t, c)
        return busy + exchange + copy + c.step_overhead_us * 1e-6


def build(rows: Iterable[Row], listed: Loader) -> Bench:
    """Prepare every row whose model is known; count the others by reason."""
    kept: list[Row] = []
    prepared: list[Prepared] = []
    skipped: Counter[tuple[str, str]] = Counter()
    cache: dict[tuple[object, ...], Prepared] = {}
    for row in rows:
        if row.skip:
            skipped[row.source, row.skip] += 1
            continue
        key = (row.run, row.gpu_count, row.copies_input)
        if key not in cache:
            try:
                ops = listed(row.run)
            except (RigwrightError, KeyError):
                skipped[row.source, f"not in the zoo: {row.run.model}"] += 1
                continue
            cache[key] = prepare(ops, row.run, row.gpu_count, copies_input=row.copies_input)
        kept.append(row)
        prepared.append(cache[key])
    ids = {row.chip.id: row.chip for row in kept if row.chip is not None}
    order = {name: i for i, name in enumerate(ids)}
    chip_of = np.array([order[r.chip.id] for r in kept if r.chip is not None], dtype=np.intp)
    bench = Bench(kept, prepared, chip_table(list(ids.values())), chip_of, skipped)
    bench.groups = _groups(bench)
    return bench


def _groups(bench: Bench) -> list[Group]:
    members: dict[Setting, list[int]] = defaultdict(list)
    for i, p in enumerate(bench.prepared):
        members[p.shapes.setting].append(i)
    groups = []
    for setting, indices in members.items():
        work = concatenate([bench.prepared[i].shapes.work for i in indices])
        sizes = [len(bench.prepared[i].shapes.work) for i in indices]
        owner = np.repeat(np.array(indices, dtype=np.intp), sizes)
        shapes = shapes_of(work, setting, chips_axis=False)
        groups.append(Group(shapes, owner, bench.chip_of[owner]))
    return groups


def subset(bench: Bench, keep: Sequence[int]) -> Bench:
    """Some rows of a bench, prepared work shared."""
    rows, prepared = [bench.rows[i] for i in keep], [bench.prepared[i] for i in keep]
    chip_of = bench.chip_of[np.asarray(keep, dtype=np.intp)]
    part = Bench(rows, prepared, bench.table, chip_of, bench.skipped)
    part.groups = _groups(part)
    return part
