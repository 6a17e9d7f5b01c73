"""What is run, on what, and what came out."""

import re
from dataclasses import dataclass, field

from rigwright.spec.asked import asked, said_of
from rigwright.spec.parts import Chip
from rigwright.spec.software import Software

MODES = ("train", "infer", "forward", "forward_backward", "prefill", "decode", "serve")
PRECISIONS = ("fp64", "fp32", "tf32", "amp", "fp16", "bf16", "fp8", "int8")
WIDE = PRECISIONS[:6]
"""Formats that weights are computed in as they lie."""
_CHOICES = said_of()["run"]
QUANTISATIONS = tuple(w for w in _CHOICES["precision"]["choices"] if w not in PRECISIONS)
BPW = re.compile(r"(?:exl[23])?[_ ]?(\d(?:\.\d{1,3})?)_?bpw")
"""Bits per weight that were asked of exllama: ``4.65bpw``."""
PRECISION_WORDS: dict[str, str] = dict(_CHOICES["precision"]["spoken"])
KV_PRECISIONS = ("fp16", "bf16", "fp8", "int8", "q8_0", "q5_0", "q4_0", "int4", "nvfp4")


def is_quantised(precision: str) -> bool:
    """Weights that are packed for serving."""
    return precision in QUANTISATIONS or BPW.fullmatch(precision) is not None


METHODS = ("full", "lora", "qlora", "dora", "qdora")
DECOMPOSED = ("dora", "qdora")
"""Methods whose adapters turn each weight and learn its length beside (arXiv:2402.09353)."""
ADAPTERS = ("qv", "attention", "mlp", "all")
"""Projections that adapters stand beside: query and value, attention's, the MLP's, all of them."""
SHARDINGS = ("none", "zero1", "zero2", "zero3")
"""What data-parallel GPUs hold one part of each: nothing, optimizer state, gradients too, weights
too (ZeRO stages, arXiv:1910.02054; PyTorch's FSDP is zero3)."""
OPTIMIZERS: tuple[str, ...] = _CHOICES["optimizer"]["choices"]
OPTIMIZER_WORDS: dict[str, str] = dict(_CHOICES["optimizer"]["spoken"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One way of running one model; every surface asks for it from this declaration.

    A default here is what a table of measurements means by leaving the column out; ``usual`` is
    what people are answered who leave it out.
    """

    model: str = asked("run.model")
    mode: str = asked("run.mode", default="train", choices=MODES)
    batch: int = asked("run.batch", default=1)
    precision: str = asked("run.precision", default="fp32")
    seq_len: int | None = asked("run.seq_len")
    img_size: int | None = asked("run.img_size")
    steps: int | None = asked("run.steps")
    guidance: float | None = asked("run.guidance", kind="amount")
    method: str = asked("run.method", default="full", choices=METHODS)
    objective: str = asked("run.objective", default="sft")
    eval_batch: int | None = asked("run.eval_batch")
    optimizer: str = asked("run.optimizer", default="sgd")
    grad_checkpointing: bool = asked("run.grad_checkpointing", default=False)
    gen_len: int | None = asked("run.gen_len")
    kv_precision: str | None = asked("run.kv_precision", choices=KV_PRECISIONS)
    concurrency: int | None = asked("run.concurrency")
    ttft_ms_max: float | None = asked("run.ttft_ms_max", kind="amount")
    tpot_ms_max: float | None = asked("run.tpot_ms_max", kind="amount")
    adapters: str | None = asked("run.adapters", choices=ADAPTERS)
    adapter_rank: int | None = asked("run.adapter_rank")
    software: Software = asked("run.software", default=Software())
    compile: str = asked("run.compile", default="eager")
    layout: str = asked("run.layout", default="nchw")
    micro_batch: int | None = asked("run.micro_batch")
    sharding: str = asked("run.sharding", default="none", choices=SHARDINGS)
    tensor_parallel: int = asked("run.tensor_parallel", default=1)
    pipeline_parallel: int = asked("run.pipeline_parallel", default=1)
    expert_parallel: int = asked("run.expert_parallel", default=1)
    offload: bool = asked("run.offload", default=False)
    gpu_layers: int | None = asked("run.gpu_layers")
    cpu_moe: int | None = asked("run.cpu_moe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What prediction needs to know of a computer, bought or rented.

    gpu_count : GPUs of all nodes together.  nodes : equal computers that a network
    joins; None = up to eight GPUs each.  cpu_full_cores : what all cores do together over one at
    its boost clock.  cpu_per_clock : work per clock over Intel Skylake's.  cpu_flop_per_clock :
    32-bit arithmetic of a core.  disk_assumed : random reads are those of the drive's class.
    gpu_link : how GPUs of a node reach each other: none, pcie, pcie-host (staged through memory),
    nvlink.  network_bytes_per_s : rate of one node's network, one direction; None = not known.
    """

    chip: Chip
    gpu_count: int = asked("machine.gpu_count", default=1)
    gpu_link: str = "pcie-host"
    pcie_bytes_per_s: float | None = None
    pcie_lanes: int | None = asked("machine.pcie_lanes")
    cpu: str = asked("machine.cpu", default="")
    cpu_cores: int | None = None
    cpu_full_cores: float | None = None
    cpu_mhz: float | None = None
    cpu_per_clock: float | None = None
    cpu_flop_per_clock: float | None = None
    drive: str = asked("machine.drive", default="")
    disk_read_bytes_per_s: float | None = None
    disk_random_iops: float | None = None
    disk_assumed: bool = False
    ram_bytes: float | None = asked("machine.ram_bytes")
    ram_bytes_per_s: float | None = asked("machine.ram_bytes_per_s")
    power_cap_w: float | None = asked("machine.power_cap_w")
    nodes: int | None = asked("machine.nodes")
    network_bytes_per_s: float | None = asked("machine.network_bytes_per_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """What many users get, as means over their requests. [s]

    ttft_s : from the request to the first token, waiting included.  tpot_s : from one token to the
    next, with the prompts of others between.  at_once : answers that are written at any time.
    users_max : users whose whole context memory holds.  context_max : longest context, prompt and
    answer, of which memory holds all users' at once, 0 where none; None where nobody worked it out.
    missed : targets of the run that are not met, each with by how much.  users_met : the most
    users who get what the targets ask; None where nothing is asked.
    """

    ttft_s: float
    ttft_low_s: float
    ttft_high_s: float
    tpot_s: float
    at_once: float
    users_max: int
    context_max: int | None = None
    missed: tuple[str, ...] = ()
    users_met: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Step time and memory with their shares.

    step_s, low_s, high_s : seconds of one step of the whole machine (decode: one token per
    sequence) and the range that held about 80 % of measured values on unseen rows.
    throughput : ``unit`` per second over the whole machine.
    memory_bytes : peak per GPU; memory_shares add up to it. fits : the chance that it does is
    ``fit_chance``, 9 in 10 or more; None where nobody judged it. shares : of step_s, add up to 1.
    users : of mode serve, whose step is one token.
    bound : what binds: arithmetic, memory traffic, launch, host, disk, cpu, pcie, network or
    pipeline.
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
    users: Users | None = None

    @property
    def pace_s(self) -> float:
        """What machines are ranked by: a step, or a token of all users together. [s]"""
        return self.step_s if self.users is None else 1.0 / self.throughput

    @property
    def does(self) -> bool:
        """It fits (of many users one whole context at least), and meets what is asked of it."""
        users = self.users
        return self.fits and (users is None or (users.users_max > 0 and not users.missed))
