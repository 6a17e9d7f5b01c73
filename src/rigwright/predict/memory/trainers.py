"""How each trainer runs a decoder: what it keeps, what its adapters are, how it makes the loss.

Read from the trainers' own code (``data/trainers.toml``).
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rigwright.predict.memory.formats import base_format
from rigwright.spec.run import DECOMPOSED, Run
from rigwright.spec.software import Software
from rigwright.workload.decoder.style import ADAPTED, Style


@dataclass(frozen=True, slots=True)
class Trainer:
    """A trainer's habits.

    style : how lines are written.  targets, rank : of adapters where the run does not say.
    adapter_bytes : of their weights.  wide_ends : token table and output become 32-bit under 4-bit
    weights (PEFT's ``prepare_model_for_kbit_training``).  offloads_inputs : recomputed blocks keep
    their input in host memory.  fused_optimizer : steps without scratch.
    masters : 16-bit training keeps 32-bit weights beside; None = where it shards.
    own_attention : attention is one kernel whatever the version of PyTorch.
    sequence_parallel : tensor-parallel GPUs share norms and the residual stream too.
    packed : bytes of 4-bit weights over those of plain nf4.
    packs_experts : experts are packed in 4 bit too; bitsandbytes packs linear layers alone, and
    experts are one tensor since transformers 5 (bitsandbytes#1849, 2026-01-25).
    own_buffers : hand-written kernels take buffers of lengths that vary, which the allocator keeps.
    """

    style: Style = field(default_factory=Style)
    targets: str = "all"
    rank: int = 16
    adapter_bytes: float = 4.0
    wide_ends: bool = False
    offloads_inputs: bool = False
    fused_optimizer: bool = False
    masters: bool | None = None
    own_attention: bool = True
    sequence_parallel: bool = False
    packed: float = 1.0
    own_buffers: bool = False
    packs_experts: bool = False

    def has_masters(self, sharding: str) -> bool:
        """Training in 16 bit is beside 32-bit weights."""
        return self.masters if self.masters is not None else sharding != "none"


@functools.cache
def trainers() -> Mapping[str, Trainer]:
    """Trainers by name; ``transformers`` is what runs where none is named."""
    path = Path(__file__).parents[1] / "data" / "trainers.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Trainer(Style(**row.pop("style")), **row) for name, row in rows.items()}


def habits(software: Software) -> Trainer:
    """What the named trainer does; transformers where none is named."""
    return trainers()[software.trainer or "transformers"]


def trainer_of(run: Run) -> Trainer:
    """The habits of the run's trainer under the options and the compiler that it uses."""
    software, found = run.software, habits(run.software)
    style = found.style
    if software.fused_kernels or run.compile not in ("", "eager", "none"):
        # Hand-written kernels and Inductor fuse norms and gates; what products read is kept.
        style = replace(style, fused_norm=True, fused_gate=True)
    if software.loss is not None:
        # A loss over all logits is called by hand, on what the model returned.
        keeps = style.keeps_logits or software.loss == "upcast"
        style = replace(style, loss=software.loss, keeps_logits=keeps)
    if keeps_on_nodes(run) or (base_format(run) == "nf4" and software.keeps_inputs):
        style = replace(style, keeps_inputs=True)
    return replace(
        found,
        fused_optimizer=found.fused_optimizer or not software.foreach,
        style=_with_adapters(style, found, run),
        sequence_parallel=found.sequence_parallel and software.sequence_parallel,
        offloads_inputs=found.offloads_inputs or software.activation_offload,
    )


def keeps_on_nodes(run: Run) -> bool:
    """Products hang their input on the graph's node, where no checkpointing frees it: bitsandbytes'
    8-bit product (``ctx.tensors`` of MatMul8bitLt, autograd/_functions.py, seen 2026-11-30)."""
    return base_format(run) == "int8"


def _with_adapters(style: Style, trainer: Trainer, run: Run) -> Style:
    if run.method == "full":
        return style
    targets = ADAPTED[run.adapters or trainer.targets]
    if run.method in DECOMPOSED:
        style = replace(style, adapter_outputs=2)
    return replace(style, frozen=True, adapters=targets, rank=run.adapter_rank or trainer.rank)


def fuses_attention(run: Run, trainer: Trainer) -> bool:
    """Attention is one kernel, which keeps no scores."""
    if run.software.masked_softmax:
        return False
    return trainer.own_attention or run.software.fused_text_attention
