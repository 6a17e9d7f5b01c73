"""Line drawings of the guide: every step that names one has it, and the page holds it."""

import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rigwright.assemble.steps.guide import STEPS
from rigwright.plan.build.guiding import guide_file
from rigwright.report.pages.guide import page
from rigwright.report.pages.pages import drawn

STORY = Path(__file__).parents[3] / "examples" / "2016-desktop" / "build.toml"
DRAWINGS = Path(__file__).parents[3] / "src/rigwright/report/pages/drawings"


@pytest.mark.parametrize("path", sorted(DRAWINGS.glob("*.svg")), ids=lambda p: p.stem)
def test_a_drawing_is_told_in_words_named_by_a_step_and_loads_nothing(path):
    made = ElementTree.fromstring(path.read_text("utf-8"))
    assert made.get("aria-label") and made.get("role") == "img"
    width, height = map(float, made.get("viewBox").split()[2:])
    for text in made.iter("text"):
        # At 11 px a letter is at most 0.6 em wide: no word leaves the picture.
        start = float(text.get("x"))
        assert start >= 0 and 0 < float(text.get("y")) <= height
        assert start + len(text.text) * 11 * 0.6 <= width or len(text.text) == 1
    assert "href" not in path.read_text("utf-8")
    steps = tomllib.loads(STEPS.read_text("utf-8"))["step"]
    assert any(f"'{path.stem}'" in text or path.stem == text
               for text in (step.get("drawing", "") for step in steps))  # fmt: skip


@pytest.mark.parametrize("order", ["bench", "case-first"])
def test_the_page_holds_the_drawing_of_each_step(order):
    guide = guide_file(STORY, order)
    named = [step.drawing for step in guide.steps if step.drawing]
    assert {"lga", "two-of-four", "crosswise", "standoffs"} <= set(named)
    made = page(guide)
    assert all(str(drawn(name)) in made for name in named)
    assert drawn("") == ""
