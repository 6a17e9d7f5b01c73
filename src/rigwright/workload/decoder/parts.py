"""What layers of a language model are composed of: each part knows its weights, cache, arithmetic.

Sizes in elements, positions in tokens. A part is told the width of the stream it stands in; one of
``n`` tensor-parallel GPUs holds ``shared(n)`` of it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

CHUNK = 64
"""Tokens that linear attention works on together while reading (flash-linear-attention's chunk)."""
STATE_ELEMENTS = 2.0
"""A recurrent state is kept in 32 bit: two elements of a 16-bit cache."""


class Matrix(NamedTuple):
    """A product's weights. name : what it does (of ``style.ADAPTED`` where adapters may stand)."""

    name: str
    inputs: int
    outputs: int
    times: int = 1

    @property
    def weights(self) -> int:
        """All its weights."""
        return self.inputs * self.outputs * self.times


def _part(value: int, of: int) -> int:
    return math.ceil(value / of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Softmax attention.

    kv_heads : key/value heads (= heads without grouping).  value_dim : width of a value head where
    it differs.  window : tokens each query sees, 0 = all.  every : the cache holds one entry for so
    many tokens, beside the window's (DeepSeek-V4).
    kv_rank, query_rank, rope_dim : latent attention; head_dim is then without the rotary part.
    out_groups, out_rank : the output projection in two steps.
    index_heads, index_dim, index_top : an indexer picks the tokens that each query sees.
    qk_norm : none, head or full.  qkv_bias, out_bias.  fused : all three in one product.
    gate : a gate as wide as the values, in the query's product where that is one; gate_heads : one
    gate a head.
    one_kv : keys are the values.  kept_once : so they are in the cache too.
    borrows : keys and values of an earlier layer.  sinks : one a head.
    """

    heads: int
    kv_heads: int
    head_dim: int
    value_dim: int = 0
    window: int = 0
    every: int = 0
    kv_rank: int = 0
    query_rank: int = 0
    rope_dim: int = 0
    out_groups: int = 0
    out_rank: int = 0
    index_heads: int = 0
    index_dim: int = 0
    index_top: int = 0
    qk_norm: str = "none"
    qkv_bias: bool = False
    out_bias: bool = False
    fused: bool = False
    rotary: bool = True
    sinks: bool = False
    gate: bool = False
    gate_heads: bool = False
    one_kv: bool = False
    kept_once: bool = False
    borrows: bool = False

    @property
    def query_width(self) -> int:
        """Width of all query heads together."""
        return self.heads * (self.head_dim + (self.rope_dim if self.kv_rank else 0))

    @property
    def value_width(self) -> int:
        """Width of the attention output before its projection."""
        return self.heads * (self.value_dim or self.head_dim)

    @property
    def kv_width(self) -> int:
        """Width of keys of one token."""
        return self.kv_heads * self.head_dim

    @property
    def values_width(self) -> int:
        """Width of values of one token."""
        return self.kv_heads * (self.value_dim or self.head_dim)

    def _query(self, h: int) -> tuple[Matrix, ...]:
        gate = self.value_width if self.gate else 0
        if not self.query_rank:
            return (Matrix("query", h, self.query_width + gate),)
        up = Matrix("query_up", self.query_rank, self.query_width)
        found = Matrix("query_down", h, self.query_rank), up
        return (*found, Matrix("query_gate", h, gate)) if gate else found

    def _keys(self, h: int) -> tuple[Matrix, ...]:
        if self.borrows:
            return ()
        if self.kv_rank:
            up = self.heads * (self.head_dim + (self.value_dim or self.head_dim))
            down = Matrix("kv_down", h, self.kv_rank + self.rope_dim)
            return down, Matrix("kv_up", self.kv_rank, up)
        key = Matrix("key", h, self.kv_width)
        return (key,) if self.one_kv else (key, Matrix("value", h, self.values_width))

    def _beside(self, h: int) -> tuple[Matrix, ...]:
        """An indexer, and what makes one entry of several tokens."""
        found: tuple[Matrix, ...] = ()
        series = 2 if self.index_dim else 1
        if self.every:
            found += (Matrix("compress", h, 2 * series * self.head_dim),)
        if self.gate_heads:
            found += (Matrix("heads_gate", h, self.heads),)
        if self.index_dim:
            keys = 2 * series * self.index_dim if self.every else self.index_dim
            queries = self.index_heads * self.index_dim
            weights = self.index_heads if self.kv_rank or self.every else 0
            found += (
                Matrix("index_key", h, keys),
                Matrix("index_query", self.query_rank or h, queries),
            )
            found += (Matrix("index_weights", h, weights),) if weights else ()
        return found

    def inputs(self, h: int) -> tuple[Matrix, ...]:
        """Products before the attention itself."""
        if self.fused:
            return (Matrix("qkv", h, self.query_width + self.kv_width + self.values_width),)
        return (*self._query(h), *self._keys(h), *self._beside(h))

    def outputs(self, h: int) -> tuple[Matrix, ...]:
        """Products after it; the last makes the stream's width."""
        if not self.out_rank:
            return (Matrix("output", self.value_width, h),)
        down = Matrix(
            "output_down", self.value_width // self.out_groups, self.out_rank, self.out_groups
        )
        return down, Matrix("output", self.out_groups * self.out_rank, h)

    def matrices(self, h: int) -> tuple[Matrix, ...]:
        """All products with weights."""
        return (*self.inputs(h), *self.outputs(h))

    def vectors(self, h: int) -> int:
        """Other weights: biases, norms of queries and keys, sinks."""
        total = h if self.out_bias else 0
        own = 0 if self.borrows else self.kv_width + self.values_width
        total += (self.query_width + own) if self.qkv_bias else 0
        total += self.heads if self.sinks else 0
        total += (self.query_rank + self.kv_rank) if self.query_rank or self.kv_rank else 0
        if self.qk_norm == "head":
            total += self.head_dim * (1 if self.borrows else 2)
        elif self.qk_norm == "full":
            total += self.query_width + self.kv_width
        return total + 2 * self.index_dim

    @property
    def entry(self) -> int:
        """Cached elements of one token that is kept whole."""
        if self.borrows:
            return 0
        if self.kv_rank:
            return self.kv_rank + self.rope_dim
        return self.kv_width if self.kept_once else self.kv_width + self.values_width

    def cached(self, context: float) -> float:
        """Cached elements of one sequence after ``context`` tokens; windows forget old ones."""
        near = min(context, self.window or context)
        far = context / self.every if self.every else 0.0
        return near * self.entry + far * self.entry + self._indexed(context)

    def _indexed(self, context: float) -> float:
        return 0.0 if self.borrows else self.index_dim * context / (self.every or 1)

    def seen(self, context: float) -> float:
        """Entries that one query looks at."""
        near = min(context, self.window or context)
        far = context / self.every if self.every else 0.0
        if self.index_top:
            near, far = (near, min(far, self.index_top)) if self.every else (
                min(near, self.index_top), 0.0)  # fmt: skip
        return near + far

    def read(self, context: float) -> float:
        """Cached elements that generating one token reads."""
        own = self.entry or self.kv_width + self.values_width
        return self.seen(context) * own + self._indexed(context)

    def flop(self, context: float) -> float:
        """Arithmetic of one token's scores and mixing."""
        index = 2.0 * self.index_heads * self._indexed(context)
        return 2.0 * (self.query_width + self.value_width) * self.seen(context) + index

    def shared(self, n: int) -> "Attention":
        """What one of ``n`` GPUs holds; every GPU keeps the latent cache whole."""
        groups = _part(self.out_groups, n)
        return replace(
            self, heads=_part(self.heads, n), kv_heads=_part(self.kv_heads, n), out_groups=groups
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrent:
    """A mixer with a state of fixed size: linear attention, Mamba, short convolutions.

    into : width of its input products together.  inner : width before the output product.
    heads, key_dim, value_dim : of the state of each head.  conv : channels under a short
    convolution of ``kernel`` positions.  more : (inputs, outputs) of products inside.
    others : weights that are no products.  bias : of input and output.
    """

    into: int
    inner: int
    heads: int
    key_dim: int
    value_dim: int
    conv: int = 0
    kernel: int = 0
    more: tuple[tuple[int, int], ...] = ()
    others: int = 0
    bias: bool = False

    def inputs(self, h: int) -> tuple[Matrix, ...]:
        """Products before the state."""
        inside = tuple(Matrix("mixer_inside", i, o) for i, o in self.more)
        return (Matrix("mixer_in", h, self.into), *inside)

    def outputs(self, h: int) -> tuple[Matrix, ...]:
        """The product after it."""
        return (Matrix("mixer_out", self.inner, h),)

    def matrices(self, h: int) -> tuple[Matrix, ...]:
        """All products with weights."""
        return (*self.inputs(h), *self.outputs(h))

    def vectors(self, h: int) -> int:
        """Convolution, decays, norms, biases."""
        return self.conv * self.kernel + self.others + ((self.into + h) if self.bias else 0)

    @property
    def state(self) -> float:
        """Elements of one sequence's state."""
        return float(self.heads * self.key_dim * self.value_dim)

    def cached(self, context: float) -> float:
        """The same at any length, in elements of a 16-bit cache."""
        return STATE_ELEMENTS * self.state + self.conv * max(self.kernel - 1, 0)

    def read(self, context: float) -> float:
        """Read and written for each token."""
        return 2.0 * self.cached(context)

    def flop(self, context: float) -> float:
        """Arithmetic of one token: update and read the state, convolve."""
        return 6.0 * self.state + 2.0 * self.conv * self.kernel

    def shared(self, n: int) -> "Recurrent":
        """What one of ``n`` GPUs holds."""
        return replace(
            self, into=_part(self.into, n), inner=_part(self.inner, n), heads=_part(self.heads, n),
            conv=_part(self.conv, n), others=_part(self.others, n),
            more=tuple((_part(i, n), o) for i, o in self.more),
        )  # fmt: skip


class Momentary:
    """A part that keeps nothing of earlier tokens."""

    __slots__ = ()

    def cached(self, context: float) -> float:
        """Nothing."""
        return 0.0

    read = flop = cached


@dataclass(frozen=True, slots=True, kw_only=True)
class Mlp(Momentary):
    """Two or, gated, three products with a non-linearity between them."""

    width: int
    gated: bool = True
    bias: bool = False

    def matrices(self, h: int) -> tuple[Matrix, ...]:
        """All products with weights."""
        names = ("gate", "up") if self.gated else ("up",)
        return (*(Matrix(name, h, self.width) for name in names), Matrix("down", self.width, h))

    def vectors(self, h: int) -> int:
        """Biases."""
        return ((2 if self.gated else 1) * self.width + h) if self.bias else 0

    def weights(self, h: int) -> int:
        """All weights."""
        return sum(m.weights for m in self.matrices(h)) + self.vectors(h)

    def shared(self, n: int) -> "Mlp":
        """What one of ``n`` GPUs holds."""
        return replace(self, width=_part(self.width, n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture(Momentary):
    """Experts, of which a router picks some for each token.

    each : one expert.  always : an expert that every token uses.  latent : width that experts read
    and write, where it is not the stream's.  always_gate : a gate on that expert.
    router_bias : a bias, or a correction, per expert.  scales : other weights of the router.
    """

    count: int
    per_token: int
    each: Mlp
    always: Mlp | None = None
    always_gate: bool = False
    latent: int = 0
    router_bias: bool = False
    scales: int = 0

    def width(self, h: int) -> int:
        """Width that experts read and write."""
        return self.latent or h

    def around(self, h: int) -> tuple[Matrix, ...]:
        """Products outside the experts but for the shared one."""
        found: tuple[Matrix, ...] = (Matrix("router", h, self.count),)
        if self.latent:
            found += (Matrix("latent", h, self.latent), Matrix("latent", self.latent, h))
        return (*found, Matrix("always_gate", h, 1)) if self.always_gate else found

    def matrices(self, h: int) -> tuple[Matrix, ...]:
        """All products with weights but the experts'."""
        shared = self.always.matrices(h) if self.always else ()
        return (*self.around(h), *shared)

    def vectors(self, h: int) -> int:
        """Other weights outside the experts."""
        shared = self.always.vectors(h) if self.always else 0
        return (self.count if self.router_bias else 0) + self.scales + shared

    def expert(self, h: int) -> int:
        """Weights of one expert."""
        return self.each.weights(self.width(h))

    def touched(self, tokens: float) -> float:
        """Expected distinct experts that ``tokens`` tokens choose, if evenly."""
        return float(self.count * (1.0 - (1.0 - self.per_token / self.count) ** tokens))

    def shared(self, n: int) -> "Mixture":
        """What one of ``n`` GPUs holds: a part of every expert."""
        always = self.always.shared(n) if self.always else None
        return replace(self, each=self.each.shared(n), always=always)


Part = Attention | Recurrent | Mlp | Mixture


@dataclass(frozen=True, slots=True)
class Layer:
    """Branches that each read the normalised stream and add to it.

    branches : parts of a branch read the same input, and their results are added.
    norms : over the stream's width, of all branches.  beside : products on the stream besides.
    """

    branches: tuple[tuple[Part, ...], ...]
    norms: int = 2
    beside: tuple[Matrix, ...] = ()
    others: int = 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, in order."""
        return tuple(part for branch in self.branches for part in branch)

    def matrices(self, h: int) -> tuple[Matrix, ...]:
        """All products with weights but those of routed experts."""
        return (*(m for part in self.parts for m in part.matrices(h)), *self.beside)

    def changed(self, change: Callable[[Part], Part]) -> "Layer":
        """With every part changed."""
        return replace(self, branches=tuple(tuple(map(change, b)) for b in self.branches))

    def shared(self, n: int) -> "Layer":
        """What one of ``n`` GPUs holds."""
        return self.changed(lambda part: part.shared(n))
