"""How good the chosen layout of a training run is: ``python tools/layouts_score.py``.

Published runs of one model on the same GPUs in several layouts: of each group the layout that the
predictor would take (the simplest within what it resolves) against the best measured one. Those of
a group are compared by time for a sequence; the second table also keeps the batch. Exit 2 when the
measurements (RIGWRIGHT_SHARED) are not there.
"""

import statistics
from collections import defaultdict

from rigwright.plan.speed.layouts import RESOLVED, simplest
from rigwright.predict.constants import shipped
from rigwright.spec.errors import RigwrightError
from rigwright_accuracy.training.score import HELD_OUT, MPT, held_out, predict, rows, stacked

NEAR = 0.05


def main() -> int:
    """Print groups within 5 % of the best measured layout, of all, and what is lost on average."""
    try:
        found = [row for row in rows()[0] if row.source.startswith(("vTrain", MPT))]
    except RigwrightError as error:
        print(error)
        return 2
    cases = stacked(found)
    said = {
        "shipped constants": predict(cases, shipped("training")),
        "constants that never saw the model's size": held_out(
            found, cases, HELD_OUT["unseen model size"]
        ),
    }
    for name, seconds in said.items():
        for batch in (False, True):
            groups = defaultdict(list)
            for row, s in zip(found, seconds, strict=True):
                key = (row.source, row.run.model, row.machine.chip.id, row.machine.gpu_count)
                more = (row.run.seq_len, row.run.batch if batch else 0)
                groups[key + more].append((s / row.run.batch, row.step_s / row.run.batch, row))
            several = [group for group in groups.values() if len(group) > 1]
            lost = [_lost(group) for group in several]
            good = sum(share <= NEAR for share in lost)
            by = "model, GPUs and batch" if batch else "model and GPUs"
            print(f"{name}, groups by {by}: {good} of {len(lost)} ({good / len(lost):.0%}) within "
                  f"{NEAR:.0%}, mean loss {statistics.mean(lost):.1%}")  # fmt: skip
    return 0


def _lost(group: list) -> float:
    """What the chosen layout's measured step is over the best one's."""
    least = min(predicted for predicted, _, _ in group)
    near = [one for one in group if one[0] <= least * (1 + RESOLVED)]
    chosen = min(near, key=lambda one: (simplest(one[2].run), one[0]))
    return chosen[1] / min(measured for _, measured, _ in group) - 1


if __name__ == "__main__":
    raise SystemExit(main())
