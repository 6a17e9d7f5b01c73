"""Peak GPU memory of a run: a timeline over its operations, as shares that add up.

weights, gradients, optimizer state, activations kept for the backward pass and what passes through
at the busiest moment; then what the allocator keeps besides and the driver's context. Only the
last two and the convolutions' workspace are calibrated (``data/memory.csv``).
"""

import functools
import math
from dataclasses import replace

from rigwright.predict.constants import shipped
from rigwright.predict.memory.formats import (
    GIB,
    base_format,
    cache_bytes,
    element_bytes,
    formats,
    kv_bytes,
    state_bytes,
    stored,
    weight_bytes,
)
from rigwright.predict.memory.peak import (
    Moment,
    Parts,
    Peak,
    assemble,
    driver_bytes,
    generation,
    parts_of,
)
from rigwright.predict.memory.ranges import (
    DRIVER_BYTES,
    least_room,
    measured_on,
    probability,
    range_of,
    verdict,
)
from rigwright.predict.memory.state import ADAPTER_SHARE, TRAINING, Split, masters, serving_state
from rigwright.predict.memory.trainers import fuses_attention, trainer_of
from rigwright.predict.objectives import objective_of
from rigwright.predict.parallel import Layout, layout_of
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder
from rigwright.workload.decoder import DecoderConfig
from rigwright.workload.decoder.style import Style

LOGIT_BYTES = 10.0
"""Of each logit of an evaluation: 16 bit, 32 bit, its logarithm (transformers' ForCausalLMLoss)."""


@functools.lru_cache(maxsize=256)
def _model_parts(ops: OperationList, run: Run, chips: str, count: int) -> Parts:
    batch = math.ceil(run.batch / count)
    micro = min(run.micro_batch or batch, batch)
    split = Split(data=count)
    return parts_of(ops, run, chips, trainer_of(run), split, micro, (1, math.ceil(batch / micro)))


def model_parts(ops: OperationList, run: Run, machine: Machine) -> Parts:
    """What ``run`` keeps on one GPU; GPUs are data parallel. Raises InputError."""
    return _model_parts(ops, run, generation(machine.chip), machine.gpu_count)


def model_peak(ops: OperationList, run: Run, machine: Machine) -> Peak:
    """Peak memory of one GPU for any traced or written model. Raises InputError."""
    return assemble(model_parts(ops, run, machine), shipped("memory"))


@functools.lru_cache(maxsize=256)
def _operations(
    config: DecoderConfig, mode: str, batch: int, seq: int, style: Style, *, fused: bool
) -> OperationList:
    return decoder.operations(
        config, mode, batch=batch, seq_len=seq, fused_attention=fused, style=style
    )


def decoder_parts(config: DecoderConfig, run: Run, machine: Machine) -> Parts:
    """What a decoder's training keeps on the fullest GPU of its layout.

    Raises InputError for an unknown optimizer or a layout that does not divide.
    """
    return _decoder_parts(config, run, layout_of(config, run, machine), generation(machine.chip))


@functools.lru_cache(maxsize=256)
def _decoder_parts(config: DecoderConfig, run: Run, layout: Layout, chips: str) -> Parts:
    trainer = trainer_of(run)
    if run.precision == "amp" and masters(run, trainer):
        run = replace(run, precision="bf16")  # the trainer casts whole layers, not each operation
    seq = run.seq_len or min(config.max_positions, decoder.TYPICAL_LENGTH)
    part, batch, split = config, float(layout.micro_batch), Split(layout.tensor, layout.data)
    if trainer.sequence_parallel:  # everything is shared: as much as a part of the batch needs
        # The input of a block's products, and its gradient, are gathered.
        stream = batch * seq * config.hidden * element_bytes(run.precision)[0]
        split = replace(split, shared=2.0 * stream if layout.tensor > 1 else 0.0)
        batch /= layout.tensor
    else:
        part, split = config.shared(layout.tensor), Split(1, layout.data)
    part = part.cut(math.ceil(part.layers / layout.pipeline)) if layout.pipeline > 1 else part
    fused = fuses_attention(run, trainer)
    ops = _operations(part, run.mode, layout.micro_batch, seq, trainer.style, fused=fused)
    # A first stage starts as many passes as there are stages before one of them comes back.
    together = min(layout.pipeline, layout.micro_batches)
    passes = (together, layout.micro_batches)
    parts = parts_of(ops, run, chips, trainer, split, batch, passes)
    return replace(parts, between=_between(config, run, layout, seq))


def _between(config: DecoderConfig, run: Run, layout: Layout, seq: int) -> float:
    """What stands beside weights and optimizer between steps: answers that are written (their
    cache, and sharded weights in one piece), or the logits of an evaluation. [B]"""
    written = 0.0
    if objective_of(run).writes:
        share = layout.micro_batch * layout.micro_batches
        whole = config.parameters * element_bytes(run.precision)[0] * (run.sharding == "zero3")
        cached = kv_bytes(config, share, seq, paged=False, element=cache_bytes(config, run))
        written = (whole + cached) / (layout.tensor * layout.pipeline)
    return max(written, LOGIT_BYTES * (run.eval_batch or 0) * seq * config.vocab / layout.tensor)


def decoder_peak(config: DecoderConfig, run: Run, machine: Machine) -> Peak:
    """Peak memory of the fullest GPU of a decoder's training. Raises InputError."""
    return assemble(decoder_parts(config, run, machine), shipped("memory"))
