"""A module to be traced and how it is run; what every way to build one needs."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rigwright.spec.errors import InputError

TIMM, HUB = ("timm:", "timm/"), "hf:"
INSTALL = "pip install 'rigwright[trace]'"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A module and how it is run.

    inputs : (batch, seq) -> tensors.  img_size, seq_len : where it is traced, 0 = has none.
    meta : facts that operations do not tell.  notes : what was chosen for the user.
    """

    module: Any
    inputs: Callable[[int, int], Any]
    loss: Callable[[Any], Any] | None = None
    task: str = "image"
    unit: str = "img"
    img_size: int = 0
    seq_len: int = 0
    meta: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()


def need(module: str, name: str) -> None:
    """Raise InputError with the line that installs ``module``."""
    if importlib.util.find_spec(module) is None:
        raise InputError("trace", "model", name, f"an installed {module}", INSTALL)


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def on_meta(error: BaseException) -> bool:
    """Whether ``error`` rose while building without memory, because it has none."""
    import torch

    return torch.empty(()).device.type == "meta" and wants_memory(error)


def wants_memory(error: BaseException) -> bool:
    """Whether building on the meta device, which holds no values, is what failed."""
    return any(
        "meta" in str(e).replace("metadata", "").lower() or isinstance(e, NotImplementedError)
        for e in _chain(error)
    )
