"""What kind of run a question is: which model, trained or served; it decides which fields apply."""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rigwright.predict import training
from rigwright.predict.objectives import objective_of
from rigwright.spec.errors import RigwrightError
from rigwright.spec.run import Run, is_quantised
from rigwright.workload import decoder, lookup, pipelines
from rigwright.workload.operations import file as opsfile
from rigwright.workload.trace import userfile
from rigwright.workload.zoo import embedded as zoo

_TEXTS = ("text", "language")
_DECODER = frozenset({"decoder", "language", "sequence", "adaptable"})
_PERHAPS = frozenset({"language", "sequence", "pictures", "adaptable"})
"""What a model may be that is not known before it is traced."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Words of ``spec.asked.SITUATIONS`` that hold of a model, and those that may."""

    sure: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()

    def may(self, words: Collection[str]) -> bool:
        """Whether all of ``words`` hold or may hold."""
        return all(word in self.sure or word in self.perhaps for word in words)


@functools.lru_cache(maxsize=1024)
def is_decoder(model: str) -> bool:
    """A language model that writes text, by name or by its ``config.json``."""
    return model.endswith(".json") or decoder.find(model) is not None


@functools.lru_cache(maxsize=1024)
def own_format(model: str) -> str:
    """The precision that a decoder's weights are published in and that a pipeline is loaded in;
    empty for a decoder in 16 bit and for any other model."""
    if not is_decoder(model):
        return pipeline.precision if (pipeline := pipelines.of(model)) else ""
    try:
        return lookup.own_format(model)
    except RigwrightError:  # whoever looks it up says so
        return ""


@functools.lru_cache(maxsize=1024)
def kinds_of(model: str) -> Kinds:
    """What a model is. A name that nobody knows may be anything: whoever looks it up says so."""
    if userfile.is_user_file(model):
        return Kinds(perhaps=_PERHAPS)
    if opsfile.is_operations_file(model):
        try:
            ops = opsfile.read(Path(model))
        except RigwrightError:
            return Kinds(perhaps=_PERHAPS | _DECODER)
        return _of_list(ops.task, ops.img_size, ops.seq_len)
    if is_decoder(model):
        return Kinds(_DECODER)
    found = zoo.find(model)
    if found is None:
        return Kinds(perhaps=_PERHAPS | _DECODER)
    about = zoo.about(found)
    return _of_list(about["task"], about["img_size"], about["seq_len"])


def _of_list(task: str, img_size: int, seq_len: int) -> Kinds:
    words = {
        "pictures": img_size > 0, "sequence": seq_len > 0, "language": task in _TEXTS,
        "adaptable": task in (*_TEXTS, "diffusion"),
    }  # fmt: skip
    return Kinds(frozenset(word for word, holds in words.items() if holds))


def served(run: Run) -> bool:
    """Token by token, with quantised weights, or by an engine made for serving."""
    if run.mode in training.MODES:
        return False
    if run.mode in ("decode", "serve"):
        return True
    if is_quantised(run.precision):
        return pipelines.of(run.model) is None
    # Transformers also does other things than serving.
    return run.software.engine not in ("", "transformers") and is_decoder(run.model)


def trained(run: Run) -> bool:
    """A training step of a decoder.

    Forward and backward alone, on one GPU that holds everything, is what single operations are
    timed by: those stay with the model of operations.
    """
    if run.mode not in training.MODES or not is_decoder(run.model):
        return False
    split = training.laid_out(run) or run.method != "full" or run.grad_checkpointing
    return run.mode == "train" or split


def situation(run: Run) -> Kinds:
    """What holds of a run: its model's kinds, and how it is run."""
    model, serves = kinds_of(run.model), served(run) or run.mode == "prefill"
    finished = pipelines.asked(run) is not None
    split = serves or run.mode in training.MODES
    words = {
        "training": run.mode in training.MODES, "updating": run.mode == "train", "serving": serves,
        "writing": serves or objective_of(run).writes, "users": run.mode == "serve", "split": split,
        "finished": finished, "placed": finished or (split and model.may(("adaptable",))),
        "stepped": not served(run), "adapted": run.method != "full",
    }  # fmt: skip
    return Kinds(model.sure | {word for word, holds in words.items() if holds}, model.perhaps)
