"""Examples are found by name; nothing else is."""

from pathlib import Path

from rigwright.plan.ask.examples import example, located


def test_an_example_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = located(Path("examples/today/goal.toml"))
    assert found == example("today/goal.toml") and "usd" in found.read_text()


def test_what_is_there_or_no_example_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("examples/none.toml", "today/goal.toml", "examples", "examples/today"):
        assert located(Path(name)) == Path(name)
    own = Path("examples/today/goal.toml")
    own.parent.mkdir(parents=True)
    own.write_text("")
    assert located(own) == own
