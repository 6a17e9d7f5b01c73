"""A database that was named and is not there is said to be missing; only an import makes one."""

import pytest
from typer.testing import CliRunner

from rigwright.catalog import source
from rigwright.cli import app
from rigwright.spec.errors import InputError

COMMANDS = [
    ("parts", "--line", "RTX 3090"),
    ("prices", "show", "RTX 3090"),
    ("catalog", "report"),
    ("catalog", "report", "psu", "Corsair RM1000x"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_missing_file_is_one_line(tmp_path, command, first):
    said = ["--db", str(tmp_path / "none.sqlite")]
    result = CliRunner().invoke(app, [*said, *command] if first else [*command, *said])
    assert isinstance(result.exception, InputError)
    assert "none.sqlite" in str(result.exception) and "--db" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_refused_where_a_plan_is_asked_for(tmp_path):
    result = CliRunner().invoke(app, ["--db", str(tmp_path / "none.sqlite"), "models"])
    assert isinstance(result.exception, InputError)


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_an_import_makes_it(tmp_path, first):
    file, said = tmp_path / "p.csv", ["--db", str(tmp_path / "new.sqlite")]
    file.write_text("part,date,price\npsu:corsair-rm1000x,2026-05-01,150\n")
    asked = ["prices", "import", str(file)]
    result = CliRunner().invoke(app, [*said, *asked] if first else [*asked, *said])
    assert result.exit_code == 0, result.exception
    assert (tmp_path / "new.sqlite").is_file()
    result = CliRunner().invoke(app, [*said, "prices", "show", "psu:corsair-rm1000x", "--json"])
    assert result.exit_code == 0 and '"amount": 150' in result.output
    source.use(None)


def test_none_is_no_file():
    assert CliRunner().invoke(app, ["--db", "none", "parts", "--line", "RTX 3090"]).exit_code in (
        0,
        3,
    )
