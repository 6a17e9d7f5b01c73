"""Why a model cannot be traced, in one line: what happened, at which line, what to do."""

import re
from pathlib import Path

from rigwright.spec.tables.table import records
from rigwright.workload.trace import userline
from rigwright.workload.trace.unknowns import ValueNeededError


def explain(error: BaseException) -> tuple[str, str]:
    """(what happened, what to do)."""
    first = " ".join(next(iter(str(error).splitlines()), "").split())[:160]
    said = f"{type(error).__name__}: {first}"
    if isinstance(error, ValueNeededError):
        return str(error), error.advice
    if type(error).__name__ == "UnsupportedOperatorException" or "fake impl" in str(error):
        found = re.search(r"\w+::\w+|\w+\.\w+\.\w+", str(error))
        name = found[0] if found else "an operator"
        return (
            f"{name} has no rule for the shape of its result",
            "torch.library.register_fake for it, beside its definition",
        )
    if isinstance(error, ModuleNotFoundError):
        return f"module {error.name} is not installed", f"pip install {error.name}"
    if isinstance(error, MemoryError):
        return "not enough memory to build it", "build it under torch.device('meta')"
    for row in records(Path(__file__).parents[1] / "data" / "untraceable.csv"):
        if re.search(row["said"], said):
            return f"{row['what']} ({said})", row["advice"]
    return said, "code that runs on a CPU, with what depends on values taken out of forward"


def reason(error: BaseException) -> str:
    """What is wrong with code that does not run, with its line."""
    what, _ = explain(error)
    place = userline.of_error(error)
    return f"{what}; at {place}" if place else what


def message(name: str, error: BaseException) -> str:
    """The one line that a user reads."""
    what, advice = explain(error)
    place = getattr(error, "place", None) or userline.of_error(error)
    where = f"at {place}" if place else "in the backward pass or a library"
    return f"{name}: cannot be traced: {what}; {where}; try: {advice}"
