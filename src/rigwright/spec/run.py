"""What is run, on what, and what came out."""

from __future__ import annotations

from dataclasses import dataclass, field

from rigwright.spec.parts import Chip
from rigwright.spec.software import Software

MODES = ("train", "infer", "forward", "forward_backward", "prefill", "decode")
PRECISIONS = ("fp64", "fp32", "tf32", "amp", "fp16", "bf16", "fp8", "int8")
QUANTISATIONS = (
    "q4_k_m", "q4_0", "q4_1", "q5_0", "q6_k", "q8_0", "awq", "nf4", "int4", "mxfp4",
)  # fmt: skip
METHODS = ("full", "lora", "qlora")
ADAPTERS = ("qv", "attention", "mlp", "all")
"""Projections that adapters stand beside: query and value, attention's, the MLP's, all of them."""
SHARDINGS = ("none", "zero1", "zero2", "zero3")
"""What data-parallel GPUs hold one part of each: nothing, optimizer state, gradients too, weights
too (ZeRO stages, arXiv:1910.02054; PyTorch's FSDP is zero3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One way of running one model; names and units of ``docs/glossary.md``.

    batch is global, over all GPUs. img_size in pixels, seq_len and gen_len in tokens.
    tensor_parallel : GPUs that share every layer.  pipeline_parallel : GPUs (or groups of them)
    that hold some layers each.  micro_batch : sequences of one pass through one such group; None =
    all of its share at once (pipelines: one).  sharding : of SHARDINGS.  offload : weights
    and optimizer state live in host memory.
    adapters, adapter_rank : where adapters stand (of ADAPTERS) and their rank; None = as the
    trainer does.
    """

    model: str
    mode: str = "train"
    batch: int = 1
    img_size: int | None = None
    seq_len: int | None = None
    gen_len: int | None = None
    precision: str = "fp32"
    layout: str = "nchw"
    compile: str = "eager"
    method: str = "full"
    optimizer: str = "sgd"
    grad_checkpointing: bool = False
    software: Software = Software()
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    micro_batch: int | None = None
    sharding: str = "none"
    offload: bool = False
    adapters: str | None = None
    adapter_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What prediction needs to know of a computer, bought or rented.

    gpu_count : GPUs of all nodes together.  nodes : equal computers that a network
    joins; None = up to eight GPUs each.
    gpu_link : how GPUs of a node reach each other: none, pcie, pcie-host (staged through memory),
    nvlink.  network_bytes_per_s : rate of one node's network, one direction; None = not known.
    """

    chip: Chip
    gpu_count: int = 1
    gpu_link: str = "pcie-host"
    pcie_bytes_per_s: float | None = None
    cpu_cores: int | None = None
    cpu_mhz: float | None = None
    ram_bytes: int | None = None
    disk_read_bytes_per_s: float | None = None
    disk_random_iops: float | None = None
    power_cap_w: float | None = None
    nodes: int | None = None
    network_bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Step time and memory with their shares.

    step_s, low_s, high_s : seconds of one step of the whole machine (decode: one token per
    sequence) and the range that held about 80 % of measured values on unseen rows.
    throughput : ``unit`` per second over the whole machine.
    memory_bytes : peak per GPU; memory_shares add up to it. fits : the chance that it does is
    ``fit_chance``, 9 in 10 or more; None where nobody judged it. shares : of step_s, add up to 1.
    bound : what binds: arithmetic, memory traffic, launch, host, disk, pcie, network, pipeline.
    """

    step_s: float
    low_s: float
    high_s: float
    throughput: float
    unit: str
    memory_bytes: float
    fits: bool
    bound: str
    shares: dict[str, float] = field(default_factory=dict)
    memory_shares: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fit_chance: float | None = None
