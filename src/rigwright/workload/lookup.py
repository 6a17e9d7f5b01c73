"""One question: which operations does this run execute?"""

from __future__ import annotations

from pathlib import Path

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import MODES, Run
from rigwright.workload import decoder, userfile, zoo

SERVING = ("prefill", "decode")


def operations(run: Run, *, user_code: bool = False) -> OperationList:
    """The operation list of ``run.model``.

    A model is a name of the zoo, a well-known decoder, a path to a Hugging Face ``config.json``,
    or, where ``user_code`` allows it, ``file.py:callable``. Traced lists win over written ones, but
    only written ones know the cache of prefill and decode. Raises UnknownNameError with the
    nearest names, InputError for a bad file and for serving a model that is no decoder.
    """
    name = run.model
    if userfile.is_user_file(name):
        if not user_code:
            raise InputError("run", "model", name, "a name or a config.json here", "predict MODEL")
        return userfile.operations(run)
    if name.endswith(".json"):
        return _decoder(decoder.read_config(Path(name)), run)
    found, config = zoo.find(name), None
    if found is None or run.mode in SERVING:
        config = decoder.find(name)
    if config is not None:
        return _decoder(config, run)
    if found is None:
        raise UnknownNameError("model", name, zoo.nearest(name, decoder.names()))
    if run.mode in SERVING:
        others = ", ".join(mode for mode in MODES if mode not in SERVING)
        raise InputError("run", "mode", run.mode, f"{others}: {found} is no decoder", "mode infer")
    return zoo.load(found, run.img_size)


def decoder_of(name: str) -> decoder.DecoderConfig:
    """The decoder that serving needs. Raises UnknownNameError, or InputError for another model."""
    if name.endswith(".json"):
        return decoder.read_config(Path(name))
    config = decoder.find(name)
    if config is not None:
        return config
    if zoo.find(name) is not None:
        others = ", ".join(mode for mode in MODES if mode not in SERVING)
        raise InputError("run", "mode", "decode", f"{others}: {name} is no decoder", "mode infer")
    raise UnknownNameError("model", name, zoo.nearest(name, decoder.names()))


def _decoder(config: decoder.DecoderConfig, run: Run) -> OperationList:
    return decoder.operations(config, run.mode, batch=run.batch, seq_len=run.seq_len)
