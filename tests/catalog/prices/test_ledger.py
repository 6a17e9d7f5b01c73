import datetime as dt

from rigwright.catalog.prices.ledger import AGE_DAYS_MAX, age_words, counts, quotes
from rigwright.plan.ask.goal import Limits
from rigwright.plan.parts.pricing import history
from rigwright.plan.parts.searching import search
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


def test_every_question_takes_prices_of_the_same_age():
    """A price counts up to three years; the day before it was seen it does not."""
    day = dt.timedelta(days=1)
    assert counts(AS_OF, AS_OF) and counts(AS_OF - AGE_DAYS_MAX * day, AS_OF)
    assert not counts(AS_OF - (AGE_DAYS_MAX + 1) * day, AS_OF) and not counts(AS_OF + day, AS_OF)
    assert Limits().price_age_days_max == AGE_DAYS_MAX
    old = dt.date(2016, 10, 29) + (AGE_DAYS_MAX + 400) * day
    for found in (search("card", "GTX 1070", str(old)).rows, search("card", "", "2036-01-01").rows):
        assert found and not any(quote for _, quote in found if quote and quote.age_days > 1095)
    seen = history("card:gigabyte-gtx-1070-g1-gaming", "2030-01-01").seen
    assert seen and [s.counts for s in seen] == [s.age_days <= AGE_DAYS_MAX for s in seen]


def test_an_old_price_is_said_to_be_old():
    assert age_words(91) == "91 days old" and not age_words(90) and not age_words(None)
