"""Peak memory of one GPU of a training run that shards its state or its layers.

State (weights, gradients, optimizer) is counted per weight and divided by whoever shares it (ZeRO,
arXiv:1910.02054 section 5). What blocks keep for the backward pass comes from the operation list of
the layers and the micro-batch that one GPU holds. The peak is either at the loss, whose logits are
as wide as the vocabulary, or inside the first block that runs backward. Runs without such a layout
are ``predict.memory``'s business.
"""

from __future__ import annotations

import math

import numpy as np

from rigwright.predict import memory as plain
from rigwright.predict.parallel import Layout, layout_of
from rigwright.predict.trainingwork import (
    compiled,
    element_bytes,
    first_flash,
    in_blocks,
    mixed,
    shard_operations,
    with_length,
)
from rigwright.spec.operation import KINDS
from rigwright.spec.run import Machine, Run
from rigwright.workload.decoderconfig import DecoderConfig

LOSS_BYTES = 12.0
"""Per logit: 16-bit logits, their 32-bit copy, its logarithm or gradient, and a 16-bit gradient."""
FUSED_LOSS_BYTES = 4.0
"""Per logit of a fused loss: 16-bit logits and gradient (flash-attention's cross entropy)."""
GATHERED_LAYERS = 2
"""Layers that fully sharded weights have in one piece: the one that runs and the next."""

Shares = dict[str, float]


def memory(config: DecoderConfig, run: Run, machine: Machine) -> tuple[float, Shares]:
    """Peak of the fullest GPU, the first of its pipeline, and its shares. [B]

    Raises InputError for an unknown optimizer or a layout that does not divide.
    """
    run = with_length(config, run)
    layout = layout_of(config, run, machine)
    if not laid_out(run):
        ops = shard_operations(config, run, 1, layout.micro_batch)
        return plain.memory(ops, run, machine)
    layers = math.ceil(config.layers / layout.pipeline)
    kept, inside, wide = _activations(config, run, layout, layers)
    fused = compiled(run) or first_flash(run)
    tokens = layout.micro_batch * (run.seq_len or 1)
    logits = tokens * math.ceil(config.vocab / layout.tensor)
    loss = logits * (FUSED_LOSS_BYTES if fused else LOSS_BYTES)
    if layout.pipeline > 1:
        loss = 0.0  # the last stage has it, while the first holds the most passes
    # A first stage starts as many passes as there are stages before one of them comes back.
    passes = min(layout.pipeline, layout.micro_batches)
    shares = _state(config, run, layout, layers)
    shares["activations"] = passes * kept
    shares["workspace"] = max(loss, inside + wide)
    c = plain.load()
    shares["context"] = (c.context_gib + c.workspace_gib) * plain.GIB
    return sum(shares.values()), {k: v for k, v in shares.items() if v > 0}


def laid_out(run: Run) -> bool:
    """The run divides state, layers or its batch; else every GPU holds everything."""
    split = run.tensor_parallel > 1 or run.pipeline_parallel > 1 or run.micro_batch is not None
    return split or run.sharding != "none" or run.offload or mixed(run)


def _activations(
    config: DecoderConfig, run: Run, layout: Layout, layers: int
) -> tuple[float, float, float]:
    """Bytes that a pass keeps, that one block adds when it is repeated, and of its wide tensors."""
    ops = shard_operations(config, run, layout.tensor, layout.micro_batch)
    seq = float(run.seq_len or 1)
    low, full = element_bytes(run)
    rows = (ops.phase == 0) & in_blocks(config, ops) & (ops.kind != KINDS.index("cast"))
    saved = ops.at(layout.micro_batch, seq).saved[rows] @ np.array([low, full, 1.0])
    block = float(saved @ ops.count[rows]) / config.layers
    tokens = layout.micro_batch * seq
    width = max(config.intermediate * (2 if config.gated else 1), 3 * config.hidden)
    wide = 2.0 * low * tokens * width / layout.tensor
    if run.grad_checkpointing:
        return layers * low * tokens * config.hidden, block, wide
    return layers * block, 0.0, wide


def _state(config: DecoderConfig, run: Run, layout: Layout, layers: int) -> Shares:
    """Weights, gradients and optimizer state of one GPU. [B]"""
    held = config.parameters / (layout.tensor * layout.pipeline)
    trained, low = held, 2.0 if mixed(run) else element_bytes(run)[1]
    weight, gradient = low, low
    if run.method != "full":
        trained = plain.ADAPTER_SHARE * held
        weight = plain.WEIGHT_BYTES["nf4"] if run.method == "qlora" else element_bytes(run)[0]
        gradient = 4.0
    master = 4.0 if mixed(run) and run.method == "full" else 0.0
    state = master + plain.state_bytes(run.optimizer) if run.mode == "train" else master
    parts = {
        "weights": held * weight, "gradients": trained * gradient, "optimizer": trained * state,
    }  # fmt: skip
    shared = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}[run.sharding]
    order = ("optimizer", "gradients", "weights")
    out = {name: size / (layout.data if name in order[:shared] else 1)
           for name, size in parts.items()}  # fmt: skip
    gathered = min(GATHERED_LAYERS / layers, 1.0) * parts["weights"]
    if run.offload:
        out |= {"weights": gathered, "optimizer": 0.0}
    elif shared == 3 and layout.data > 1:
        out["weights"] += gathered
    return out
