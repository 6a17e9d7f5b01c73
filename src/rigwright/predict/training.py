"""Training a decoder on one to hundreds of GPUs: time of a step.

A pass of one micro-batch takes the longer of what the GPU computes and what the host dispatches.
Matrix products and fused attention pay for the peak rate of the matrix units and for bringing them
operands, at a rate per SM and clock; everything else is memory traffic. Tensor parallel GPUs wait
for each other in every layer; pipeline stages fill and drain; sharded weights are gathered beside
the computation. The constants (``data/training.csv``) are calibrated on published training runs.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict import parallel
from rigwright.predict.chip.facts import library, process
from rigwright.predict.chipmodel import Rates, clock_under, single, sustained
from rigwright.predict.constants import Constants
from rigwright.predict.feed import host_scale
from rigwright.predict.memory import base_format, decoder_peak, state_bytes, weight_bytes
from rigwright.predict.memory.trainers import trainer_of
from rigwright.predict.objectives import ANSWER, objective_of
from rigwright.predict.parallel import Layout, layout_of
from rigwright.predict.serving.step import bound_of, serve
from rigwright.predict.trainingwork import element_bytes, mixed, passes, with_length
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import DECOMPOSED, METHODS, PRECISIONS, Machine, Prediction, Run
from rigwright.workload.decoder import DecoderConfig, adapter_parameters

Parts = dict[str, Any]
TABLE = constants_table.TABLE.with_name("training.csv")
MODES = ("train", "forward_backward")
START_HOPS = 3
"""Hops that starting a collective takes beside those of its ring (launch, and leaving it)."""
HOST_BYTES_PER_S = 40e9
"""Rate at which a host updates weights it keeps (two channels of DDR4-3200, 51 GB/s at best)."""
CACHE_SHARE = 0.5
"""Share of the last-level cache that keeps what one operation leaves for the next."""
CHUNK_LAYERS = 4.0
"""Layers of one interleaved chunk: two to four in the recipes of Megatron-Bridge."""
SHARPNESS = 3.0
EXPOSED_SHARE = 0.75
"""Share of an exchange that shows where computation could hide it: its kernels take SMs and memory
bandwidth. Set by hand: from 0.5 to 1 the errors on published runs barely change."""
ODD_RANGE = 3.5
"""How much wider the range is where products have 8-bit operands or weights that are unpacked or
turned first, or a step does more than train: that differs from program to program."""
WAITING_RANGE = 1.5
"""How much more of the range there is where the whole step waits. Set by hand: of 1.5 to 3, where
the ranges of sources left out hold nearest to 80 %."""
NO_KERNEL = ("communication", "host", "pipeline")
WORDS = {
    "matrix multiply": "arithmetic", "attention": "arithmetic", "elementwise": "memory traffic",
    "optimizer": "memory traffic", "communication": "network", "generation": "memory traffic",
}  # fmt: skip


def matrix_rate(rates: Rates, precision: str) -> tuple[float, float]:
    """(sustained rate of matrix products, bytes of an operand). [FLOP/s], [B]"""
    r = {name: float(getattr(rates, name)[0]) for name in Rates.__slots__}
    if precision in ("fp8", "int8") and r["fp8"]:
        return r["fp8"], 1.0
    if precision in ("amp", "fp16", "bf16", "fp8", "int8"):
        tensor = r["bf16"] if precision == "bf16" else r["tensor16"]
        return tensor or r["half"], 2.0
    if precision == "fp64":
        return r["simt64"], 8.0
    return (r["tf32"] or r["simt"]) if precision == "tf32" else r["simt"], 4.0


@functools.lru_cache(maxsize=512)
def _chip_numbers(chip: Chip, power_cap_w: float | None, precision: str) -> dict[str, float]:
    c = constants_table.shipped()
    clock = clock_under(chip, power_cap_w, 0.0, c)
    table = single(chip)
    rates = sustained(table, c).slowed(clock * float(c.untuned_kernels ** (1.0 - table.tuned[0])))
    matrix, operand = matrix_rate(rates, precision)
    sixteen, _ = matrix_rate(rates, "fp16")
    clocks = chip.sm_count * chip.boost_mhz * 1e6 * clock
    return {
        "matrix": matrix,
        "operand": operand / 2.0,
        "attention_rate": sixteen if operand < 2.0 else matrix,
        "feeds": clocks * process(chip).operands,
        "exponents": clocks * process(chip).exponents,
        "bandwidth": float(rates.bandwidth[0]),
        "cache": CACHE_SHARE * (chip.l2_bytes or 2 * 1024**2),
    }


def trained_parameters(config: DecoderConfig, run: Run) -> float:
    """Weights that have gradients."""
    full = run.method == "full"
    return float(config.parameters if full else adapter_parameters(config))


def _exchange(
    config: DecoderConfig, run: Run, machine: Machine, layout: Layout
) -> dict[str, float]:
    """Seconds (on the bus, on the network at its line rate) and hops of what GPUs send each other.

    joint : between tensor-parallel GPUs in one pass.  routed : between GPUs that share experts.
    gather : of sharded weights and gradients in one pass.  hand : of one pass to the next stage.
    reduce : of gradients, once, before they are used.
    """
    low, full = element_bytes(run)
    part = layout.tensor * layout.pipeline
    stream = low * layout.micro_batch * (run.seq_len or 1) * config.hidden
    turns = 2 + 2 * (1 + run.grad_checkpointing)
    # Two all-reduces (each two passes round the ring) a layer, forward, again, and backward.
    joints = turns * config.layers if layout.tensor > 1 else 0
    each = full if run.method == "full" else 4.0
    spread = parallel.expert_ranks(config, run, layout)
    kept = config.expert_parameters * (1.0 - 1.0 / spread) if run.method == "full" else 0.0
    routed = sum(
        n * m.per_token * m.width(config.hidden) / config.hidden for m, n in config.mixtures
    )
    gradients = (trained_parameters(config, run) - kept) / part * each
    stored = weight_bytes(base) if (base := base_format(run)) else low
    weights = config.parameters / part * stored
    gathered, reduced = {
        "zero2": (gradients, weights),
        "zero3": (2.0 * weights + gradients, 0.0),
    }.get(run.sharding, (0.0, 2.0 * gradients))
    rounds = 3.0 * (config.layers + 1) if run.sharding == "zero3" and layout.data > 1 else 0.0
    piped = layout.pipeline > 1
    replicas = parallel.ring(machine, layout, layout.data, layout.tensor)
    sent = {
        "joint": parallel.ring(machine, layout, layout.tensor, 1).seconds(2.0 * joints * stream),
        # A token's vector goes to its experts and back, forward, again, and backward.
        "routed": parallel.ring(machine, layout, spread, layout.tensor).seconds(
            turns * routed * stream / layout.tensor
        ),
        "gather": replicas.seconds(gathered),
        "reduce": replicas.seconds(reduced * (run.mode == "train")),
        # Forward and backward; each tensor-parallel GPU sends its part. A ring of two passes half.
        "hand": parallel.neighbours(machine, layout).seconds(4.0 * piped * stream / layout.tensor),
    }
    return {
        **{f"{name}_bus_s": seconds[0] for name, seconds in sent.items()},
        **{f"{name}_net_s": seconds[1] for name, seconds in sent.items()},
        "routed_hops": turns * sum(n for _, n in config.mixtures) * START_HOPS * (spread > 1),
        "joint_hops": joints * (layout.tensor - 1.0 + START_HOPS),
        "gather_hops": rounds * (layout.data - 1.0 + START_HOPS),
        "hand_hops": 2.0 * START_HOPS * piped,
        "load_s": _loaded_bytes(run, layout, weights, gradients)
        / parallel.slot_bytes_per_s(machine),
    }


def _loaded_bytes(run: Run, layout: Layout, weights: float, gradients: float) -> float:
    """What a pass moves between GPU and host memory: weights for each use, gradients back."""
    shares = layout.data if run.sharding == "zero3" else 1
    return (2.0 * weights + gradients) / shares if run.offload else 0.0


def _update_seconds(config: DecoderConfig, run: Run, layout: Layout, bandwidth: float) -> float:
    """The optimizer's step: weight and state read and written, gradient read. [s]"""
    if run.mode != "train":
        return 0.0
    full = element_bytes(run)[1]
    master = 4.0 if mixed(run) else full
    moved = 2.0 * (master + state_bytes(run.optimizer)) + full + (full if mixed(run) else 0.0)
    share = layout.data if run.sharding != "none" else 1
    weights = trained_parameters(config, run) / (layout.tensor * layout.pipeline * share)
    return weights * moved / (HOST_BYTES_PER_S if run.offload else bandwidth)


def _chunks(config: DecoderConfig, run: Run, layout: Layout) -> float:
    """Parts that each pipeline stage takes its layers in: Megatron Core's turn in a ring."""
    core = run.software.trainer == "megatron" and not run.software.masked_softmax
    return max(config.layers / layout.pipeline / CHUNK_LAYERS, 1.0) if core else 1.0


def case_of(config: DecoderConfig, run: Run, machine: Machine) -> dict[str, Any]:
    """Everything a step's time depends on but the calibrated constants.

    Numbers, and arrays over the distinct matrix products. Raises InputError for a run that
    cannot be laid out so.
    """
    if run.precision not in PRECISIONS:
        raise InputError("run", "precision", run.precision, ", ".join(PRECISIONS))
    if run.method not in METHODS:
        raise InputError("run", "method", run.method, ", ".join(METHODS))
    run = with_length(config, run)
    layout = parallel.layout_of(config, run, machine)
    # Packed weights are unpacked for each product.
    computed = "bf16" if base_format(run) == run.precision else run.precision
    chip = _chip_numbers(machine.chip, machine.power_cap_w, computed)
    work = passes(config, run, layout.tensor, layout.micro_batch)
    odd = base_format(run) or run.method in DECOMPOSED or objective_of(run).readings
    return {
        "flop": work.flop,
        "moved": work.moved,
        "blocks": work.count[:, 0],
        "ends": work.count[:, 1],
        "attention": work.attention,
        "flash": float(run.software.flash),
        "stream": work.stream,
        "stream_blocks": work.stream_count[:, 0],
        "stream_ends": work.stream_count[:, 1],
        "kernels_blocks": float(work.kernels[0]),
        "kernels_ends": float(work.kernels[1]),
        "micro_batches": float(layout.micro_batches),
        "pipeline": float(layout.pipeline),
        "chunks": _chunks(config, run, layout),
        "host": host_scale(machine),
        "spread": ODD_RANGE if chip["operand"] < 1 or odd else 1.0,
        "vague": library(machine.chip).range,
        "update_s": _update_seconds(config, run, layout, chip["bandwidth"]),
        **chip,
        **_exchange(config, run, machine, layout),
    }


def _longer(a: Any, b: Any) -> Any:
    """A smooth maximum: work side by side."""
    top = np.maximum(np.maximum(a, b), 1e-12)
    return top * (1.0 + (np.minimum(a, b) / top) ** SHARPNESS) ** (1.0 / SHARPNESS)


def _sent(x: Mapping[str, Any], name: str, c: Constants) -> Any:
    """Seconds of an exchange: the slower of bus and network, and its hops."""
    hops = x.get(f"{name}_hops", 0.0) * c.hop_us * 1e-6
    return np.maximum(x[f"{name}_bus_s"], x[f"{name}_net_s"] / c.network_share) + hops


def _shown(exchange: Any, beside: Any) -> Any:
    """What a step waits for an exchange that runs beside computation. [s]"""
    hidden = np.minimum(exchange, beside)
    return exchange - hidden + EXPOSED_SHARE * hidden


def _pass_parts(x: Mapping[str, Any], c: Constants) -> tuple[Parts, Parts]:
    """GPU seconds of one micro-batch through all blocks, and through the ends, by word."""
    # A product pays for the matrix units and for its operands, which SMs take in at a fixed pace.
    per_flop = 1.0 / x["matrix"] + x["operand"] / (x["feeds"] * c.products_per_clock)
    bandwidth = np.expand_dims(x["bandwidth"], -1)
    product = np.maximum(x["flop"] * np.expand_dims(per_flop, -1), x["moved"] / bandwidth)
    missed = x["stream"] * (1.0 - 1.0 / (1.0 + x["stream"] / np.expand_dims(x["cache"], -1)))
    stream = missed * c.traffic_time / bandwidth
    blocks, ends = (
        {
            "matrix multiply": (product * x[name]).sum(axis=-1),
            "elementwise": (stream * x[f"stream_{name}"]).sum(axis=-1),
            "launch": x[f"kernels_{name}"] * c.kernel_us * 1e-6,
        }
        for name in ("blocks", "ends")
    )
    wide = np.maximum(x["operand"], 1.0)  # attention stays in 16 bit where products are in 8
    products = 1.0 / x["attention_rate"] + wide / (x["feeds"] * c.products_per_clock)
    # FlashAttention-2 spends half as long outside products (twice as fast: arXiv:2307.08691).
    rescaling = 1.0 / (x["exponents"] * c.attention_per_clock * x["flash"])
    blocks["attention"] = x["attention"] * (products + rescaling)
    blocks["communication"] = _sent(x, "joint", c) + _sent(x, "routed", c)
    return blocks, ends


def seconds(case: Mapping[str, Any], c: Constants) -> Parts:
    """Parts of the step that add up to it; of one case or of arrays over many. [s]

    Arrays over many cases have the products (and streams) last: ``flop`` [cases, products].
    """
    x = case
    blocks, ends = _pass_parts(x, c)
    stages, count = x["pipeline"], x["micro_batches"]
    in_blocks, in_ends = sum(blocks.values()), sum(ends.values())
    dispatch = c.host_us * 1e-6 * x["host"]
    # The last stage also has the output layer: it sets the pace of a pipeline.
    slowest, whole = in_blocks / stages + in_ends, in_blocks + in_ends
    slowest_busy = _longer(slowest, dispatch * (x["kernels_blocks"] / stages + x["kernels_ends"]))
    whole_busy = _longer(whole, dispatch * (x["kernels_blocks"] + x["kernels_ends"]))
    gathered = _shown(_sent(x, "gather", c) + x["load_s"], slowest_busy)
    handed = _sent(x, "hand", c)
    # Gradients of the last pass leave while it still runs, except behind a draining pipeline.
    reduced = _sent(x, "reduce", c)
    reduced = np.where(stages > 1, reduced, _shown(reduced, slowest_busy))
    parts = {word: count * (blocks[word] + ends.get(word, 0.0)) / stages for word in blocks}
    parts["communication"] = (
        parts["communication"] + count * gathered + reduced
        + ((count - 1.0) * x["chunks"] + stages) * handed
    )  # fmt: skip
    parts["optimizer"] = x["update_s"]
    parts["host"] = (count - 1.0) * (slowest_busy - slowest) + whole_busy - whole
    # Interleaved chunks fill and drain in their part of the time (arXiv:2104.04473 section 2.2).
    filling = (whole - whole / stages) / x["chunks"]
    parts["pipeline"] = (count - 1.0) * (slowest - whole / stages) + filling
    return parts


def log_half_width(case: Mapping[str, Any], parts: Parts, c: Constants) -> Any:
    """Half width of the 80 % range of log(step time); what a step waits for is known less well."""
    waiting = sum(parts[name] for name in NO_KERNEL) / sum(parts.values())
    width = c.range * (1.0 + WAITING_RANGE * waiting)
    return case["spread"] * width + case["vague"]


def laid_out(run: Run) -> bool:
    """The run divides state or layers; else every GPU holds everything."""
    split = run.tensor_parallel > 1 or run.pipeline_parallel > 1
    return split or run.sharding != "none" or run.offload or mixed(run)


def train(config: DecoderConfig, run: Run, machine: Machine) -> Prediction:
    """Time of one training step and memory of the fullest GPU.

    Raises InputError for a run that cannot be laid out over the GPUs, an unknown optimizer, mode
    or precision.
    """
    if run.mode not in MODES:
        raise InputError("run", "mode", run.mode, ", ".join(MODES))
    c = constants_table.shipped("training")
    case = case_of(config, run, machine)
    parts = {name: float(part) for name, part in seconds(case, c).items()}
    length = with_length(config, run).seq_len or 1
    if objective_of(run).writes:
        parts["generation"] = _writing_seconds(config, run, machine, length)
    total = sum(parts.values())
    width = float(log_half_width(case, parts, c))
    peak = decoder_peak(config, run, machine)
    tokens = run.batch * objective_of(run).sequences * length
    return Prediction(
        step_s=total, low_s=total * math.exp(-width), high_s=total * math.exp(width),
        throughput=tokens / total, unit="tok/s", memory_bytes=peak.bytes,
        fits=peak.bytes <= machine.chip.vram_bytes,
        bound=bound_of(parts, WORDS),
        shares={name: part / total for name, part in parts.items() if part > 0},
        memory_shares=peak.shares,
        notes=_notes(case, config, run, machine),
    )  # fmt: skip


def _writing_seconds(config: DecoderConfig, run: Run, machine: Machine, length: int) -> float:
    """Time in which a replica writes the answers of a step, in sequences of ``length``. [s]"""
    layout, answer = layout_of(config, run, machine), min(run.gen_len or ANSWER, length)
    asked = replace(
        run, mode="decode", batch=layout.micro_batch * layout.micro_batches,
        seq_len=max(length - answer, 1), gen_len=answer, pipeline_parallel=1,
        precision=base_format(run) or ("bf16" if run.precision == "amp" else run.precision),
        software=replace(run.software, engine=_writer(run)), offload=False, sharding="none",
    )  # fmt: skip
    replica = replace(machine, gpu_count=layout.tensor, nodes=None)
    return serve(config, asked, replica).step_s * answer


def _writer(run: Run) -> str:
    return run.software.engine or "transformers"


def _notes(
    case: Mapping[str, Any], config: DecoderConfig, run: Run, machine: Machine
) -> tuple[str, ...]:
    """What the reader should know of this prediction."""
    notes = []
    nodes = parallel.nodes_of(machine)
    if nodes > 1:
        rate = parallel.network_bytes_per_s(machine) * 8e-9
        given = "" if machine.network_bytes_per_s else " (assumed: an adapter per GPU)"
        notes.append(f"{nodes} computers, network of each {rate:,.0f} Gbit/s{given}")
    if case["operand"] < 1.0:
        notes.append("8-bit products: no such run was fitted, the range is wider")
    if base_format(run) == "nf4" and config.experts > 1 and not trainer_of(run).packs_experts:
        notes.append("experts stay in 16 bit: bitsandbytes packs linear layers alone")
    if objective_of(run).writes:
        notes.append(f"a step writes answers of {run.gen_len or ANSWER} tokens with {_writer(run)}"
                     "; memory that an engine keeps beside training is not counted")  # fmt: skip
    return tuple(notes)
