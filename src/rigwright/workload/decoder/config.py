"""What a decoder-only language model is made of: dimensions, weights, cache."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderConfig:
    """Dimensions of a decoder. Sizes in elements, positions in tokens.

    kv_heads : key/value heads (= heads without grouping).  gated : MLP with gate, up and down.
    norm : rms or layer.  norms : normalisations per layer.  norm_bias : layer norms with bias.
    qk_norm : none, head (per head dimension) or full (whole projection).
    word_dim : width of the token embedding (differs from hidden in OPT-350m).
    learned_positions : rows of the position table, 0 = rotary or ALiBi.
    experts : 1 = dense.  shared_intermediate : width of experts that every token uses.
    dense_layers : layers of a mixture model that have an ordinary MLP of ``intermediate``.
    sliding_window : tokens each query sees, in ``sliding_layers`` of the layers; 0 = all.
    kv_rank, query_rank, rope_dim, value_dim : multi-head latent attention (DeepSeek), else 0;
    head_dim is then the width without rotary part.
    parallel : attention and MLP read the same normalised input.
    """

    name: str
    family: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    max_positions: int
    activation: str = "silu"
    gated: bool = True
    norm: str = "rms"
    norms: int = 2
    norm_bias: bool = False
    final_norm: bool = True
    embedding_norm: bool = False
    qk_norm: str = "none"
    qkv_bias: bool = False
    out_bias: bool = False
    mlp_bias: bool = False
    head_bias: bool = False
    fused_qkv: bool = False
    rotary: bool = True
    parallel: bool = False
    tied: bool = False
    word_dim: int = 0
    learned_positions: int = 0
    experts: int = 1
    experts_per_token: int = 1
    expert_intermediate: int = 0
    shared_intermediate: int = 0
    shared_gate: bool = False
    router_bias: bool = False
    dense_layers: int = 0
    sliding_window: int = 0
    sliding_layers: int = 0
    sinks: bool = False
    kv_rank: int = 0
    query_rank: int = 0
    rope_dim: int = 0
    value_dim: int = 0

    # -- weights -------------------------------------------------------------------------
    @property
    def query_width(self) -> int:
        """Width of all query heads together."""
        return self.heads * (self.head_dim + self.rope_dim)

    @property
    def value_width(self) -> int:
        """Width of the attention output before its projection."""
        return self.heads * (self.value_dim or self.head_dim)

    @property
    def kv_width(self) -> int:
        """Width of keys (= of values) of one token."""
        return self.kv_heads * self.head_dim

    @property
    def attention_matrices(self) -> tuple[tuple[str, int, int], ...]:
        """(name, inputs, outputs) of the projections of one attention block."""
        h = self.hidden
        if self.kv_rank:
            keys_values = self.heads * (self.head_dim + self.value_dim)
            query = (
                (
                    ("query_down", h, self.query_rank),
                    ("query_up", self.query_rank, self.query_width),
                )
                if self.query_rank
                else (("query", h, self.query_width),)
            )
            return (
                *query,
                ("kv_down", h, self.kv_rank + self.rope_dim),
                ("kv_up", self.kv_rank, keys_values),
                ("output", self.value_width, h),
            )
        if self.fused_qkv:
            qkv: tuple[tuple[str, int, int], ...] = (
                ("qkv", h, self.query_width + 2 * self.kv_width),
            )
        else:
            qkv = (
                ("query", h, self.query_width),
                ("key", h, self.kv_width),
                ("value", h, self.kv_width),
            )
        return (*qkv, ("output", self.value_width, h))

    def _mlp(self, width: int) -> int:
        ups = 2 if self.gated else 1
        bias = (ups * width + self.hidden) if self.mlp_bias else 0
        return (ups + 1) * self.hidden * width + bias

    @property
    def attention_parameters(self) -> int:
        """Weights of one attention block, without normalisation of its input."""
        total = sum(rows * columns for _, rows, columns in self.attention_matrices)
        total += (self.query_width + 2 * self.kv_width) if self.qkv_bias else 0
        total += self.hidden if self.out_bias else 0
        total += self.heads if self.sinks else 0
        total += (self.query_rank + self.kv_rank) if self.kv_rank else 0  # their norms
        if self.qk_norm == "head":
            total += 2 * self.head_dim
        elif self.qk_norm == "full":
            total += self.query_width + self.kv_width
        return total

    @property
    def router_parameters(self) -> int:
        """Weights that choose the experts of one layer."""
        if self.experts == 1:
            return 0
        gate = self.hidden if self.shared_gate else 0
        return self.hidden * self.experts + (self.experts if self.router_bias else 0) + gate

    @property
    def expert_parameters(self) -> int:
        """Weights of one expert."""
        return self._mlp(self.expert_intermediate) if self.experts > 1 else 0

    @property
    def norm_parameters(self) -> int:
        """Weights of one normalisation over the hidden width."""
        return self.hidden * (2 if self.norm_bias else 1) if self.norm != "plain" else 0

    @property
    def embedding_parameters(self) -> int:
        """Token and position tables."""
        return self.vocab * self.words + self.learned_positions * self.hidden

    @property
    def words(self) -> int:
        """Width of the token table."""
        return self.word_dim or self.hidden

    @property
    def head_parameters(self) -> int:
        """Output layer's own weights (0 when it shares the token table)."""
        own = 0 if self.tied else self.vocab * self.words
        return own + (self.vocab if self.head_bias else 0)

    def _total(self, experts: float) -> float:
        dense = self.dense_layers if self.experts > 1 else self.layers
        sparse = self.layers - dense
        shared = self._mlp(self.shared_intermediate) if self.shared_intermediate else 0
        per_layer = self.attention_parameters + self.norms * self.norm_parameters
        total: float = self.layers * per_layer + dense * self._mlp(self.intermediate)
        total += sparse * (self.router_parameters + shared + experts * self.expert_parameters)
        total += self.embedding_parameters + self.head_parameters
        total += self.norm_parameters * (int(self.final_norm) + int(self.embedding_norm))
        if self.word_dim and self.word_dim != self.hidden:
            total += 2 * self.word_dim * self.hidden
        return total

    @property
    def parameters(self) -> int:
        """All weights."""
        return int(self._total(self.experts))

    @property
    def active_parameters(self) -> int:
        """Weights that one token uses (dense model: all)."""
        return int(self._total(self.experts_per_token))

    # -- serving -------------------------------------------------------------------------
    @property
    def kv_elements_per_token(self) -> int:
        """Cached elements per token of context, all layers (without sliding windows)."""
        per_layer = (self.kv_rank + self.rope_dim) if self.kv_rank else 2 * self.kv_width
        return self.layers * per_layer

    def kv_elements(self, context: float) -> float:
        """Cached elements of one sequence after ``context`` tokens; windows forget old ones."""
        per_layer = self.kv_elements_per_token / self.layers
        seen = min(context, self.sliding_window or context)
        return per_layer * (
            (self.layers - self.sliding_layers) * context + self.sliding_layers * seen
        )

    def experts_touched(self, tokens: float) -> float:
        """Expected distinct experts per layer that ``tokens`` tokens choose, if evenly."""
        if self.experts == 1:
            return 1.0
        missed = 1.0 - self.experts_per_token / self.experts
        return float(self.experts * (1.0 - missed**tokens))

    def weight_elements_read(self, tokens: float = 1.0) -> float:
        """Weights that one forward step over ``tokens`` tokens must read.

        The token table is only looked up (one row per token), unless it is the output layer too.
        """
        looked_up = self.embedding_parameters - (self.vocab * self.words if self.tied else 0)
        return self._total(self.experts_touched(tokens)) - looked_up
