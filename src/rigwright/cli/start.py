"""Begin: write a goal file that explains itself."""

import sys
from pathlib import Path
from typing import Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import INIT, asks


@app.command()
@asks(INIT)
def init(
    path: Path = Path("goal.toml"),
    *,
    said: dict[str, Any],
    yes: bool = False,
    force: bool = False,
) -> None:
    """Write a goal file with every key explained; on a terminal what is not said is asked.

    Example: rigwright init --model llama-3-8b --mode train --budget 3000 --country DE --yes
    """
    from rigwright.plan.machine.goals import start
    from rigwright.spec.errors import InputError, unreadable

    if path.exists() and not force:
        raise InputError("init", "PATH", str(path), "a file that is not there yet", "--force")
    if sys.stdin.isatty() and not yes:
        said = _asked(said)
    text = start(said, str(path))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unreadable(path, "file", error, "a place to write to") from None
    typer.echo(f"written: {path}; next: rigwright plan {path}")


def _asked(said: dict[str, Any]) -> dict[str, Any]:
    """What flags leave open, asked one by one; Enter takes what stands in brackets.

    A wrong answer is told at once and asked again. Raises RigwrightError for what flags say.
    """
    from rigwright.plan.machine.goals import BUDGET_USD, MODEL, start
    from rigwright.spec.errors import RigwrightError

    start(said, "")
    found = dict(said)
    for name, question, usual in (
        ("model", "Which model", MODEL),
        ("mode", "train or serve", "train"),
        ("budget", "USD for the parts", str(BUDGET_USD)),
        ("own", "Parts you have, separated by ;", ""),
        ("country", "Country", "US"),
    ):
        while name not in found:
            answer = typer.prompt(question, default=usual, show_default=bool(usual))
            many = [part.strip() for part in answer.split(";") if part.strip()]
            try:
                start({**found, name: many if name == "own" else answer}, "")
            except RigwrightError as error:
                typer.echo(f"rigwright: {error}", err=True)
            else:
                found[name] = many if name == "own" else answer
    return {name: value for name, value in found.items() if value not in ("", [])}
