import datetime as dt

from rigwright.catalog.prices.ledger import quotes
from rigwright.spec.market import Price

AS_OF = dt.date(2016, 10, 29)


def seen(date: str, usd: float, condition: str = "new", part: str = "card:a") -> Price:
    return Price(
        part=part,
        date=dt.date.fromisoformat(date),
        usd=usd,
        condition=condition,
        basis="shop",
        source="test",
    )


def test_latest_price_up_to_the_day_wins_and_later_ones_do_not_exist_yet():
    ledger = [seen("2016-06-10", 449), seen("2016-09-01", 429), seen("2016-11-01", 399)]
    quote = quotes(ledger, AS_OF, age_days_max=1095)["card:a"]
    assert (quote.usd, quote.age_days) == (429, 58)


def test_an_observation_past_its_age_is_no_price():
    assert not quotes([seen("2013-10-01", 99)], AS_OF, age_days_max=1095)


def test_used_prices_only_when_asked_for():
    ledger = [seen("2016-06-10", 449), seen("2016-10-01", 300, "used")]
    assert quotes(ledger, AS_OF, age_days_max=1095)["card:a"].usd == 449
    assert quotes(ledger, AS_OF, age_days_max=1095, used=True)["card:a"].condition == "used"
