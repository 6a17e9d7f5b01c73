"""Score language models against published sizes: ``python tools/models_score.py``."""

from rigwright_accuracy.models.score import main

if __name__ == "__main__":
    raise SystemExit(main())
