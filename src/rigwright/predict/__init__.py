"""Predicted step time of a model on a machine that nobody measured."""

from rigwright.predict.chipmodel import ChipTable, chip_table
from rigwright.predict.step import Prepared, StepTimes, prepare, step, times
