"""Prices that a pasted list gives are shown beside ours, with totals of the same parts."""

import datetime as dt

import pytest
from typer.testing import CliRunner

from rigwright.catalog import source
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_condition, rate
from rigwright.cli import app
from rigwright.plan.machine.editing import edited, read_meant
from rigwright.plan.parts import ownprices
from rigwright.plan.parts.checking import check_file
from rigwright.plan.parts.results import Remembered
from rigwright.plan.speed.cardprices import by_chip
from rigwright.report.text.check import show
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.parts import Card

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
    file.write_text("CPU: AMD Ryzen 5 7600\nPSU: Corsair RM1000x (2021)\n", encoding="utf-8")
    assert set(check_file(file).to_dict()) == {"findings"}


USED = """GPU: RTX 3090 Founders Edition (used) - $650
PSU: Corsair RM850x (2021), refurbished - $80
CPU: AMD Ryzen 5 7600 gebraucht - 120,00 €
Drive: Samsung 990 Pro 2TB - $170
Case: A box that nobody knows - $50
"""


def test_a_used_part_is_beside_our_used_price(tmp_path):
    file = tmp_path / "list.txt"
    file.write_text(USED, encoding="utf-8")
    found = {p.kind: p for p in check_file(file).prices}
    assert {k: p.condition for k, p in found.items()} == {
        "card": "used", "psu": "used", "cpu": "used", "drive": "new", "case": "new",
    }  # fmt: skip
    own = by_condition(dt.date.today())
    card = next(key(c) for c in source.load(Card) if c.name == found["card"].name)
    assert found["card"].our_usd == pytest.approx(own["used"][card].usd, abs=0.01)
    assert found["card"].our_usd != pytest.approx(own["new"][card].usd, abs=0.01)
    assert found["psu"].our_usd is None  # no second-hand price of supplies is known


def test_a_list_is_remembered_once_with_its_conditions(database, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text(USED, encoding="utf-8")
    before = check_file(file)
    assert before.remembered is None and not source.rows("SELECT 1 FROM prices")
    first = check_file(file, remember=True)
    known = 4
    [(text, why)] = first.remembered.left_out
    assert first.remembered == Remembered(known, 0, 1, ((text, why),))
    assert "nobody knows" in text and why.startswith("names no")
    again = check_file(file, remember=True).remembered
    assert (again.added, again.known) == (0, known)
    seen = source.rows("SELECT part_id, amount, currency, condition, source, date FROM prices")
    by_id = {row[0]: row[1:4] for row in seen}
    assert by_id["corsair-rm850x-2021"] == (80, "USD", "used")
    assert by_id["amd-ryzen-5-7600"] == (120, "EUR", "used")
    assert {row[4] for row in seen} == {"your list"}
    assert {str(row[5]) for row in seen} == {dt.date.today().isoformat()}
    quote = by_condition(dt.date.today())["used"]["psu:corsair-rm850x-2021"]
    assert (quote.usd, quote.source) == (80, "your list")


def test_nothing_to_remember_is_one_line(database, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("CPU: AMD Ryzen 5 7600\nPSU: Corsair RM1000x (2021)\n", encoding="utf-8")
    with pytest.raises(InputError, match="--remember: got 'no price") as error:
        check_file(file, remember=True)
    assert "\n" not in str(error.value)
    assert not source.rows("SELECT 1 FROM prices")


def test_the_command_remembers(database, path):
    result = CliRunner().invoke(app, ["check", str(path), "--remember"])
    said = " ".join(result.stdout.split())
    assert "prices remembered: 2 new, 0 known already" in said
    assert "not remembered: A box that nobody knows: names no" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("OS: Windows 11 Home - $120", "no kind of part"),
        ("Case: A box that nobody knows - $50", "names no"),
    ],
)
def test_what_is_not_remembered_says_why(database, tmp_path, line, why):
    file = tmp_path / "list.txt"
    file.write_text(f"CPU: AMD Ryzen 5 7600 - $189\n{line}\n", encoding="utf-8")
    found = check_file(file, remember=True).remembered
    assert found.added == 1 and [w[: len(why)] for _, w in found.left_out] == [why]


def test_a_card_by_its_chip_is_remembered_as_the_chip(database, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("GPU: RTX 5090 - $3,899\n", encoding="utf-8")
    assert check_file(file, remember=True).remembered == Remembered(1, 0, 0)
    [(kind, name, amount)] = source.rows("SELECT kind, part_id, amount FROM prices")
    assert (kind, name, amount) == ("chip", "geforce-rtx-5090", 3899)
    assert by_chip(dt.date.today())["geforce-rtx-5090"][0].seen_usd == 3899


def test_prices_by_name_stand_beside_ours_and_take_the_place_of_the_lists(path):
    found = check_file(path, prices=["Ryzen 5 7600=200", "RTX 4090=1500"])
    by_kind = {p.kind: p for p in found.prices}
    assert (by_kind["cpu"].usd, by_kind["card"].usd) == (200, 3000)
    assert len(found.prices) == 3 and found.your_usd == 3200
    assert by_kind["cpu"].our_usd == check_file(path).prices[0].our_usd


@pytest.mark.parametrize(
    "said", ["RTX 4090", "RTX 4090=free", "=5", "RTX 4090=-1", "Frobnicator=9"]
)
def test_a_price_of_nothing_is_one_line(path, said):
    with pytest.raises(RigwrightError) as error:
        check_file(path, prices=[said])
    assert "\n" not in str(error.value)


def test_the_names_of_a_list_bring_back_its_prices(tmp_path):
    text = LIST + "RAM: 32GB DDR5 - $99\nDrive: Samsung 990 Pro 2TB - $170\nGPU: RTX 5090 - $3000\n"
    build, meant = read_meant(text.replace("GPU: 2x ASUS TUF RTX 4090 OC - 1,799.00 €\n", ""), "x")
    prices = ownprices.of_list(meant)
    again = edited(build, prices=ownprices.names_of(build, meant, prices)).prices
    assert {p.kind: p.usd for p in again} | {"case": 50} == {p.kind: p.usd for p in prices}
    assert {"ram", "card", "drive", "cpu"} <= {p.kind for p in again}
