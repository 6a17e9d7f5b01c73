"""Times that many users got of published engines, and what the formula says of them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from rigwright.plan.ask import hosts
from rigwright.plan.ask.software import said_in_table
from rigwright.predict import serving
from rigwright.predict.constants import Constants
from rigwright.predict.serving import users as loop
from rigwright.spec.operation import Array
from rigwright.spec.run import Run
from rigwright.workload import decoder
from rigwright_accuracy import measured
from rigwright_accuracy.errors import Judged, Label, Score

TABLE, SOURCE = "serving users", "serving_h100"


@dataclass(frozen=True)
class Loaded:
    """One measured load."""

    model: str
    engine: str
    chip: str
    cards: int
    question: loop.Question
    cases: list[dict[str, float]]
    ttft_s: float
    tpot_s: float

    @property
    def groups(self) -> tuple[str, ...]:
        """What it is scored among."""
        users = f"{self.question['users']:03.0f} users"
        return "all", self.model, self.engine, f"{self.cards} cards", users


def _row(cells: measured.Cells, names: measured.ChipNames) -> Loaded | str:
    chip, config = names.find(cells["gpu"]), decoder.find(cells["model"])
    if chip is None or config is None:
        return f"not known: {cells['gpu']}, {cells['model']}"
    if not cells["concurrency"]:
        return "number of users not published"
    words = {"seq_len": "isl", "gen_len": "osl"}
    names_ = ("concurrency", "tensor_parallel", "pipeline_parallel", "expert_parallel")
    counts = {name: int(cells[words.get(name, name)]) for name in (*words, *names_)}
    run = Run(
        model=cells["model"], mode="serve", precision=cells["precision"],
        software=said_in_table(cells["engine"]).software, **counts,  # type: ignore[arg-type]
    )  # fmt: skip
    machine = hosts.of_chip(chip, int(cells["gpu_count"]))
    posed = loop.posed(config, run, machine, loop.room_of(config, run, machine))
    times = (float(cells[name]) / 1e3 for name in ("ttft_ms", "tpot_ms"))
    return Loaded(cells["model"], cells["engine"], chip.id, machine.gpu_count, *posed, *times)


def rows() -> tuple[list[Loaded], Counter[str]]:
    """Loads of the table, and why others are left out. Raises SharedDataMissingError."""
    names = measured.ChipNames()
    found = [_row(cells, names) for cells in measured.read(SOURCE)]
    skipped = Counter(row for row in found if isinstance(row, str))
    return [row for row in found if not isinstance(row, str)], skipped


def stacked(found: list[dict[str, float]]) -> dict[str, Array]:
    """Numbers of many cases as arrays."""
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def _with_throughput(q: dict[str, Array], first: Any, token: Any) -> dict[str, Array]:
    whole = q["users"] * q["answer"] / (first + (q["answer"] - 1) * token)
    return {"ttft": first, "tpot": token, "throughput": whole}


@dataclass(frozen=True)
class Stacked:
    """Loads as arrays. measured : by ttft, tpot and throughput."""

    question: dict[str, Array]
    cases: tuple[dict[str, Array], ...]
    measured: dict[str, Array]

    @staticmethod
    def of(found: list[Loaded]) -> "Stacked":
        """Of some rows."""
        q = stacked([r.question for r in found])
        cases = tuple(stacked([r.cases[i] for r in found]) for i in range(3))
        times = (np.array([getattr(r, name) for r in found]) for name in ("ttft_s", "tpot_s"))
        return Stacked(q, cases, _with_throughput(q, *times))

    def predicted(self, c: Constants) -> dict[str, Array]:
        """As ``measured``."""
        plain, single, full = (sum(serving.seconds(case, c).values()) for case in self.cases)
        return _with_throughput(self.question, *loop.means(self.question, plain, single, full, c))

    def errors(self, c: Constants) -> dict[str, Array]:
        """Logarithms of predicted over measured."""
        return {name: np.log(x / self.measured[name]) for name, x in self.predicted(c).items()}


def scores(
    found: list[Loaded], told: dict[str, dict[str, Array]], widths: dict[str, float]
) -> list[Score]:
    """By what was held out (``told``), then by model, engine, cards and load."""
    truth, got = Stacked.of(found).measured, []
    models, chips = [r.model for r in found], [r.chip for r in found]
    for split, said in told.items():
        for name, half in widths.items():
            judged = Judged(said[name], truth[name], half, models, chips)
            for group in sorted({g for r in found for g in r.groups}):
                at = [i for i, r in enumerate(found) if group in r.groups]
                got.append(judged.score(Label(TABLE, split, group, name), at))
    return got
