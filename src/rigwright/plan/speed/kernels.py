"""Use case: one kernel on one chip, a line of ``predict --batch`` with mode ``operation``."""

import math
from collections.abc import Mapping
from typing import Any

from rigwright.plan.ask.questions import RUN, chip_from, word_of
from rigwright.plan.ask.software import said_in_table
from rigwright.plan.speed.runs import chip_named
from rigwright.predict import alone
from rigwright.spec.errors import InputError

MODE = "operation"
MOST = 1e12


def _number(values: Mapping[str, Any], name: str) -> float:
    value = values[name]
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 < number <= MOST:
        raise InputError("line", name, value, "a number above 0, at most 10^12")
    return number


def answered(values: Mapping[str, Any]) -> dict[str, Any]:
    """Time of one kernel and what binds it.

    Raises InputError for an operation nobody knows and for sizes that are missing or no numbers.
    """
    op = str(values.get("op") or "").strip().lower()
    if op not in alone.SIZES:
        raise InputError("line", "op", values.get("op"), ", ".join(alone.SIZES))
    given = {name: value for name, value in values.items() if value not in (None, "")}
    for name in alone.SIZES[op]:
        if name not in given:
            needed = ", ".join(alone.SIZES[op])
            raise InputError("line", name, "nothing", f"a number: {op} needs {needed}")
    may_be = (*alone.SIZES[op], *alone.MAY_HAVE.get(op, ()))
    sizes = {name: _number(given, name) for name in may_be if name in given}
    chip = chip_from(given.get("gpu"), chip_named)
    said, asked = said_in_table(str(given.get("framework", ""))), RUN["precision"]
    errors = list(said.errors("line"))
    written = given.get("precision", asked.default)
    if (precision := word_of(asked, written)) is None:
        errors.append(InputError("line", "precision", written, ", ".join(asked.choices)))
    cap = _number(given, "power_cap_w") if "power_cap_w" in given else None
    got = alone.kernel(op, sizes, precision or asked.default, said.software, chip, cap)
    notes = [f"not used: {error}" for error in errors]
    return {"op": op, **got._asdict(), "notes": notes}
