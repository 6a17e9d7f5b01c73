"""The ceilings that keep the house calm, and the page that shows them."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_found = importlib.util.spec_from_file_location("budget", ROOT / "tools" / "budget.py")
budget = importlib.util.module_from_spec(_found)
_found.loader.exec_module(budget)
COUNTED = budget.counted()


@pytest.mark.parametrize("name", [n for n, most in budget.CEILINGS.items() if most is not None])
def test_nothing_is_above_its_ceiling(name):
    assert COUNTED[name] <= budget.CEILINGS[name]


def test_a_room_holds_twelve_files_at_most():
    assert {room: n for room, n in budget.rooms().items() if n > 12} == {}


def test_the_page_shows_every_number_and_its_ceiling():
    rows = dict(re.findall(r"^\| ([^|]+) \| ([\d,]*) \|", budget.PAGE.read_text(), re.M))
    shown = {k: int(v.replace(",", "")) if v else None for k, v in rows.items()}
    assert shown == budget.CEILINGS


def test_the_page_is_made_again_from_the_numbers():
    made = budget.page({"commands": 7})
    assert re.search(r"^\| commands \| 24 \| 18 \| 7 \|$", made, re.M)


def test_the_score_prints_the_budget():
    assert (
        "tools/budget.py" in (ROOT / "Makefile").read_text().split("\nscore:")[1].split("\n\n")[0]
    )
