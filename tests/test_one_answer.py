"""The same question on every surface has one answer: prices, machines, and no conflict anywhere."""

from __future__ import annotations

import datetime as dt
import json
import random
import re

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient
from typer.testing import CliRunner

import rigwright as rw
from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.paste import Line
from rigwright.catalog.prices.ledger import CONDITIONS, key
from rigwright.catalog.source import by_condition, by_id, load, prices_on
from rigwright.cli import app
from rigwright.plan.ask.writing import as_toml
from rigwright.plan.machine.editing import edited, read_parts
from rigwright.plan.money.renting import rent_planned
from rigwright.plan.parts.ownprices import of_list
from rigwright.plan.parts.pricing import history
from rigwright.plan.parts.searching import search
from rigwright.plan.reporting import build_of, report
from rigwright.plan.speed.comparing import compare_chips
from rigwright.report.pages.planpage import page
from rigwright.spec.errors import InputError
from rigwright.spec.parts import PART_TYPES, Chip
from rigwright.web.app import create_app
from rigwright.web.guards import Settings
from tests.plan.machine.generated import answer, goal, goal_data, objections

SEEDS = range(14, 24)
TYPES = {t.kind: t for t in PART_TYPES if t.kind != "chip"}
QUESTIONS = 30


@pytest.fixture(scope="module")
def client():
    return TestClient(create_app(Settings(rate_per_s=0)))


def planned():
    """Seeds of goals that a machine meets."""
    return [s for s in SEEDS if answer(s) is not None and answer(s).chosen is not None]


def flat(seed):
    """A goal as the query of a link."""
    data = goal_data(seed)
    parts = {f"own_{kind}": name for kind, name in data["own"].items()}
    limits = {k: str(v).lower() if isinstance(v, bool) else v for k, v in data["limits"].items()}
    return {**data["workload"], **data["budget"], **limits, **parts, "as_of": data["as_of"]}


def words_of(machine):
    """``buildable`` only where nothing that decides is open."""
    return "buildable" if not objections(machine, unknown=False) else "undecided"


def test_no_surface_has_a_conflict_or_another_machine(client):
    assert len(planned()) >= 5
    for seed in planned():
        result, unknown = answer(seed), goal(seed).limits.allow_unknown
        told = client.post("/api/plan", json=goal_data(seed)).json()
        for machine in (told["chosen"], *told["alternatives"]):
            assert objections(machine, unknown) == [], seed
        chosen = result.to_dict()["chosen"]
        assert (told["chosen"]["usd"], told["chosen"]["gpu"]) == (chosen["usd"], chosen["gpu"])
        html = client.get("/", params=flat(seed)).text
        [fit] = re.findall(r'data-fit="([^"]*)"', html)
        assert fit.startswith(words_of(chosen)) and " 0 conflicts" in fit, seed
        assert f'data-usd="{chosen["usd"]:.2f}"' in html
        assert ("a proven machine" not in html) or words_of(chosen) == "buildable"
        try:
            rented = rent_planned(goal(seed), result.chosen, "goal")
        except InputError:
            continue  # no tariff of the country then: one clear line
        assert rented.own_usd == chosen["usd"] and result.chosen.gpu in rented.own
        assert client.post("/api/rent", json=goal_data(seed)).json()["own_usd"] == chosen["usd"]


def commanded(*words):
    """What a command answers as JSON."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code in (0, 1), (words, done.output)
    return json.loads(done.stdout)


def goal_file(seed, folder):
    """A goal as the file that a command reads."""
    data, path = goal_data(seed), folder / f"goal-{seed}.toml"
    single = [f"{k} = {as_toml(v)}" for k, v in data.items() if not isinstance(v, dict)]
    rows = [
        line for name, section in data.items() if isinstance(section, dict)
        for line in (f"[{name}]", *(f"{k} = {as_toml(v)}" for k, v in section.items()))
    ]  # fmt: skip
    path.write_text("\n".join([*single, *rows]), encoding="utf-8")
    return str(path)


def test_the_command_and_the_library_say_the_same(tmp_path):
    for seed in planned()[:4]:
        chosen = answer(seed).to_dict()["chosen"]
        file = goal_file(seed, tmp_path)
        for said in (
            commanded("plan", file)["chosen"],
            rw.plan(goal_data(seed)).to_dict()["chosen"],
        ):
            assert (said["usd"], said["gpu"]) == (chosen["usd"], chosen["gpu"]), seed
            assert [p["usd"] for p in said["parts"]] == [p["usd"] for p in chosen["parts"]]
        try:
            rented = rw.rent(goal_data(seed))
        except InputError:
            continue  # no tariff of the country then: one clear line
        assert rented.own_usd == commanded("rent", file)["own_usd"] == chosen["usd"]


def test_the_report_says_the_same():
    for seed in planned()[:2]:
        result = answer(seed)
        html = page(report(goal(seed), "goal", result))
        machine = result.to_dict()["chosen"]
        assert f'<dd class="{"ok" if words_of(machine) == "buildable" else "unknown"}">' in html
        assert "0 conflicts" in html and f"${result.chosen.usd:,.2f}" in html
        for line in result.chosen.parts:
            assert line.owned or f"{line.usd:,.2f}" in html or f"{line.usd:,.0f}" in html, line


def questions():
    """(part, day, condition) over kinds, days and conditions, by chance; all can be bought."""
    r = random.Random(7)
    found = []
    for number in range(QUESTIONS):
        day = dt.date(2015, 1, 1) + dt.timedelta(days=r.randrange(365 * 12))
        kind = list(TYPES)[number % len(TYPES)]
        condition = "used" if kind == "card" and r.random() < 0.5 else "new"
        quotes = by_condition(day)[condition]
        parts = [p for p in load(TYPES[kind]) if key(p) in quotes and quotes[key(p)].sold]
        if parts:
            found.append((r.choice(parts), day, condition))
    return found


def compared(chip, day):
    """Condition -> what ``compare`` says that the cheapest card costs."""
    name = by_id(Chip)[chip].name
    rows = compare_chips([name, name], {"model": "resnet50"}, str(day)).rows
    return {offered.condition: offered for offered in rows[0].prices}


def test_a_plan_has_the_price_of_every_other_question(client):
    for seed in planned():
        asked, result = goal(seed), answer(seed)
        limits, told = asked.limits, client.post("/api/plan", json=goal_data(seed)).json()
        quotes = prices_on(asked.as_of, used=limits.used, unseen=limits.estimated_prices)
        bought = [line for line in result.chosen.parts if not line.owned]
        usd = {f"{line.kind}:{line.id}": line.usd for line in bought}
        for line in (*bought, *(x for a in result.alternatives for x in a.parts if not x.owned)):
            quote = quotes[f"{line.kind}:{line.id}"]
            assert line.usd == pytest.approx(quote.usd * line.count), (seed, line)
            assert line.price_condition == quote.condition and quote.sold, (seed, line)
        assert result.chosen.usd == pytest.approx(sum(usd.values()))
        posted = {f"{x['kind']}:{x['id']}": x["usd"] for x in told["chosen"]["parts"]}
        assert {k: posted[k] for k in usd} == usd
        build = build_of(result.chosen, asked)
        page_of_parts = edited(build, as_of=asked.as_of, used=limits.used)
        again = {f"{x.kind}:{x.id}": x.usd for x in page_of_parts.parts}
        assert {k: again[k] for k in usd if again[k] is not None} == pytest.approx(
            {k: v for k, v in usd.items() if again[k] is not None}
        )


def test_one_price_for_thirty_questions(client):
    asked = questions()
    assert len(asked) >= QUESTIONS - 3
    assert {c for *_, c in asked} == set(CONDITIONS)
    for part, day, condition in asked:
        usd, said = by_condition(day)[condition][key(part)].usd, {}
        costs = {o.condition: o.usd for o in history(key(part), str(day)).costs}
        said["prices show"] = costs[condition]
        told = commanded("prices", "show", key(part), "--as-of", str(day))["costs"]
        said["its command"] = {o["condition"]: o["usd"] for o in told}[condition]
        found = {p.id: q for p, q in search(part.kind, part.name, str(day)).rows}[part.id]
        listed = client.get(
            f"/api/parts/{part.kind}", params={"words": part.name, "as_of": str(day), "limit": 1000}
        ).json()
        if found.condition == condition:
            said["parts"] = found.usd
            said["parts of the API"] = next(q["usd"] for p, q in listed["rows"]
                                            if p["id"] == part.id)  # fmt: skip
            rows = commanded("parts", part.kind, part.name, "--as-of", str(day))["rows"]
            said["parts of the command"] = next(q["usd"] for p, q in rows if p["id"] == part.id)
            cheaper = prices_on(day, used=True)[key(part)]
            if cheaper.condition == condition:
                said["used or new"] = cheaper.usd
        if condition == "new":
            line = Line(part.kind, part.id, 1, price=1.0, currency="USD")
            said["check"] = of_list(read_lines([line])[1], day)[0].our_usd
            said["build page"] = edited(read_parts([(part.kind, part.id, 1)])[0], as_of=day).usd
        if part.kind == "card":
            cheapest = compared(part.chip, day)[condition]
            assert cheapest.usd <= usd or part.chip_count > 1, (part.id, day)
            if cheapest.name == part.name:
                said["compare"] = cheapest.usd
                name = by_id(Chip)[part.chip].name
                for surface, rows in (
                    (
                        "compare of the library",
                        rw.compare([name, name], "resnet50", as_of=day).to_dict(),
                    ),
                    (
                        "compare of the command",
                        commanded(
                            "compare", name, name, "--model", "resnet50", "--as-of", str(day)
                        ),
                    ),
                ):
                    prices = rows["rows"][0]["prices"]
                    said[surface] = {o["condition"]: o["usd"] for o in prices}[condition]
        assert set(said.values()) == {usd}, (part.id, day, condition, usd, said)
