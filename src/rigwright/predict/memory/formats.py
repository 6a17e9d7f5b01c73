"""Bytes of stored weights, of activation elements and of optimizer state."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.predict.kernel.work import ELEMENT_BYTES
from rigwright.spec.errors import InputError
from rigwright.spec.run import OPTIMIZER_WORDS
from rigwright.spec.tables.table import table

GIB = 1024**3

TABLE = Path(__file__).parents[1] / "data" / "formats.csv"


@dataclass(frozen=True, slots=True)
class Format:
    """How weights are stored.

    bits_per_weight : scales included.  blocks : groups of weights share scales.
    plain_ends : token table and output stay in 16 bit.
    """

    name: str
    bits_per_weight: float
    blocks: bool
    plain_ends: bool


@functools.cache
def formats() -> dict[str, Format]:
    """Every known format by its name."""
    return {row.name: row for row in table(Format, TABLE)}


def weight_bytes(precision: str) -> float:
    """Bytes per stored weight of the blocks. Raises InputError for a format nobody defined."""
    known = formats().get(precision)
    if known is None:
        raise InputError("run", "precision", precision, ", ".join(formats()))
    return known.bits_per_weight / 8


def element_bytes(precision: str) -> tuple[float, float]:
    """Bytes of (low, full) activation elements; quantised weights run on 16-bit activations."""
    return ELEMENT_BYTES.get(precision, (2.0, 2.0))


@dataclass(frozen=True, slots=True)
class Optimizer:
    """What an optimizer keeps beside weight and gradient.

    moments : running averages of the gradient's shape.  moment_bytes : of each element; None = of
    the weight's precision, as torch keeps them.  factored : row and column sums instead.
    rank : of the subspace that averages live in, with its projector; 0 = full.
    temporary : bytes of scratch per weight while it steps, in units of the weight's own size.
    """

    moments: float
    moment_bytes: float | None = None
    factored: bool = False
    rank: int = 0
    temporary: float = 0.0


BLOCKWISE = 1.0 + 4.0 / 256.0
"""One byte and a share of a 32-bit scale per 256 (bitsandbytes since 0.43, torchao)."""
GALORE_RANK = 128
"""GaLore's setting for a model of 60 million weights (arXiv:2403.03507, table 2); up to 1024 there.
Transformers' ``galore_adamw`` defaults to it."""

OPTIMIZERS = {
    "none": Optimizer(0),
    "sgd": Optimizer(1),  # momentum buffer, as training recipes use it
    "sgd_plain": Optimizer(0),
    "momentum": Optimizer(1),
    "rmsprop": Optimizer(1),
    "lion": Optimizer(1),
    "muon": Optimizer(1),
    "adagrad": Optimizer(1),
    "adam": Optimizer(2, temporary=1.0),  # torch's foreach: square roots of all weights at once
    "adamw": Optimizer(2, temporary=1.0),
    "adamw_fused": Optimizer(2),
    "lamb": Optimizer(2, temporary=1.0),
    "adam_8bit": Optimizer(2, BLOCKWISE),
    "adamw_8bit": Optimizer(2, BLOCKWISE),
    "lion_8bit": Optimizer(1, BLOCKWISE),
    "adafactor": Optimizer(0, factored=True, temporary=1.0),  # no first moment by default
    "galore_adamw": Optimizer(2, rank=GALORE_RANK),
    "galore_adamw_8bit": Optimizer(2, BLOCKWISE, rank=GALORE_RANK),
}


def optimizer_of(name: str) -> Optimizer:
    """The optimizer a name means. Raises InputError for an unknown one.

    Paged states of bitsandbytes count in full: they leave the GPU only when it is full.
    """
    word = name.lower().replace("-", "_").replace(" ", "_").removeprefix("paged_")
    word = word.removeprefix("bnb_")
    word = OPTIMIZER_WORDS.get(word, word)
    if word not in OPTIMIZERS:
        raise InputError("run", "optimizer", name, ", ".join(OPTIMIZERS))
    return OPTIMIZERS[word]


def state_bytes(name: str, weight_bytes: float = 4.0, width: float = 4096.0) -> float:
    """Optimizer state per trainable weight of matrices about ``width`` wide. [B]

    weight_bytes : of the weights that it steps. Raises InputError for an unknown optimizer.
    """
    o = optimizer_of(name)
    if o.factored:
        return 2.0 * 4.0 / width
    each = weight_bytes if o.moment_bytes is None else o.moment_bytes
    if not o.rank:
        return o.moments * each
    part = min(o.rank / width, 1.0)
    return o.moments * each * part + weight_bytes * part


def scratch_bytes(name: str, weight_bytes: float = 4.0) -> float:
    """Scratch per trainable weight while the optimizer steps. [B]"""
    return optimizer_of(name).temporary * weight_bytes
