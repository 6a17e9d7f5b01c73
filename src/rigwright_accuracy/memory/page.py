"""Fit and score peak memory on published measurements.

    python tools/memory_accuracy.py fit      # writes src/rigwright/predict/data/memory.csv
    python tools/memory_accuracy.py score    # errors on models and sources that were not fitted

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import sys

from rigwright_accuracy import measured
from rigwright_accuracy.memory import fitting as memoryfit
from rigwright_accuracy.memory import runs as memoryruns
from rigwright_accuracy.memory import score as memoryscore


def section() -> str:
    """The Markdown of the page on accuracy. Raises SharedDataMissingError."""
    found = memoryruns.rows()
    return memoryscore.section(found, memoryfit.held_out(memoryruns.scored(found)))


def main() -> int:
    """Fit or score."""
    try:
        if sys.argv[1:] == ["fit"]:
            memoryfit.write(memoryfit.fit(memoryruns.scored(memoryruns.rows())))
        print(section())
    except measured.SharedDataMissingError as error:
        print(f"memory: {error}", file=sys.stderr)
        return 2
    return 0
