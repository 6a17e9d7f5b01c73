"""The report of a plan: self-contained, complete, honest where nothing fits."""

import re
import shutil
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rigwright.plan.ask.goal import read_goal
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.reporting import report
from rigwright.report.pages.planpage import BROWSERS, card, page, save, to_pdf
from rigwright.spec.errors import InputError

EXAMPLES = Path(__file__).parents[3] / "examples"
STORY = EXAMPLES / "2016-desktop" / "goal.toml"


@pytest.fixture(scope="module")
def story():
    return report(goal_of(STORY, {}, None).goal, "goal")


@pytest.fixture(scope="module")
def made(story):
    return page(story)


def test_it_loads_nothing_from_elsewhere(made):
    assert not re.search(r'(src|href)\s*=\s*["\']?(https?:)?//|@import|url\(["\']?http', made)
    assert "<script" not in made
    assert "prefers-color-scheme" in made and "@media print" in made


def test_every_rule_and_every_price_with_its_date_is_there(story, made):
    for finding in story.plan.chosen.findings:
        assert f"<td>{finding.rule}" in made
    for line in story.plan.chosen.parts:
        assert line.name in made and (line.price_date is None or str(line.price_date) in made)
    assert f"${story.plan.chosen.usd:,.2f}" in made


def test_the_2016_case_shows_the_room_its_builder_worried_about(made):
    # NZXT S340: cards to 364 mm, coolers to 161 mm; G1 Gaming 280 mm; Kotetsu 160 mm (data sheets).
    assert "280 of 364 mm" in made
    assert "160 of 161 mm" in made


def test_all_charts_are_there_and_described(made):
    charts = re.findall(r'<svg role="img" aria-label="([^"]+)" class="chart"', made)
    assert len(charts) == 5
    for words in ("chosen: GTX 1070", "Step time", "Memory", "Power", "Owning pays off"):
        assert any(words in said for said in charts), words
    ids = re.findall(r'\bid="([^"]+)"', made)
    assert len(ids) == len(set(ids))


def test_colours_follow_the_reader(made):
    body = made.split("</style>")[1]
    assert "var(--blue)" in body
    assert not re.search(r'(fill|stroke)="#[0-9a-f]{3,6}"', body)


def test_what_is_unknown_is_listed_with_how_to_find_out(story, made):
    assert story.measure
    section = made.split('id="measure"')[1].split("</section>")[0]
    for finding in story.measure:
        assert finding.rule in section


def test_text_from_catalogues_is_escaped(story):
    evil = '<script>alert("x")</script>'
    chosen = story.plan.chosen
    parts = (replace(chosen.parts[0], name=evil), *chosen.parts[1:])
    findings = (replace(chosen.findings[0], why=evil), *chosen.findings[1:])
    hostile = replace(chosen, gpu=evil, parts=parts, findings=findings)
    text = page(replace(story, plan=replace(story.plan, chosen=hostile)))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_goal_that_nothing_meets_says_what_clashes():
    goal = read_goal(STORY)
    poor = goal.model_copy(update={"budget": goal.budget.model_copy(update={"usd": 150.0})})
    text = page(report(poor))
    assert "No machine meets these demands" in text
    assert "What would help" in text


def test_renting_that_cannot_be_compared_is_said():
    goal = read_goal(STORY)
    site = goal.site.model_copy(update={"country": "CH", "usd_per_kwh": None})
    found = report(goal.model_copy(update={"site": site}))
    assert found.rent is None
    assert "usd_per_kwh" in page(found)


def test_formats(story, tmp_path):
    save(story, tmp_path / "new" / "out.html")
    assert (tmp_path / "new" / "out.html").read_text(encoding="utf-8").startswith("<!doctype")
    with pytest.raises(InputError, match="--report"):
        save(story, tmp_path / "out.docx")


def test_pdf_needs_a_browser(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="Chromium"):
        to_pdf("<p>", tmp_path / "out.pdf")


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium on this system")
def test_pdf(story, tmp_path):
    save(story, tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


def test_the_card_to_share_has_the_size_that_sites_show_and_the_machine_s_price(story, tmp_path):
    save(story, tmp_path / "card.png")
    made = (tmp_path / "card.png").read_bytes()
    # PNG: width and height stand in the first chunk (w3.org/TR/png, 11.2.2).
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", made[16:24]) == (1200, 630)
    chosen = story.plan.chosen
    drawn = ElementTree.fromstring(card(story.plan, story.layout))
    texts = [t.text for t in drawn.iter() if t.text]
    assert texts.count(f"${chosen.usd:,.0f}") == 1
    assert any("GTX 1070" in text for text in texts)
    assert any("280 of 364 mm" in text for text in texts)


def test_a_card_escapes_names_and_says_where_there_is_nothing_to_show(story):
    chosen = replace(story.plan.chosen, gpu="<script>&")
    wild = replace(story.plan, chosen=chosen)
    assert "&lt;script&gt;&amp;" in card(wild, story.layout)
    with pytest.raises(InputError, match="no machine meets it"):
        card(replace(story.plan, chosen=None), None)
