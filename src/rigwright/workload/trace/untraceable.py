"""Why a model cannot be traced, in one line: what happened, at which line, what to do."""

from __future__ import annotations

import re

from rigwright.workload.trace import userline
from rigwright.workload.trace.unknowns import BRANCH, ValueNeededError

_INPUTS = (
    "return (module, inputs) from the callable, inputs(batch, seq) giving the tensors that its "
    "forward takes, or set --img-size or --seq-len"
)
_KNOWN: tuple[tuple[str, str, str], ...] = (  # pattern of the message, what it means, what to do
    (r"aten\._local_scalar_dense|aten\.equal|aten\.is_nonzero",
     "the value of a tensor is needed inside a library call", BRANCH),
    (r"DynamicOutputShape|aten\.(\w+)",
     "the size of a result depends on values",
     "give the size (output_size=, minlength=), or mask (torch.where) in place of selecting"),
    (r"Couldn't swap|Cannot swap",
     "a module is converted (.half(), .to(dtype)) while shapes are traced",
     "convert it before the callable returns it, or leave it in float32 and give --precision"),
    (r"(?i)not (compiled|linked) with (support for )?cuda|No CUDA GPUs|NVIDIA driver",
     "the code asks for a GPU, and tracing has none",
     "make tensors on the device of other tensors (x.device)"),
    (r"(?i)autograd (formula|kernel)|not implement.*backward|derivative for",
     "a custom operator has no gradient that shapes can follow",
     "torch.library.register_autograd for it, or freeze what feeds it"),
    (r"shapes cannot be multiplied|size mismatch|expected input|Expected \d+D|must match the size"
     r"|same reduction dim|to have \d+ channels|expected scalar type|same dtype"
     r"|invalid for input of size",
     "the inputs do not fit the model", _INPUTS),
    (r"missing \d+ required|unexpected keyword|takes \d+ positional|takes from",
     "forward takes other inputs", _INPUTS),
    (r"holds no tensor to train on|only Tensors of floating point", "the output is no loss",
     "return (module, inputs, loss) from the callable, loss(output) giving a scalar"),
    (r"index out of range|out of range|maximum recursion", "the inputs do not fit the model",
     _INPUTS),
)  # fmt: skip


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return " ".join((lines[0] if lines else "").split())[:160]


def explain(error: BaseException) -> tuple[str, str]:
    """(what happened, what to do)."""
    said = f"{type(error).__name__}: {_first_line(error)}"
    if isinstance(error, ValueNeededError):
        return str(error), error.advice
    if type(error).__name__ == "UnsupportedOperatorException" or "fake impl" in str(error):
        found = re.search(r"\w+::\w+|\w+\.\w+\.\w+", str(error))
        name = found[0] if found else "an operator"
        return (
            f"{name} has no rule for the shape of its result",
            "torch.library.register_fake for it, beside its definition",
        )
    if isinstance(error, ModuleNotFoundError):
        return f"module {error.name} is not installed", f"pip install {error.name}"
    if isinstance(error, MemoryError):
        return "not enough memory to build it", "build it under torch.device('meta')"
    for pattern, what, advice in _KNOWN:
        if re.search(pattern, said):
            return f"{what} ({said})", advice
    return said, "code that runs on a CPU, with what depends on values taken out of forward"


def reason(error: BaseException) -> str:
    """What is wrong with code that does not run, with its line."""
    what, _ = explain(error)
    place = userline.of_error(error)
    return f"{what}; at {place}" if place else what


def message(name: str, error: BaseException) -> str:
    """The one line that a user reads."""
    what, advice = explain(error)
    place = getattr(error, "place", None) or userline.of_error(error)
    where = f"at {place}" if place else "in the backward pass or a library"
    return f"{name}: cannot be traced: {what}; {where}; try: {advice}"
