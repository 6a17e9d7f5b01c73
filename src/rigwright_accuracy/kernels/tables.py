"""Kernels timed alone on idle chips (``measured/kernels``: aiconfigurator-core), as sizes."""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rigwright.predict import alone
from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.predict.constants import Constants
from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright_accuracy.measured import WORDS, ChipNames, measured_directory

SHORTEST_S = 50e-6
KERNELS_PER_SET, SCORED = 60, 4000  # that are fitted, and scored at most
PRECISIONS: dict[str, str] = WORDS["kernels"]["precisions"]


@dataclass
class KernelSet:
    """Executions of one operation by one engine in one precision on one chip.

    fitted : its smallest kernels are short; where even they are not, its dispatch is timed.
    """

    name: str
    engine: str
    precision: str
    chip: Chip
    sizes: dict[str, Array]
    seconds: Array
    fitted: bool

    def predict(self, c: Constants) -> Array:
        """Seconds of each execution."""
        t = chip_table([self.chip])
        rates = sustained(t, c)
        return alone.seconds(self.name, self.sizes, self.precision, self.engine, t, rates, c).total


def _file(path: Path, names: ChipNames, most: int | None) -> Iterator[KernelSet]:
    """Rows that a question can ask for: no window, no part of the experts, gated ones."""
    import pyarrow.parquet as parquet

    op, of_type, columns = WORDS["kernels"]["files"][path.name.removesuffix("_perf.parquet")]
    d = {name: np.array(cells) for name, cells in parquet.read_table(path).to_pydict().items()}
    chip = names.find(re.sub(r"\((R|TM)\)| Graphics", "", d["device"][0]))
    keep, one = d["latency"] >= SHORTEST_S * 1e3, np.ones(len(d["latency"]), int)
    keep &= np.array([not w for w in d.get("window_size", 0 * one)])
    keep &= (d.get("moe_tp_size", one) == 1) & (d.get("moe_ep_size", one) == 1)
    keep &= np.array(["nongated" not in kernel for kernel in d["kernel_source"]])
    keep &= d.get("kv_cache_dtype", d[of_type]) == d[of_type]
    for dtype in sorted(set(d[of_type]) & set(PRECISIONS)):
        of_it = d[of_type] == dtype
        fitted = bool(d["latency"][of_it].min() < SHORTEST_S * 1e3)
        rows = np.flatnonzero(keep & of_it)
        rows = np.random.default_rng(0).permutation(rows)[:most]
        if chip is None or not len(rows):
            continue
        sizes = {n: d[at][rows] for n, at in zip(alone.SIZES[op], columns, strict=True)}
        engine = WORDS["kernels"]["engines"][d["framework"][0]]
        seconds = d["latency"][rows] * 1e-3
        yield KernelSet(op, engine, PRECISIONS[dtype], chip, sizes, seconds, fitted)


def all_sets(names: ChipNames, most: int | None = None) -> list[KernelSet]:
    """Every set of kernels of 50 us and more, of each at most ``most`` at random.

    None where the tables or pyarrow are not there.
    """
    if importlib.util.find_spec("pyarrow") is None:
        return []
    paths = sorted((measured_directory() / "kernels").glob("*/*/*/*/*_perf.parquet"))
    files = WORDS["kernels"]["files"]
    kept = [path for path in paths if path.name.removesuffix("_perf.parquet") in files]
    return [found for path in kept for found in _file(path, names, most)]
