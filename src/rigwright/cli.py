"""Thin commands: parse, call one use case, render, exit code. Heavy modules load where used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from rigwright.spec.errors import RigwrightError

app = typer.Typer(
    name="rigwright",
    help="Say what you train and what you can spend; get the machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[str | None, typer.Option(help="Plan as of this day (YYYY-MM-DD), not today.")]
Goal = Annotated[Path, typer.Argument(help="Goal file (TOML).")]
Gpus = Annotated[int, typer.Option(help="GPUs in the machine.")]
Mode = Annotated[str, typer.Option(help="train, infer, forward, prefill, decode ...")]
Size = Annotated[int, typer.Option("--batch-size", help="Global batch over all GPUs.")]
Precision = Annotated[str, typer.Option(help="fp32, tf32, amp, fp16, bf16, int8, q4_k_m ...")]
Pixels = Annotated[int | None, typer.Option("--img-size", help="Image side in pixels.")]
Tokens = Annotated[int | None, typer.Option("--seq-len", help="Sequence length in tokens.")]
Method = Annotated[str, typer.Option(help="full, lora or qlora.")]
Optimizer = Annotated[str, typer.Option(help="sgd, adam, adamw ...")]
Checkpointing = Annotated[bool, typer.Option(help="Gradient checkpointing.")]


def _show(result: Any, as_json: bool, render: Callable[[Any], None]) -> None:
    if as_json:
        from rigwright.report.jsonout import dumps

        typer.echo(dumps(result))
    else:
        render(result)


@app.command()
def plan(
    goal: Goal = Path("examples/today/goal.toml"),
    as_json: Json = False,
    as_of: AsOf = None,
    chart: Annotated[
        Path | None, typer.Option(help="Draw price against time: .png, .svg or .html")
    ] = None,
) -> None:
    """Design the machine for a goal.

    Example: rigwright plan examples/2016-desktop/goal.toml --chart frontier.png
    """
    from rigwright.plan.planning import plan_goal
    from rigwright.report.plan import show

    result = plan_goal(goal, as_of)
    _show(result, as_json, show)
    if chart:
        from rigwright.report.charts import save_frontier

        save_frontier(result, chart)
    raise typer.Exit(0 if result.chosen else 1)


@app.command()
def check(
    build: Annotated[Path | None, typer.Argument(help="Build file or pasted parts list.")] = None,
    as_json: Json = False,
    cases: Annotated[
        Path | None, typer.Option(help="JSON lines, each naming one rule and its parts.")
    ] = None,
    brief: Annotated[bool, typer.Option(help="Leave out what is ok.")] = False,
) -> None:
    """Check that the parts of a build work together.

    Exit code 0 buildable, 1 conflict, 2 bad input, 3 only unknowns.

    Example: rigwright check examples/2016-desktop/build.toml
    """
    import rigwright.plan.checking as checking

    if cases:
        for line in checking.check_cases(cases):
            typer.echo(line)
        return
    result = checking.check_file(build)
    if as_json:
        _show({"findings": result.findings}, True, lambda _: None)
    else:
        from rigwright.report.findings import show

        show(result, brief=brief)
    raise typer.Exit(result.exit_code)


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
    batch: Annotated[
        Path | None, typer.Option(help="JSON lines to answer one by one (- for stdin).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Predict step time and memory of one model on one GPU, or of many questions.

    Example: rigwright predict resnet50 --gpu "GTX 1070" --batch-size 32 --precision fp32
    """
    import rigwright.plan.predicting as predicting

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
    }
    result = predicting.predict_one({**values, "gpu": gpu, "gpu_count": gpus})
    from rigwright.report.prediction import show

    _show(result, as_json, show)


@app.command()
def compare(
    gpu: Annotated[list[str], typer.Argument(help="Two or more GPU names.")],
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
    """
    from rigwright.plan.comparing import compare_chips
    from rigwright.report.prediction import show_comparison

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
    _show(compare_chips(gpu, values, as_of), as_json, show_comparison)


@app.command()
def rent(
    goal: Goal = Path("examples/today/goal.toml"),
    build: Annotated[
        Path | None, typer.Option(help="Own this build instead of the planned one.")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Compare owning the machine with renting one: break-even in hours and months.

    Example: rigwright rent examples/2016-desktop/goal.toml
    """
    from rigwright.plan.renting import rent_goal
    from rigwright.report.rent import show

    _show(rent_goal(goal, build, as_of), as_json, show)


@app.command()
def parts(
    kind: Annotated[str, typer.Argument(help="chip, card, cpu, board, cooler, ram, drive ...")],
    words: Annotated[list[str] | None, typer.Argument(help="Words of the name.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Search the catalogue.

    Example: rigwright parts card 1070
    """
    from rigwright.plan.searching import search
    from rigwright.report.parts import show

    _show(search(kind, " ".join(words or ()), as_of), as_json, show)


def main() -> None:
    """Entry point: user errors are one line on stderr and exit code 2."""
    try:
        app()
    except RigwrightError as error:
        typer.echo(f"rigwright: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
