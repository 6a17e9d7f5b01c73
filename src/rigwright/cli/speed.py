"""Predict steps and compare chips."""

from pathlib import Path
from typing import Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import DATA, MACHINE, RUN, asks
from rigwright.cli.options import show_result


@app.command()
@asks(RUN, MACHINE, DATA, leave=("model",))
def predict(
    model: str | None = None,
    gpu: str = "RTX 3090",
    *,
    said: dict[str, Any],
    batch_file: Path | None = None,
    as_json: bool = False,
) -> None:
    """Predict step time and memory of one model on one GPU, or of many questions.

    Example: rigwright predict resnet50 --gpu "GTX 1070" --batch-size 32 --precision fp32

    Example: rigwright predict resnet50 --gpu "GTX 1070" --data imagenet-1k --cpu "i7-6700K"
    --drive "Samsung 850 EVO 500GB" --ram 16

    Example: rigwright predict llama-3-8b --gpu "A100 SXM4 80 GB" --gpus 16 --batch-size 64
    --micro-batch 2 --seq-len 4096 --precision bf16 --sharding zero3
    """
    import rigwright.plan.speed.predicting as predicting

    if batch_file:
        for line in predicting.predict_batch(batch_file):
            typer.echo(line)
        return
    result = predicting.predict_one({"model": model, "gpu": gpu, **said})
    show_result(result, as_json, "predict")


@app.command()
@asks(RUN, MACHINE, DATA, leave=("model", "gpu_count"))
def compare(
    gpu: list[str],
    model: str = "resnet50",
    *,
    said: dict[str, Any],
    as_of: str | None = None,
    currency: str | None = None,
    as_json: bool = False,
) -> None:
    """Compare GPUs side by side for one workload: time, memory, price per speed.

    Example: rigwright compare "GTX 960" "GTX 970" --model vgg16 --precision fp32 --as-of 2016-10-29

    Example: rigwright compare "2x RTX 3090" "RTX 4090" --model llama-3-8b --method lora
    --batch-size 4 --seq-len 1024 --precision bf16 --grad-checkpointing
    """
    from rigwright.plan.speed.comparing import compare_chips

    result = compare_chips(gpu, {"model": model, **said}, as_of, currency)
    show_result(result, as_json, "compare")
