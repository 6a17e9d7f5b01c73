"""When nothing fits: which demands clash, and the nearest change that helps, in words."""

from __future__ import annotations

from dataclasses import replace

from rigwright.choose import explain as reasons
from rigwright.choose.problem import Option
from rigwright.choose.search import Search, solve_all
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.candidates import Market, market, options, problem
from rigwright.plan.machine.results import Change
from rigwright.plan.speed import vram
from rigwright.spec.parts import Chip

GIB = 1024**3
Explained = tuple[tuple[str, ...], tuple[Change, ...]]


def explain(goal: Goal, m: Market, found: tuple[Option, ...], search: Search) -> Explained:
    """(demands that clash, changes that help), nearest change first."""
    task = search.problem
    if not task.options:
        return _nothing_carries(goal, found)
    empty = [kind for kind, pool in task.candidates.items() if not pool]
    if empty:
        words = f"no {', '.join(empty)} is sold on this day within the limits"
        return (words,), (Change("set limits.used", "second-hand parts are taken too"),)
    got = reasons.explain(search)
    clash = ", ".join(_reason(goal, r) for r in got.conflict) or "the rules alone"
    changes = [_change(goal, c) for c in got.changes]
    second_hand = _second_hand(goal)
    return (clash,), tuple([*changes, second_hand] if second_hand else changes)


def _reason(goal: Goal, reason: reasons.Reason) -> str:
    words = {
        "budget": f"budget.usd {goal.budget.usd:,.0f}",
        "unknown": "every fit must be proven (limits.allow_unknown = false)",
        "memory": "the run must fit the GPU",
        "rule": f"rule {reason.name}",
        "demand": reason.name,
    }
    return words[reason.kind]


def _change(goal: Goal, change: reasons.Change) -> Change:
    choice = change.choice
    gpu = f"{choice.option.count} x {choice.option.chip.name}"
    helps = f"then {gpu} for ${choice.cents / 100:,.2f}"
    if any(r.kind == "budget" for r in change.drops):
        what = f"raise the budget by ${change.extra_cents / 100:,.2f}"
        others = [r for r in change.drops if r.kind != "budget"]
    else:
        what, others = "", list(change.drops)
    if others:
        given_up = "give up " + " and ".join(_reason(goal, r) for r in others)
        what = f"{what} and {given_up}" if what else given_up
    if change.level is not None:
        helps = f"at most {change.level:g} can be had; {helps}"
    return Change(what, helps, change.extra_cents / 100 or None)


def _second_hand(goal: Goal) -> Change | None:
    """Whether second-hand prices bring a machine within the budget."""
    if goal.limits.used:
        return None
    used = goal.model_copy(update={"limits": goal.limits.model_copy(update={"used": True})})
    other = market(used)
    task = problem(used, other, options(used, other))
    found = [o.choice for o in solve_all(task, task.budget_cents) if o.choice is not None]
    if not found:
        return None
    best = min(found, key=lambda c: c.cents)
    gpu = f"{best.option.count} x {best.option.chip.name}"
    return Change(
        "allow second-hand prices (limits.used)", f"then {gpu} for ${best.cents / 100:,.2f}"
    )


def _nothing_carries(goal: Goal, found: tuple[Option, ...]) -> Explained:
    """No GPU that can be bought carries the run: memory, the step limit or the filters."""
    run = goal.workload.run()
    if not found:
        return (
            ("limits on the GPU and the day: no card of these vendors and sizes is sold",),
            (Change("widen limits.gpu_vendors, vram_gib_min or set limits.used", "more cards"),),
        )
    largest: Chip = max((o.chip for o in found), key=lambda c: c.vram_bytes)
    machine = of_chip(largest, run.tensor_parallel * run.pipeline_parallel)
    held = vram.held(run, machine)
    need = held.peak.bytes
    clash = (
        f"the run needs {need / GIB:.1f} GiB on one GPU; the largest that can be bought, "
        f"{largest.name}, has {largest.vram_bytes / GIB:.0f} GiB: "
        f"{held.verdict(largest)}"
    )
    if goal.limits.step_ms_max is not None:
        clash += f", or is slower than limits.step_ms_max {goal.limits.step_ms_max:g} ms"
    changes = []
    for words, smaller in (
        ("gradient checkpointing", replace(run, grad_checkpointing=True)),
        ("mixed precision (amp)", replace(run, precision="amp")),
        ("half the batch", replace(run, batch=max(run.batch // 2, 1))),
        ("batch 1", replace(run, batch=1)),
        ("LoRA", replace(run, method="lora")),
        ("QLoRA", replace(run, method="qlora")),
    ):
        if smaller == run:
            continue
        asked = vram.held(smaller, machine)
        used = asked.peak.bytes
        if used < need * 0.98:
            verdict = asked.verdict(largest)
            changes.append(Change(words, f"{used / GIB:.1f} GiB, {verdict}"))
    changes.sort(key=lambda c: "fits" not in c.helps)
    return (clash,), tuple(changes)
