"""One question: which operations does this run execute?"""

from dataclasses import replace
from pathlib import Path

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import MODES, Run
from rigwright.workload import decoder, pipelines
from rigwright.workload.naming import bare, folded, format_of
from rigwright.workload.operations import file as opsfile
from rigwright.workload.trace import cached as traced
from rigwright.workload.trace import userfile
from rigwright.workload.zoo import embedded as zoo

SERVING = ("prefill", "decode", "serve")


def operations(run: Run, *, user_code: bool = False) -> OperationList:
    """The operation list of ``run.model``.

    A model is a name of the zoo, a well-known decoder, a path to a Hugging Face ``config.json`` or
    to a file of operations, or, where ``user_code`` allows it, ``file.py:callable``. Traced lists
    win over written ones, but only written ones know the cache of prefill and decode. Raises
    UnknownNameError with the nearest names, InputError for a bad file and for serving a model
    that is no decoder.
    """
    name = run.model
    if userfile.is_user_file(name):
        if not user_code:
            raise InputError("run", "model", name, "a name or a config.json here", "predict MODEL")
        return traced.traced(name, img_size=run.img_size, seq_len=run.seq_len)
    if opsfile.is_operations_file(name):
        return _from_file(run)
    found, config = zoo.find(name), None
    if name.endswith(".json") or found is None or run.mode in SERVING:
        config = _config(name)
    if config is not None:
        return decoder.operations(config, run.mode, batch=run.batch, seq_len=run.seq_len)
    if found is None:
        raise UnknownNameError("model", name, zoo.nearest(name, decoder.names()))
    if run.mode in SERVING:
        raise _serves_not(run.mode, f"{found} is no decoder")
    if pipeline := pipelines.asked(run):
        return pipelines.finished(pipeline, run)
    ops = zoo.operation_list(found, run.img_size)
    one_pass = ops.task == "diffusion" and run.mode in ("infer", "forward")
    return replace(ops, unit="it") if one_pass else ops


def _config(name: str) -> decoder.DecoderConfig | None:
    return decoder.read_config(Path(name)) if name.endswith(".json") else decoder.find(name)


def _serves_not(mode: str, why: str, way: str = "mode infer") -> InputError:
    others = ", ".join(mode for mode in MODES if mode not in SERVING)
    return InputError("run", "mode", mode, f"{others}: {why}", way)


def _from_file(run: Run) -> OperationList:
    """A stored list as ``run`` needs it: at its image size, within the lengths it holds for."""
    if run.mode in SERVING:
        way = "the path of its config.json"
        raise _serves_not(run.mode, "a file of operations knows no cache", way)
    ops = opsfile.read(Path(run.model))
    fixed = int(ops.meta.get("fixed_seq", 0))
    if fixed and run.seq_len not in (None, fixed):
        allowed = f"{fixed}: its operations change with the length"
        raise InputError("run", "seq_len", run.seq_len, allowed, "rigwright trace --seq-len")
    if not run.img_size or run.img_size == ops.img_size:
        return ops
    if not ops.img_size:
        raise InputError("run", "img_size", run.img_size, f"nothing: {ops.model} reads no images")
    return zoo.rescaled(ops, run.img_size)


def decoder_of(name: str) -> decoder.DecoderConfig:
    """The decoder that serving needs. Raises UnknownNameError, or InputError for another model."""
    if opsfile.is_operations_file(name):
        raise _serves_not("decode", f"{name} is no decoder")
    config = _config(name)
    if config is not None:
        return config
    if zoo.find(name) is not None:
        raise _serves_not("decode", f"{name} is no decoder")
    raise UnknownNameError("model", name, zoo.nearest(name, decoder.names()))


def resolved(name: str) -> str:
    """``name`` itself where it was taken as written, case and separators aside; else the found."""
    if name.endswith(".json"):
        return name
    config = decoder.find(name)
    found = config.name if config else zoo.find(name)
    return name if found is None or folded(bare(name)) == folded(found) else found


def own_format(name: str) -> str:
    """The precision that a decoder is published in, by its configuration, else by its name."""
    stored = decoder_of(name).stored
    if stored is not None:
        return stored.word
    path = Path(name)
    whole = path.parent.name if path.stem == "config" else path.stem
    return format_of(whole if name.endswith(".json") else name)
