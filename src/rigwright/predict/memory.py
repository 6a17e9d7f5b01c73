"""Peak GPU memory of a run, as shares that add up.

weights + gradients + optimizer state + activations kept for backward + workspace, then what the
allocator loses, then the framework's context. The activations are those the traced model keeps
alive; only workspace, loss and context are fitted (``data/memory.csv``).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.constants import Constants
from rigwright.predict.work import ELEMENT_BYTES
from rigwright.spec.errors import InputError
from rigwright.spec.operation import KINDS, OperationList
from rigwright.spec.run import Machine, Run

GIB = 1024**3
TABLE = constants_table.TABLE.with_name("memory.csv")

STATE_BYTES = {  # optimizer state per trainable weight, beyond weight and gradient
    "none": 0.0,
    "sgd": 4.0,  # momentum buffer, as training recipes use it
    "momentum": 4.0,
    "rmsprop": 4.0,
    "adam": 8.0,
    "adamw": 8.0,
    "lamb": 8.0,
    "adam_8bit": 2.0,
    "adamw_8bit": 2.0,
    "adafactor": 0.1,  # row and column sums only
}
WEIGHT_BYTES = {  # bytes per stored weight of a quantised format, scales included
    "q4_k_m": 4.85 / 8,  # llama.cpp: 4.85 bits per weight for Llama-3-8B
    "q8_0": 8.5 / 8,  # 32 int8 and one fp16 scale
    "awq": 4.25 / 8,  # 4 bit, fp16 scale and zero per group of 128
    "nf4": 4.127 / 8,  # QLoRA paper, double quantisation (arXiv:2305.14314 section 3)
    "int4": 4.25 / 8,
}
ADAPTER_SHARE = 0.005
"""Trainable share of a LoRA run when the model does not state it (rank 16 on all projections)."""

_CONV = tuple(KINDS.index(k) for k in ("conv", "conv_dgrad", "conv_wgrad"))


@functools.cache
def load() -> Constants:
    """The fitted memory constants of the package."""
    return Constants({row.name: row.value for row in constants_table.read(TABLE)})


def element_bytes(precision: str) -> tuple[float, float]:
    """Bytes of (low, full) activation elements; quantised weights run on 16-bit activations."""
    return ELEMENT_BYTES.get(precision, (2.0, 2.0))


def state_bytes(optimizer: str) -> float:
    """Optimizer state per trainable weight. [B] Raises InputError for an unknown optimizer."""
    name = optimizer.lower().replace("-", "_").replace("paged_", "").replace("bnb_", "")
    if name not in STATE_BYTES:
        raise InputError("run", "optimizer", optimizer, ", ".join(STATE_BYTES))
    return STATE_BYTES[name]


def _weights(ops: OperationList, run: Run) -> dict[str, float]:
    low, full = element_bytes(run.precision)
    if run.precision in WEIGHT_BYTES:
        return {"weights": ops.parameters * WEIGHT_BYTES[run.precision]}
    if run.mode != "train" and run.mode != "forward_backward":
        return {"weights": (ops.parameters + ops.buffers) * full}
    if run.method == "full":
        trained = float(ops.trainable)
        state = state_bytes(run.optimizer) if run.mode == "train" else 0.0
        if full < 4:
            state *= full / 4  # pure 16-bit training keeps its state in 16 bit
        return {
            "weights": (ops.parameters + ops.buffers) * full,
            "gradients": trained * full,
            "optimizer": trained * state,
        }
    trained = ops.meta.get("adapter_parameters", ADAPTER_SHARE * ops.parameters)
    frozen = WEIGHT_BYTES["nf4"] if run.method == "qlora" else low
    embedding = ops.meta.get("embedding_parameters", 0.0)  # bitsandbytes leaves them in 16 bit
    return {
        "weights": (ops.parameters - embedding) * frozen + embedding * max(low, 2.0) + trained * 4,
        "gradients": trained * 4,
        "optimizer": trained * state_bytes(run.optimizer),
    }


def activation_bytes(ops: OperationList, run: Run, batch: float, seq: float) -> float:
    """What the backward pass needs from the forward pass of ``batch`` items on one GPU. [B]"""
    low, full = element_bytes(run.precision)
    saved = ops.at(batch, seq).saved @ np.array([low, full, 1.0])
    kept = ops.phase == 0
    if run.precision != "amp":
        kept &= ops.kind != KINDS.index("cast")  # copies that only autocast makes
    total = float((saved * ops.count)[kept].sum())
    layers = ops.meta.get("layers", 0.0)
    if not run.grad_checkpointing:
        return total
    if not layers:
        return 2.0 * total / math.sqrt(max(len(saved), 1))  # Chen et al. 2016, arXiv:1604.06174
    width = ops.meta.get("hidden", 0.0)
    blocks = ops.meta.get("block_saved_share", 1.0) * total
    inputs = layers * batch * seq * width * max(low, 2.0)
    return (total - blocks) + inputs + blocks / layers


def _transient(ops: OperationList, run: Run, batch: float, seq: float) -> tuple[float, float]:
    """(largest operands of one operation, largest unrolled convolution input). [B]"""
    low, full = element_bytes(run.precision)
    now = ops.at(batch, seq)
    training = run.mode in ("train", "forward_backward")
    rows = ops.phase <= (1 if training else 0)
    moving = now.traffic - ops.traffic[:, :, 0]  # without weights
    moved = moving @ np.array([low, full, 1.0, low, full, 1.0])
    conv = rows & np.isin(ops.kind, _CONV)
    d = now.dims[conv]
    unrolled = d[:, 0] * d[:, 1] / np.maximum(d[:, 8], 1) * d[:, 5] * d[:, 6] * d[:, 9] * d[:, 10]
    filters = (d[:, 5] * d[:, 6]) > 1
    largest = float((unrolled * filters).max(initial=0.0)) * low
    return float(moved[rows].max(initial=0.0)), largest


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything about a peak that no fitted constant changes. [B]

    known : weights, gradients, optimizer, activations.  operands : of the largest operation.
    unrolled : largest unrolled convolution input.
    """

    known: dict[str, float]
    operands: float
    unrolled: float
    training: bool
    modern: bool


def parts_of(ops: OperationList, run: Run, machine: Machine) -> Parts:
    """What ``run`` keeps on one GPU. Raises InputError for an unknown optimizer."""
    batch = math.ceil(run.batch / machine.gpu_count)
    seq = float(run.seq_len or ops.seq_len or 1)
    known = _weights(ops, run)
    training = run.mode in ("train", "forward_backward")
    if training:
        known["activations"] = activation_bytes(ops, run, batch, seq)
    operands, unrolled = _transient(ops, run, batch, seq)
    capability = machine.chip.compute_capability
    modern = capability is None or float(capability) >= 7.0
    return Parts(known, operands, unrolled, training, modern)


def assemble(parts: Parts, c: Constants) -> tuple[float, dict[str, float]]:
    """(peak, shares) with the fitted workspace, loss and context. [B]"""
    shares = dict(parts.known)
    shares["workspace"] = c.operand_share * parts.operands + c.unrolled_share * parts.unrolled
    shares["allocator"] = c.allocator_share * sum(shares.values())
    context = c.context_gib if parts.modern else c.context_gib_before_volta
    library = c.workspace_gib if parts.training else c.forward_gib
    shares["context"] = (context + library) * GIB
    return sum(shares.values()), {k: v for k, v in shares.items() if v > 0}


def memory(
    ops: OperationList, run: Run, machine: Machine, c: Constants | None = None
) -> tuple[float, dict[str, float]]:
    """Peak memory of one GPU and its shares. [B]

    Data parallel: every GPU holds all weights and its part of the batch. Decode is
    ``predict.serving``'s business. Raises InputError for an unknown optimizer.
    """
    return assemble(parts_of(ops, run, machine), c or load())
