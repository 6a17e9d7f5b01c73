"""Serving a decoder: time of one generated token or of reading a prompt, and memory.

A generated token reads every weight it uses and the sequence's cache once. What memory does not
bound is bound by unpacking weights (a rate per SM and clock: why an A100 reaches half of its
bandwidth where a 4090 reaches most), by arithmetic once many sequences share a step, and by the
launches of each layer. The constants (``data/serving.csv``) are calibrated on published
measurements.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.predict.communication import all_reduce_seconds
from rigwright.predict.constants import Constants
from rigwright.predict.engines import engine_of
from rigwright.predict.memory import driver_bytes, stored, unified, weight_bytes
from rigwright.predict.memory.cache import cache_bytes, kv_bytes
from rigwright.predict.memory.formats import TOWER_BYTES
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload.decoder import DecoderConfig

Parts = dict[str, Any]

GIB = 1024**3
TABLE = constants_table.TABLE.with_name("serving.csv")
MODES = ("decode", "prefill")
REFERENCE_FLOP_PER_S = 1e14
"""Matrix rate at which ``prefill_tensor`` is stated."""
ENGINE_GIB = 0.5
"""Buffers of the engine beside its activations; llama.cpp prints 0.3 to 0.6 for 8 billion."""
WORDS = {"weights": "memory traffic", "kv cache": "memory traffic", "communication": "network"}


@dataclass(frozen=True, slots=True)
class ServingStep:
    """One step without the chip. [B], [FLOP], [weights]

    read, unpacked : of one pass over the weights.  passes : over them in the step (chunks).
    scores : attention scores of the step.  tokens : computed in it, over all sequences.
    """

    read: float
    unpacked: float
    plain: float
    cache: float
    flop: float
    scores: float
    passes: float
    layers: float
    tokens: float
    hidden: float


def serving_step(config: DecoderConfig, run: Run) -> ServingStep:
    """Bytes, arithmetic and launches of one step. Raises InputError for an unknown format.

    decode : one token per sequence at the mean context, ``seq_len`` + half of ``gen_len``.
    prefill : the whole prompt of ``seq_len`` tokens.
    """
    prefill = run.mode == "prefill"
    prompt = run.seq_len or 1
    tokens = run.batch * (prompt if prefill else 1)
    context = prompt / 2 if prefill else prompt + (run.gen_len or 0) / 2
    passes = math.ceil(tokens / engine_of(run.software).chunk)
    elements = config.weight_elements_read(tokens / passes)
    touched = config.expert_weights_read(tokens / passes)
    read = stored(config, run).bytes(config, touched, table=0.0, head=config.vocab * config.words)
    packed = weight_bytes(run.precision) < 2.0
    return ServingStep(
        read=read,
        unpacked=elements if packed else 0.0,
        plain=0.0 if packed else elements,
        cache=0.0
        if prefill
        else run.batch * config.kv_elements_read(context) * cache_bytes(config, run),
        flop=tokens * config.flop(context),
        scores=tokens * config.scores(context),
        passes=passes,
        layers=config.layers,
        tokens=tokens,
        hidden=config.hidden,
    )


@functools.lru_cache(maxsize=512)
def rates(chip: Chip, power_cap_w: float | None, narrow: bool) -> dict[str, float]:
    """Sustained [B/s], [FLOP/s] and SM clocks per second of a chip."""
    table = chip_table([chip], power_cap_w)
    # GeForce boards halve the tensor rate when they accumulate in fp32 (architecture white papers).
    if narrow and chip.vendor == "nvidia" and chip.segment in ("geforce", "laptop"):
        table = replace(table, tensor16=2.0 * table.tensor16)
    r = sustained(table, constants_table.shipped())
    tensor = float(r.tensor16[0])
    return {
        "bandwidth": float(r.bandwidth[0]),
        "clocks": chip.sm_count * chip.boost_mhz * 1e6,
        "matrix": tensor or float(max(r.half[0], r.simt[0])),
        "tensor": float(tensor > 0),
    }


def packed_gain(chip: Chip, run: Run) -> float:
    """How much faster products run in the weights' own format, where chip and engine have it."""
    rate = {"fp8": chip.fp8_tensor_flop_per_s, "nvfp4": chip.fp4_tensor_flop_per_s}.get(
        run.precision
    )
    plain = chip.bf16_tensor_flop_per_s or chip.fp16_tensor_flop_per_s
    return rate / plain if rate and plain and engine_of(run.software).joint else 1.0


def case_of(config: DecoderConfig, run: Run, machine: Machine) -> dict[str, float]:
    """Everything a step's time depends on but the calibrated constants; all plain numbers."""
    work, engine = serving_step(config, run), engine_of(run.software)
    count = machine.gpu_count
    speeds = rates(machine.chip, machine.power_cap_w, engine.narrow)
    joint = engine.joint and count > 1
    chip = machine.chip
    exchanged = 2.0 * config.layers * work.tokens * config.hidden * 2.0 if joint else 0.0
    wire = all_reduce_seconds(
        exchanged, count, machine.gpu_link, chip_table([chip]), constants_table.shipped(),
        machine.pcie_bytes_per_s,
    )  # fmt: skip
    # Cards in turn overlap only where a prompt has several chunks; this many would work at once.
    filled = work.passes * count / (work.passes + count - 1)
    return {
        **{f: float(getattr(work, f)) for f in ServingStep.__slots__},
        **speeds,
        "matrix": speeds["matrix"] * packed_gain(chip, run),
        "cards": float(count),
        "filled": float(count) if joint else filled if run.mode == "prefill" else 1.0,
        "joint": float(joint),
        "wire": float(wire[0]),
        "prefill": float(run.mode == "prefill"),
        "first": float(engine.first),
        "fused": float(engine.fused),
        "launched": float(engine.launch == "layer_us_launched"),
        "eager": float(engine.launch == "layer_us_eager"),
        "graph": float(engine.launch == "layer_us_graph"),
    }


def seconds(case: Mapping[str, Any], c: Constants) -> Parts:
    """Parts of the step that add up to it; of numbers or of arrays over many cases. [s]"""
    x = case
    kernels = 1.0 - (1.0 - c.first_kernels) * x["first"]
    # Before mid-2024 every chunk of a prompt wrote and read 16-bit copies of quantised weights.
    copies = 2 * 2.0 * x["unpacked"] * x["first"] * x["prefill"] * x["tensor"]
    reading = x["passes"] * (x["read"] + copies) / x["bandwidth"]
    weights = x["unpacked"] / c.quantised_per_clock + x["plain"] / c.plain_per_clock
    using = x["passes"] * weights / (x["clocks"] * kernels)
    tensor = c.prefill_tensor * (x["matrix"] / REFERENCE_FLOP_PER_S) ** -c.prefill_growth
    share = np.where(x["tensor"] > 0, np.minimum(tensor, 1.0), c.prefill_vector)
    products = x["flop"] / (x["matrix"] * share)
    work = np.hypot(reading, np.maximum(using, products))
    scores = x["scores"] * c.score_bytes / x["bandwidth"] * (1.0 - x["fused"])
    cache = x["cache"] / x["bandwidth"]
    layer = np.where(x["launched"] > 0, c.layer_us_launched, c.layer_us)
    layer = np.where(x["eager"] > 0, c.layer_us_eager, layer)
    layer = np.where(x["graph"] > 0, c.layer_us_graph, layer)
    launch = x["passes"] * x["layers"] * layer * 1e-6
    hops = (1.0 - x["joint"]) * (x["cards"] - 1.0) * c.hop_us
    starts = x["joint"] * 2.0 * x["layers"] * x["passes"] * c.all_reduce_us
    parallel = np.where(x["joint"] > 0, x["cards"], x["filled"] ** c.pipeline_exponent)
    spread = np.where(x["joint"] > 0, 1.0, parallel)
    return {
        "weights": reading / parallel,
        "kv cache": (cache + scores) / parallel,
        "arithmetic": (work - reading) / parallel,
        "launch": launch / spread,
        "communication": (hops + starts) * 1e-6 + x["wire"],
    }


def serving_memory(
    config: DecoderConfig, run: Run, machine: Machine
) -> tuple[float, dict[str, float]]:
    """Peak memory of the fullest GPU and its shares. [B] Raises InputError for a bad format.

    Layer split gives whole layers to each card, and the token table or the output to one of them.
    """
    engine, count = engine_of(run.software), machine.gpu_count
    form = stored(config, run)
    blocks = form.bytes(config, config.expert_parameters, table=0.0, head=0.0)
    table, head = config.embedding_parameters * form.table, config.head_parameters * form.head
    part = 1.0 / count
    ends = (table + head) * part
    if not engine.joint and count > 1:
        part = math.ceil(config.layers / count) / config.layers
        ends = max(table, head)
    ends += TOWER_BYTES * config.towers
    length, element = (run.seq_len or 1) + (run.gen_len or 0), cache_bytes(config, run)
    rows = min(run.batch * (run.seq_len or 1), max(engine.chunk, run.batch))
    width = 4 * config.hidden + 3 * config.inner_width
    scores = 0.0 if engine.fused else 4.0 * rows * config.heads * length
    shares = {
        "weights": blocks * part + ends,
        "kv cache": part * kv_bytes(config, run.batch, length, paged=engine.paged, element=element),
        "workspace": 2.0 * rows * width + 4.0 * min(rows, 512) * config.vocab + scores,
        "context": driver_bytes(machine.chip) + ENGINE_GIB * GIB,
    }
    return sum(shares.values()), shares


def range_name(case: Mapping[str, float]) -> str:
    """The constant with the log half width of a case's 80 % range."""
    if case["eager"]:
        return "range_eager"
    return "range_prefill" if case["prefill"] else "range_decode"


def _notes(run: Run, machine: Machine, case: Mapping[str, float]) -> tuple[str, ...]:
    """What the reader should know of this prediction."""
    notes, chip = [], machine.chip
    if machine.gpu_count > 1:
        joint = "every layer is shared by all cards (tensor parallel; measured on A100 only)"
        notes.append(joint if case["joint"] else "cards hold some layers each and work in turn")
    if not case["tensor"] and chip.vendor == "nvidia" and float(chip.compute_capability or 0) >= 7:
        notes.append("tensor rate not published: arithmetic is counted at the vector rate")
    notes += unified.told(chip)
    if case["eager"]:
        notes.append("eager Python: measured on one chip (A100), with a wide spread")
    if run.batch > 1 and run.mode == "decode":
        notes.append("several sequences a step: measured on one chip only")
    return tuple(notes)


def serve(config: DecoderConfig, run: Run, machine: Machine) -> Prediction:
    """Time of one step of serving and its memory. Raises InputError for another mode or format."""
    if run.mode not in MODES:
        raise InputError("run", "mode", run.mode, ", ".join(MODES))
    if run.batch < 1 or machine.gpu_count < 1:
        raise InputError("run", "batch", run.batch, "1 or more")
    c = constants_table.shipped("serving")
    case = case_of(config, run, machine)
    parts = {name: float(part) for name, part in seconds(case, c).items()}
    total = sum(parts.values())
    used, shares = serving_memory(config, run, machine)
    width = c[range_name(case)]
    binding: dict[str, float] = {}
    for name, part in parts.items():
        word = WORDS.get(name, name)
        binding[word] = binding.get(word, 0.0) + part
    return Prediction(
        step_s=total,
        low_s=total * math.exp(-width),
        high_s=total * math.exp(width),
        throughput=case["tokens"] / total,
        unit="tok/s",
        memory_bytes=used,
        fits=used <= unified.usable_bytes(machine.chip),
        bound=max(binding, key=lambda word: binding[word]),
        shares={k: v / total for k, v in parts.items() if v > 0},
        memory_shares=shares,
        notes=_notes(run, machine, case),
    )
