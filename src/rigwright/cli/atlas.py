"""Every question of a grid at once, and the pages that show the answers."""

from pathlib import Path
from typing import Any

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import progress, show_result
from rigwright.spec.errors import InputError


@app.command()
@asks()
def atlas(
    what: list[str],
    output: Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    server: str = "http://127.0.0.1:8000",
    as_json: bool = False,
) -> None:
    """Answer every combination of a grid of goals into Parquet, going on after any stop; make
    pages of the answers: the best machine for each workload at each budget.

    Example: rigwright atlas examples/atlas/grid.toml -o answers

    Example: rigwright atlas report answers -o site
    """

    done: Any
    where = Path(what[-1])
    if len(what) == 1:
        from rigwright.plan.ask.examples import located
        from rigwright.plan.atlas.answers import fill

        folder = output or Path(f"{where.stem}-atlas")
        with progress() as step:
            done = fill(located(where), folder, workers, cluster, step)
    elif len(what) == 2 and what[0] == "report":
        from rigwright.report.pages.atlas import save

        done = save(where, output or where / "site", server)
    else:
        raise InputError("atlas", "WHAT", " ".join(what), "SPEC, or report FOLDER")
    show_result(done, as_json, "atlas")
