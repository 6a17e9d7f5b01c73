"""What a decoder-only language model is made of: its layers, the ends, towers, its own format."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from rigwright.workload.decoder.parts import Attention, Layer, Matrix, Mixture, Mlp, Part


class Repeated(NamedTuple):
    """A layer and how often it stands in the stack."""

    layer: Layer
    layers: int


@dataclass(frozen=True, slots=True)
class Stored:
    """The format that a model is published in, as mean bytes per weight.

    word : of ``spec.run``: what most weights are.  experts : routed experts.  blocks : the rest of
    the layers.  table, head : token table and output.  cache : its cache's element. [B]
    """

    word: str
    experts: float
    blocks: float
    table: float
    head: float
    cache: float = 2.0


@dataclass(frozen=True, kw_only=True)  # no slots: sums over the stack are kept
class DecoderConfig:
    """Dimensions of a decoder. Sizes in elements, positions in tokens.

    stack : its layers, each kind once, in the order of their first appearance.
    norm : rms, layer or plain.  norm_bias : layer norms with bias.  embeds : makes no words.
    word_dim : width of the token embedding (differs from hidden in OPT-350m).
    learned_positions : rows of the position table, 0 = rotary or ALiBi.
    looked_up : tables of which a token reads a row besides.  others : weights outside the layers.
    towers : weights that see or hear.  extra_heads : of layers that only propose tokens.
    stored : the format it is published in, None = 16 bit.  notes : what reading it assumed.
    """

    name: str
    family: str
    hidden: int
    vocab: int
    max_positions: int
    stack: tuple[Repeated, ...]
    activation: str = "silu"
    norm: str = "rms"
    norm_bias: bool = False
    final_norm: bool = True
    embedding_norm: bool = False
    head_bias: bool = False
    tied: bool = False
    word_dim: int = 0
    learned_positions: int = 0
    looked_up: int = 0
    others: int = 0
    towers: int = 0
    extra_heads: int = 0
    embeds: bool = False
    stored: Stored | None = None
    notes: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.hidden, self.vocab, self.stack, self.stored))

    # -- what it is composed of ------------------------------------------------------------
    @cached_property
    def layers(self) -> int:
        """Layers of the stack."""
        return sum(count for _, count in self.stack)

    def parts(self) -> Iterator[tuple[Part, int]]:
        """Every part and how many layers have it."""
        return ((part, count) for layer, count in self.stack for part in layer.parts)

    @cached_property
    def attentions(self) -> tuple[tuple[Attention, int], ...]:
        """Attention parts and how many layers have each."""
        return tuple((p, n) for p, n in self.parts() if isinstance(p, Attention))

    @cached_property
    def mixtures(self) -> tuple[tuple[Mixture, int], ...]:
        """Mixtures of experts and how many layers have each."""
        return tuple((p, n) for p, n in self.parts() if isinstance(p, Mixture))

    @cached_property
    def heads(self) -> int:
        """Query heads of the widest attention; 1 without any."""
        return max((a.heads for a, _ in self.attentions), default=1)

    @cached_property
    def kv_heads(self) -> int:
        """Key and value heads of the widest attention."""
        return max((a.kv_heads for a, _ in self.attentions), default=1)

    @cached_property
    def experts(self) -> int:
        """Experts of a layer; 1 = dense."""
        return max((m.count for m, _ in self.mixtures), default=1)

    @cached_property
    def inner_width(self) -> int:
        """The widest row that one token makes inside a layer."""
        widths = [p.width for p, _ in self.parts() if isinstance(p, Mlp)]
        widths += [m.each.width * m.per_token for m, _ in self.mixtures]
        return max(widths, default=self.hidden)

    def matrices(self) -> Iterator[tuple[Matrix, int]]:
        """Products of all layers but those of routed experts, and how many layers have each."""
        return ((m, n) for layer, n in self.stack for m in layer.matrices(self.hidden))

    # -- weights -------------------------------------------------------------------------
    @property
    def norm_parameters(self) -> int:
        """Weights of one normalisation over the hidden width."""
        return self.hidden * (2 if self.norm_bias else 1) if self.norm != "plain" else 0

    @property
    def words(self) -> int:
        """Width of the token table."""
        return self.word_dim or self.hidden

    @cached_property
    def embedding_parameters(self) -> int:
        """Token, position and further tables."""
        return self.vocab * self.words + self.learned_positions * self.hidden + self.looked_up

    @cached_property
    def head_parameters(self) -> int:
        """Output layer's own weights (0 when it shares the token table)."""
        own = 0 if self.tied else self.vocab * self.words
        return own + (self.vocab if self.head_bias else 0)

    @cached_property
    def expert_parameters(self) -> int:
        """Weights of all routed experts."""
        return sum(n * m.count * m.expert(self.hidden) for m, n in self.mixtures)

    @cached_property
    def block_parameters(self) -> int:
        """Weights of all layers but their routed experts, and what stands between the ends."""
        h = self.hidden
        total = self.others + self.norm_parameters * (self.final_norm + self.embedding_norm)
        total += sum(m.weights * n for m, n in self.matrices())
        total += sum(part.vectors(h) * n for part, n in self.parts())
        total += sum(
            (layer.norms * self.norm_parameters + layer.others) * n for layer, n in self.stack
        )
        return total + (2 * self.words * h if self.words != h else 0)

    @property
    def ends_parameters(self) -> int:
        """Weights of token table and output."""
        return self.embedding_parameters + self.head_parameters

    @cached_property
    def language_parameters(self) -> int:
        """All weights but those of towers."""
        return self.block_parameters + self.expert_parameters + self.ends_parameters

    @property
    def parameters(self) -> int:
        """All weights; layers that only propose further tokens do not count."""
        return self.language_parameters + self.towers

    @cached_property
    def active_parameters(self) -> int:
        """Weights that one token uses (dense model: all of its language part)."""
        return int(
            self.language_parameters - self.expert_parameters + self.expert_weights_read(None)
        )

    # -- serving -------------------------------------------------------------------------
    def expert_weights_read(self, tokens: float | None) -> float:
        """Expert weights that ``tokens`` tokens use, chosen evenly; None: one token's."""
        h = self.hidden
        return sum(
            n * m.expert(h) * (m.per_token if tokens is None else m.touched(tokens))
            for m, n in self.mixtures
        )

    def weight_elements_read(self, tokens: float = 1.0) -> float:
        """Weights that one forward step over ``tokens`` tokens must read.

        Tables are only looked up (one row per token), unless one is the output layer too.
        """
        head = self.vocab * self.words if self.tied else 0
        return (
            self.block_parameters + self.expert_weights_read(tokens) + self.head_parameters + head
        )

    @cached_property
    def kv_elements_per_token(self) -> int:
        """Cached elements per token of context, all layers (without sliding windows)."""
        return int(sum(a.entry * n for a, n in self.attentions))

    def kv_elements(self, context: float) -> float:
        """Cached elements of one sequence after ``context`` tokens; windows forget old ones."""
        return sum(part.cached(context) * n for part, n in self.parts())

    def kv_elements_read(self, context: float) -> float:
        """Cached elements that generating one token of a sequence reads."""
        return sum(part.read(context) * n for part, n in self.parts())

    def flop(self, context: float) -> float:
        """Arithmetic of one new token of a sequence that has ``context`` tokens before it. [FLOP]

        Every weight that a token uses is in a product, but the rows it looks up.
        """
        table = 0 if self.tied else self.vocab * self.words
        looked_up = table + self.learned_positions * self.hidden + self.looked_up
        mixing = sum(part.flop(context) * n for part, n in self.parts())
        return 2.0 * (self.active_parameters - looked_up) + mixing

    def scores(self, context: float) -> float:
        """Attention scores of one token. [1]"""
        return sum(a.heads * a.seen(context) * n for a, n in self.attentions)

    # -- shares of it --------------------------------------------------------------------
    def shared(self, n: int) -> "DecoderConfig":
        """What one of ``n`` GPUs computes of every layer; norms and residuals stay whole."""
        if n not in self._shares:
            stack = tuple(Repeated(layer.shared(n), count) for layer, count in self.stack)
            self._shares[n] = replace(self, stack=stack, vocab=math.ceil(self.vocab / n))
        return self._shares[n]

    @cached_property
    def _shares(self) -> "dict[int, DecoderConfig]":
        return {1: self}

    def cut(self, layers: int) -> "DecoderConfig":
        """The same with so many layers, in the same proportions; the last kind takes the rest."""
        left = layers
        stack: list[Repeated] = []
        for layer, count in self.stack[:-1]:
            part = min(round(count * layers / self.layers), left)
            stack, left = [*stack, Repeated(layer, part)], left - part
        stack.append(Repeated(self.stack[-1].layer, left))
        return replace(self, stack=tuple(r for r in stack if r.layers))

    def with_fused_products(self) -> "DecoderConfig":
        """Queries, keys and values as one product, where they are plain ones."""

        def fused(part: Part) -> Part:
            plain = isinstance(part, Attention) and not (
                part.query_rank or part.kv_rank or part.gate or part.borrows or part.index_dim
            )
            return replace(part, fused=True) if plain and isinstance(part, Attention) else part

        return replace(self, stack=tuple(Repeated(la.changed(fused), n) for la, n in self.stack))
