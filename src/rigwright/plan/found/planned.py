"""What was planned, held beside what was found, and what a fault costs the plan's own run."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rigwright.bringup.found import Found, FoundPart
from rigwright.catalog.buildfile import build_of_parts, read_build
from rigwright.catalog.identify import identify
from rigwright.catalog.source import by_id
from rigwright.plan.ask import hosts
from rigwright.plan.ask.questions import row_of
from rigwright.plan.found.machine import worked
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.spec.tables.userfile import read_user_text

ALLOWED = "the output of rigwright plan GOAL --json with a chosen machine, or a build file"


Planned = tuple[Build, Run | None]
"""A build, and the run that a fault is weighed by; None where the file names none."""


def _chip(build: Build) -> Chip | None:
    return by_id(Chip).get(build.cards[0].chip) if build.cards else None


def read_planned(path: Path) -> Planned:
    """A plan (``plan --json``), a build file or a pasted list. Raises InputError."""
    text = read_user_text(path, "a plan or build file", encoding="utf-8-sig")
    if text.lstrip()[:1] != "{":
        return read_build(path), None
    return planned_of(text, str(path))


def planned_of(text: str, where: str) -> Planned:
    """What ``plan --json`` prints. Raises InputError."""
    try:
        data = json.loads(text)
        parts = data["chosen"]["parts"]
        listed = [{"category": p["kind"], "name": p["name"], "qty": p["count"]} for p in parts]
        said = {k: v for k, v in data["run"].items() if v is not None and not isinstance(v, dict)}
        cap_w = data["chosen"].get("power_cap_w")
        build = replace(build_of_parts(listed), gpu_power_cap_w=cap_w and float(cap_w))
        return build, row_of(said)[0]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(where, "plan", " ".join(text.split())[:40], ALLOWED) from None


def planned_facts(plan: Planned, found: Found, cards: Sequence[FoundPart]) -> FoundPart:
    """What was planned, and the same of what was found, for the checks of ``verdicts.toml``."""
    build, chip = plan[0], _chip(plan[0])
    name = str(found.one("cpu")["name"] or "")
    return worked(
        FoundPart("planned", {}), "planned_facts", "p", b=build, chip=chip, name=name, cards=cards,
        cpu=identify("cpu", name).part if name else None, ram_bytes=hosts.ram_bytes(build.ram),
        slots=hosts.slot_lanes(build.board, chip, len(build.cards)) if chip else None,
    )  # fmt: skip


def costs(plan: Planned, cards: Sequence[FoundPart]) -> dict[str, str]:
    """Check -> what its fault costs the plan's run, by the predictor."""
    (build, run), chip = plan, _chip(plan[0])
    if run is None or chip is None:
        return {}
    machine = hosts.of_build(build, chip)
    lanes = min((c["lanes"] for c in cards if c["lanes"]), default=None)
    gens = [g for c in cards if (g := c["host_gen"] or c["gen_device"])]
    rate = hosts.pcie_bytes_per_s((float(min(gens)), int(lanes))) if lanes and gens else None
    caps = [c["limit_w"] for c in cards if c["limit_w"] and c["limit_w"] < chip.power_limit_w]
    changed = {"gpu_link": replace(machine, pcie_bytes_per_s=rate)} if rate else {}
    changed |= {"gpu_power_limit": replace(machine, power_cap_w=min(caps))} if caps else {}
    try:
        base = predict_run(run, machine).step_s
        found = {check: predict_run(run, m).step_s / base - 1 for check, m in changed.items()}
    except RigwrightError:
        return {}
    return {k: f"this run {100 * v:.0f} % slower" if v >= 0.005 else "nothing to this run"
            for k, v in found.items()}  # fmt: skip
