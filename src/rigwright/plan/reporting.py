"""Use case: everything about a goal in one value, for the report and the pages."""

from dataclasses import dataclass, replace

import rigwright.fit as fit
from rigwright.assemble import Layout
from rigwright.catalog.loose import MARK
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import lanes_each
from rigwright.plan.build.guiding import Guide, guide_of, layout_of
from rigwright.plan.machine.editing import read_parts
from rigwright.plan.machine.given.market import MACHINE
from rigwright.plan.machine.planning import as_planned, plan
from rigwright.plan.machine.results import Machined, PlanResult
from rigwright.plan.money.renting import rent_planned
from rigwright.plan.money.results import RentResult
from rigwright.spec.build import Build, Finding
from rigwright.spec.errors import RigwrightError


@dataclass(frozen=True, slots=True)
class Power:
    """Watts at everything's limit. shares : (what, W), W None where not known.

    psu_w : rating of the supply.  wall_w : from the wall.  circuit_w : what the circuit may carry
    for hours.
    """

    shares: tuple[tuple[str, float | None], ...]
    draw_w: float | None
    psu_w: float | None
    wall_w: float | None
    circuit_w: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A plan with what surrounds it; all but ``plan`` is missing where nothing was chosen.

    no_rent : why there is no comparison with renting.  measure : what nobody knows yet of the
    machine, with how to find out.
    """

    goal: Goal
    plan: PlanResult
    build: Build | None = None
    layout: Layout | None = None
    power: Power | None = None
    rent: RentResult | None = None
    no_rent: str = ""
    measure: tuple[Finding, ...] = ()
    guide: Guide | None = None


def report(goal: Goal, name: str = "goal", result: PlanResult | None = None) -> Report:
    """The report of a goal; ``result`` where it is planned already."""
    planned = plan(goal, name) if result is None else result
    chosen = planned.chosen
    if chosen is None:
        return Report(goal, planned)
    goal = as_planned(goal, planned)
    build = build_of(chosen, goal, name)
    rent, why = None, ""
    try:
        rent = rent_planned(goal, chosen, name)
    except RigwrightError as error:
        why = str(error)
    return Report(
        goal=goal, plan=planned, build=build, layout=layout_of(build, chosen.findings),
        power=power_of(build), rent=rent, no_rent=why,
        measure=tuple(f for f in chosen.findings if f.verdict == "unknown"),
        guide=guide_of(build, name),
    )  # fmt: skip


def build_of(machine: Machined, goal: Goal, name: str = "") -> Build:
    """The parts of a planned machine where the goal says it will stand."""
    parts = [(p.kind, p.name if p.name.endswith(MARK) else p.id, p.count) for p in machine.parts]
    build, _ = read_parts(parts)
    lanes = lanes_each(goal.workload.run(), goal.limits.gpu_count_max)
    owned = [p for p in machine.parts if p.owned]
    whole = {p.kind for p in owned}.issuperset(MACHINE)
    runs = tuple(p.id for p in owned for _ in range(p.count)) if whole else ()
    hung = goal.limits.gpu_count_max if goal.limits.open_frame else 0
    build = replace(build, whole=True, open_frame=hung > 0, risers=hung)
    site = replace(build, circuit=goal.circuit(), gpu_power_cap_w=machine.power_cap_w)
    return replace(site, name=name, lanes_each=lanes, runs=runs)


def power_of(build: Build) -> Power:
    """What the machine draws, against its supply and its circuit."""
    circuit, held = build.circuit, len(fit.supplies(build))
    return Power(
        shares=fit.draw_shares_w(build),
        draw_w=fit.draw_w(build),
        psu_w=sum(psu.watts or 0.0 for psu in fit.supplies(build)) or None,
        wall_w=fit.wall_w(build),
        circuit_w=fit.continuous_w(circuit) * min(circuit.number, held or 1) if circuit else None,
    )
