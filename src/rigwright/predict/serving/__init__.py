"""Serving a decoder: one step, how cards share it, and what many users get of it."""

from rigwright.predict.serving.layout import Split, split_of
from rigwright.predict.serving.step import (
    MODES,
    TABLE,
    Traffic,
    case_of,
    range_name,
    rates,
    seconds,
    serve,
    serving_memory,
    serving_step,
)
from rigwright.predict.serving.users import held_run, reached, serve_users, too_slow
