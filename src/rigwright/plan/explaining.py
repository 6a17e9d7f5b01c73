"""When nothing fits: which demands clash, and the nearest change that helps."""

from __future__ import annotations

from dataclasses import replace

from rigwright.choose.problem import Option, Outcome, Problem
from rigwright.choose.search import Search
from rigwright.plan.candidates import Market, options, problem
from rigwright.plan.goal import Goal
from rigwright.plan.machine import of_chip
from rigwright.plan.predicting import operations
from rigwright.plan.results import Change
from rigwright.predict.memory import memory
from rigwright.spec.parts import Chip

GIB = 1024**3
Explained = tuple[tuple[str, ...], tuple[Change, ...]]


def _cheapest(task: Problem) -> int | None:
    """Cents of the cheapest machine of any option, whatever the budget."""
    search = Search(task)
    best: int | None = None
    for option in task.options:
        outcome = search.solve(option, None if best is None else best - 1)
        if outcome.choice is not None:
            best = outcome.choice.cents
    return best


def explain(
    goal: Goal, m: Market, found: tuple[Option, ...], task: Problem, outcomes: tuple[Outcome, ...]
) -> Explained:
    """(demands that clash, changes that help), nearest change first."""
    if not task.options:
        return _nothing_carries(goal, found)
    prices = [o.choice.cents for o in outcomes if o.choice is not None]
    if prices:
        need = min(prices) / 100
        gap = need - goal.budget.usd
        first = Change(
            "raise the budget", f"the cheapest proven machine costs ${need:,.2f}", usd=gap
        )
        changes = [first, *_relaxed(goal, m, task)]
        clash = f"budget.usd {goal.budget.usd:,.0f} and {_active(task)}"
        return (clash,), tuple(changes)
    changes = _relaxed(goal, m, task)
    blocked = sorted({o.blocked_by for o in outcomes if o.blocked_by})
    return (f"{_active(task)}; stopped by {', '.join(blocked)}",), tuple(changes)


def _active(task: Problem) -> str:
    return ", ".join(d.name for d in task.demands) or "the rules"


def _relaxed(goal: Goal, m: Market, task: Problem) -> list[Change]:
    """Each demand dropped alone: those that bring a machine within the budget."""
    budget = task.budget_cents or 0
    trials: list[tuple[str, Problem]] = [
        (f"drop {d.name}", replace(task, demands=tuple(o for o in task.demands if o is not d)))
        for d in task.demands
    ]
    if not task.allow_unknown:
        words = "allow parts whose fit a missing fact leaves open (limits.allow_unknown)"
        trials.append((words, replace(task, allow_unknown=True)))
    if not goal.limits.used:
        second_hand = goal.model_copy(
            update={"limits": goal.limits.model_copy(update={"used": True})}
        )
        from rigwright.plan.candidates import market

        other = market(second_hand)
        trials.append(
            ("allow second-hand prices (limits.used)",
             problem(second_hand, other, options(second_hand, other)))
        )  # fmt: skip
    found = []
    for words, trial in trials:
        cents = _cheapest(trial)
        if cents is not None and cents <= budget:
            found.append(Change(words, f"then a machine costs ${cents / 100:,.2f}"))
    return found


def _nothing_carries(goal: Goal, found: tuple[Option, ...]) -> Explained:
    """No GPU that can be bought carries the run: memory, the step limit or the filters."""
    run = goal.workload.run()
    if not found:
        return (
            ("limits on the GPU and the day: no card of these vendors and sizes has a price",),
            (Change("widen limits.gpu_vendors, vram_gib_min or price_age_days_max", "more cards"),),
        )
    largest: Chip = max((o.chip for o in found), key=lambda c: c.vram_bytes)
    ops = operations(run)
    need = memory(ops, run, of_chip(largest))[0]
    clash = (
        f"the run needs {need / GIB:.1f} GiB on one GPU; the largest that can be bought, "
        f"{largest.name}, has {largest.vram_bytes / GIB:.0f} GiB"
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
        used = memory(ops, smaller, of_chip(largest))[0]
        if used < need * 0.98:
            verdict = "fits" if used <= largest.vram_bytes else "still too much"
            changes.append(Change(words, f"{used / GIB:.1f} GiB, {verdict}"))
    changes.sort(key=lambda c: "fits" not in c.helps)
    return (clash,), tuple(changes)
