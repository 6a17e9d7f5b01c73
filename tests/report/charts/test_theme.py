"""Without the charts extra: .html is drawn, anything else names the line to install."""

import sys

import altair as alt
import pytest

from rigwright.report.charts import svg, theme
from rigwright.spec.errors import InputError

CHART = alt.Chart(alt.InlineData(values=[{"x": 1, "y": 2}])).mark_point().encode(x="x:Q", y="y:Q")
CASE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>\n'


@pytest.fixture
def base_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)


@pytest.mark.parametrize("name", ["new/a.png", "new/a.svg"])
def test_a_chart_as_picture_needs_the_extra(base_install, tmp_path, name):
    with pytest.raises(InputError, match=r"pip install 'rigwright\[charts\]'") as said:
        theme.save(CHART, tmp_path / name)
    assert name in str(said.value) and not list(tmp_path.iterdir())


def test_a_report_needs_the_extra(base_install):
    with pytest.raises(InputError, match=r"pip install 'rigwright\[charts\]'"):
        theme.inline(CHART, "key", "words")


def test_a_chart_as_page_and_a_case_as_svg_do_not(base_install, tmp_path):
    theme.save(CHART, tmp_path / "a.html")
    assert "vega" in (tmp_path / "a.html").read_text()
    svg.save(CASE, tmp_path / "case.svg")
    assert (tmp_path / "case.svg").read_text() == CASE
    with pytest.raises(InputError, match="charts"):
        svg.save(CASE, tmp_path / "case.png")


def test_pictures_are_what_they_are_called(tmp_path):
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<svg")):
        theme.save(CHART, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
