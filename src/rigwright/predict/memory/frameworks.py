"""How each framework trains a decoder: what it keeps, what its adapters are, how it makes the loss.

Read from the frameworks' own code; the words are those people write in ``framework``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from rigwright.predict.framework import framework_of
from rigwright.spec.run import Run
from rigwright.workload.decoder.style import ADAPTED, Style

KEEPS_NO_INPUTS = 43
"""bitsandbytes 0.43 (2024-03): ``MatMul4Bit`` keeps the packed weight alone."""
FREES_FROZEN = 2.2
"""PyTorch whose FSDP frees gathered frozen weights within the backward pass (its PR 101982 and
following: before, only parameters that get gradients had the hook that does)."""
FOREACH = 2.0
"""PyTorch whose optimizers step all weights together by default (its release notes)."""
_TORCH = re.compile(r"torch-(\d+\.\d+)")
_BITSANDBYTES = re.compile(r"bitsandbytes-?0\.(\d+)")


@dataclass(frozen=True, slots=True)
class Trainer:
    """A framework's habits.

    style : how lines are written.  targets, rank : of adapters where the run does not say.
    adapter_bytes : of their weights.  wide_ends : token table and output become 32-bit under 4-bit
    weights (PEFT's ``prepare_model_for_kbit_training``).  offloads_inputs : recomputed blocks keep
    their input in host memory.  fused_optimizer : steps without scratch.
    masters : 16-bit training keeps 32-bit weights beside; None = where it shards.
    keeps_gathered : frozen weights that were gathered stay until the backward pass ends.
    steps_in_backward : each gradient is used and freed as soon as it is made.
    own_attention : attention is one kernel whatever the version of PyTorch.
    sequence_parallel : tensor-parallel GPUs share norms and the residual stream too.
    packed : bytes of 4-bit weights over those of plain nf4.
    """

    style: Style = field(default_factory=Style)
    targets: str = "all"
    rank: int = 16
    adapter_bytes: float = 4.0
    wide_ends: bool = False
    offloads_inputs: bool = False
    fused_optimizer: bool = False
    masters: bool | None = None
    keeps_gathered: bool = False
    steps_in_backward: bool = False
    own_attention: bool = True
    sequence_parallel: bool = False
    packed: float = 1.0


_EAGER = Style(repeats_kv=True, keeps_logits=True)
_FUSED = Style(fused_norm=True, fused_gate=True, keeps_product=False, loss="linear")
_HF = Trainer(_EAGER, own_attention=False)
TRAINERS: tuple[tuple[tuple[str, ...], Trainer], ...] = (
    # unsloth/kernels: one kernel per norm and gate; inputs of blocks go to the host
    # (unsloth_zoo/gradient_checkpointing.py). The loss writes its gradient over the logits; since
    # 2025 it goes over pieces as large as free memory allows (unsloth_zoo/fused_losses). Its
    # dynamic 4-bit weights take up to a tenth more (unsloth.ai/blog/dynamic-4bit).
    (("unsloth",), Trainer(replace(_FUSED, loss="fused"), offloads_inputs=True, packed=1.1)),
    # litgpt: finetune/lora.py adapts query and value with rank 8 in the run's precision and drops
    # out 5 %; zero_pad's index_copy keeps what the adapter adds; the loss goes over pieces of 128
    # tokens in the logits' precision.
    (("litgpt", "lit-gpt"), Trainer(
        Style(
            repeats_kv=True, loss="low", fused_qkv=True, plain_gelu=True, adapter_dropout=True,
            adapter_output=True,
        ),
        targets="qv", rank=8, adapter_bytes=2.0,
    )),
    # torchtune: recipes/configs; chunked loss, fused AdamW, adapters in the run's precision.
    (("torchtune",), Trainer(
        Style(repeats_kv=True, loss="chunked"), targets="attention", rank=8,
        adapter_bytes=2.0, fused_optimizer=True, masters=False,
    )),
    # torchtitan: fused RMSNorm, repeated keys and values, float32 masters under FSDP2.
    (("torchtitan", "torchao", "titan"), Trainer(
        Style(fused_norm=True, repeats_kv=True, keeps_logits=True), fused_optimizer=True,
        masters=True, sequence_parallel=True,
    )),
    # Megatron, NeMo: fused norm, bias with GELU, gate and loss kernels; distributed fused Adam with
    # masters.
    (("megatron", "nemo"), Trainer(
        Style(fused_norm=True, fused_gate=True, loss="fused", plain_gelu=True),
        fused_optimizer=True, masters=True, sequence_parallel=True,
    )),
    # llm-foundry: fused loss of flash-attention.
    (("foundry", "composer", "mosaic"), Trainer(
        Style(fused_norm=True, loss="fused"), fused_optimizer=True, masters=True,
    )),
    # fsdp_qlora: train.py; adapters on all projections, ends stay in 16 bit.
    (("fsdp_qlora", "fsdp-qlora"), Trainer(_EAGER, rank=64, adapter_bytes=2.0)),
    # axolotl: flash attention, LoRA kernels and cut cross entropy, adapters of rank 32 on all
    # linear layers (its examples).
    (("axolotl",), Trainer(_FUSED, rank=32)),
    # LLaMA-Factory: rank 8 on all linear layers, ends in 32 bit for stability when quantised.
    (("llama-factory", "llamafactory"), Trainer(_EAGER, rank=8, wide_ends=True)),
    # PEFT: query and value of Llama-like models, rank 8, adapters in float32.
    (("peft",), Trainer(replace(_EAGER, wide_copies=True), targets="qv", rank=8, wide_ends=True)),
    (("deepspeed", "zero", "fsdp"), Trainer(_EAGER, fused_optimizer=True, masters=True)),
)  # fmt: skip


def trainer_of(run: Run) -> Trainer:
    """The habits that ``run.framework`` and ``run.compile`` mean; transformers for other words.

    Words beside a framework's name: liger, chunked-loss, plain-loss, activation-offload,
    optimizer-in-backward, no-sequence-parallel, torch-2.1, bitsandbytes-0.41.
    """
    text = run.framework.lower().replace(" ", "-")
    found = next((t for words, t in TRAINERS if any(word in text for word in words)), _HF)
    style = found.style
    if "liger" in text or "cut-cross" in text:
        style = replace(style, fused_norm=True, fused_gate=True, loss="linear")
    if "chunked-loss" in text:
        style = replace(style, loss="chunked")
    if "plain-loss" in text:
        style = replace(style, loss="upcast", keeps_logits=True)
    bitsandbytes = _BITSANDBYTES.search(text)
    if bitsandbytes and int(bitsandbytes[1]) < KEEPS_NO_INPUTS and run.method == "qlora":
        style = replace(style, keeps_inputs=True)
    if run.compile not in ("", "eager", "none"):
        # Inductor fuses norms and gates; what matrix products read is kept.
        style = replace(style, fused_norm=True, fused_gate=True)
    torch = _TORCH.search(text)
    foreach = framework_of(run.framework).version >= FOREACH
    return replace(
        found,
        fused_optimizer=found.fused_optimizer or not foreach,
        style=_with_adapters(style, found, run),
        sequence_parallel=found.sequence_parallel and "no-sequence-parallel" not in text,
        offloads_inputs=found.offloads_inputs or "activation-offload" in text,
        steps_in_backward="optimizer-in-backward" in text,
        keeps_gathered=torch is not None and float(torch[1]) < FREES_FROZEN,
    )


def _with_adapters(style: Style, trainer: Trainer, run: Run) -> Style:
    if run.method == "full":
        return style
    targets = ADAPTED[run.adapters or trainer.targets]
    return replace(style, frozen=True, adapters=targets, rank=run.adapter_rank or trainer.rank)


def fuses_attention(run: Run, trainer: Trainer) -> bool:
    """Attention is one kernel, which keeps no scores.

    Megatron before its flash attention multiplied around one fused scale, mask and softmax kernel.
    """
    text = run.framework.lower()
    if "megatron" in text:
        return any(word in text for word in ("flash", "bridge", "core", "nemo"))
    return trainer.own_attention or framework_of(text).fused_attention("text")
