"""Use case: what this machine does when it works, kept beside what is in it."""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rigwright.bringup.found import Found
from rigwright.bringup.joining import joined
from rigwright.plan.ask.examples import example
from rigwright.plan.ask.questions import run_of
from rigwright.plan.found.machine import CHECKS, card_facts, machine_facts
from rigwright.plan.found.planned import read_planned
from rigwright.plan.found.probing import found_in
from rigwright.spec.errors import InputError
from rigwright.spec.tables.worded import expressions, worded

WORKER, MINUTES_MAX = "bench/worker.py", 24 * 60
QUESTION = "Lower the power limit of card 0 in steps for two minutes? It is put back at the end."


def run_of_bench(planned: Path | None, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """What one card runs: what was said, else its share of the plan's run. Raises InputError."""
    plan = read_planned(planned) if planned and not said else None
    run = run_of(said, "bench") if said else plan and plan[1]
    cards = (plan and len(plan[0].cards)) or 1
    return {**asdict(run), "batch": -(-run.batch // cards), "software": None} if run else None


def may_change(found: Found, agree: Callable[[str], bool]) -> None:
    """Raises InputError where power limits are not to be changed: no machine for it, or a no."""
    whole = joined(found)
    cards = [card_facts(card) for card in whole.of("gpu")]
    names = {"m": machine_facts(whole, cards), "cards": cards}
    why = ", ".join(entry["why"] for entry in worded(CHECKS, "no_caps", **names))
    if why or not agree(QUESTION):
        raise InputError("bench", "--caps", why or "no", "a yes, where nobody else works")


def bench(
    found: Found, asked: Mapping[str, Any], python: str, tell: Callable[[str], None]
) -> Iterator[Found]:
    """The machine with one more measurement each time, so that what was measured is never lost.

    asked : as the worker has it.  python : that has torch, where any has. Raises InputError.
    """
    folder, minutes = asked["folder"], asked["minutes"]
    if not Path(folder).is_dir() or not 0 <= minutes <= MINUTES_MAX:
        given, allowed = f"{folder}, {minutes:g}", f"a folder that exists, 0 to {MINUTES_MAX}"
        raise InputError("bench", "--folder, --minutes", given, allowed)
    ask = [python, str(example(WORKER)), json.dumps(asked)]
    with subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) as worker, ExitStack() as stop:
        stop.callback(worker.terminate)  # whoever is stopped here does not wait for its end
        for line in worker.stdout or ():
            more = found_in([line]).parts
            found = replace(found, parts=(*found.parts, *more))
            if more:
                yield found
            elif line.startswith('{"doing"'):
                tell(json.loads(line)["doing"])
        stop.pop_all()
    if worker.returncode:
        ended = f"the worker ended with {worker.returncode}: what follows was not measured"
        more = found_in([json.dumps({"bench": "worker", "note": ended})]).parts
        yield replace(found, parts=(*found.parts, *more))


def row(found: Found) -> str:
    """The user's run as a row of measurements, without names of files. Raises InputError."""
    step = next((p for p in found.of("bench") if p["name"] == "step" and p["value"]), None)
    if step is None:
        raise InputError("bench", "--share", "no step", "a run that was measured: --model NAME")
    one = joined(found).one
    cells = {name: cell(r=step, one=one) for name, cell in expressions(CHECKS, "shared").items()}
    csv.writer(out := io.StringIO(), lineterminator="\n").writerows((cells, cells.values()))
    return out.getvalue()
