"""Use case: one kernel on one chip, a line of ``predict --batch`` with mode ``operation``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rigwright.plan.ask.questions import RUN, chip_from, word_of
from rigwright.plan.ask.software import said_in_table
from rigwright.plan.speed.runs import chip_named
from rigwright.predict.alone import kernels
from rigwright.spec.errors import InputError

MODE = "operation"
MOST = 1e12


def _number(name: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 < number <= MOST:
        raise InputError("line", name, value, "a number above 0, at most 10^12")
    return number


def _sizes(op: str, values: Mapping[str, Any]) -> dict[str, float]:
    """The sizes that ``op`` needs, and those it may have. Raises InputError for a missing one."""
    found = {}
    for name in kernels.SIZES[op]:
        if values.get(name) in (None, ""):
            needed = ", ".join(kernels.SIZES[op])
            raise InputError("line", name, "nothing", f"a number: {op} needs {needed}")
        found[name] = _number(name, values[name])
    given = (name for name in kernels.MAY_HAVE.get(op, ()) if values.get(name) not in (None, ""))
    return found | {name: _number(name, values[name]) for name in given}


def answered(values: Mapping[str, Any]) -> dict[str, Any]:
    """Time of one kernel and what binds it.

    Raises InputError for an operation nobody knows and for sizes that are missing or no numbers.
    """
    op = str(values.get("op") or "").strip().lower()
    if op not in kernels.SIZES:
        raise InputError("line", "op", values.get("op"), ", ".join(kernels.SIZES))
    sizes, notes = _sizes(op, values), []
    chip = chip_from(values.get("gpu"), chip_named)
    software = said_in_table(str(values.get("framework") or ""))
    notes += [f"not used: {error}" for error in software.errors("line")]
    asked = RUN["precision"]
    written = values.get("precision") or asked.default
    precision = word_of(asked, written)
    if precision is None:
        error = InputError("line", "precision", written, ", ".join(asked.choices))
        notes.append(f"not used: {error}")
        precision = asked.default
    given = values.get("power_cap_w")
    cap = _number("power_cap_w", given) if given not in (None, "") else None
    got = kernels.kernel(op, sizes, precision, software.software, chip, cap)
    return {
        "op": op, "step_ms": got.seconds * 1e3, "low_ms": got.low_s * 1e3,
        "high_ms": got.high_s * 1e3, "bound": got.bound, "shares": got.shares,
        "notes": [*notes, *got.notes],
    }  # fmt: skip
