"""Decoders: a ``config.json`` or a known name to operations, sizes and what a token takes."""

from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.decoder.names import aliases, find, names, read_config
from rigwright.workload.decoder.oplist import (
    TYPICAL_LENGTH,
    adapted,
    adapter_parameters,
    operations,
)
