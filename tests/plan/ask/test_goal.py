import datetime as dt
from pathlib import Path

import pytest

from rigwright.plan.ask.goal import parse_day, parse_goal, read_goal
from rigwright.spec.errors import InputError

ROOT = Path(__file__).parents[3]
GOOD = {"workload": {"model": "resnet50"}, "budget": {"usd": 1000}}


@pytest.mark.parametrize("name", ["today", "2016-desktop", "serve-llm"])
def test_example_goals_read(name):
    goal = read_goal(ROOT / "examples" / name / "goal.toml")
    assert goal.budget.usd > 0 and goal.workload.run().model


def test_as_of_defaults_to_today():
    assert parse_goal(GOOD, "g").as_of == dt.date.today()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"budget": {"usd": -5}}, ("budget.usd", "-5", "a number above 0 up to 10,000,000 [USD]")),
        ({"budget": {"usd": float("nan")}}, ("budget.usd", "nan", "allowed: a number")),
        ({"budget": {"usd": True}}, ("budget.usd", "no true or false")),
        ({"workload": {"model": "x", "batch": True}}, ("workload.batch", "no true or false")),
        ({"own": {"cards": "RTX 3090"}}, ("own.cards", "a list")),
        ({"workload": {"model": "x", "mode": "fly"}}, ("workload.mode", "'fly'", "train, infer")),
        (
            {"workload": {"mode": "train"}},
            ("workload.model", "nothing", "such as llama-3-8b; it is required"),
        ),
        ({"workload": {"model": "x", "bach": 2}}, ("workload.bach", "nearest: batch")),
        ({"limits": {"gpu_count_min": 5}}, ("limits", "gpu_count_min 5 is above")),
        ({"limits": {"brands": ["Asus"], "exclude_brands": ["asus"]}}, ("both", "asus")),
        ({"site": {"hours_per_day": 25}}, ("site.hours_per_day", "25")),
        ({"extra": {}}, ("extra", "no such key")),
    ],
)
def test_bad_goal_is_one_clear_line(change, words):
    with pytest.raises(InputError) as error:
        parse_goal({**GOOD, **change}, "goal.toml")
    text = str(error.value)
    assert "\n" not in text and text.startswith("goal.toml: ")
    assert all(w in text for w in words), text


def test_a_byte_order_mark_is_no_fault(tmp_path):
    file = tmp_path / "goal.toml"
    file.write_text('[workload]\nmodel = "resnet50"\n[budget]\nusd = 900\n', encoding="utf-8-sig")
    assert read_goal(file).budget.usd == 900


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_goal(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("[workload\nmodel=")
    with pytest.raises(InputError, match=r"bad.toml: TOML"):
        read_goal(bad)


def test_day():
    assert parse_day("2016-10-29") == dt.date(2016, 10, 29)
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        parse_day("29.10.2016")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"budget": {"usd": 1e300}}, "at most 10,000,000"),
        ({"limits": {"gpu_count_max": 10**9}}, "at most 8"),
        ({"as_of": "0001-01-01"}, "2010-01-01"),
        ({"as_of": "9999-12-31"}, "2100-01-01"),
    ],
)
def test_numbers_beyond_all_sense_are_one_line(change, says):
    data = {"workload": {"model": "resnet50"}, "budget": {"usd": 3000}} | change
    with pytest.raises(InputError, match=says) as error:
        parse_goal(data, "goal")
    assert "\n" not in str(error.value)
    if "as_of" in change:
        with pytest.raises(InputError, match=says):
            parse_day(change["as_of"])
