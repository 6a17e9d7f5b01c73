"""Trace a model's operations into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Json, Pixels, Precision, Size, Tokens, show_result


@app.command()
def trace(
    model: Annotated[
        str,
        typer.Argument(help="file.py:callable, timm:NAME, config.json, hf:NAME, or a known name."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the operations here (.parquet)."),
    ] = None,
    img_size: Pixels = None,
    seq_len: Tokens = None,
    batch_size: Size = 1,
    precision: Precision = "amp",
    as_json: Json = False,
) -> None:
    """Trace a model's operations: forward, backward, optimizer step; no GPU, no weights.

    The file holds for every batch size and precision; predict, compare and goal files take it as
    the model. --json lists every operation. FLOP and bytes are those of one --batch-size.

    Example: rigwright trace net.py:make -o net.parquet
    """
    from rigwright.plan.speed.tracing import trace_model
    from rigwright.report.text.trace import progress, show

    with progress() as tell:
        result = trace_model(
            model, out=output, img_size=img_size, seq_len=seq_len, batch=batch_size,
            precision=precision.lower(), lines=as_json, tell=tell,
        )  # fmt: skip
    show_result(result, as_json, show)
