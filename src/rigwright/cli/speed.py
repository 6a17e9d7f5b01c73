"""Predict steps and compare chips."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import (
    AsOf,
    Checkpointing,
    Gpus,
    Json,
    Method,
    MicroBatch,
    Mode,
    Network,
    Nodes,
    Offload,
    Optimizer,
    PipelineParallel,
    Pixels,
    Precision,
    Sharding,
    Size,
    TensorParallel,
    Tokens,
    show_result,
)


@app.command()
def predict(
    model: Annotated[str | None, typer.Argument(help="Model name or path to config.json.")] = None,
    gpu: Annotated[str, typer.Option(help="GPU name.")] = "RTX 3090",
    gpus: Gpus = 1,
    mode: Mode = "train",
    batch_size: Size = 32,
    img_size: Pixels = None,
    seq_len: Tokens = None,
    precision: Precision = "amp",
    method: Method = "full",
    optimizer: Optimizer = "sgd",
    grad_checkpointing: Checkpointing = False,
    tensor_parallel: TensorParallel = 1,
    pipeline_parallel: PipelineParallel = 1,
    micro_batch: MicroBatch = None,
    sharding: Sharding = "none",
    offload: Offload = False,
    nodes: Nodes = None,
    network_gbit_s: Network = None,
    batch: Annotated[
        Path | None, typer.Option(help="JSON lines to answer one by one (- for stdin).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Predict step time and memory of one model on one GPU, or of many questions.

    Example: rigwright predict resnet50 --gpu "GTX 1070" --batch-size 32 --precision fp32

    Example: rigwright predict llama-3-8b --gpu "A100 SXM4 80 GB" --gpus 16 --batch-size 64
    --micro-batch 2 --seq-len 4096 --precision bf16 --optimizer adamw --sharding zero3
    """
    import rigwright.plan.speed.predicting as predicting

    if batch:
        for line in predicting.predict_batch(batch):
            typer.echo(line)
        return
    values = {
        "model": model,
        "mode": mode,
        "batch": batch_size,
        "img_size": img_size,
        "seq_len": seq_len,
        "precision": precision,
        "method": method,
        "optimizer": optimizer,
        "grad_checkpointing": grad_checkpointing,
        "tensor_parallel": tensor_parallel,
        "pipeline_parallel": pipeline_parallel,
        "micro_batch": micro_batch,
        "sharding": sharding,
        "offload": offload,
        "nodes": nodes,
        "network_gbit_s": network_gbit_s,
    }
    result = predicting.predict_one({**values, "gpu": gpu, "gpu_count": gpus})
    from rigwright.report.text.prediction import show

    show_result(result, as_json, show)


@app.command()
def compare(
    gpu: Annotated[list[str], typer.Argument(help="Two or more GPU names; 2x for two of one.")],
    model: Annotated[str, typer.Option(help="Model name.")] = "resnet50",
    mode: Mode = "train",
    batch_size: Size = 32,
    img_size: Pixels = None,
    seq_len: Tokens = None,
    precision: Precision = "amp",
    method: Method = "full",
    optimizer: Optimizer = "sgd",
    grad_checkpointing: Checkpointing = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Compare GPUs side by side for one workload: time, memory, price per speed.

    Example: rigwright compare "GTX 960" "GTX 970" --model vgg16 --precision fp32 --as-of 2016-10-29

    Example: rigwright compare "2x RTX 3090" "RTX 4090" --model llama-3-8b --method lora
    --batch-size 4 --seq-len 1024 --precision bf16 --optimizer adamw --grad-checkpointing
    """
    from rigwright.plan.speed.comparing import compare_chips
    from rigwright.report.text.prediction import show_comparison

    values = {
        "model": model,
        "mode": mode,
        "batch": batch_size,
        "img_size": img_size,
        "seq_len": seq_len,
        "precision": precision,
        "method": method,
        "optimizer": optimizer,
        "grad_checkpointing": grad_checkpointing,
    }
    show_result(compare_chips(gpu, values, as_of), as_json, show_comparison)
