"""Score language models against published sizes: ``python tools/models_score.py``."""

from __future__ import annotations

import sys

from rigwright_accuracy.measured import SharedDataMissingError
from rigwright_accuracy.models.score import section


def main() -> int:
    """Score and print."""
    try:
        text = section()
    except SharedDataMissingError as error:
        print(f"models: {error}", file=sys.stderr)
        return 2
    print(text)
    return int("  crossed:" in text)


if __name__ == "__main__":
    raise SystemExit(main())
