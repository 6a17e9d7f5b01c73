"""The user's own model, ``file.py:callable``. Runs the user's code: for the command line only."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Run

HELP = (
    "file.py:callable, where callable() returns a torch.nn.Module, or (module, inputs), or "
    "(module, inputs, loss); inputs(batch, seq) makes example tensors, loss(output) a scalar"
)
_CHANNELS, _SIDE = 3, 224


def is_user_file(name: str) -> bool:
    """Whether a model name has the shape ``file.py:callable``."""
    path, _, function = name.rpartition(":")
    return path.endswith(".py") and function.isidentifier()


def operations(run: Run) -> OperationList:
    """Operations of the model that ``run.model`` builds, traced with fake tensors.

    Without ``inputs`` of its own, the module sees square RGB images of ``run.img_size`` (224), or
    whole numbers [batch, run.seq_len] when a sequence length is given.
    Raises InputError for a bad file or callable or without torch, TraceError for a bad model.
    """
    if importlib.util.find_spec("torch") is None:
        raise InputError("run", "model", run.model, "an installed torch", "pip install torch")
    import torch

    from rigwright.workload.trace import default_loss, trace

    built = _build(run.model)
    module, *rest = built if isinstance(built, tuple) else (built,)
    if not isinstance(module, torch.nn.Module):
        raise InputError("run", "model", run.model, HELP)
    text = run.seq_len is not None
    side = 0 if text else (run.img_size or _SIDE)

    def inputs(batch: int, seq: int) -> Any:
        if text:
            return (torch.zeros(batch, seq, dtype=torch.long),)
        return (torch.empty(batch, _CHANNELS, side, side),)

    return trace(
        module,
        rest[0] if rest else inputs,
        name=run.model,
        task="text" if text else "image",
        unit="seq" if text else "img",
        img_size=side,
        seq_len=run.seq_len or 0,
        loss=rest[1] if len(rest) > 1 else default_loss,
    )


def _build(name: str) -> Any:
    """What the user's callable returns."""
    file, _, function = name.rpartition(":")
    path = Path(file).resolve()
    if not path.is_file():
        raise InputError("run", "model", name, "a file that exists", HELP)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None  # the suffix is .py
    loaded = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))  # its own imports, as if it were run there
    try:
        spec.loader.exec_module(loaded)
        make = getattr(loaded, function, None)
        if not callable(make):
            raise InputError("run", "model", name, f"a callable {function} in {file}", HELP)
        return make()
    except InputError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise InputError("run", "model", name, f"code that runs; it raised {said}") from error
    finally:
        sys.path.remove(str(path.parent))
