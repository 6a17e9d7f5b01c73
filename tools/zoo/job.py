"""A model to trace, and what the rooms of the zoo share to build one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """One model at one image size; ``inputs`` makes fake inputs for (batch, seq).

    meta : facts that operations do not tell, as ``layers`` and ``hidden``.
    loops : the steps of a model that loops; ``make`` is then given how many to run.
    """

    name: str
    size: int
    make: Callable[..., Any]
    inputs: Callable[[int, int], Any]
    task: str = "image"
    unit: str = "img"
    seq_len: int = 0
    loss: Callable[[Any], Any] | None = None
    meta: tuple[tuple[str, float], ...] = ()
    loops: int = 0

    def about(self) -> dict[str, Any]:
        kept = {"task": self.task, "unit": self.unit, "img_size": self.size}
        more = {"loss": self.loss} if self.loss else {}
        return {**kept, "seq_len": self.seq_len, **more}


def image_inputs(size: int, channels: int = 3) -> Callable[[int, int], Any]:
    """(batch, seq) -> one image batch."""
    import torch

    return lambda batch, seq: (torch.empty(batch, channels, size, size),)


def without_weights(build: Callable[[], Any]) -> Any:
    """A module with memory that is never touched: shapes are all that tracing needs."""
    import torch

    with torch.device("meta"):
        model = build()
    model.to_empty(device="cpu")
    if hasattr(model, "tie_weights"):
        model.tie_weights()
    return model


def blocks(layers: int, hidden: int) -> tuple[tuple[str, float], ...]:
    return ("layers", layers), ("hidden", hidden)


def loss_of(out: Any) -> Any:
    """The loss that the model computed itself."""
    return out.loss


def token_ids(batch: int, seq: int) -> Any:
    import torch

    return torch.zeros(batch, seq, dtype=torch.long)


def classify(batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"input_ids": token_ids(batch, seq), "labels": torch.zeros(batch, dtype=torch.long)}


def language(batch: int, seq: int) -> dict[str, Any]:
    return {"input_ids": token_ids(batch, seq), "labels": token_ids(batch, seq)}
