"""In words: why these cards, what they give up, why money is left, and what to do first."""

import math

from rigwright.catalog.prices.ledger import money, whole
from rigwright.choose.pool import every_card, met_by
from rigwright.choose.problem import Choice, Demand, Option, Outcome
from rigwright.choose.search import fastest_within
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.outfitting import RESOLVED, traded, waiting
from rigwright.plan.machine.results import Machined
from rigwright.spec.run import Prediction, Run

FASTEST = "limits.fastest = true takes the fastest"


def reason(goal: Goal, outcomes: tuple[Outcome, ...], best: Choice) -> str:
    """Why these cards: the fastest, or what was traded for a little speed."""
    budget = round(goal.parts_usd * 100)
    proven = [o.choice.cents for o in outcomes if o.choice is not None]
    paid = sum(cents <= budget for cents in proven)
    fastest, run = fastest_within(outcomes, budget), goal.workload.run()
    if fastest is not None and fastest is not best:
        words = traded(run, best, fastest)
        if waiting(run, fastest.option) > waiting(run, best.option):
            return f"{words}: the best of those that hold all users"
        paid_for = f"the better buy of the {paid} GPU choices that the budget pays"
        return f"{words}: {paid_for}; {FASTEST}"
    sure = not goal.limits.allow_unknown and best.build.with_told().parts() == best.build.parts()
    what = "proven" if sure else "contradicted by no rule"
    words = f"fastest (within {RESOLVED:.0%}) of the {paid} GPU choices that the budget pays"
    return f"{words}; {len(proven)} are {what}"


def given_up(demands: tuple[Demand, ...], machine: Choice) -> str:
    """What a good builder would want, all together, and what of it the machine gives up."""
    lacking = [d.name for d in demands if not met_by(machine, d)]
    if not lacking:
        return ""
    names = ", ".join(demand.name for demand in demands)
    all_of = f"all of {names}" if len(demands) > 1 else names
    return f"no machine within the budget has {all_of}; this one gives up {', '.join(lacking)}"


def missed(found: Prediction, run: Run) -> tuple[str, ...]:
    """Users of those asked for who wait because memory does not hold their contexts."""
    users, asked = found.users, run.concurrency or 1
    if users and not run.ttft_ms_max and users.users_max < asked:
        return (f"memory holds {users.users_max:,} of {asked:,} users at once, the others wait",)
    return ()


def why_left(goal: Goal, outcomes: tuple[Outcome, ...], best: Choice) -> str:
    """Why the rest of the budget buys nothing faster, and what the next step would be."""
    speed, budget = best.option.step_s or 0.0, goal.parts_usd * 100
    free = (o for o in outcomes if _cards(o.option) != _cards(best.option))  # it may be capped
    faster = [o for o in free if (o.option.step_s or speed) < speed / (1 + RESOLVED)]
    made = [o.choice for o in faster if o.choice is not None]
    dearer, words = [c for c in made if c.cents > budget], "nothing here shortens the run"
    if len(dearer) < len(made) and (fastest := fastest_within(outcomes, round(budget))):
        words = f"{_cards(fastest.option)} is faster, as said above"
    refused = [
        o.option for o in faster
        if o.choice is None and any(cards.cents <= budget for cards in every_card(o.option))
    ]  # fmt: skip
    if refused:
        near = min(refused, key=lambda o: o.step_s or math.inf)
        words += f"; {_cards(near)} would, but no machine here carries it (--why says what does)"
    if not dearer:
        if all(c.owned for c, _ in best.used if c.part.kind == "card"):
            return f"{words}: the owned cards carry it (--why names others)"
        others = "cards faster than those" if made else "faster cards"
        return words if refused else f"{words}, and no {others} that can be bought carry it"
    next_ = min(dearer, key=lambda c: c.cents)
    words += f"; next is {_cards(next_.option)}, {_over(next_, budget)} over budget"
    run = goal.workload.run()
    whole = (c for c in made if not waiting(run, c.option)) if waiting(run, best.option) else ()
    if (holds := min(whole, key=lambda c: c.cents, default=next_)) is not next_:
        words += f"; {_cards(holds.option)} holds all users, {_over(holds, budget)} over it"
    return words


def _over(choice: Choice, budget_cents: float) -> str:
    return money(whole((choice.cents - budget_cents) / 100, math.ceil))


def first_step(machine: Machined) -> str:
    """What may stop the build and is to be found out first; else what to buy first."""
    open_ = [f for f in machine.findings if f.verdict == "unknown" and f.severity == "error"]
    if open_:
        asked, more = open_[0], len({f.why for f in open_}) - 1
        named = asked.why.partition(" is not known")[0] in asked.fix
        said = asked.fix if named else f"{asked.why.partition(': ')[0]}: {asked.fix}"
        return f"before you buy, {said}" + (f" (and {more} more below)" if more else "")
    if not (bought := [line for line in machine.parts if not line.owned]):
        return "nothing is to be bought: build it (--report machine.html writes how)"
    first = max(bought, key=lambda line: (line.kind == "card", line.usd))
    name = f"{first.count} x {first.name}" if first.count > 1 else first.name
    decides = "all else is chosen around it" if first.kind == "card" else "the dearest part"
    return f"buy {name} first, {money(first.usd)}: {decides}"


def _cards(option: Option) -> str:
    return f"{option.count} x {option.chip.name}"
