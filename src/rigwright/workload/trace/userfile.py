"""The user's own model, ``file.py:callable``. Runs the user's code: for the command line only."""

import importlib.util
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.workload.sources import source as modelsource
from rigwright.workload.sources.source import Source

HELP = (
    "file.py:callable, where callable() returns a torch.nn.Module, or (module, inputs), or "
    "(module, inputs, loss); inputs(batch, seq) makes example tensors, loss(output) a scalar"
)
_CHANNELS, _SIDE = 3, 224


def is_user_file(name: str) -> bool:
    """Whether a model name has the shape ``file.py:callable``."""
    path, _, function = name.rpartition(":")
    return path.endswith(".py") and function.isidentifier()


def source(name: str, img_size: int | None, seq_len: int | None) -> Source:
    """The model that the callable ``name`` builds, and how it is run.

    Without ``inputs`` of its own, the module sees square RGB images of ``img_size`` (224), or
    whole numbers [batch, seq_len] when a sequence length is given.
    Raises InputError for a bad file or callable.
    """
    import torch

    from rigwright.workload.trace.tracer import default_loss, next_token_loss

    built = _build(name)
    module, *rest = built if isinstance(built, tuple | list) else (built,)
    if not isinstance(module, torch.nn.Module):
        given = f"{name} returned {type(module).__name__}"
        raise InputError("trace", "model", given, HELP)
    if any(not callable(part) for part in rest) or len(rest) > 2:
        raise InputError("trace", "model", f"{name} returned {len(rest) + 1} things", HELP)
    text = seq_len is not None
    side = 0 if text else (img_size or _SIDE)
    dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), None)

    def usual(batch: int, seq: int) -> Any:
        if text:
            return (torch.zeros(batch, seq, dtype=torch.long),)
        return (torch.empty(batch, _CHANNELS, side, side, dtype=dtype),)

    own = _own_inputs(name, rest[0], seq_len) if rest else usual
    return Source(
        module=module,
        inputs=own,
        loss=rest[1] if len(rest) > 1 else next_token_loss if text else default_loss,
        task="text" if text else "image",
        unit="seq" if text else "img",
        img_size=side,
        seq_len=seq_len or 0,
    )


def _own_inputs(name: str, make: Any, seq_len: int | None) -> Any:
    """The user's ``inputs`` as (batch, seq) -> tensors by position or name; checked once."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    from rigwright.workload.trace.recorder import tensors_in

    one = len(inspect.signature(make).parameters) == 1

    def inputs(batch: int, seq: int) -> Any:
        given = make(batch) if one else make(batch, seq)
        if not isinstance(given, Mapping | list | tuple):
            given = (given,)
        if not tensors_in(given):
            raise InputError("trace", "model", f"{name}: inputs gave no tensor", HELP)
        return given

    with FakeTensorMode(allow_non_fake_inputs=True):
        short, long = ([t.shape for t in tensors_in(inputs(2, seq))] for seq in (3, 5))
    if short != long and seq_len is None:
        given = f"{name}: inputs that grow with seq"
        raise InputError("trace", "--seq-len", given, "a sequence length", "--seq-len 512")
    return inputs


def _build(name: str) -> Any:
    """What the user's callable returns."""
    from rigwright.workload.trace import untraceable
    from rigwright.workload.trace.shapesonly import shapes_only

    file, _, function = name.rpartition(":")
    path = Path(file).resolve()
    if not path.is_file():
        raise InputError("trace", "model", name, "a file that exists", HELP)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None  # the suffix is .py
    loaded = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))  # its own imports, as if it were run there
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = loaded  # dataclasses and pickles look their module up
    try:
        with shapes_only():
            spec.loader.exec_module(loaded)
            make = getattr(loaded, function, None)
            if not callable(make):
                raise InputError("trace", "model", name, f"a callable {function} in {file}", HELP)
            return make()
    except InputError:
        raise
    except SystemExit:
        hint = 'keep what starts a program under `if __name__ == "__main__":`'
        raise InputError(
            "trace", "model", name, "code that can be imported; it exits", hint
        ) from None
    except Exception as error:
        if modelsource.on_meta(error):
            raise
        raise InputError(
            "trace", "model", name, f"code that runs; {untraceable.reason(error)}"
        ) from error
    finally:
        sys.path.remove(str(path.parent))
        if before is None:
            sys.modules.pop(path.stem, None)
        else:
            sys.modules[path.stem] = before
