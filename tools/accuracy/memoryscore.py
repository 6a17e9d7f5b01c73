"""Errors of predicted peak memory as Markdown, beside the tools a user would pick today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from accuracy.memoryruns import GIB, Row

Array = NDArray[np.float64]
LOW = -0.1
CARDS_GIB = (6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 80, 96, 141)
"""VRAM of cards that are or were sold; each measured run is asked about on each of them."""
PEERS = """| tool | rows | MAPE % | bias | more than 10 % too low |
|---|---|---|---|---|
| accelerate estimate-memory 1.15 | 30 fine-tuning runs | 57.4 | -57.4 | 29 of 30 |
| DeepSpeed estimate_zero2 | 5 mixed precision, full | 41.5 | 21.7 | 1 of 5 |
| EleutherAI calc_transformer_mem | 8 full | 74.6 | 63.4 | 2 of 8 |
| llm-analysis 0.2.2 | 8 full | 20.4 | 2.4 | 2 of 8 |
| fitcheck-llm 0.3.1 | 25 (all but BERT) | 29.1 | 29.0 | 0 of 25 |
| fitcheck-llm 0.3.1, Llama LoRA and QLoRA only | 14 | 10.6 | 10.4 | 0 of 14 |
| bare trace with fake tensors | 30 fine-tuning runs | 12.5 | -12.5 | 15 of 30 |
| bare trace | 4,153 timm | 45.3 | low | 4,117 of 4,153 |
| trace, constant, factor and weights fitted | 128 timm, other models | 7.7 | -0.4 | 16 of 128 |"""


def _line(name: str, error: Array, width: Array, models: int) -> str:
    cells = [f"{len(error)}", f"{models}"]
    logs = np.abs(np.log1p(error))
    cells += [
        f"{100 * value:.1f}"
        for value in (
            np.abs(error).mean(), np.median(np.abs(error)), error.mean(), (error < LOW).mean(),
            (logs <= width).mean(),
        )
    ]  # fmt: skip
    return f"| {name} | " + " | ".join(cells) + " |"


HEAD = (
    "| rows | n | models | MAPE % | median | bias | more than 10 % too low % | in range % |\n"
    "|---|---|---|---|---|---|---|---|"
)


def table(
    found: list[Row], predicted: Array, width: Array, name_of: Callable[[Row], str | None]
) -> str:
    """One line per name, in order of appearance."""
    used = np.array([r.used_bytes for r in found])
    names = [name_of(r) for r in found]
    lines = [HEAD]
    for name in dict.fromkeys(n for n in names if n):
        pick = np.array([n == name for n in names])
        models = len({r.run.model for r, p in zip(found, pick, strict=True) if p})
        lines.append(_line(name, (predicted / used - 1)[pick], width[pick], models))
    return "\n".join(lines)


def _source(row: Row) -> str:
    traced = row.group in ("vision", "inference")
    name = row.source if traced else "train_memory"
    if row.group == "other adapters":
        return "train_memory, other adapters (predicted as LoRA)"
    return name if row.told else f"{name}, not fully published"


def _group(row: Row) -> str | None:
    if row.group in ("vision", "inference"):
        return None
    return row.group if row.told else f"{row.group}, not fully published"


def _origin(row: Row) -> str | None:
    if row.group in ("vision", "inference"):
        return None
    return f"{row.source} {row.group} ({row.basis})"


def verdicts(found: list[Row], predicted: Array) -> str:
    """How often "fits" was wrong, on cards around each measured size."""
    used = np.array([r.used_bytes for r in found])
    known = np.array([r.told for r in found])
    lines = ["| rows | verdicts | said to fit | of these wrong % | said not to fit | wrong % |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for name in ("vision_train_memory", "dlinfbench", "train_memory"):
        pick = known & np.array([_source(r).startswith(name) for r in found])
        card = np.array(CARDS_GIB)[:, None] * GIB
        near = (card > used[pick] / 2) & (card < 2 * used[pick])
        yes, did = predicted[pick] <= card, used[pick] <= card
        said, denied = yes & near, ~yes & near
        wrong, strict = said & ~did, denied & did
        lines.append(
            f"| {name} | {near.sum()} | {said.sum()} | {100 * wrong.sum() / said.sum():.1f} "
            f"| {denied.sum()} | {100 * strict.sum() / max(denied.sum(), 1):.1f} |"
        )
    return "\n".join(lines)


def _crashed(found: list[Row]) -> str:
    from accuracy.memoryfit import predict
    from rigwright.predict.memory import load

    out = [r for r in found if r.capacity_bytes and r.parts is not None]
    wrong = sum(predict([r], load())[0] <= r.capacity_bytes for r in out)
    return f"Runs published as out of memory: {len(out)}; said to fit: {wrong}."


def section(every: list[Row], got: tuple[Array, Array]) -> str:
    """The whole section on memory."""
    found = [r for r in every if r.parts is not None and r.used_bytes > 0]
    predicted, width = got
    skipped = Counter(r.skip for r in every if r.skip)
    left_out = "\n".join(f"| {why} | {n} |" for why, n in sorted(skipped.items()))
    return "\n\n".join(
        (
            "## Peak memory",
            "Predicted in the terms each source measured (tensors, allocator, or whole GPU), by "
            "constants fitted without the row's model (traced models) or source (training runs).",
            table(found, predicted, width, _source),
            "Fine-tuning and training by method:",
            table(found, predicted, width, _group),
            "By source:",
            table(found, predicted, width, _origin),
            "What other tools score on published runs of the same kinds (each run once, told all "
            "it asks for):",
            PEERS,
            "Asked of every card from 6 to 141 GiB that has between half and twice the measured "
            "size:",
            verdicts(found, predicted),
            _crashed(every),
            "Rows not scored:",
            f"| reason | rows |\n|---|---|\n{left_out}",
        )
    )
