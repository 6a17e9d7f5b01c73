"""What is in the finished machine, and is it as planned?"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import RUN, asks
from rigwright.cli.options import Json, show_result

MORE = "The measurement"
From = Annotated[
    Path | None, typer.Option("--from", help="Saved texts of tools: a file, a folder, or -.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write measurement.json.")]
AsBuild = Annotated[Path | None, typer.Option(help="Write a build file for check and upgrade.")]
Planned = Annotated[Path | None, typer.Argument(help="Output of plan --json, or a build file.")]
Symptom = Annotated[str | None, typer.Option(help="Checks for it, in order: 'NCCL hangs'.")]
Folder = Annotated[Path, typer.Option(help="On the drive of the data.", rich_help_panel=MORE)]
Caps = Annotated[bool, typer.Option("--caps", help="Best power limit.", rich_help_panel=MORE)]
Share = Annotated[Path | None, typer.Option(help="Write an anonymous row.", rich_help_panel=MORE)]
Kept = Annotated[Path, typer.Option("--output", "-o", rich_help_panel=MORE)]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print a table for a post.")]


@app.command()
def probe(
    source: From = None, output: Output = None, as_build: AsBuild = None, as_json: Json = False
) -> None:
    """Say what is in this machine, or in the one that saved texts speak of. No root needed.

    Serial numbers, names and addresses are not kept.

    Example: rigwright probe -o measurement.json --as-build mine.toml

    Example: nvidia-smi -q | rigwright probe --from -
    """
    from rigwright.plan.found import probing
    from rigwright.spec.answer import dumps

    found = probing.probe(source)
    if output:
        output.write_text(dumps(found) + "\n", encoding="utf-8")
    if as_build:
        as_build.write_text(probing.as_build(found), encoding="utf-8")
    show_result(found, as_json, "found")


@app.command()
def verify(
    planned: Planned = None,
    source: From = None,
    symptom: Symptom = None,
    as_json: Json = False,
    markdown: Markdown = False,
) -> None:
    """Hold the finished machine, or saved texts of one, against its plan and against itself.

    Exit code 0: as planned; 1: faults; 3: something could not be told.

    Example: rigwright verify plan.json

    Example: rigwright verify --from dmidecode.txt
    """
    from rigwright.plan.found.probing import probe as probed
    from rigwright.plan.found.verifying import verify as verified
    from rigwright.report.text.told import written

    result = verified(probed(source), planned, symptom)
    if markdown and not as_json:
        typer.echo(str(written("markdown", result)).rstrip("\n"))
    else:
        show_result(result, as_json, "verified")
    raise typer.Exit(result.exit_code)


@app.command()
@asks(RUN)
def bench(
    planned: Planned = None,
    minutes: Annotated[float, typer.Option(help="Soak: all cards at work for so long.")] = 0.0,
    python: Annotated[str | None, typer.Option(help="A Python that has torch.")] = None,
    folder: Folder = Path(),
    caps: Caps = False,
    share: Share = None,
    output: Kept = Path("measurement.json"),
    *,
    said: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Measure this machine: memory, drive, processor, cards by torch, and your own run.

    What is measured stands beside what is predicted, and in the file, also when it is stopped.

    Example: rigwright bench plan.json --minutes 30 --python ~/torch/bin/python

    Example: rigwright bench --model net.py:make --batch-size 32
    """
    from rigwright.plan.found import benching, probing
    from rigwright.plan.found.verifying import verify as verified
    from rigwright.report.console import progress
    from rigwright.spec.answer import dumps

    run, found = benching.run_of_bench(planned, said), probing.probe()
    if caps:
        benching.may_change(found, typer.confirm)
    asked = {"run": run, "minutes": minutes, "folder": str(folder), "caps": caps}
    with progress() as tell:
        try:
            for found in benching.bench(found, asked, python or sys.executable, tell):  # noqa: B020
                output.write_text(dumps(found) + "\n", encoding="utf-8")
        except KeyboardInterrupt:
            typer.echo(f"rigwright: stopped; what was measured is in {output}", err=True)
    if share:
        share.write_text(benching.row(found), encoding="utf-8")
    result = verified(found, planned)
    show_result(result, as_json, "verified")
    raise typer.Exit(result.exit_code)
