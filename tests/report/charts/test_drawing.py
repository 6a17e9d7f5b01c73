"""The case drawing as SVG."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from tests.assemble.cased import FOUR, STORY

from rigwright.plan.build.guiding import layout_of
from rigwright.report.charts import palette
from rigwright.report.charts.drawing import drawing, sheet, views
from rigwright.report.charts.theme import save_picture
from rigwright.spec.errors import InputError

PROGRAM = str(Path(sys.executable).with_name("rigwright"))
SVG = "{http://www.w3.org/2000/svg}"
STORY_FILE = "examples/2016-desktop/build.toml"


def words(svg):
    return [e.text for e in ET.fromstring(svg).iter(f"{SVG}text")]


def test_both_views_carry_the_millimetres_of_2016():
    said = words(sheet(layout_of(STORY)))
    assert "card length 280 of 364 mm, 84 mm left" in said
    assert "cooler height 160 of 161 mm, 1 mm left" in said


def test_one_unit_is_one_millimetre():
    made = layout_of(STORY)
    side = drawing(made, views(made)[0])
    card = next(
        e for e in ET.fromstring(side).iter(f"{SVG}rect")
        if (e.findtext(f"{SVG}title") or "").startswith("card")
    )  # fmt: skip
    assert float(card.get("width")) == 280
    root = ET.fromstring(side)
    assert float(root.get("viewBox").split()[2]) == pytest.approx(float(root.get("width")))


def test_conflict_is_red_and_unknown_is_hatched():
    long = replace(STORY, cards=(replace(STORY.cards[0], length_mm=400.0),))
    assert "url(#case-side-conflict)" in sheet(layout_of(long))
    assert "url(#case-side-conflict)" not in sheet(layout_of(STORY))
    unknown = replace(STORY, cards=(replace(STORY.cards[0], length_mm=None),))
    assert "url(#case-side-unknown)" in sheet(layout_of(unknown))


def test_catalogue_text_is_escaped():
    bad = replace(STORY.case, name='<script>alert("x")</script>&')
    card = replace(STORY.cards[0], name="</svg><b>")
    svg = sheet(layout_of(replace(STORY, case=bad, cards=(card,))))
    assert "<script" not in svg and "<b>" not in svg
    ET.fromstring(svg)


def test_screen_readers_are_told_what_is_drawn():
    root = ET.fromstring(sheet(layout_of(FOUR)))
    told = root.findtext(f"{SVG}desc")
    assert root.get("role") == "img" and "card length" in told and "Drawn to scale" in told


def test_labels_do_not_lie_on_each_other():
    made = layout_of(STORY)
    for view in views(made):
        spots = [
            (float(e.get("x")), float(e.get("y")))
            for e in ET.fromstring(drawing(made, view)).iter(f"{SVG}text")
        ]
        assert len(spots) == len(set(spots))


def test_colours_become_variables_and_dark_values():
    svg = sheet(layout_of(STORY))
    page = palette.inline(svg)
    assert "var(--ink)" in page and "#1b1f24" not in page
    assert palette.TOKENS["ink"][1] in palette.dark(svg)
    light = [value for value, _ in palette.TOKENS.values()]
    assert len(light) == len(set(light))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("name", ["ink", "muted", "ok", "warning", "conflict", "unknown"])
def test_text_has_the_contrast_that_wcag_asks_for(name, mode):
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    for ground in ("paper", "panel"):
        a, b = (luminance(palette.TOKENS[n][mode]) for n in (name, ground))
        assert (max(a, b) + 0.05) / (min(a, b) + 0.05) >= 4.5


def test_png_and_svg_files(tmp_path):
    svg = sheet(layout_of(STORY))
    save_picture(svg, tmp_path / "new" / "case.png")
    assert (tmp_path / "new" / "case.png").read_bytes().startswith(b"\x89PNG")
    save_picture(svg, tmp_path / "case.svg")
    assert (tmp_path / "case.svg").read_text() == svg
    with pytest.raises(InputError, match=r"\.jpg"):
        save_picture(svg, tmp_path / "case.jpg")


def run(*given):
    return subprocess.run([PROGRAM, *given], capture_output=True, text=True, check=False)


def test_command(tmp_path):
    done = run("draw", STORY_FILE, "-o", str(tmp_path / "case.svg"))
    assert done.returncode == 0, done.stderr
    assert re.search(r"cooler height +160 of 161 mm, 1 mm left", done.stdout)
    assert "280 of 364 mm" in (tmp_path / "case.svg").read_text()
    assert '"clearances"' in run("draw", STORY_FILE, "--json").stdout


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("nowhere.toml",), "nowhere.toml"),
        ((STORY_FILE, "-o", "case.gif"), ".gif"),
    ],
)
def test_bad_input(given, says):
    done = run("draw", *given)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and says in done.stderr


def test_a_build_without_a_case(tmp_path):
    file = tmp_path / "b.toml"
    file.write_text('[parts]\ncpu = "Intel Core i7-6700K"\n')
    done = run("draw", str(file))
    assert done.returncode == 2 and "outer sizes" in done.stderr
