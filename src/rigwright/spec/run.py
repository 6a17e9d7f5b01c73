"""What is run, on what, and what came out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rigwright.spec.asked import asked
from rigwright.spec.parts import Chip
from rigwright.spec.software import Software

MODES = ("train", "infer", "forward", "forward_backward", "prefill", "decode")
PRECISIONS = ("fp64", "fp32", "tf32", "amp", "fp16", "bf16", "fp8", "int8")
QUANTISATIONS = (
    "nvfp4", "mxfp4", "mxfp4_moe", "int4", "awq", "nf4", "q2_k", "q2_k_s", "q3_k_s", "q3_k_m",
    "q3_k_l", "q4_0", "q4_1", "q4_k_s", "q4_k_m", "q5_0", "q5_1", "q5_k_s", "q5_k_m", "q6_k",
    "q8_0", "iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m", "iq3_xxs", "iq3_xs",
    "iq3_s", "iq3_m", "iq4_xs", "iq4_nl", "tq1_0", "tq2_0", "ud_iq1_m", "ud_iq2_m",
    "ud_iq3_xxs", "ud_q2_k_xl", "ud_q3_k_xl", "ud_q4_k_xl", "ud_q5_k_xl", "ud_q6_k_xl",
    "ud_q8_k_xl", "mlx_2bit", "mlx_3bit", "mlx_4bit", "mlx_5bit", "mlx_6bit", "mlx_8bit",
)  # fmt: skip
BPW = re.compile(r"(?:exl[23])?[_ ]?(\d(?:\.\d{1,3})?)_?bpw")
"""Bits per weight that were asked of exllama: ``4.65bpw``."""
PRECISION_WORDS = {
    "f16": "fp16", "f32": "fp32", "float16": "fp16", "float32": "fp32", "bfloat16": "bf16",
    "half": "fp16", "float": "fp32", "f8": "fp8", "fp8_e4m3": "fp8", "fp8_e5m2": "fp8",
    "float8": "fp8", "w8a8": "int8", "8bit": "int8", "8_bit": "int8", "4bit": "int4",
    "4_bit": "int4", "w4a16": "int4", "gptq": "int4", "gptq_int4": "int4", "awq_int4": "awq",
    "bnb_4bit": "nf4", "bnb": "nf4", "fp4": "nvfp4", "q2": "q2_k",
    "q3": "q3_k_m", "q3_k": "q3_k_m", "q4": "q4_k_m", "q4_k": "q4_k_m", "q5": "q5_k_m",
    "q5_k": "q5_k_m", "q6": "q6_k", "q8": "q8_0", "q2_k_xl": "ud_q2_k_xl", "q3_k_xl": "ud_q3_k_xl",
    "q4_k_xl": "ud_q4_k_xl", "q5_k_xl": "ud_q5_k_xl", "q6_k_xl": "ud_q6_k_xl",
    "q8_k_xl": "ud_q8_k_xl", "q6_k_l": "q6_k", "q4_k_l": "q4_k_m", "q5_k_l": "q5_k_m",
    "ud_q4_k_m": "q4_k_m", "mlx": "mlx_4bit",
}  # fmt: skip
"""Other words for a precision, as tools and file names have them."""
KV_PRECISIONS = ("fp16", "bf16", "fp8", "int8", "q8_0", "q5_0", "q4_0", "int4", "nvfp4")


def is_quantised(precision: str) -> bool:
    """Weights that are packed for serving."""
    return precision in QUANTISATIONS or BPW.fullmatch(precision) is not None


METHODS = ("full", "lora", "qlora")
ADAPTERS = ("qv", "attention", "mlp", "all")
"""Projections that adapters stand beside: query and value, attention's, the MLP's, all of them."""
SHARDINGS = ("none", "zero1", "zero2", "zero3")
"""What data-parallel GPUs hold one part of each: nothing, optimizer state, gradients too, weights
too (ZeRO stages, arXiv:1910.02054; PyTorch's FSDP is zero3)."""


OPTIMIZERS = (
    "none", "sgd", "sgd_plain", "momentum", "rmsprop", "lion", "muon", "adagrad", "adam", "adamw",
    "adamw_fused", "lamb", "adam_8bit", "adamw_8bit", "lion_8bit", "adafactor", "galore_adamw",
    "galore_adamw_8bit",
)  # fmt: skip
OPTIMIZER_WORDS = {
    "adamw_torch": "adamw", "adamw_hf": "adamw", "adamw_torch_fused": "adamw_fused",
    "adamw8bit": "adamw_8bit", "adam8bit": "adam_8bit", "adamw_bnb_8bit": "adamw_8bit",
    "galore": "galore_adamw", "fused_adamw": "adamw_fused", "paged_adamw": "adamw",
    "paged_adamw_8bit": "adamw_8bit", "paged_lion_8bit": "lion_8bit",
}  # fmt: skip
"""Other words for an optimizer, as frameworks call it; paged states count in full."""
_LM, _ANY = "language", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One way of running one model; every surface asks for it from this declaration.

    A default here is what a table of measurements means by leaving the column out; ``usual`` is
    what people are answered who leave it out.
    """

    model: str = asked(
        "Model",
        "A name such as resnet50 or llama-3-8b, the path of a config.json, or file.py:callable.",
        kind="text",
        required=True,
        flags=("--model",),
        rank=1,
        example="llama-3-8b",
    )
    mode: str = asked(
        "What it does",
        "train: whole steps; infer, forward: one pass; prefill, decode: write text.",
        default="train",
        choices=MODES,
        flags=("--mode",),
        rank=1,
        example="train",
    )
    batch: int = asked(
        "Global batch",
        "Items of one step, over all GPUs together.",
        unit="items",
        default=1,
        usual=((_LM, 1), (_ANY, 32)),
        why="one sequence is the least that a step can be, and often all that a card holds; 32 "
        "images is the default of torchvision's references/classification/train.py",
        most=65_536,
        flags=("--batch-size", "--batch"),
        rank=1,
        example=2,
    )
    precision: str = asked(
        "Precision",
        "Number format; amp keeps 32-bit weights and computes in 16 bit.",
        default="fp32",
        usual=((_ANY, "amp"),),
        why="what PyTorch's own recipes advise for GPUs with tensor cores",
        choices=PRECISIONS + QUANTISATIONS,
        spoken=tuple(PRECISION_WORDS.items()),
        flags=("--precision",),
        rank=1,
        example="bf16",
    )
    seq_len: int | None = asked(
        "Sequence length",
        "Tokens of one item; the prompt when serving.",
        unit="tokens",
        most=1_048_576,
        flags=("--seq-len", "--seq"),
        needs=("sequence",),
        rank=1,
        example=2048,
    )
    img_size: int | None = asked(
        "Image side",
        "Height and width of a picture; left out: the model's own.",
        unit="px",
        most=4_096,
        flags=("--img-size", "--resolution"),
        needs=("pictures",),
        rank=2,
        example=224,
    )
    method: str = asked(
        "Method",
        "What is trained: full weights, or adapters beside frozen ones (lora, qlora).",
        default="full",
        choices=METHODS,
        flags=("--method",),
        needs=("language", "training"),
        rank=2,
        example="qlora",
    )
    optimizer: str = asked(
        "Optimizer",
        "Decides the state kept for each trained weight.",
        default="sgd",
        usual=((_LM, "adamw"), (_ANY, "sgd")),
        why="language models are trained with AdamW (arXiv:2302.13971 section 2.3), picture models "
        "with SGD and momentum (arXiv:1512.03385 section 3.4)",
        choices=OPTIMIZERS,
        spoken=tuple(OPTIMIZER_WORDS.items()),
        flags=("--optimizer",),
        needs=("updating",),
        rank=2,
        example="adamw",
    )
    grad_checkpointing: bool = asked(
        "Gradient checkpointing",
        "Work activations out again instead of keeping them: less memory.",
        default=False,
        flags=("--grad-checkpointing",),
        needs=("training",),
        rank=2,
        example=True,
    )
    gen_len: int | None = asked(
        "Tokens to write",
        "Tokens written after the prompt.",
        unit="tokens",
        most=1_048_576,
        flags=("--gen-len",),
        needs=("decoder", "serving"),
        example=512,
    )
    kv_precision: str | None = asked(
        "Cache precision",
        "Number format of cached keys and values; left out: the model's own, else 16 bit.",
        choices=KV_PRECISIONS,
        spoken=(("f16", "fp16"), ("q8", "q8_0"), ("q4", "q4_0"), ("fp8_e4m3", "fp8"),
                ("fp8_e5m2", "fp8"), ("8bit", "int8"), ("4bit", "int4")),
        flags=("--kv-precision",),
        needs=("decoder", "serving"),
        example="fp8",
    )  # fmt: skip
    adapters: str | None = asked(
        "Adapted projections",
        "Where adapters stand: query and value, attention, the MLP, or all; "
        "left out: as the trainer does.",
        choices=ADAPTERS,
        flags=("--adapters",),
        needs=("decoder", "training", "adapted"),
        example="all",
    )
    adapter_rank: int | None = asked(
        "Adapter rank",
        "Rank of the adapters; left out: as the trainer does.",
        most=65_536,
        flags=("--adapter-rank",),
        needs=("decoder", "training", "adapted"),
        example=16,
    )
    software: Software = asked(
        "Framework or engine",
        "Trainer or engine with its version, such as vllm 0.6 or torchtune.",
        name="framework",
        kind="text",
        default=Software(),
        left_out="a present-day PyTorch",
        flags=("--framework",),
        example="pytorch 2.4",
    )
    compile: str = asked(
        "Compiler",
        "dynamo: the model is compiled (torch.compile).",
        default="eager",
        choices=("eager", "dynamo"),
        flags=("--compile",),
        needs=("stepped",),
        example="dynamo",
    )
    layout: str = asked(
        "Memory layout",
        "Order of a picture's axes; nhwc is channels last.",
        default="nchw",
        choices=("nchw", "nhwc"),
        flags=("--layout",),
        needs=("pictures",),
        example="nhwc",
    )
    micro_batch: int | None = asked(
        "Micro-batch",
        "Items of one pass through the model; a step sums the gradients of several.",
        unit="items",
        most=65_536,
        flags=("--micro-batch",),
        needs=("training",),
        example=1,
    )
    sharding: str = asked(
        "Sharding",
        "What data-parallel GPUs hold a part of each; zero3 is FSDP.",
        default="none",
        choices=SHARDINGS,
        spoken=(
            ("fsdp", "zero3"),
            ("full_shard", "zero3"),
            ("shard_grad_op", "zero2"),
            ("no_shard", "none"),
            ("ddp", "none"),
        ),
        flags=("--sharding",),
        needs=("decoder", "training"),
        example="zero3",
    )
    tensor_parallel: int = asked(
        "Tensor parallel",
        "GPUs that share every layer.",
        unit="GPUs",
        default=1,
        most=64,
        flags=("--tensor-parallel",),
        needs=("decoder", "training"),
        example=2,
    )
    pipeline_parallel: int = asked(
        "Pipeline stages",
        "Groups of GPUs that hold some of the layers each.",
        unit="stages",
        default=1,
        most=64,
        flags=("--pipeline-parallel",),
        needs=("decoder", "training"),
        example=2,
    )
    offload: bool = asked(
        "Offload to the host", "Weights and optimizer state live in the computer's memory.",
        default=False, flags=("--offload",), needs=("decoder", "training"), example=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What prediction needs to know of a computer, bought or rented.

    gpu_count : GPUs of all nodes together.  nodes : equal computers that a network
    joins; None = up to eight GPUs each.  cpu_full_cores : what all cores do together over one at
    its boost clock.  cpu_per_clock : work per clock over Intel Skylake's.  disk_assumed :
    random reads are those of the drive's class.
    gpu_link : how GPUs of a node reach each other: none, pcie, pcie-host (staged through memory),
    nvlink.  network_bytes_per_s : rate of one node's network, one direction; None = not known.
    """

    chip: Chip
    gpu_count: int = asked(
        "GPUs",
        "GPUs of the machine, of all its nodes together.",
        default=1,
        most=65_536,
        flags=("--gpus", "--count"),
        rank=1,
    )
    gpu_link: str = "pcie-host"
    pcie_bytes_per_s: float | None = None
    cpu: str = asked(
        "Processor",
        "Processor by name, or as 8 cores 4.5 GHz: how fast it dispatches and decodes.",
        kind="text", names="cpu", default="", flags=("--cpu",), example="Core i7-6700K",
        left_out="a host of the chip's time and kind",
    )  # fmt: skip
    cpu_cores: int | None = None
    cpu_full_cores: float | None = None
    cpu_mhz: float | None = None
    cpu_per_clock: float | None = None
    drive: str = asked(
        "Drive", "Drive that the data lies on, by name, or hdd, sata, nvme.",
        kind="text", names="drive", default="", flags=("--drive",),
        example="Samsung 970 EVO Plus 1TB",
    )  # fmt: skip
    disk_read_bytes_per_s: float | None = None
    disk_random_iops: float | None = None
    disk_assumed: bool = False
    ram_bytes: float | None = asked(
        "Main memory", "Memory of the computer; keeps files that were read.",
        name="ram_gib", kind="amount", unit="GiB", scale=1024**3,
        most=100_000, flags=("--ram",), example=64,
    )  # fmt: skip
    power_cap_w: float | None = asked(
        "Power cap",
        "Limit set for each GPU, below its own.",
        kind="amount",
        unit="W",
        least=1,
        most=100_000,
        flags=("--power-cap-w",),
    )
    nodes: int | None = asked(
        "Nodes",
        "Equal computers that a network joins; left out: up to eight GPUs in each.",
        most=8_192,
        flags=("--nodes",),
        needs=("decoder", "training"),
    )
    network_bytes_per_s: float | None = asked(
        "Network", "Rate of one node's network, one direction.",
        name="network_gbit_s", kind="amount", unit="Gbit/s", scale=1e9 / 8,
        least=1e-3, most=100_000, flags=("--network-gbit-s",), needs=("decoder", "training"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Step time and memory with their shares.

    step_s, low_s, high_s : seconds of one step of the whole machine (decode: one token per
    sequence) and the range that held about 80 % of measured values on unseen rows.
    throughput : ``unit`` per second over the whole machine.
    memory_bytes : peak per GPU; memory_shares add up to it. fits : the chance that it does is
    ``fit_chance``, 9 in 10 or more; None where nobody judged it. shares : of step_s, add up to 1.
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
