"""Options that several commands share, and how a result is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer


def _named(path: Path | None) -> Path | None:
    """The file meant: an example can be named from any folder, and that is then said."""
    from rigwright.plan.ask.examples import located

    found = located(path) if path else path
    if found != path:
        typer.echo(f"rigwright: {path} is the packaged example {found}", err=True)
    return found


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[str | None, typer.Option(help="Plan as of this day (YYYY-MM-DD), not today.")]
Goal = Annotated[Path, typer.Argument(help="Goal file (TOML).", callback=_named)]
GoalOption = Annotated[
    Path, typer.Option("--goal", help="Goal file whose workload and limits count.", callback=_named)
]
DEFAULT_GOAL = Path("examples/today/goal.toml")
_BUILD = typer.Argument(help="Build file or pasted parts list.", callback=_named)
Build = Annotated[Path, _BUILD]
BuildOrNone = Annotated[Path | None, _BUILD]
BuildOption = Annotated[
    Path | None,
    typer.Option("--build", help="Own this build instead of the planned one.", callback=_named),
]
Gpus = Annotated[int, typer.Option(help="GPUs in the machine.")]
Mode = Annotated[str, typer.Option(help="train, infer, forward, prefill, decode ...")]
Size = Annotated[int, typer.Option("--batch-size", help="Global batch over all GPUs.")]
Precision = Annotated[str, typer.Option(help="fp32, tf32, amp, fp16, bf16, int8, q4_k_m ...")]
Pixels = Annotated[
    int | None, typer.Option("--img-size", "--resolution", help="Image side in pixels.")
]
Tokens = Annotated[
    int | None, typer.Option("--seq-len", "--seq", help="Sequence length in tokens.")
]
Method = Annotated[str, typer.Option(help="full, lora or qlora.")]
Optimizer = Annotated[str, typer.Option(help="sgd, adam, adamw ...")]
Checkpointing = Annotated[bool, typer.Option(help="Gradient checkpointing.")]
TensorParallel = Annotated[int, typer.Option(help="GPUs that share every layer.")]
PipelineParallel = Annotated[int, typer.Option(help="Groups that hold some layers each.")]
MicroBatch = Annotated[int | None, typer.Option(help="Sequences of one pass of one group.")]
Sharding = Annotated[str, typer.Option(help="none, zero1, zero2 or zero3 (FSDP).")]
Offload = Annotated[bool, typer.Option(help="Weights and optimizer state in host memory.")]
Nodes = Annotated[int | None, typer.Option(help="Computers; else up to eight GPUs in each.")]
Network = Annotated[float | None, typer.Option(help="Gbit/s of one computer's network.")]

Database = Annotated[
    str | None,
    typer.Option("--db", help="Database of imported parts and prices: a file or URL, or none."),
]


def use_database(given: str | None) -> None:
    """Read and write this database in place of the environment's; nothing given changes nothing."""
    if given:
        from rigwright.catalog.source import use

        use(given)


def show_result(result: Any, as_json: bool, render: Callable[[Any], None]) -> None:
    """Print ``result`` as JSON, or as ``render`` shows it."""
    if as_json:
        from rigwright.report.jsonout import dumps

        typer.echo(dumps(result))
    else:
        render(result)
