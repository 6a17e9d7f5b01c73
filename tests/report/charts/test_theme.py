"""Without the charts extra: .html is drawn, anything else names the line to install."""

import sys

import pytest

from rigwright.report.charts import theme
from rigwright.spec.errors import InputError

CHART = {
    "data": {"values": [{"x": 1, "y": 2}]},
    "mark": "point",
    "encoding": {"x": {"field": "x"}, "y": {"field": "y"}},
}
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
    theme.save_picture(CASE, tmp_path / "case.svg")
    assert (tmp_path / "case.svg").read_text() == CASE
    with pytest.raises(InputError, match="charts"):
        theme.save_picture(CASE, tmp_path / "case.png")


def test_pictures_are_what_they_are_called(tmp_path):
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<svg")):
        theme.save(CHART, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("word", ['"', "</script>", "\\", "\n", "{{ x }}", "é"])
def test_no_text_of_a_chart_can_leave_it(word, tmp_path):
    made = theme.chart("bars", axis=word, title=word, subtitle=word, names=[word], bars=[word],
                       range=["#000000"], rows=[{"bar": word, "share": word, "size": 1, "rank": 0}],
                       ranges=[], marks=[{"bar": word, "at": 1, "words": word}])  # fmt: skip
    assert made["title"] == {"text": word, "subtitle": word}
    assert made["layer"][0]["data"]["values"][0]["share"] == word
    theme.save(made, tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text().count("</script>") == 4
