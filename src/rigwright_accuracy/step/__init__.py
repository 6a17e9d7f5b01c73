"""Step times: measured rows as prepared work, constants from them, errors of predictions."""
