"""How a framework runs a decoder: what it keeps for the backward pass and around the loss.

The same weights and products; the difference is which tensors stay in memory. Sources are the
frameworks' own code, named beside each style (``predict.memory.trainers``).
"""

from dataclasses import dataclass

ADAPTED = {
    "qv": ("query", "value", "qkv"),
    "attention": ("query", "key", "value", "qkv", "output"),
    "mlp": ("gate", "up", "down"),
    "all": ("query", "key", "value", "qkv", "output", "gate", "up", "down"),
}
"""Projections that adapters stand beside, by the word of ``Run.adapters``."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the lines of a decoder are written; the default is a plain module, all weights trained.

    fused_norm : one kernel that keeps the normalisation's input alone.
    fused_gate : activation and product of a gated MLP are made again for the backward pass.
    keeps_product : the down projection's input is kept where something learns from it.
    repeats_kv : grouped keys and values are copied for every query head before attention.
    keeps_logits : the caller holds the logits until the step ends (under a fused loss a float32
    copy, which accelerate makes of what a model returns in mixed precision).
    frozen : weights get no gradient.  adapters : projections with an adapter, of ADAPTED's names.
    rank : of the adapters.  wide_copies : each adapter converts its own 32-bit copy of its input.
    loss : of ``spec.software.LOSSES``.
    adapter_dropout : adapters keep a mask of their input.  adapter_outputs : how many tensors of
    their output's size: what they add, and under DoRA the product that they turn.
    keeps_inputs : frozen projections keep their input (bitsandbytes before 0.43).
    fused_qkv : queries, keys and values are one product.  plain_gelu : GELU is one kernel.
    """

    fused_norm: bool = False
    fused_gate: bool = False
    keeps_product: bool = True
    repeats_kv: bool = False
    loss: str = "upcast"
    keeps_logits: bool = False
    frozen: bool = False
    adapters: tuple[str, ...] = ()
    rank: int = 0
    wide_copies: bool = False
    adapter_dropout: bool = False
    adapter_outputs: int = 0
    fused_qkv: bool = False
    plain_gelu: bool = False
    keeps_inputs: bool = False


PLAIN = Style()
