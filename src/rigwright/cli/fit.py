"""Will a run fit a card's memory, and which memory does it need?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import (
    AsOf,
    Checkpointing,
    Json,
    Method,
    MicroBatch,
    Mode,
    Offload,
    Optimizer,
    PipelineParallel,
    Pixels,
    Precision,
    Sharding,
    TensorParallel,
    Tokens,
    show_result,
)


@app.command()
def fit(
    model: Annotated[str, typer.Argument(help="Model name or path to config.json.")],
    gpu: Annotated[
        list[str] | None, typer.Option(help="GPU name; may be given several times.")
    ] = None,
    gpus: Annotated[int, typer.Option("--gpus", "--count", min=1, help="Cards of it.")] = 1,
    smallest_vram: Annotated[
        bool, typer.Option("--smallest-vram", help="The least VRAM, and the chips that have it.")
    ] = False,
    mode: Mode = "train",
    batch_size: Annotated[
        int, typer.Option("--batch-size", "--batch", help="Global batch over all GPUs.")
    ] = 32,
    img_size: Pixels = None,
    seq_len: Tokens = None,
    gen_len: Annotated[
        int | None, typer.Option("--gen-len", help="Tokens to write, when serving.")
    ] = None,
    precision: Precision = "amp",
    method: Method = "full",
    optimizer: Optimizer = "sgd",
    grad_checkpointing: Checkpointing = False,
    tensor_parallel: TensorParallel = 1,
    pipeline_parallel: PipelineParallel = 1,
    micro_batch: MicroBatch = None,
    sharding: Sharding = "none",
    offload: Offload = False,
    framework: Annotated[str | None, typer.Option(help="Trainer or engine, e.g. vllm.")] = None,
    as_of: AsOf = None,
    picture: Annotated[
        Path | None, typer.Option(help="Shares against VRAM as .png, .svg or .html.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a run fits, by how much, the largest batch, and what would make it fit.

    Example: rigwright fit resnet50 --gpu "GTX 1070" --batch 64 --resolution 224 --precision fp32

    Example: rigwright fit llama-3-8b --gpu "RTX 3090" --gpu "RTX 4090" --method lora --batch 16
    --seq 2048 --precision bf16 --optimizer adamw --picture memory.png

    Example: rigwright fit llama-3-8b --smallest-vram --method qlora --batch 1 --seq 2048
    """
    from rigwright.spec.errors import InputError

    values = {
        "model": model,
        "mode": mode,
        "batch": batch_size,
        "img_size": img_size,
        "seq_len": seq_len,
        "gen_len": gen_len,
        "precision": precision,
        "method": method,
        "optimizer": optimizer,
        "grad_checkpointing": grad_checkpointing,
        "tensor_parallel": tensor_parallel,
        "pipeline_parallel": pipeline_parallel,
        "micro_batch": micro_batch,
        "sharding": sharding,
        "offload": offload,
        "framework": framework,
    }
    if not smallest_vram:
        _cards(gpu or [], values, gpus, picture, as_json)
        return
    for name, given in (("gpu", gpu), ("picture", picture)):
        if given:
            raise InputError("fit", name, given, "nothing beside --smallest-vram")
    from rigwright.plan.memory.smallestvram import smallest_vram as least
    from rigwright.report.text.fit import show_smallest

    show_result(least(values, gpus, as_of), as_json, show_smallest)


def _cards(
    gpu: list[str], values: dict[str, object], gpus: int, picture: Path | None, as_json: bool
) -> None:
    from rigwright.plan.memory.fitting import fit_cards
    from rigwright.report.text.fit import show

    result = fit_cards(gpu, values, gpus)
    if picture is not None:
        from rigwright.report.charts.memorychart import save_memory

        save_memory(result, picture)
    show_result(result, as_json, show)
