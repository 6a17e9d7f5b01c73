"""What is in the finished machine, and is it as planned?"""

from pathlib import Path
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Json, show_result

From = Annotated[
    Path | None, typer.Option("--from", help="Saved texts of tools: a file, a folder, or -.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write measurement.json.")]
AsBuild = Annotated[Path | None, typer.Option(help="Write a build file for check and upgrade.")]
Planned = Annotated[Path | None, typer.Argument(help="Output of plan --json, or a build file.")]
Symptom = Annotated[str | None, typer.Option(help="Checks for it, in order: 'NCCL hangs'.")]
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
    from rigwright.report.text.found import show_found
    from rigwright.spec.answer import dumps

    found = probing.probe(source)
    if output:
        output.write_text(dumps(found) + "\n", encoding="utf-8")
    if as_build:
        as_build.write_text(probing.as_build(found), encoding="utf-8")
    show_result(found, as_json, show_found)


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
    from rigwright.report.text.found import show_markdown, show_verified

    result = verified(probed(source), planned, symptom)
    show_result(result, as_json, show_markdown if markdown else show_verified)
    raise typer.Exit(result.exit_code)
