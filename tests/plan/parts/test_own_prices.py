"""Prices that a pasted list gives are shown beside ours, with totals of the same parts."""

import datetime as dt

import pytest

from rigwright.catalog.source import rate
from rigwright.plan.parts.checking import check_file
from rigwright.report.text.findings import show

LIST = """CPU: AMD Ryzen 5 7600 - $189.00
GPU: 2x ASUS TUF RTX 4090 OC - 1,799.00 €
Case: A box that nobody knows - $50
PSU: Corsair RM1000x
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "list.txt"
    file.write_text(LIST, encoding="utf-8")
    return file


def test_each_price_of_the_list_stands_beside_ours(path):
    found = check_file(path)
    cpu, card, case = found.prices
    assert (cpu.kind, cpu.usd, cpu.currency) == ("cpu", 189, "USD")
    assert cpu.our_low_usd < cpu.our_usd < cpu.our_high_usd
    assert (card.count, card.amount, card.currency) == (2, 3598, "EUR")
    assert card.usd == pytest.approx(3598 * rate("EUR", dt.date.today()).usd, abs=0.01)
    assert case.our_usd is None and not case.compared
    both = [p for p in found.prices if p.compared]
    assert found.your_usd == sum(p.usd for p in both)
    assert found.our_usd == sum(p.our_usd for p in both)


def test_the_command_says_both(path, capsys):
    found = check_file(path)
    show(found)
    text = capsys.readouterr().out
    assert "your price" in text and "$189" in text and "total of the" in text
    data = found.to_dict()
    assert len(data["prices"]) == 3 and data["your_usd"] == round(found.your_usd, 2)


def test_a_list_without_prices_says_nothing_of_them(tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("CPU: AMD Ryzen 5 7600\nPSU: Corsair RM1000x\n", encoding="utf-8")
    assert set(check_file(file).to_dict()) == {"findings"}
