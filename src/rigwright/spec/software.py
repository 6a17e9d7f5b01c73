"""Software: of a run, what its release and options change; of a chip, what runs on it.

Read once, from words, by ``plan.ask.software``; below that nobody reads a sentence.
"""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from rigwright.spec.fact import fact

Version = tuple[int, ...]

FRAMEWORKS = ("pytorch", "torch7", "tensorflow", "caffe", "mxnet")
ENGINES = (
    "llama.cpp-2024", "llama.cpp", "exllama", "vllm", "sglang", "tensorrt-llm", "gpt-fast",
    "transformers",
)  # fmt: skip
"""What serves a model token by token; llama.cpp-2024 : with the kernels of before mid-2024."""
TRAINERS = (
    "unsloth", "litgpt", "torchtune", "torchtitan", "megatron", "llm-foundry", "fsdp_qlora",
    "axolotl", "llama-factory", "peft", "sharded",
)  # fmt: skip
"""What trains a decoder; sharded : FSDP or DeepSpeed around plain transformers."""
LOSSES = ("upcast", "low", "chunked", "fused", "linear")
"""upcast : all logits, their 32-bit copy, its logarithm, both gradients (transformers).
low : all logits and their logarithm in 16 bit (litgpt).
chunked : all logits in 16 bit, gradients for one part at a time (torchtune, compiled).
fused : all logits in 16 bit, the gradient written over them (Unsloth of 2024, Megatron).
linear : the output layer too for one part at a time (Liger, cut cross entropy)."""
CHOICES = {"framework": FRAMEWORKS, "engine": ENGINES, "trainer": TRAINERS, "loss": LOSSES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What runs the model; the defaults are a present-day PyTorch that says nothing more.

    framework : of FRAMEWORKS.  framework_version : as said.  stated : the release that decides
    speed is known, so the range needs no room for others.
    cudnn : generation of the kernel library, 0 = none (im2col and GEMM).
    conv_tf32 : fp32 convolutions may use TF32.  grouped_nhwc : grouped convolutions have
    channels-last kernels.  foreach : optimizers step all weights together.
    fused_attention : attention of image models is one kernel.  fused_text_attention : and that of
    text models.  masked_softmax : products around one fused scale, mask and softmax kernel
    (Megatron before flash attention).  flash : generation of FlashAttention.
    dispatch : host time of a compiled kernel over that of an eager operation (Inductor launches in
    about 10 us where eager takes 30, from knowledge); 0 = CUDA graphs.
    fast_norm : inference normalises in 16 bit.  apex_o2 : "mixed precision" is the whole text model
    in 16 bit beside 32-bit masters.
    engine : of ENGINES, empty = none named.  trainer : of TRAINERS, empty = transformers.
    fused_kernels : hand-written kernels merge norms, gates and rotary embedding.
    loss : of LOSSES, None = the trainer's.  activation_offload : recomputed blocks keep their input
    in host memory.  optimizer_in_backward : each gradient is used and freed as soon as it is made.
    sequence_parallel : tensor-parallel GPUs share norms too where the trainer can.
    keeps_inputs : 4-bit products keep their input.  keeps_gathered : frozen weights that were
    gathered stay until the backward pass ends.
    """

    framework: str = "pytorch"
    framework_version: Version | None = None
    stated: bool = False
    cudnn: int = 9
    conv_tf32: bool = True
    grouped_nhwc: bool = True
    foreach: bool = True
    fused_attention: bool = True
    fused_text_attention: bool = True
    masked_softmax: bool = False
    flash: int = 2
    dispatch: float = 0.3
    fast_norm: bool = False
    apex_o2: bool = False
    engine: str = ""
    engine_version: Version | None = None
    trainer: str = ""
    fused_kernels: bool = False
    loss: str | None = None
    activation_offload: bool = False
    optimizer_in_backward: bool = False
    sequence_parallel: bool = True
    keeps_inputs: bool = False
    keeps_gathered: bool = False

    def attention_is_fused(self, *, text: bool) -> bool:
        """Whether attention is one kernel that keeps no scores."""
        return self.fused_text_attention if text else self.fused_attention


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Software for the chips of one or a few architectures.

    ``torch`` is a pip requirement (``torch``, ``torch==2.14.*``), ``none`` where no wheel has
    kernels for the chip, empty where nobody has checked.
    """

    kind: ClassVar[str] = "toolchain"
    vendor: str = fact("nvidia, amd or intel", required=True)
    architectures: tuple[str, ...] = fact("as in chips.csv, `|`-separated", required=True)
    capabilities: tuple[str, ...] = fact(
        "CUDA compute capabilities, `|`-separated; `none` = goes by architecture", required=True
    )
    toolkit: str = fact("CUDA, ROCm or Level Zero", required=True)
    toolkit_first: str | None = fact("first version that knows the chip")
    toolkit_last: str | None = fact("last version that knows the chip; empty = still does")
    driver: str | None = fact("driver branch to install: tested with the wheel named here")
    driver_last: str | None = fact("last driver branch for the chip; empty = still supported")
    driver_package: str | None = fact("Ubuntu package of that driver")
    torch: str | None = fact("pip requirement, `none` = no wheel, empty = not checked")
    torch_index: str | None = fact("wheel index; empty = PyPI")
    note: str | None = fact("what else a builder must know")
    source: str = fact("documents the facts were read in", required=True)
    source_date: dt.date = fact("day of the newest of them", required=True)
