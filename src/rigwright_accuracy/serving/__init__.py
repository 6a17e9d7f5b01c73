"""Serving times: published runs, constants calibrated on them, errors of predictions."""
