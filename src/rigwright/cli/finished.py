"""What is in the finished machine, and is it as planned?"""

import sys
from pathlib import Path
from typing import Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import RUN, asks
from rigwright.cli.options import show_result


@app.command()
@asks()
def probe(
    source: Path | None = None,
    output: Path | None = None,
    as_build: Path | None = None,
    as_json: bool = False,
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
@asks()
def verify(
    planned: Path | None = None,
    source: Path | None = None,
    symptom: str | None = None,
    as_json: bool = False,
    markdown: bool = False,
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
    planned: Path | None = None,
    minutes: float = 0.0,
    python: str | None = None,
    folder: Path = Path(),
    caps: bool = False,
    share: Path | None = None,
    output: Path = Path("measurement.json"),
    *,
    said: dict[str, Any],
    as_json: bool = False,
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
