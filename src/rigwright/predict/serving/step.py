"""Serving a decoder: time of one step, of generated tokens, prompts or both, and memory.

A generated token reads every weight it uses and the sequence's cache once. What memory does not
bound is bound by unpacking weights (a rate per SM and clock: why an A100 reaches half of its
bandwidth where a 4090 reaches most), by arithmetic once many sequences share a step, and by the
launches of each layer. The constants (``data/serving.csv``) are calibrated on published
measurements.
"""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.chip.facts import library
from rigwright.predict.chip.processor import is_processor, processor_chip
from rigwright.predict.chipmodel import (
    clock_under,
    pcie_bytes_per_s,
    single,
    sustained,
)
from rigwright.predict.communication import lone_exchange
from rigwright.predict.constants import Constants
from rigwright.predict.engines import engine_of
from rigwright.predict.memory import driver_bytes, stored, unified, weight_bytes
from rigwright.predict.memory.formats import GIB, TOWER_BYTES, cache_bytes, format_called, kv_bytes
from rigwright.predict.serving import beside
from rigwright.predict.serving.layout import Split, fullest, split_of
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload.decoder import DecoderConfig
from rigwright.workload.decoder.parts import Mixture

Parts = dict[str, Any]

TABLE = constants_table.TABLE.with_name("serving.csv")
MODES = ("decode", "prefill")
SCORE_BYTES = 24.0
"""Traffic of an attention score that is not fused: 32 bit, written by the product, read with its
mask and written by softmax, read, turned to 16 bit and read again (ggml's graph without flash)."""
ALONE = Split()
FINE_EXPERTS = 128
KERNELS, QUANTISING, ROUTING = 10.0, 4.0, 3.0
"""Kernels of a dense layer (two norms, four products, rotary with the cache's writing, attention
and what combines it, the gate), those that turn inputs of 8- and 4-bit products, and a router's
three (product, choice, sorting): counted in vllm-project/vllm's layers."""
HANDED_BYTES = 8.0
"""Of an element that a token hands to an expert and back: gathered (read, written), the result
written, read and summed, in 16 bit but for what products read in 8."""
REFERENCE_FLOP_PER_S = 1e14
"""Matrix rate at which ``prefill_tensor`` is stated."""
ENGINE_GIB = 0.5
"""Buffers of the engine beside its activations; llama.cpp prints 0.3 to 0.6 for 8 billion."""
NARROW = ("fp8", "int8", "nvfp4", "mxfp4")
EAGER = "dispatched"
WORDS = {"weights": "memory traffic", "kv cache": "memory traffic", "communication": "network"}


@dataclass(frozen=True, slots=True)
class Traffic:
    """Tokens of one step of one replica.

    sequences : that each get a token after ``context`` others.  prompts : tokens read besides, each
    after ``before`` of its own on average.
    """

    sequences: float = 0.0
    context: float = 0.0
    prompts: float = 0.0
    before: float = 0.0


def traffic_of(run: Run) -> Traffic:
    """decode : one token per sequence at the mean context, ``seq_len`` + half of ``gen_len``.

    prefill : the whole prompts of ``seq_len`` tokens.
    """
    prompt = run.seq_len or 1
    if run.mode == "prefill":
        return Traffic(prompts=run.batch * prompt, before=prompt / 2)
    return Traffic(sequences=run.batch, context=prompt + (run.gen_len or 0) / 2)


@dataclass(frozen=True, slots=True)
class ServingStep:
    """One step without the chip, as if one card did all of it. [B], [FLOP], [weights]

    read, unpacked : of one pass over the weights.  passes : over them in the step (chunks).
    mixing : arithmetic of attention and states.  around : traffic of handing tokens to experts and
    back, on every card.  scores : attention scores of the step.  tokens : computed in it.
    routed_read, _weights, _flop : parts of ``read``, of the weights and of ``flop`` in experts.
    """

    read: float
    unpacked: float
    plain: float
    cache: float
    flop: float
    mixing: float
    around: float
    scores: float
    passes: float
    layers: float
    tokens: float
    sequences: float
    hidden: float
    routed_read: float
    routed_weights: float
    routed_flop: float


@functools.lru_cache(maxsize=256)
def _kept(config: DecoderConfig, tensor: int, context: float) -> float:
    """Cached elements that a token reads, of all cards: keys that cards keep twice count twice."""
    return tensor * config.shared(tensor).kv_elements_read(context)


def _touched(mix: Mixture, tokens: float) -> float:
    """Distinct experts that tokens choose where some are liked more than others.

    The popularity of fine experts is taken as exponentially distributed, that of a coarser one as
    the mean of the fine ones it is worth: a gamma distribution.
    """
    even = max(FINE_EXPERTS / mix.count, 1.0)
    share, others = mix.per_token / mix.count, mix.count - mix.per_token
    left: float = (1.0 + share * max(tokens - 1.0, 0.0) / even) ** -even
    return min(mix.per_token, mix.per_token * tokens) + others * (1.0 - left)


def _experts(config: DecoderConfig, tokens: float, split: Split) -> tuple[float, float]:
    """Weights of experts that a step reads and arithmetic over one token's, as if the fullest card
    were all of them."""
    h, n = config.hidden, split.experts
    read = work = 0.0
    for mix, layers in config.mixtures:
        used, routed = _touched(mix, tokens), tokens * mix.per_token
        fullest_used = min(fullest(used, n, 1.0 - used / mix.count) * n, float(mix.count))
        read += layers * mix.expert(h) * fullest_used
        work += layers * mix.expert(h) * min(fullest(routed, n) * n, routed * n)
    return read, 2.0 * work


def serving_step(
    config: DecoderConfig, run: Run, load: Traffic | None = None, split: Split = ALONE
) -> ServingStep:
    """Bytes, arithmetic and launches of one step. Raises InputError for an unknown format."""
    load = traffic_of(run) if load is None else load
    sequences, prompts, tokens = load.sequences, load.prompts, load.sequences + load.prompts
    passes = max(math.ceil(max(prompts, sequences) / engine_of(run.software).chunk), 1)
    touched, routed = _experts(config, tokens / passes, split)
    head, one = config.vocab * config.words, config.expert_weights_read(1.0)
    elements = config.weight_elements_read(1.0) - one + touched
    packed = weight_bytes(run.precision) < 2.0
    planes = 1 if engine_of(run.software).first else format_called(run.precision).planes
    dense = config.flop(0.0) - 2.0 * one
    handed = sum(n * m.per_token * m.width(config.hidden) for m, n in config.mixtures)
    kept = _kept(config, split.tensor, load.context) if sequences else 0.0

    def over(each: Callable[[float], float]) -> float:
        return sequences * each(load.context) + prompts * each(load.before)

    form, flop = stored(config, run), tokens * dense + passes * routed - 2.0 * head * prompts
    read = form.bytes(config, touched, table=0.0, head=head)
    return ServingStep(
        read=read,
        unpacked=elements * planes if packed else 0.0, plain=0.0 if packed else elements,
        cache=sequences * kept * cache_bytes(config, run),
        flop=flop,
        mixing=over(config.flop) - tokens * config.flop(0.0), around=tokens * handed * HANDED_BYTES,
        scores=over(config.scores), passes=passes, layers=config.layers, tokens=tokens,
        sequences=sequences, hidden=config.hidden, routed_read=touched * form.experts / read,
        routed_weights=touched / elements, routed_flop=passes * routed / flop,
    )  # fmt: skip


@functools.lru_cache(maxsize=512)
def rates(chip: Chip, narrow: bool) -> dict[str, float]:
    """Sustained [B/s], [FLOP/s] and SM clocks per second of a chip."""
    table = single(chip)
    # GeForce boards halve the tensor rate when they accumulate in fp32 (architecture white papers).
    if narrow and chip.vendor == "nvidia" and chip.segment in ("geforce", "laptop"):
        table = replace(table, tensor16=2.0 * table.tensor16)
    r = sustained(table, constants_table.shipped())
    tensor = float(r.tensor16[0])
    return {
        "bandwidth": float(r.bandwidth[0]), "clocks": chip.sm_count * chip.boost_mhz * 1e6,
        "half": tensor or float(max(r.half[0], r.simt[0])), "tensor": float(tensor > 0),
    }  # fmt: skip


def packed_gain(chip: Chip, run: Run) -> float:
    """How much faster products run in the weights' own format, where chip and engine have it."""
    four, eight = chip.fp4_tensor_flop_per_s, chip.fp8_tensor_flop_per_s
    rates_ = {"fp8": eight, "int8": chip.int8_tensor_op_per_s, "nvfp4": four, "mxfp4": four}
    rate = rates_.get(run.precision)
    plain = chip.bf16_tensor_flop_per_s or chip.fp16_tensor_flop_per_s
    return rate / plain if rate and plain and engine_of(run.software).library else 1.0


def case_of(
    config: DecoderConfig, run: Run, machine: Machine, load: Traffic | None = None,
    split: Split | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Everything a step's time depends on but the calibrated constants; all plain numbers.

    A part that lies in main memory is a case of its own in it, ``host``.
    """
    split = split_of(config, run, machine) if split is None else split
    work, engine = serving_step(config, run, load, split), engine_of(run.software)
    common = constants_table.shipped()
    chip, stages, joint = machine.chip, split.pipeline, split.tensor > 1
    exchanged = 2.0 * config.layers * work.tokens * config.hidden * 2.0 if joint else 0.0
    wire, starts = lone_exchange(
        exchanged, split.tensor, machine.gpu_link, single(chip), common,
        machine.pcie_bytes_per_s,
    )  # fmt: skip
    # Cards in turn overlap only where a prompt has several chunks; this many would work at once.
    filled = work.passes * stages / (work.passes + stages - 1)
    reads, speeds = work.sequences < work.tokens, rates(chip, engine.narrow)
    gain = packed_gain(chip, run)
    # The maker's library loads weights beside its arithmetic, unless it has to unpack them first.
    alongside = engine.library and (gain > 1.0 or not format_called(run.precision).blocks)
    case = {
        **{f: float(getattr(work, f)) for f in ServingStep.__slots__}, "clock": 1.0,
        **speeds, "matrix": speeds["half"] * gain,
        **({"unpacked": 0.0, "plain": 0.0} if alongside else {}),
        "tensor_cards": float(split.tensor), "stages": float(stages), "joint": joint * starts,
        "filled": filled if run.mode == "prefill" else 1.0, "wire": wire,
        "prefill": float(reads), "first": float(engine.first), "fused": float(engine.fused),
        "library": float(engine.library),
        "kernels": _kernels(config, run.precision) if engine.library else 1.0,
        "dispatches": common.host_forward_us
        * (engine.dispatches if reads or engine.launch == EAGER else 0),
        "vector": common.gemm_simt,
        "eager": float(engine.launch == EAGER),
        "graph": float(engine.launch == "layer_us_graph"),
        "launched": float(engine.launch == "layer_us_launched"),
    }  # fmt: skip
    for _ in range(3 if machine.power_cap_w else 0):  # a slower card moves and draws less
        parts = seconds(case, constants_table.shipped("serving"))
        moved = float((parts["weights"] + parts["kv cache"]) / sum(parts.values()))
        traffic = moved * case["bandwidth"]
        case["clock"] = clock_under(chip, machine.power_cap_w, traffic, common)
    case["vague"] = library(chip).range if is_processor(chip) else 0.0
    placed = beside.places(config.layers, run, machine, _sizes(config, run, machine))
    if placed[-1]:
        processor = processor_chip(machine)
        there = rates(processor, narrow=False)
        pcie = machine.pcie_bytes_per_s or pcie_bytes_per_s(chip.pcie_gen, chip.pcie_lanes)
        sends = {"pcie": pcie * split.tensor, "works": float(not engine.joint)}
        case["vague"] = library(processor).range
        case = beside.divided(case, placed, {**there, "matrix": there["half"], **sends})
    return case


def _kernels(config: DecoderConfig, precision: str) -> float:
    """Kernels of a layer over those of a dense one in 16 bit."""
    mixed = sum(n for _, n in config.mixtures) / config.layers
    return 1.0 + (QUANTISING * (precision in NARROW) + ROUTING * mixed) / KERNELS


def seconds(case: Mapping[str, Any], c: Constants) -> Parts:
    """Parts of the step that add up to it; of numbers or of arrays over many cases. [s]"""
    if "host" in case:
        return _with_host(case, c)
    x = case
    # Before mid-2024 every chunk of a prompt wrote and read 16-bit copies of quantised weights.
    copies = 2 * 2.0 * x["unpacked"] * x["first"] * x["prefill"] * x["tensor"]
    reading = x["passes"] * (x["read"] + copies) / x["bandwidth"]
    weights = x["unpacked"] / c.quantised_per_clock + x["plain"] / c.plain_per_clock
    kernels = 1.0 - (1.0 - c.first_kernels) * x["first"]
    using = x["passes"] * weights / (x["clocks"] * x["clock"] * kernels)
    tensor = c.prefill_tensor * (x["half"] / REFERENCE_FLOP_PER_S) ** -c.prefill_growth
    tensor = np.where(x["library"] > 0, c.library_products, tensor)
    share = np.where(x["tensor"] > 0, np.minimum(tensor, 1.0), x["vector"])
    products = (x["flop"] / x["matrix"] + x["mixing"] / x["half"]) / (share * x["clock"])
    work = np.hypot(reading, np.maximum(using, products))
    scores = x["scores"] * SCORE_BYTES / x["bandwidth"] * (1.0 - x["fused"])
    cache = x["cache"] / x["bandwidth"]
    around = x["around"] / x["bandwidth"] * x["library"]
    layer = np.where(x["launched"] > 0, c.layer_us_launched, c.layer_us)
    layer = np.where(x["graph"] > 0, c.layer_us_graph, layer) * (1.0 - x["eager"])
    launch = (
        x["passes"] * x["layers"] * x["kernels"] * layer * 1e-6 / x["clock"]
        + x["sequences"] * c.sequence_us * 1e-6
    )
    sent = x["passes"] * x["layers"] * x["dispatches"] * 1e-6
    hops = (x["stages"] - 1.0) * c.hop_us
    starts = x["joint"] * 2.0 * x["layers"] * x["passes"] * c.all_reduce_us
    parallel = x["tensor_cards"] * x["filled"] ** c.pipeline_exponent
    spread = x["filled"] ** c.pipeline_exponent
    parts = {
        "weights": reading / parallel,
        "kv cache": (cache + scores) / parallel,
        "arithmetic": (work - reading) / parallel + around / spread,
        "launch": launch / spread,
        "communication": (hops + starts) * 1e-6 + x["wire"],
    }
    # Steps that read prompts run without graphs: the GPU waits for a host that dispatches slower.
    busy = sum(parts.values()) * (1.0 - x["eager"])
    parts["launch"] = parts["launch"] + np.maximum(sent - busy, 0.0)
    return parts


def _with_host(case: Mapping[str, Any], c: Constants) -> Parts:
    """The faster of working where weights lie and of sending them to the card, as engines can."""
    host, whole = case["host"], case["whole"]
    crossing = host["passes"] * host["read"] / host["pcie"]
    sent = {**seconds(whole, c), "cpu": 0.0, "pcie": crossing}
    here = {name: x for name, x in case.items() if name not in ("host", "whole")}
    there = {**seconds(here, c), "cpu": sum(seconds(host, c).values()), "pcie": 0.0}
    works = host["works"] and not (case["prefill"] and sum(sent.values()) < sum(there.values()))
    return there if works else sent


def serving_memory(
    config: DecoderConfig, run: Run, machine: Machine
) -> tuple[float, dict[str, float]]:
    """Peak memory of the fullest GPU and its shares. [B] Raises InputError for a bad format."""
    sizes = _sizes(config, run, machine)
    away, routed, _ = beside.places(config.layers, run, machine, sizes)
    shares = {
        "weights": sizes["dense"] * (1 - away) + sizes["experts"] * (1 - routed) + sizes["ends"],
        "kv cache": sizes["kv cache"] * (1 - away),
        "workspace": sizes["workspace"],
        "context": sizes["context"],
    }
    return sum(shares.values()), shares


@functools.lru_cache(maxsize=64)
def _sizes(config: DecoderConfig, run: Run, machine: Machine) -> dict[str, float]:
    """What the fullest GPU holds of a model that lies on GPUs alone. [B]

    Layer split gives whole layers to each card, and the token table or the output to one of them.
    """
    engine, split = engine_of(run.software), split_of(config, run, machine)
    form = stored(config, run)
    dense = form.bytes(config, 0.0, table=0.0, head=0.0)
    experts = form.bytes(config, config.expert_parameters, table=0.0, head=0.0) - dense
    table, head = config.embedding_parameters * form.table, config.head_parameters * form.head
    part = math.ceil(config.layers / split.pipeline) / config.layers
    ends = (table + head if split.pipeline == 1 else max(table, head)) / split.tensor
    sequences = math.ceil(run.batch / split.replicas)
    ends += TOWER_BYTES * config.towers
    length, element = (run.seq_len or 1) + (run.gen_len or 0), cache_bytes(config, run)
    rows = min(sequences * (run.seq_len or 1), max(engine.chunk, sequences))
    width = 4 * config.hidden + 3 * config.inner_width
    scores = 0.0 if engine.fused else 4.0 * rows * config.heads * length
    own = config.shared(split.tensor)
    held = kv_bytes(own, sequences, length, paged=engine.paged, element=element)
    return {
        "dense": part * dense / split.tensor,
        "experts": part * experts / max(split.tensor, split.experts),
        "ends": ends,
        "kv cache": part * held,
        "workspace": 2.0 * rows * width + 4.0 * min(rows, 512) * config.vocab + scores,
        "context": driver_bytes(machine.chip) + ENGINE_GIB * GIB,
    }


def range_name(case: Mapping[str, float]) -> str:
    """The constant with the log half width of a case's 80 % range."""
    return "range_prefill" if case["prefill"] or case["eager"] else "range_decode"


def half_width(case: Mapping[str, float], c: Constants) -> float:
    """Log half width of the 80 % range; of work on a processor nothing was measured."""
    return float(c[range_name(case)] + case["vague"])


def notes_on(run: Run, machine: Machine, case: Mapping[str, Any], split: Split) -> tuple[str, ...]:
    """What the reader should know of this prediction."""
    notes, chip = [], machine.chip
    if machine.gpu_count > 1:
        notes.append(split.words)
    if not case["tensor"] and chip.vendor == "nvidia" and float(chip.compute_capability or 0) >= 7:
        notes.append("tensor rate not published: arithmetic is counted at the vector rate")
    notes += unified.told(chip)
    gain = packed_gain(chip, run)
    if run.precision in NARROW and engine_of(run.software).library and gain == 1.0:
        notes.append(f"{run.precision} weights alone: products are computed in 16 bit on this chip")
    if "host" in case:
        notes.append(case["beside"])
    return tuple(notes)


def bound_of(parts: Mapping[str, float], words: Mapping[str, str] = WORDS) -> str:
    """What takes most of a step, as ``words`` call its parts."""
    binding: dict[str, float] = {}
    for name, part in parts.items():
        word = words.get(name, name)
        binding[word] = binding.get(word, 0.0) + part
    return max(binding, key=lambda word: binding[word])


def serve(config: DecoderConfig, run: Run, machine: Machine) -> Prediction:
    """Time of one step of serving and its memory. Raises InputError for another mode or format."""
    if run.mode not in MODES:
        raise InputError("run", "mode", run.mode, ", ".join(MODES))
    if run.batch < 1:
        raise InputError("run", "batch", run.batch, "1 or more")
    c = constants_table.shipped("serving")
    split = split_of(config, run, machine)
    part = replace(run, batch=math.ceil(run.batch / split.replicas))
    case = case_of(config, part, machine, split=split)
    parts = {name: float(part) for name, part in seconds(case, c).items()}
    total = sum(parts.values())
    used, shares = serving_memory(config, run, machine)
    width = half_width(case, c)
    return Prediction(
        step_s=total, low_s=total * math.exp(-width), high_s=total * math.exp(width),
        throughput=case["tokens"] * run.batch / part.batch / total, unit="tok/s",
        memory_bytes=used, fits=used <= unified.usable_bytes(machine.chip), bound=bound_of(parts),
        shares={k: v / total for k, v in parts.items() if v > 0}, memory_shares=shares,
        notes=notes_on(run, machine, case, split),
    )  # fmt: skip
