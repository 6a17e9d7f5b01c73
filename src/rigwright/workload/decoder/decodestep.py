"""What generating one token reads and computes, as plain numbers of a decoder; no hardware."""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.workload.decoder.config import DecoderConfig


@dataclass(frozen=True, slots=True)
class DecodeStep:
    """One decode step: every sequence reads the weights once and its own cache.

    parameters, active_parameters : weights stored, and used by one token.
    kv_elements_per_token : cached elements per token of context over all layers, no window.
    attention_flop_per_cached_token : of all layers, per new token and token of context, no window.
    """

    config: DecoderConfig
    parameters: int
    active_parameters: int
    kv_elements_per_token: int
    attention_flop_per_cached_token: float

    def weight_elements_read(self, batch: float = 1.0) -> float:
        """Weights that a step over ``batch`` sequences reads; experts are chosen evenly."""
        return self.config.weight_elements_read(batch)

    def kv_elements(self, context: float) -> float:
        """Cached elements of one sequence after ``context`` tokens; windows forget old ones."""
        return self.config.kv_elements(context)

    def kv_bytes(self, context: float, element_bytes: float = 2.0) -> float:
        """Cache of one sequence. [B]"""
        return self.kv_elements(context) * element_bytes

    def flop(self, context: float) -> float:
        """Arithmetic of one new token of one sequence that has ``context`` tokens before it."""
        seen = self.kv_elements(context) / self.kv_elements_per_token
        return 2.0 * self._multiplied() + self.attention_flop_per_cached_token * seen

    def _multiplied(self) -> float:
        """Weights in products: all that a token uses but the rows it looks up."""
        c = self.config
        table = 0 if c.tied else c.vocab * c.words
        return c.active_parameters - table - c.learned_positions * c.hidden


def decode_step(config: DecoderConfig) -> DecodeStep:
    """The decode description of a decoder."""
    per_layer = 2.0 * (config.query_width + config.value_width)
    return DecodeStep(
        config=config,
        parameters=config.parameters,
        active_parameters=config.active_parameters,
        kv_elements_per_token=config.kv_elements_per_token,
        attention_flop_per_cached_token=config.layers * per_layer,
    )
