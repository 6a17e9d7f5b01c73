"""Own or rent: one answer; a job agrees with its break-even; rent where nothing can be owned."""

import pytest

from rigwright import cost
from rigwright.catalog import source
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.money.renting import rent
from rigwright.report.text.told import show
from rigwright.spec.errors import InputError

QLORA = {"model": "llama-3-8b", "mode": "train", "method": "qlora", "samples": 400_000}


def asked(workload=QLORA, usd=3000, **site):
    data = {"workload": workload, "budget": {"usd": usd}, "as_of": "2026-08-30", "site": site}
    return rent(parse_goal(data, "test"))


@pytest.fixture(autouse=True)
def embedded():
    source.use("none")


@pytest.mark.parametrize("months", [6, 24, 36, 60])
@pytest.mark.parametrize("hours", [2, 8, 24])
def test_what_a_job_costs_agrees_with_the_break_even(months, hours):
    found = asked(months=months, hours_per_day=hours, storage_gb=300, egress_gb_per_month=50)
    compared = [r for r in found.rows if r.fits and r.usd_per_job is not None]
    assert len(compared) > 3
    for row in compared:
        pays = row.break_even_months is not None and row.break_even_months <= months
        assert pays == (found.own_usd_per_job <= row.usd_per_job), row.offer
        ends = (row.break_even_months_low, row.break_even_months, row.break_even_months_high)
        known = [m for m in ends if m is not None]
        assert known == sorted(known) and all(m >= 0.05 for m in known)  # shown with one digit
        assert row.usd_low <= row.usd_per_hour <= row.usd_high
    word = found.answer.partition(":")[0]
    best = next(r for r in compared if "tight" not in r.why)
    owning = best.break_even_months is not None and best.break_even_months <= months
    assert (word == "Own") == owning and word in ("Own", "Rent", "Close")


def test_where_nothing_can_be_owned_rent_is_the_answer(capsys):
    workload = {"model": "llama-3.1-70b", "mode": "train", "method": "qlora", "samples": 10_000}
    found = asked(workload, usd=1500)
    assert found.answer.startswith("Rent: no machine of your own") and found.own_usd is None
    assert found.rows[0].fits and found.rows[0].usd_per_job > 0
    assert found.rows[0].break_even_h is None
    show("rent", found)
    assert capsys.readouterr().out.startswith("Rent:")
    huge = {"model": "llama-3.1-405b", "mode": "train", "precision": "fp32"}
    with pytest.raises(InputError, match="owned or rented"):
        asked(huge, usd=1000)


def test_spot_machines_pay_for_checkpoints_and_work_done_twice():
    rows = {(r.offer, r.tier): r for r in asked(offers=["a2-highgpu-1g"]).rows}
    spot, on_demand = rows.values() if len(rows) == 2 else (None, None)
    if spot.tier != "spot":
        spot, on_demand = on_demand, spot
    assert spot.usd_per_hour < on_demand.usd_per_hour
    assert spot.job_hours > on_demand.job_hours and spot.usd_per_job < on_demand.usd_per_job


def test_terms_grow_with_interruptions_and_fall_with_longer_jobs():
    aws, other = cost.terms("aws"), cost.terms("nobody")
    assert other == cost.terms("other")
    assert aws.lost_share(10, spot=False) == pytest.approx(300 / 36000)
    assert aws.lost_share(100, spot=True) < aws.lost_share(1, spot=True)
    assert other.lost_share(10, spot=True) > aws.lost_share(10, spot=True)


def test_a_job_gives_off_what_its_country_does():
    us, fr = asked(country="US"), asked(country="FR")
    assert us.own_co2_kg_per_job > 4 * fr.own_co2_kg_per_job > 0
