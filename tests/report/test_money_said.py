"""Amounts are said in the currency of the budget on every surface; numbers of keys stay in USD."""

import datetime as dt
import json
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from rigwright.catalog.buildfile import read_build_lines
from rigwright.catalog.prices import ledger
from rigwright.catalog.prices.ledger import between, said_in, whole
from rigwright.catalog.prices.rates import Rate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.whynot import why_not
from rigwright.plan.memory.smallestvram import smallest_vram
from rigwright.plan.money.renting import rent_planned
from rigwright.plan.parts.checking import checked
from rigwright.plan.parts.pricing import history
from rigwright.plan.parts.searching import search
from rigwright.plan.reporting import report
from rigwright.plan.speed.comparing import compare_chips
from rigwright.report.charts.frontier import frontier
from rigwright.report.pages import atlas
from rigwright.report.pages.planpage import card, page
from rigwright.report.text import check
from rigwright.report.text.told import show
from rigwright.spec.errors import InputError
from rigwright.web.app import create_app
from rigwright.web.guards import Settings

DAY = dt.date(2026, 1, 1)
RATE = r"1 EUR is .*?budget\s+is\s+\$[\d,]*\d(,\s+the\s+machine\s+\$[\d,]*\d)?"
SAID = {"workload": {"model": "resnet50", "samples": 100_000}, "as_of": "2026-09-01"}
QUERY = {"model": "resnet50", "samples": 100_000, "as_of": "2026-09-01", "amount": 2000,
         "currency": "EUR", "tax": "included", "country": "DE"}  # fmt: skip


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Rate(DAY, "USD", 1.0), ("$1,235", "$1,234.60", "1,200-1,300")),
        (Rate(DAY, "EUR", 1.2), ("€1,029", "€1,028.83", "1,000-1,083")),
        (Rate(DAY, "GBP", 1.5), ("£823", "£823.07", "800-867")),
        (Rate(DAY, "JPY", 0.01), ("¥123,460", "¥123,460", "120,000-130,000")),
        (Rate(DAY, "CAD", 0.75), ("1,646 CAD", "1,646.13 CAD", "1,600-1,733")),
    ],
)
def test_amounts_are_said_in_the_currency_that_is_asked_in(money, said):
    with said_in(money):
        assert (ledger.money(1234.6), ledger.money(1234.6, 2), between(1200, 1300)) == said
        assert ledger.money(None) == "no price"
        assert whole(7.7) == pytest.approx(round(7.7 / money.usd) * money.usd)
    assert ledger.money(5) == "$5"


def dollars_of(text):
    """Amounts in dollars that a text says beside the one sentence about the rate."""
    shown = re.sub(r"<(script|style)[ >].*?</\1>", "", text, flags=re.DOTALL)
    return re.findall(r"\$ ?\d[\d,.]*|>USD/[hj]|\$/", re.sub(RATE, "", shown, flags=re.DOTALL))


def goal(**budget):
    return parse_goal(SAID | {"budget": budget, "site": {"country": "DE"}}, "goal")


@pytest.fixture(scope="module")
def euro():
    """A goal in euros, and its plan."""
    asked = goal(amount=2000, currency="EUR", tax="included")
    return asked, plan(asked)


def test_no_answer_on_a_terminal_says_dollars_where_euros_were_asked_in(euro, capsys):
    asked, found = euro
    show("plan", found)
    for name in ("RTX 5090", "RTX 3090", "2 x RTX 5080"):
        show("whynot", why_not(asked, name))
    show("rent", rent_planned(asked, found.chosen, "goal"))
    show("plan", plan(goal(amount=150, currency="EUR")))
    told = capsys.readouterr().out
    assert "for at most €1,681 before tax (€2,000 with it)" in told
    assert "for at most €150" in told and "EUR/h" in told
    assert told.count("1 EUR is") == 2  # once an answer
    assert not dollars_of(told)


def test_report_card_and_charts_say_euros(euro):
    asked, found = euro
    said = f"€{found.chosen.usd / found.money.usd:,.0f}"
    chart = frontier(found)
    assert "machine, EUR" in json.dumps(chart) and not dollars_of(json.dumps(chart))
    html = page(report(asked, result=found))
    assert said in html and ">EUR/h<" in html and said in card(found, None)
    assert not dollars_of(html)


def test_numbers_of_keys_stay_in_dollars(euro):
    asked, found = euro
    told, unit = found.to_dict(), asked.money
    assert told["money"] == {"date": unit.date.isoformat(), "currency": "EUR", "usd": unit.usd}
    assert told["budget_usd"] == pytest.approx(2000 * unit.usd / 1.19)
    same = plan(goal(usd=asked.parts_usd))
    assert [p.id for p in same.chosen.parts] == [p.id for p in found.chosen.parts]
    assert same.chosen.usd == found.chosen.usd and same.money.currency == "USD"


def test_pages_say_euros(euro):
    _, found = euro
    said = f"€{found.chosen.usd / found.money.usd:,.0f}"
    client = TestClient(create_app(Settings(rate_per_s=0)))
    for path in ("/", "/rent", "/frontier.svg", "/money.svg", "/report.html", "/why?why=RTX 3090"):
        path, _, why = path.partition("?why=")
        answer = client.get(path, params=QUERY | ({"why": why} if why else {}))
        assert answer.status_code == 200 and not dollars_of(answer.text), (path, answer.text[:200])
        assert "€" in answer.text or path == "/money.svg"
    build = unescape(re.search(r'href="(/build\?[^"]+)"', client.get("/", params=QUERY).text)[1])
    text = re.sub(r'placeholder="[^"]*"', "", client.get(build + "&choose=psu").text)
    assert said in text and re.search(r'name="currency"[^>]*value="EUR"', text)
    assert not dollars_of(text.partition('id="result"')[2])
    sides = {f"a.{k}": v for k, v in QUERY.items()}
    sides |= {"b.model": "resnet50", "b.usd": 2000, "b.as_of": "2026-09-01"}
    text = client.get("/versus", params=sides).text
    assert said in text and re.search(r"\$[12],\d", text)


RUN, ON = {"model": "resnet50"}, "2026-11-01"
ASKED = {
    "compare": lambda c: compare_chips(["RTX 5090", "RTX 3090"], RUN, ON, c),
    "parts": lambda c: search("card", "5080", ON, c),
    "history": lambda c: history("RTX 5080", ON, c),
    "smallest": lambda c: smallest_vram(RUN, ON, c),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_every_answer_with_prices_says_them_in_the_currency_that_is_asked_for(
    what, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "300")  # narrow columns break amounts into lines
    ask = ASKED[what]
    show(what, ask("eur"))
    euros = capsys.readouterr().out.partition("USD, ")[0]  # observations are as they were seen
    show(what, ask(None))
    dollars = capsys.readouterr().out.partition("USD, ")[0]
    assert "€" in euros and not dollars_of(euros)
    amounts = r"[$€][\d,.]+|[\d,]{3,}-[\d,]{3,}|[\d.,]+\s+/\("
    both = (re.sub(amounts, "", text.replace("USD per", "EUR per")) for text in (euros, dollars))
    same = [sorted(text.split()) for text in both]  # columns of other widths break elsewhere
    assert same[0] == same[1]
    assert ask("eur").money.currency == "EUR" and ask(None).money.usd == 1
    with pytest.raises(InputError, match=r"currency: got 'XYZ', allowed: USD, EUR, GBP, JPY"):
        ask("XYZ")


def test_a_list_in_one_currency_is_checked_in_it(tmp_path, capsys):
    path = tmp_path / "list.txt"
    for lines, said in (
        (
            "CPU: Ryzen 7 9700X €299\nPSU: Corsair RM850x €140",
            ("€299", "€140", "both prices        €299"),
        ),
        ("CPU: Ryzen 7 9700X €299\nPSU: Corsair RM850x $140", ("$140", "(299.00 EUR)")),
    ):
        path.write_text(lines)
        check.show(checked(*read_build_lines(path), "list"))
        told_ = capsys.readouterr().out
        assert all(word in told_ for word in said), told_


def test_a_cell_of_an_atlas_says_the_money_of_its_budget():
    goal = {"budget": {"amount": 2000, "currency": "EUR"}, "as_of": "2026-09-01"}
    cell = {"goal": goal, "chosen": {"usd": 1176.1}}
    assert atlas.price(cell).startswith("€1,0")
    assert atlas.price(cell | {"goal": goal | {"budget": {"usd": 2000}}}) == "$1,176"


def test_page_and_api_compare_in_the_currency_of_the_link():
    client = TestClient(create_app(Settings(rate_per_s=0)))
    asked = {"model": "resnet50", "gpu": "RTX 5090; RTX 5080", "currency": "gbp", "as_of": ON}
    answer = client.get("/compare", params=asked).text.partition('id="result"')[2]
    assert "£" in answer and not dollars_of(answer)
    told_ = client.post("/api/compare", json=asked | {"gpu": ["RTX 5090", "RTX 5080"]}).json()
    assert told_["money"]["currency"] == "GBP"
    assert f"£{told_['rows'][0]['usd'] / told_['money']['usd']:,.0f}" in answer
    parts = client.get("/api/parts/cpu", params={"words": "9700x", "currency": "jpy"}).json()
    assert parts["money"]["currency"] == "JPY"
