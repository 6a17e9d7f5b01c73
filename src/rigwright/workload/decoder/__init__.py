"""Decoders: a ``config.json`` or a known name to operations, sizes and what a token takes."""

from rigwright.workload.decoder.config import DecoderConfig, DecodeStep, decode_step
from rigwright.workload.decoder.names import aliases, find, names, read_config
from rigwright.workload.decoder.oplist import (
    TYPICAL_LENGTH,
    active_parameters,
    adapted,
    adapter_parameters,
    operations,
    total_parameters,
)

__all__ = [
    "TYPICAL_LENGTH",
    "DecodeStep",
    "DecoderConfig",
    "active_parameters",
    "adapted",
    "adapter_parameters",
    "aliases",
    "decode_step",
    "find",
    "names",
    "operations",
    "read_config",
    "total_parameters",
]
