"""Step times: measured rows as prepared work, constants fitted on them, errors of predictions."""
