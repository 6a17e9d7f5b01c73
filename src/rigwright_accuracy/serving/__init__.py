"""Serving times: published runs, constants fitted on them, errors of predictions."""
