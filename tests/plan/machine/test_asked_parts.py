"""Parts that a goal asks for are bought, or it is said why they cannot be."""

import pytest

from rigwright.catalog.source import by_condition, load
from rigwright.plan.ask.goal import Use, parse_goal
from rigwright.plan.ask.schema import questions_of
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.named import identified
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card

DAY = "2026-11-01"


def goal(use, *, used=False, prices=()):
    return parse_goal(
        {
            "workload": {"model": "resnet50"},
            "budget": {"usd": 3000},
            "as_of": DAY,
            "use": use,
            "limits": {"used": used, "prices": list(prices)},
        },
        "goal",
    )


@pytest.mark.parametrize("question", questions_of(Use), ids=lambda q: q.name)
def test_the_example_of_each_key_can_be_bought(question):
    market(goal({question.name: question.example}))


def test_every_card_is_bought_or_refused_by_what_is_sold():
    asked = goal({}).as_of
    new, used = by_condition(asked).values()
    for card in load(Card)[::5]:
        name = f"card:{card.id}"
        sold, second = ((q := quotes.get(name)) is not None and q.sold for quotes in (new, used))
        said = goal({"cards": [card.name]})
        if sold:
            market(said)
            continue
        with pytest.raises(InputError, match=r"use\.cards") as refused:
            market(said)
        assert ("limits.used = true (--used)" in str(refused.value)) == second, card.name
        if second:
            market(goal({"cards": [card.name]}, used=True))


def test_a_chip_that_is_sold_used_only_says_so_and_an_own_price_buys_it():
    with pytest.raises(InputError, match=r"RTX 3090'.*limits\.used = true \(--used\)"):
        market(goal({"cards": ["RTX 3090"]}))
    assert market(goal({"cards": ["RTX 3090"]}, used=True)).cards
    assert market(goal({"cards": ["RTX 3090"]}, prices=["RTX 3090=700"])).cards


@pytest.mark.parametrize("section", ["own", "use"])
@pytest.mark.parametrize("text", ["1000000000 x RTX 3090", "100x RTX 3090", "65 x RTX 3090"])
def test_more_pieces_than_a_machine_has_are_one_line(section, text):
    asked = {"workload": {"model": "resnet50"}, "budget": {"usd": 3000}, "as_of": DAY}
    with pytest.raises(InputError, match=rf"{section}\.cards: got '{text}', allowed") as error:
        market(parse_goal(asked | {section: {"cards": [text]}}, "goal"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("text", "chip"), [
    ("A100", "a100-pcie-40-gb"), ("A100 80GB", "a100-pcie-80-gb"), ("H100", "h100-pcie"),
    ("8 x A100", "a100-pcie-40-gb"), ("RTX 3090", "geforce-rtx-3090"),
    ("A100 SXM4 40 GB", "a100-sxm4-40-gb"),
])  # fmt: skip
def test_a_name_that_says_no_module_means_cards_for_slots(text, chip):
    found = identified("use.cards", "card", text)
    assert {part.chip for part in found} == {chip}
