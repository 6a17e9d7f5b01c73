"""Peak memory: published runs, constants calibrated on them, errors of predictions."""
