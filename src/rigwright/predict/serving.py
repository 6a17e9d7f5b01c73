"""Serving a decoder: time of one generated token or of reading a prompt, and memory.

A generated token reads every weight it uses and the sequence's cache once; what the memory does
not bound is bound by unpacking quantised weights and by the launches of each layer. Fitted on
llama.cpp (``data/serving.csv``); other engines get the same constants. Several cards hold a part of
the layers each and work in turn (layer split), so they add memory, not speed.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.predict.constants import Constants
from rigwright.predict.memory import WEIGHT_BYTES
from rigwright.predict.memory import load as memory_constants
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload.decoder import DecoderConfig, decode_cost

GIB = 1024**3
TABLE = constants_table.TABLE.with_name("serving.csv")
MODES = ("decode", "prefill")
PLAIN_BYTES = {"fp32": 4.0, "tf32": 4.0, "fp16": 2.0, "bf16": 2.0, "amp": 2.0, "fp8": 1.0,
               "int8": 1.0}  # fmt: skip
CACHE_BYTES = 2.0
"""The cache is kept in 16 bit by all engines unless told otherwise."""


@functools.cache
def load() -> Constants:
    """The fitted serving constants of the package."""
    return Constants({row.name: row.value for row in constants_table.read(TABLE)})


def weight_bytes(precision: str) -> float:
    """Bytes per stored weight. Raises InputError for a format nobody defined."""
    known = {**PLAIN_BYTES, **WEIGHT_BYTES}
    if precision not in known:
        raise InputError("run", "precision", precision, ", ".join(known))
    return known[precision]


@dataclass(frozen=True, slots=True)
class Work:
    """One step without the chip. tokens : computed in the step over all sequences."""

    weights_read: float
    cache_read: float
    unpacked: float
    flop: float
    layers: int
    tokens: int


def work_of(config: DecoderConfig, run: Run) -> Work:
    """Bytes, arithmetic and launches of one step. [B], [FLOP]

    decode : one token per sequence at the mean context, ``seq_len`` + half of ``gen_len``.
    prefill : the whole prompt of ``seq_len`` tokens.
    """
    cost, size = decode_cost(config), weight_bytes(run.precision)
    prompt = run.seq_len or 1
    tokens = run.batch * (prompt if run.mode == "prefill" else 1)
    context = prompt / 2 if run.mode == "prefill" else prompt + (run.gen_len or 0) / 2
    elements = cost.weight_elements_read(tokens)
    cache = run.batch * cost.kv_bytes(context, CACHE_BYTES) if run.mode == "decode" else 0.0
    unpacked = elements if run.precision in WEIGHT_BYTES else 0.0
    return Work(
        elements * size, cache, unpacked, tokens * cost.flop(context), config.layers, tokens
    )


def seconds(
    work: Work, chip: Chip, gpu_count: int, c: Constants, prefill: bool
) -> dict[str, float]:
    """Parts of the step that add up to it. [s]"""
    rates = sustained(chip_table([chip]), constants_table.load())
    simt, tensor = float(rates.simt[0]), float(rates.tensor16[0])
    best = max(tensor, float(rates.half[0]), simt)
    memory = float(rates.bandwidth[0]) * c.decode_bandwidth
    unpack = work.unpacked * c.unpack_ops / simt
    reading = work.weights_read / memory
    weights = math.hypot(reading, unpack)
    efficiency = c.prefill_efficiency if prefill else c.decode_bandwidth
    arithmetic = max(work.flop / (best * efficiency) - weights, 0.0)
    return {
        "weights": weights,
        "kv cache": work.cache_read / memory,
        "arithmetic": arithmetic,
        "launch": work.layers * c.layer_us * 1e-6,
        "communication": (gpu_count - 1) * c.hop_us * 1e-6,
    }


def serving_memory(
    config: DecoderConfig, run: Run, machine: Machine
) -> tuple[float, dict[str, float]]:
    """Peak memory of one GPU and its shares: its part of weights and cache, and its context. [B]"""
    cost, mc = decode_cost(config), memory_constants()
    length = (run.seq_len or 1) + (run.gen_len or 0)
    shares = {
        "weights": cost.parameters * weight_bytes(run.precision) / machine.gpu_count,
        "kv cache": run.batch * cost.kv_bytes(length, CACHE_BYTES) / machine.gpu_count,
        "context": (mc.context_gib + load().engine_gib) * GIB,
    }
    return sum(shares.values()), shares


def serve(config: DecoderConfig, run: Run, machine: Machine) -> Prediction:
    """Time of one step of serving and its memory. Raises InputError for another mode or format."""
    if run.mode not in MODES:
        raise InputError("run", "mode", run.mode, ", ".join(MODES))
    c = load()
    parts = seconds(work_of(config, run), machine.chip, machine.gpu_count, c, run.mode == "prefill")
    total = sum(parts.values())
    used, shares = serving_memory(config, run, machine)
    tokens = run.batch * ((run.seq_len or 1) if run.mode == "prefill" else 1)
    width = c.range_prefill if run.mode == "prefill" else c.range_decode
    words = {"weights": "memory traffic", "kv cache": "memory traffic", "communication": "pcie"}
    top = max(parts, key=lambda name: parts[name])
    return Prediction(
        step_s=total,
        low_s=total * math.exp(-width),
        high_s=total * math.exp(width),
        throughput=tokens / total,
        unit="tok/s",
        memory_bytes=used,
        fits=used <= machine.chip.vram_bytes,
        bound=words.get(top, top),
        shares={k: v / total for k, v in parts.items() if v > 0},
        memory_shares=shares,
        notes=("several cards in turn, as layer split",) if machine.gpu_count > 1 else (),
    )
