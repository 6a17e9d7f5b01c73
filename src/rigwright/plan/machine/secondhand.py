"""What a second-hand card would save in the machine that is planned of new parts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import Quote, between, key, money
from rigwright.catalog.source import by_id, load_with_price, used_on
from rigwright.choose.problem import Choice, weigh
from rigwright.plan.ask import hosts
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.options import step_seconds, wanted
from rigwright.plan.machine.helping.edits import saying
from rigwright.plan.machine.results import Machined
from rigwright.plan.machine.variants import key_values, run_on
from rigwright.plan.speed.feeding import timed
from rigwright.spec.parts import Card, Chip

WORTH_SAYING = 0.1
"""Share of the machine that it must save at least."""
HOSTS_DIFFER = 0.1
"""A chip that is slower by more in a host of which nothing is known is not as fast in this one."""


class _Deal(NamedTuple):
    """Some cards of one kind bought used. saves_usd : beside the cards that are planned."""

    card: Card
    chip: Chip
    pieces: int
    quote: Quote
    saves_usd: float


def second_hand(goal: Goal, choice: Choice, chosen: Machined, resolved: float) -> tuple[str, ...]:
    """One line on the used cards that would save most; none where used parts are let in anyway.

    They carry the run in this very machine, no rule refuses or doubts them, and they are as fast
    within ``resolved`` (a share of the step time).
    """
    if goal.limits.used or goal.own.cards or goal.use.cards:
        return ()
    goal = saying(goal, key_values(goal, run_on(goal, choice.option)[0]))
    slowest = chosen.prediction.pace_s * (1 + resolved)
    for deal in _deals(goal, choice, chosen):
        build = replace(choice.build, cards=(deal.card,) * deal.pieces, chips=(deal.chip,))
        if any(weigh(rule, build) != "fine" for rule in fit.RULES):
            continue
        p = timed(goal.workload.run(), hosts.of_build(build, deal.chip), goal.job()).prediction
        if p.does and p.pace_s <= slowest:
            return (_words(deal, chosen, chosen.prediction.pace_s / p.pace_s, resolved),)
    return ()


def _deals(goal: Goal, choice: Choice, chosen: Machined) -> Iterator[_Deal]:
    """Used cards that save enough and whose chip carries the run fast enough, best first."""
    found = sorted(_cheaper(goal, chosen), key=lambda d: (-d.saves_usd, d.card.id))
    chips = list({d.chip.id: d.chip for d in found}.values())
    steps = step_seconds(goal, chips, chosen.gpu_count) if chips else {}
    slowest = chosen.prediction.pace_s * (1 + HOSTS_DIFFER)
    return (d for d in found if (step := steps[d.chip.id]) is not None and step <= slowest)


def _cheaper(goal: Goal, chosen: Machined) -> Iterator[_Deal]:
    paid = sum(line.usd for line in chosen.parts if line.kind == "card")
    quotes, chips = used_on(Card, goal.as_of), by_id(Chip)
    for card in load_with_price(Card):
        quote, chip = quotes.get(key(card)), chips.get(card.chip)
        if quote is None or chip is None or not quote.sold or chosen.gpu_count % card.chip_count:
            continue
        pieces = chosen.gpu_count // card.chip_count
        saves = paid - quote.usd * pieces
        if saves >= WORTH_SAYING * chosen.usd and _allowed(goal, card, chip, quote):
            yield _Deal(card, chip, pieces, quote, saves)


def _allowed(goal: Goal, card: Card, chip: Chip, quote: Quote) -> bool:
    """Whether the goal's other limits take the card."""
    limits, maker, oldest = goal.limits, (card.brand or "").lower(), goal.limits.price_age_days_max
    makers = {name.lower() for name in limits.brands}
    return (
        wanted(goal, chip)
        and (card.released is None or card.released <= goal.as_of)
        and (oldest is None or abs(quote.age_days or 0) <= oldest)
        and maker not in {name.lower() for name in limits.exclude_brands}
        and (not makers or maker in makers)
    )


def _words(deal: _Deal, chosen: Machined, ratio: float, resolved: float) -> str:
    quote = deal.quote
    usd, low, high = (deal.pieces * x for x in (quote.usd, quote.low_usd, quote.high_usd))
    what = f"{deal.pieces} x {deal.chip.name}"
    speed = "as fast" if ratio <= 1 + resolved else f"{ratio:.2f} x as fast"
    return (
        f"used, {what} (about {money(usd)}, {between(low, high)}) would save "
        f"{money(deal.saves_usd)}: {speed}, fits; set limits.used to let used parts in"
    )
