"""Score name resolution: ``python tools/names_score.py [--db FILE] [--list COLUMN]``."""

from rigwright_accuracy.names.score import main

if __name__ == "__main__":
    raise SystemExit(main())
