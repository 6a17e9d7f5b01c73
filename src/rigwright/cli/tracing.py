"""Trace a model's operations into a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from rigwright.cli.application import app
from rigwright.cli.asking import RUN, asks
from rigwright.cli.options import show_result

ASKED = tuple(
    replace(q, usual=()) if q.name == "batch" else q
    for q in RUN
    if q.name in ("img_size", "seq_len", "batch", "precision")
)
"""What a trace depends on; one item is the batch that it is told for."""


@app.command()
@asks(ASKED, first=2)
def trace(
    model: str,
    output: Path | None = None,
    *,
    said: dict[str, Any],
    as_json: bool = False,
) -> None:
    """Trace a model's operations: forward, backward, optimizer step; no GPU, no weights.

    The file holds for every batch size and precision; predict, compare and goal files take it as
    the model. --json lists every operation. FLOP and bytes are those of one --batch-size.

    Example: rigwright trace net.py:make -o net.parquet
    """
    from rigwright.plan.ask.questions import run_of
    from rigwright.plan.speed.tracing import trace_model
    from rigwright.report.console import progress

    run = run_of({"model": model, "batch": 1, **said}, "trace")
    with progress() as tell:
        result = trace_model(
            model, out=output, img_size=run.img_size, seq_len=run.seq_len, batch=run.batch,
            precision=run.precision, lines=as_json, tell=tell,
        )  # fmt: skip
    show_result(result, as_json, "trace")
