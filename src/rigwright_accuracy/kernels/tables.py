"""Kernels timed alone on idle chips (``measured/kernels``: aiconfigurator-core), as sizes."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.alone import single
from rigwright.predict.chipmodel import ChipTable, chip_table, sustained
from rigwright.predict.constants import Constants
from rigwright.spec.parts import Chip
from rigwright_accuracy.measured import ChipNames, measured_directory

Array = NDArray[np.float64]

SHORTEST_S = 50e-6
ENGINES = {"SGLang": "sglang", "VLLM": "vllm", "TRTLLM": "tensorrt-llm"}
FILES = {
    "gemm": "gemm", "context_attention": "attention_prefill",
    "generation_attention": "attention_decode", "moe": "moe",
}  # fmt: skip
COLUMNS = {
    "gemm": ("m", "n", "k"),
    "attention_prefill": ("batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim"),
    "attention_decode": ("batch_size", "step", "num_heads", "num_key_value_heads", "head_dim"),
    "moe": ("num_tokens", "hidden_size", "inter_size", "num_experts", "topk"),
}
PRECISIONS = {
    "bfloat16": "bf16", "fp8": "fp8", "fp8_block": "fp8", "sq": "int8", "int4_wo": "int4",
    "w4a16_mxfp4": "mxfp4", "int8_wo": "q8_0",
}  # fmt: skip
DTYPE = {
    "gemm": "gemm_dtype", "attention_prefill": "attn_dtype", "attention_decode": "attn_dtype",
    "moe": "moe_dtype",
}  # fmt: skip


@dataclass
class KernelSet:
    """Executions of one operation by one engine in one precision on one chip."""

    name: str
    engine: str
    precision: str
    chip: Chip
    sizes: dict[str, Array]
    seconds: Array

    @cached_property
    def table(self) -> ChipTable:
        """The chip."""
        return chip_table([self.chip])

    def predict(self, c: Constants) -> Array:
        """Seconds of each execution."""
        rates = sustained(self.table, c)
        of = single.seconds(
            self.name, self.sizes, self.precision, self.engine, self.table, rates, c
        )
        return of.total


def _plain(op: str, d: dict[str, Any]) -> NDArray[np.bool_]:
    """Rows that a question can ask for: no window, no part of the experts, a full block of keys."""
    keep = np.array(d["latency"]) * 1e-3 >= SHORTEST_S
    if "window_size" in d:
        keep &= np.array([not w for w in d["window_size"]])
    if op.startswith("attention"):
        keep &= np.array(d["kv_cache_dtype"]) == np.array(d["attn_dtype"])
    if op == "moe":
        keep &= (np.array(d["moe_tp_size"]) == 1) & (np.array(d["moe_ep_size"]) == 1)
        keep &= np.array(["nongated" not in k for k in d["kernel_source"]])
    return np.asarray(keep)


def _file(path: Path, op: str, names: ChipNames, most: int | None) -> Iterator[KernelSet]:
    import pyarrow.parquet as parquet

    d = parquet.read_table(path).to_pydict()
    label = re.sub(r"\((R|TM)\)| Graphics", "", d["device"][0])
    chip, engine = names.find(label), ENGINES[d["framework"][0]]
    if chip is None:
        return
    types, keep = np.array(d[DTYPE[op]]), _plain(op, d)
    for dtype in sorted(set(types) & set(PRECISIONS)):
        rows = np.flatnonzero(keep & (types == dtype))
        rows = np.random.default_rng(0).permutation(rows)[:most]
        sizes = {
            name: np.array(d[column], float)[rows]
            for name, column in zip(single.SIZES[op], COLUMNS[op], strict=True)
        }
        seconds = np.array(d["latency"])[rows] * 1e-3
        # On oneAPI decode is timed with its dispatch, a call at a time: scored, not fitted.
        if len(seconds) and not (most and chip.vendor == "intel" and op == "attention_decode"):
            yield KernelSet(op, engine, PRECISIONS[dtype], chip, sizes, seconds)


def all_sets(names: ChipNames, most: int | None = None) -> list[KernelSet]:
    """Every set of kernels of 50 us and more, of each at most ``most`` at random.

    None where the tables or pyarrow are not there.
    """
    if importlib.util.find_spec("pyarrow") is None:
        return []
    found = []
    for path in sorted((measured_directory() / "kernels").glob("*/*/*/*/*_perf.parquet")):
        if op := FILES.get(path.name.removesuffix("_perf.parquet")):
            found += list(_file(path, op, names, most))
    return found
