"""Use case: step time and memory of one run, or of many lines of questions."""

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rigwright.plan.ask import questions
from rigwright.plan.ask.datasets import job_of, row_job
from rigwright.plan.ask.software import said_in_table
from rigwright.plan.speed.feeding import timed, uncounted
from rigwright.plan.speed.layouts import keys, layouts
from rigwright.plan.speed.results import Predicted
from rigwright.plan.speed.runs import cards_said, chip_named, model_of
from rigwright.predict import alone
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import answers, bounded_lines, user_lines

# -- one kernel on one chip, a line with mode ``operation`` --------------------------------
OPERATION = "operation"
MOST = 1e12


def _number(values: Mapping[str, Any], name: str, least: float = 1.0) -> float:
    value = values[name]
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    whole = name == "gpu_count"
    if not least <= number <= MOST or (whole and number != int(number)):
        allowed = f"a {'whole ' * whole}number of at least {least:g}, at most 10^12"
        raise InputError("line", name, value, allowed)
    return number


def kernel_answer(values: Mapping[str, Any]) -> dict[str, Any]:
    """Time of one kernel and what binds it.

    Raises InputError for an operation nobody knows and for sizes that are missing or no numbers.
    """
    op = str(values.get("op") or "").strip().lower().replace("-", "_").replace(" ", "_")
    if op not in alone.SIZES:
        raise InputError("line", "op", values.get("op"), ", ".join(alone.SIZES))
    nothing = ("", "none", "null")  # but of a GPU: a processor
    given = {n: v for n, v in values.items() if n == "gpu" or str(v).strip().lower() not in nothing}
    for name in alone.SIZES[op]:
        if name not in given:
            needed = ", ".join(alone.SIZES[op])
            raise InputError("line", name, "nothing", f"a number: {op} needs {needed}")
    may_be = (*alone.SIZES[op], *alone.MAY_HAVE.get(op, ()))
    sizes = {name: _number(given, name) for name in may_be if name in given}
    chip = questions.chip_from(given.get("gpu"), chip_named)
    said, asked = said_in_table(str(given.get("framework", ""))), questions.RUN["precision"]
    errors = list(said.errors("line"))
    written = given.get("precision", asked.default)
    if (precision := questions.word_of(asked, written)) is None:
        errors.append(InputError("line", "precision", written, ", ".join(asked.choices)))
    cap = _number(given, "power_cap_w") if "power_cap_w" in given else None
    got = alone.kernel(op, sizes, precision or asked.default, said.software, chip, cap)
    notes = [f"not used: {error}" for error in errors]
    return {"op": op, **got._asdict(), "notes": notes}


GIB = 1024**3


def predict_one(values: dict[str, Any]) -> Predicted:
    """Answer one question. Raises RigwrightError for what is not known or does not apply."""
    run = questions.run_of(values, "predict")
    name, said = cards_said(values.get("gpu"), values)
    machine = questions.machine_of(said, questions.chip_from(name, chip_named), run, "predict")
    chip = machine.chip
    job = job_of(values, run, "predict")
    found = timed(run, machine, job)
    p = found.prediction
    if job.data is None:
        p = replace(p, notes=(*p.notes, *uncounted(run)))
    laid = [f"{keys(r)}: {q.step_s:.3g} s, {q.bound} binds" for r, q in layouts(run, machine)[:3]]
    words = f"layouts that fit, the one to take first: {'; '.join(laid)}"
    p = replace(p, notes=(*p.notes, words)) if laid else p
    return Predicted(
        run, chip.name, machine.gpu_count, chip.vram_bytes, p, found.feed, found.job_hours,
        found.job, model_of(run),
    )  # fmt: skip


def _line(values: dict[str, Any]) -> dict[str, Any]:
    if str(values.get("mode", "")).strip().lower() == OPERATION:
        return kernel_answer(values)
    run, notes = questions.row_of(values)
    chip = questions.chip_from(values.get("gpu"), chip_named)
    machine, more = questions.row_machine(values, chip, run)
    job, of_job = row_job(values, run)
    found = timed(run, machine, job)
    p = found.prediction
    model = model_of(run)
    other = {"model_resolved": model.resolved} if model.resolved != model.name else {}
    hours = {} if found.job_hours is None else {"job_hours": found.job_hours}
    told = {} if p.users is None else asdict(p.users)
    users = {f"{n[:-1]}ms": s * 1e3 for n, s in told.items() if n.endswith("_s")}  # ttft_ms ...
    users |= {n: value for n, value in told.items() if not n.endswith("_s")}
    return {
        "step_ms": p.step_s * 1e3,
        "throughput": p.throughput,
        "unit": p.unit,
        "memory_gib": p.memory_bytes / GIB,
        "fits": p.fits,
        "bound": p.bound,
        "shares": p.shares,
        "low_ms": p.low_s * 1e3,
        "high_ms": p.high_s * 1e3,
        **users,
        **hours,
        "model": asdict(model),
        **other,
        "notes": [*notes, *more, *of_job, *p.notes],
    }


def predict_batch(path: Path) -> Iterator[str]:
    """One JSON line per line of ``path`` (``-`` reads standard input)."""
    if str(path) == "-":
        lines = bounded_lines(sys.stdin, "-", "--batch")
    else:
        hint = "--batch-size" if str(path).isdigit() else ""
        lines = user_lines(path, "--batch", "JSON lines", hint)
    yield from answers(lines, _line)
