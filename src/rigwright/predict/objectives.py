"""What a training step learns from (``data/objectives.csv``): texts, pairs, its own answers."""

from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.run import Run
from rigwright.spec.tables.table import kept, keyed

ANSWER = 256
"""Tokens of an answer where the run does not say (TRL's GRPOConfig: max_completion_length)."""


@dataclass(frozen=True, slots=True)
class Objective:
    """sequences : of one item.  references : frozen models that read them too, copies of the
    weights unless adapters stand beside those.  readings : passes without gradients, a reference's
    and over prompts.  writes : a step writes its answers first."""

    name: str
    sequences: int
    references: int
    readings: int
    writes: bool


_objectives = kept(keyed, Objective, Path(__file__).parent / "data" / "objectives.csv", "name")


def objective_of(run: Run) -> Objective:
    """What a run learns from."""
    return _objectives()[run.objective]
