"""What scripts of one topic share: ``fit`` writes its constants, ``score`` prints its errors."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rigwright_accuracy.measured import SharedDataMissingError


def fit_or_score(topic: str, fit: Callable[[], None], section: Callable[[], str]) -> int:
    """Exit code: 2 with one line where the word or the measurements are missing."""
    if sys.argv[1:] not in (["fit"], ["score"]):
        given = " ".join(sys.argv[1:]) or "nothing"
        print(f"{topic}: given {given}; allowed: fit, score", file=sys.stderr)
        return 2
    try:
        if sys.argv[1:] == ["fit"]:
            fit()
        print(section())
    except SharedDataMissingError as error:
        print(f"{topic}: {error}", file=sys.stderr)
        return 2
    return 0
