"""Predicted step time of a model on a machine that nobody measured."""

from rigwright.predict.chipmodel import ChipTable, chip_table
from rigwright.predict.step import Prepared, StepTimes, prepare, step, times

__all__ = [
    "ChipTable", "Prepared", "StepTimes", "chip_table", "prepare", "step", "times",
]  # fmt: skip
