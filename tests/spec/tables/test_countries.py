"""A country by code or name; its wall circuit, and what a goal says over it."""

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.tables.countries import country, country_code

BASE = {"workload": {"model": "resnet50"}, "budget": {"usd": 2000}}


@pytest.mark.parametrize(
    ("text", "code"),
    [("DE", "DE"), ("germany", "DE"), ("Deutschland", "DE"), (" uk ", "GB"), ("us-ct", "US-CT")],
)
def test_codes_and_names(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["XX", "", "-", "Germny", "GermanyDE", "XX-CT"])
def test_others_are_refused(text):
    with pytest.raises(UnknownNameError):
        country_code(text)
    with pytest.raises(InputError, match=r"site\.country: got .*ISO code or name") as error:
        parse_goal(BASE | {"site": {"country": text}}, "goal")
    assert "\n" not in str(error.value)
    if text == "Germny":
        assert "Germany (DE)" in str(error.value)


def test_the_circuit_is_the_countrys_where_the_goal_does_not_say_it():
    def circuit(place, **said):
        circuit = parse_goal(BASE | {"site": {"country": place}, "limits": said}, "goal").circuit()
        return circuit.volts, circuit.amperes

    assert circuit("Germany") == (230, 16)
    assert circuit("JP") == (100, 15) and circuit("US-CT") == (120, 15)
    assert circuit("GB", circuit_amperes=32) == (230, 32)
    assert circuit("JP", circuit_volts=200) == (200, 15)


def test_electricity_of_a_name_is_that_of_its_code():
    from rigwright import cost

    for row in cost.countries.tariffs():
        assert country(row.country).code == row.country.partition("-")[0]
