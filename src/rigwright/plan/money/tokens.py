"""The same tokens from an API: what a million costs, and from how many a day owning pays."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rigwright import cost
from rigwright.plan.ask.goal import Goal
from rigwright.plan.money.results import Api
from rigwright.predict.serving.users import ANSWER, PROMPT
from rigwright.spec.tables.table import table

TABLE = Path(__file__).parents[2] / "catalog" / "data" / "api_prices.csv"
WRITING = ("serve", "decode")
MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a provider asks for a model, by its own name: one of the same shape is another product.
    [USD per million tokens]"""

    provider: str
    model: str
    input_usd: float
    cached_usd: float | None
    output_usd: float
    date: dt.date


def tokens_per_month(throughput: float, hours_per_day: float) -> float:
    """Written by a machine of so many tokens a second. [million tokens]"""
    return throughput * 3600 * hours_per_day * cost.DAYS_PER_MONTH / MILLION


def apis(goal: Goal, own: cost.Owned | None, throughput: float) -> tuple[Api, ...]:
    """APIs that sell the goal's model on its day, cheapest first; none where it writes no tokens.

    throughput : of the owned machine, or of what is rented instead. [tokens/s]
    """
    run = goal.workload.run()
    if run.mode not in WRITING:
        return ()
    share, name = (run.seq_len or PROMPT) / (run.gen_len or ANSWER), run.model.rpartition("/")[2]
    sold = [p for p in table(Price, TABLE) if f"{name.lower()}-".startswith(f"{p.model}-")]
    newest = {p.provider: p for p in sorted(sold, key=lambda p: p.date) if p.date <= goal.as_of}
    month, fixed = tokens_per_month(throughput, goal.site.hours_per_day), 0.0
    if own:
        fixed = own.capital_usd / goal.site.months
    found = []
    for p in newest.values():
        usd, pays = p.output_usd + share * p.input_usd, None
        if own and (saved := usd - own.work_usd_per_hour * MILLION / (throughput * 3600)) > 0:
            day = fixed / saved * MILLION / cost.DAYS_PER_MONTH
            pays = day if day <= throughput * 86_400 else None
        found.append(Api(p.provider, p.input_usd, p.output_usd, p.date, usd, usd * month, pays))
    return tuple(sorted(found, key=lambda a: a.usd_per_mtok))
