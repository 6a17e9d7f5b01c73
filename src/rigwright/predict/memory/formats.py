"""Bytes of stored weights, of activation elements and of optimizer state."""

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rigwright.predict.kernel.work import ELEMENT_BYTES
from rigwright.spec.errors import InputError
from rigwright.spec.run import BPW, OPTIMIZER_WORDS, WIDE, Run
from rigwright.spec.tables.table import kept, keyed
from rigwright.workload.decoder import DecoderConfig
from rigwright.workload.decoder.parts import Matrix

GIB = 1024**3

TABLE = Path(__file__).parents[1] / "data" / "formats.csv"


@dataclass(frozen=True, slots=True)
class Format:
    """How weights are stored.

    bits : per weight of the layers, scales included, but for the products of values, the second
    product of an MLP and the one that follows attention.  blocks : groups of weights share scales.
    table_bits, head_bits : of token table and output.  planes : parts of a weight that lie apart
    (ggml-common.h: low bits and high bits, index and signs), each loaded, shifted and joined.
    """

    name: str
    bits: float
    value_bits: float
    down_bits: float
    out_bits: float
    table_bits: float
    head_bits: float
    blocks: bool
    planes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Mean bytes per weight: of routed experts, of the rest of the layers, of the ends."""

    experts: float
    blocks: float
    table: float
    head: float

    def bytes(self, config: DecoderConfig, experts: float, *, table: float, head: float) -> float:
        """Of all layers with so many weights of experts, and of so many weights at the ends. [B]"""
        inside = experts * self.experts + config.block_parameters * self.blocks
        return inside + table * self.table + head * self.head

    def all(self, config: DecoderConfig) -> float:
        """Of the whole model; towers stay in 16 bit. [B]"""
        table, head = config.embedding_parameters, config.head_parameters
        whole = self.bytes(config, config.expert_parameters, table=table, head=head)
        return whole + TOWER_BYTES * config.towers


TOWER_BYTES = 2.0
"""Of a weight of what sees or hears, which every tool leaves as it is."""
GGML_BLOCK = 256
"""Weights of a row that k-quants and i-quants pack together (ggml-common.h)."""
_LONG = re.compile(r"(?:ud_)?(?:i?q\d_(?:k|x|s|m)|tq)")
_Q6 = 6.5625
_TYPICAL = {"value": 0.02, "down": 0.27, "output": 0.08}
"""Shares of a Llama's layers that are its products of values, of the MLP's second, of attention's
output; for models that say no more than their number of weights."""


def stored(config: DecoderConfig, run: Run) -> Stored:
    """How a run's model is stored: in its own format under that format's word, else by the table.

    Raises InputError for a format nobody defined.
    """
    ggml = run.precision == "mxfp4" and run.software.engine.startswith("llama.cpp")
    return _stored(config, "mxfp4_moe" if ggml else run.precision)


@functools.lru_cache(maxsize=512)
def _stored(config: DecoderConfig, precision: str) -> Stored:
    own = config.stored
    if own is not None and own.word == precision:
        return Stored(own.experts, own.blocks, own.table, own.head)
    form = format_called(precision)
    if precision == "mxfp4_moe" and config.experts > 1:  # ggml packs experts alone so
        rest = form.head_bits / 8
        return Stored(form.bits / 8, rest, rest, rest)
    inside = [
        (m, n) for mix, n in config.mixtures for m in mix.each.matrices(mix.width(config.hidden))
    ]
    head = form.head_bits / 8
    return Stored(
        _mean(form, inside), _mean(form, list(config.matrices())),
        head if config.tied and form.blocks else form.table_bits / 8, head,
    )  # fmt: skip


def _mean(form: Format, matrices: Sequence[tuple[Matrix, int]]) -> float:
    """Bytes per weight of products, of which each stands so often."""
    weights = sum(m.weights * n for m, n in matrices)
    return sum(_bits(form, m) * m.weights * n for m, n in matrices) / max(weights, 1) / 8


def _bits(form: Format, m: Matrix) -> float:
    own = {"value": form.value_bits, "down": form.down_bits, "output": form.out_bits}
    bits = own.get(m.name.split("_")[0], form.bits)
    if m.inputs % GGML_BLOCK == 0 or not _LONG.match(form.name):
        return bits
    # A row that is no multiple of a block is packed in the next wider format of 32 (llama.cpp).
    wider = 4.5 if form.bits < 4.5 else 5.5 if form.bits < 5.5 else 6.0 if form.bits < 6.0 else 8.5
    more = (bits - form.bits) / (_Q6 - form.bits) if form.bits < _Q6 else 0.0
    return wider + more * (8.5 - wider)


def format_called(precision: str) -> Format:
    """How weights of a precision are stored. Raises InputError for a format nobody defined."""
    if found := BPW.fullmatch(precision):  # exllama: the layers' mean is asked for, ends are not
        bits, head = float(found[1]), 8.0 if float(found[1]) >= 6.0 else 6.0
        return Format(precision, bits, bits, bits, bits, 16.0, head, True, 1)
    known = formats().get(precision)
    if known is None:
        raise InputError("run", "precision", precision, ", ".join(formats()))
    return known


formats = kept(keyed, Format, TABLE, "name")
"""Every known format by its name."""


def weight_bytes(precision: str) -> float:
    """Bytes per stored weight of the blocks. Raises InputError for a format nobody defined."""
    form = format_called(precision)
    more = (("value", form.value_bits), ("down", form.down_bits), ("output", form.out_bits))
    return (form.bits + sum(_TYPICAL[word] * (bits - form.bits) for word, bits in more)) / 8


def base_format(run: Run) -> str:
    """What weights beside adapters are packed in: an 8-bit precision, QLoRA's 4 bit, or ''."""
    if run.method == "full":
        return ""
    if run.precision not in WIDE:
        return run.precision
    return "nf4" if run.method in ("qlora", "qdora") else ""


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

    name: str
    moments: float
    moment_bytes: float | None
    factored: bool
    rank: int
    temporary: float


optimizers = kept(keyed, Optimizer, TABLE.with_name("optimizers.csv"), "name")
"""Optimizers by name."""


def optimizer_of(name: str) -> Optimizer:
    """The optimizer a name means. Raises InputError for an unknown one.

    Paged states of bitsandbytes count in full: they leave the GPU only when it is full.
    """
    word = name.lower().replace("-", "_").replace(" ", "_").removeprefix("paged_")
    word, known = word.removeprefix("bnb_"), optimizers()
    if (word := OPTIMIZER_WORDS.get(word, word)) not in known:
        raise InputError("run", "optimizer", name, ", ".join(known))
    return known[word]


def state_bytes(name: str, weight_bytes: float = 4.0, width: float = 4096.0) -> float:
    """Optimizer state per trainable weight of matrices about ``width`` wide. [B]

    weight_bytes : of the weights that it steps. Raises InputError for an unknown optimizer.
    """
    o = optimizer_of(name)
    if o.factored:
        return 2.0 * 4.0 / width
    each = weight_bytes if o.moment_bytes is None else o.moment_bytes
    part = min(o.rank / width, 1.0) if o.rank else 1.0
    return o.moments * each * part + (weight_bytes * part if o.rank else 0.0)


# -- keys and values that serving keeps of every sequence ----------------------------------
CACHE_BYTES = 2.0
"""The cache is kept in 16 bit by all engines unless told otherwise."""
_WORDS = {"fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "int8": 1.0, "q8_0": 8.5 / 8, "q5_0": 5.5 / 8,
          "q4_0": 4.5 / 8, "int4": 0.5, "nvfp4": 4.5 / 8}  # fmt: skip
PAGE_TOKENS = 16
"""Tokens of one page of the cache (vLLM's and SGLang's default block)."""


def cache_bytes(config: DecoderConfig, run: Run) -> float:
    """Bytes of a cached element: as asked, else as the model's own format says. [B]"""
    if run.kv_precision:
        return _WORDS[run.kv_precision]
    own = config.stored
    return own.cache if own is not None and own.word == run.precision else CACHE_BYTES


def kv_bytes(
    config: DecoderConfig, sequences: int, length: int, *, paged: bool, element: float = CACHE_BYTES
) -> float:
    """Cache of ``sequences`` of ``length`` tokens (prompt and answer). [B]

    paged : in pages, of which each sequence wastes the rest of its last one; else in one piece per
    sequence. Grouped heads and latent attention keep fewer elements per token, layers with a
    sliding window no more tokens than it holds.
    """
    pages = math.ceil(length / PAGE_TOKENS)
    tokens = pages * PAGE_TOKENS if paged else length
    return sequences * config.kv_elements(tokens) * element
