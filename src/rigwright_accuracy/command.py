"""What scripts of a topic share: ``calibrate`` writes its constants, ``score`` prints errors."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rigwright_accuracy.errors import Score, Skipped, report
from rigwright_accuracy.measured import SharedDataMissingError


def calibrate_or_score(
    topic: str,
    calibrate: Callable[[], None],
    scores: Callable[[], tuple[list[Score], list[Skipped]]],
) -> int:
    """Exit code: 2 with one line where the word or the measurements are missing."""
    if sys.argv[1:] not in (["calibrate"], ["score"]):
        given = " ".join(sys.argv[1:]) or "nothing"
        print(f"{topic}: given {given}; allowed: calibrate, score", file=sys.stderr)
        return 2
    try:
        if sys.argv[1:] == ["calibrate"]:
            calibrate()
        print(report(*scores()))
    except SharedDataMissingError as error:
        print(f"{topic}: {error}", file=sys.stderr)
        return 2
    return 0
