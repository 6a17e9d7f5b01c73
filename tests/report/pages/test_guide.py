"""The guide as a page: self-contained, escaped, every step once."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rigwright.plan.build.guiding import guide_file
from rigwright.report.pages.guide import page, save, text
from rigwright.report.pages.pages import span
from rigwright.spec.errors import InputError

STORY = Path(__file__).parents[3] / "examples" / "2016-desktop" / "build.toml"
GUIDE = guide_file(STORY)


def test_every_step_has_its_box_and_its_label():
    made = page(GUIDE)
    boxes = re.findall(r'<input type=checkbox id="([^"]+)"', made)
    assert boxes == [f"step-{s.id}" for s in GUIDE.steps]
    assert re.findall(r'<label for="([^"]+)"', made) == boxes


def test_the_page_loads_nothing_from_elsewhere():
    made = page(GUIDE)
    assert not re.search(r'(src|href)\s*=\s*"?(https?:)?//|@import|<script', made)
    assert "@media print" in made and "prefers-color-scheme" in made


def test_names_from_catalogues_are_escaped():
    evil = "<img src=x onerror=alert(1)>"
    made = page(replace(GUIDE, name=evil, steps=(replace(GUIDE.steps[0], title=evil, do=(evil,)),)))
    assert "<img" not in made
    assert made.count("&lt;img") >= 3


def test_text_numbers_the_steps_and_keeps_their_order():
    numbers = re.findall(r"^(\d+)\. \[ \] \*\*(.+)\*\*", text(GUIDE), re.MULTILINE)
    assert [int(n) for n, _ in numbers] == list(range(1, len(GUIDE.steps) + 1))
    assert [title for _, title in numbers] == [s.title for s in GUIDE.steps]


def test_files(tmp_path):
    save(GUIDE, tmp_path / "sub" / "guide.html")
    save(GUIDE, tmp_path / "guide.md")
    assert (tmp_path / "sub" / "guide.html").read_text().startswith("<!doctype html>")
    with pytest.raises(InputError, match="--output"):
        save(GUIDE, tmp_path / "guide.pdf")


def test_spans():
    assert span((5, 30)) == "5 to 30 min"
    assert span((100, 420)) == "1.7 to 7.0 h"
