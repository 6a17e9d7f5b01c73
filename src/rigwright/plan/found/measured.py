"""What was measured beside what is predicted, by term: the one home of that comparison."""

import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from rigwright.bringup.found import Found, FoundPart
from rigwright.catalog.buildfile import build_of_data
from rigwright.catalog.source import by_id
from rigwright.plan.ask import hosts
from rigwright.plan.ask.questions import row_of
from rigwright.plan.found.machine import CHECKS, DATA, worked
from rigwright.plan.found.planned import Planned
from rigwright.plan.found.probing import as_build
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict import alone, chipmodel, constants
from rigwright.predict.chip.processor import is_processor, processor_chip
from rigwright.predict.feed.cores import core_speed, host_scale
from rigwright.predict.feed.stages import decoder_of
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine
from rigwright.spec.software import Software
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import expressions


def measured_facts(
    found: Found, cards: Sequence[FoundPart], plan: Planned | None, m: FoundPart
) -> list[FoundPart]:
    """Every measurement with what the plan, else the parts that were found, let expect of it."""
    parts = found.of("bench")
    names = _names(_machine(found, plan, any(p["index"] is not None for p in parts)), parts)
    formulas = expressions(CHECKS, "expected").items() if names else ()
    wanted = {name: formula(**names) for name, formula in formulas}
    rows = {row["name"]: row for row in records(DATA / "bench.csv")}
    told = []
    for part in parts:
        about = {"row": rows.get(part["name"], {}), "want": wanted.get(part["name"])}
        about["card"] = next(iter(cards[int(part["index"] or 0) :]), {})
        told.append(worked(part, "bench_facts", "r", m=m, p=names.get("p"), **about))
    short = "; ".join(dict.fromkeys(part["short"] for part in told if part["short"]))
    return [part.plus(shorts=short) for part in told]


def _machine(found: Found, plan: Planned | None, cards: bool) -> Machine | None:
    """The machine of a plan, else of the parts that were found, or of its processor alone where no
    card worked; None where nobody knows the chip."""
    data = {} if plan else tomllib.loads(as_build(found))
    if not plan and not data["parts"]:
        return None
    build = plan[0] if plan else replace(build_of_data(data, "found"), gpu_power_cap_w=None)
    chip = by_id(Chip).get(build.cards[0].chip) if build.cards else None
    made = hosts.of_build(build, chip or processor_chip())
    if cards:
        return made if chip else None
    return replace(made, chip=processor_chip(made)) if build.cpu else None


def _names(x: Machine | None, parts: Sequence[FoundPart]) -> dict[str, Any]:
    """What the formulas of ``[expected]`` speak of; empty where no chip is known."""
    if x is None:
        return {}
    c, t, predicted = constants.shipped(), chipmodel.chip_table([x.chip]), None
    with suppress(RigwrightError, StopIteration):  # a run that is not to be predicted from here
        run, _ = row_of(next(part.facts for part in parts if part["model"]))
        predicted = predict_run(run, replace(x, gpu_count=1, gpu_link="none"))
    product = partial(alone.kernel, software=Software(), chip=x.chip, power_cap_w=x.power_cap_w)
    return {
        "x": x, "t": t, "rates": chipmodel.sustained(t, c), "core": core_speed(x), "p": predicted,
        "side": 2048 if is_processor(x.chip) else 8192, "kernel": product, "knee": None
        if is_processor(x.chip) else chipmodel.knee_w(x.chip, c),
        "host_scale": host_scale(x), "jpeg": decoder_of("pillow", "jpeg"),
    }  # fmt: skip
