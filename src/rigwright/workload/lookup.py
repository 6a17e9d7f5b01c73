"""One question: which operations does this run execute?"""

from __future__ import annotations

from pathlib import Path

from rigwright.spec.errors import UnknownNameError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Run
from rigwright.workload import decoder, zoo


def operations(run: Run) -> OperationList:
    """The operation list of ``run.model``.

    A model is a name of the zoo, a well-known decoder, or a path to a Hugging Face
    ``config.json``. Raises UnknownNameError with the nearest names, InputError for a bad file.
    """
    name = run.model
    if name.endswith(".json"):
        return _decoder(decoder.read_config(Path(name)), run)
    found = zoo.find(name)
    if found is not None:
        return zoo.load(found, run.img_size)
    config = decoder.find(name)
    if config is not None:
        return _decoder(config, run)
    raise UnknownNameError("model", name, nearest(name))


def _decoder(config: decoder.DecoderConfig, run: Run) -> OperationList:
    return decoder.operations(config, run.mode, batch=run.batch, seq_len=run.seq_len)


def nearest(name: str) -> tuple[str, ...]:
    """The names most like ``name``, of the zoo and of the decoders."""
    from rapidfuzz import fuzz, process

    everything = (*zoo.names(), *decoder.names())
    got = process.extract(name.lower(), everything, scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    return tuple(match for match, _, _ in got)
