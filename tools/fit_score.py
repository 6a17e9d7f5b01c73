"""Score the rules on labelled cases and builds: ``python tools/fit_score.py [--db FILE]``."""

from rigwright_accuracy.rules.score import main

if __name__ == "__main__":
    main()
