"""Owning and renting: questions drawn by seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from tests.reference.pins.leaves import Leaves, leaves

from rigwright import cost

COUNTRIES = ("US", "DE", "JP", "GB", "EU", "US-CT", "US-MO", "FR", "XX")


def _one(dice: random.Random) -> Leaves:
    hours = dice.choice((0.5, 2, 8, 16, 24))
    own = cost.Owned(
        capital_usd=dice.choice((0, 900, 2750, 8000)), load_w=dice.choice((180, 420, 1450)),
        usd_per_kwh=dice.choice((0.08, 0.17, 0.39)), hours_per_day=hours,
        idle_w=dice.choice((0, 45, 90)), on_hours_per_day=dice.choice((0, hours, 24)),
        resale_share_per_year=dice.choice((0.0, 0.55, 0.78, 1.0)),
        upkeep_usd_per_year=dice.choice((0, 120)), cooling_factor=dice.choice((1.0, 1.3)),
    )  # fmt: skip
    rent = cost.Rented(
        usd_per_hour=dice.choice((0.02, 0.35, 0.65, 2.49)), relative_speed=dice.choice((0.6, 1, 3)),
        restart_overhead=dice.choice((0, 0.08)), storage_gb=dice.choice((0, 200)),
        storage_usd_per_gb_month=0.1, egress_gb_per_month=dice.choice((0, 50)),
        egress_usd_per_gb=0.09,
    )  # fmt: skip
    dice.choice((6, 24, 36))
    return leaves(
        {
            "spent": cost.break_even(own, rent), "sold": cost.break_even(own, rent, sold=True),
            "soon": cost.break_even(own, rent, horizon_months=12),
            "hours": cost.break_even_hours(
                own.capital_usd, rent.usd_per_hour, own.work_usd_per_hour,
                relative_speed=rent.relative_speed, resale_usd=100.0,
            ),
            "job": cost.job_usd(hours * 3600, rent.usd_per_hour, restart_overhead=0.05),
        }
    )  # fmt: skip


def cases() -> Iterator[tuple[str, Leaves]]:
    """Every question with its answer, and the tariffs of some days."""
    dice = random.Random(7)
    for number in range(24):
        yield f"money {number:02}", _one(dice)
    for country in COUNTRIES:
        for year in (2016, 2023, 2026):
            found = cost.tariff(country, dt.date(year, 10, 29))
            yield f"tariff {country} {year}", (
                {"usd_per_kwh": found.usd_per_kwh, "date": str(found.date)}
                if found else {"usd_per_kwh": "unknown"}
            )  # fmt: skip
