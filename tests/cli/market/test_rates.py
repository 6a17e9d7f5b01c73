"""`prices rates`: a currency with a rate of the user's own may be said of a budget."""

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from rigwright.catalog import source
from rigwright.cli import app
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.parts.checking import check_file
from rigwright.plan.parts.local import local_notes
from rigwright.spec.errors import InputError

HEAD = "date,currency,usd\n"


def added(tmp_path, *rows):
    path = tmp_path / "rates.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    result = CliRunner().invoke(app, ["prices", "rates", str(path), "--json"])
    if result.exception:
        raise result.exception
    return json.loads(result.stdout)


def budget(day="2026-11-01", **said):
    data = {"workload": {"model": "resnet50"}, "as_of": day}
    return parse_goal(data | {"budget": {"amount": 1000} | said}, "goal")


def test_a_budget_counts_at_the_rate_of_its_day(database, tmp_path):
    with pytest.raises(InputError, match="'CAD', allowed: USD, EUR, GBP, JPY; `rigwright prices"):
        budget(currency="CAD")
    said = added(tmp_path, "2026-01-02,CAD,0.73", "2026-06-01,CAD,0.72", "2026-06-01,EUR,1.5")
    assert (said["added"], said["changed"], said["currencies"]) == (3, 0, ["CAD", "EUR"])
    assert budget(currency="CAD").budget.usd == pytest.approx(720)
    assert budget("2026-05-31", currency="cad").budget.usd == pytest.approx(730)
    assert budget(currency="EUR").budget.usd == pytest.approx(1500)  # the user's is the younger
    assert budget("2026-05-31", currency="EUR").budget.usd == pytest.approx(1176.1)
    assert "1 CAD is $0.72 (2026-06-01)" in next(iter(local_notes(budget(currency="CAD"), None)))


def test_a_rate_is_corrected_and_nothing_else_changes(database, tmp_path):
    added(tmp_path, "2026-01-02,CAD,0.73", "2026-06-01,CAD,0.72")
    said = added(tmp_path, "2026-01-02,CAD,0.73", "2026-06-01,CAD,0.71")
    assert (said["rates"], said["added"], said["changed"]) == (2, 0, 1)
    assert budget(currency="CAD").budget.usd == pytest.approx(710)
    with pytest.raises(InputError):
        added(tmp_path, "2026-06-01,CAD,0.5", "2026-06-02,CAD,none")
    assert budget(currency="CAD").budget.usd == pytest.approx(710)  # a bad file changes nothing


def test_a_pasted_price_in_that_currency_is_compared(database, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("CPU: AMD Ryzen 5 7600 - 250 CHF\n", encoding="utf-8")
    assert check_file(file).prices[0].usd is None
    added(tmp_path, "2026-06-01,CHF,1.25")
    assert check_file(file).prices[0].usd == 312.5


def test_a_database_from_before_rates_is_read(tmp_path, monkeypatch):
    path = tmp_path / "old.sqlite"
    monkeypatch.setenv("RIGWRIGHT_DB", str(path))
    added(tmp_path, "2026-06-01,CAD,0.72")
    with sqlite3.connect(path) as old:
        old.execute("DROP TABLE rates")
    source.forget()
    try:
        assert source.currencies() == ("USD", "EUR", "GBP", "JPY")
        assert added(tmp_path, "2026-06-01,CAD,0.72")["added"] == 1
        assert "CAD" in source.currencies()
    finally:
        monkeypatch.undo()
        source.forget()
