"""Observed prices in SQLite and PostgreSQL: added to, never changed, used by the planner."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.catalog.opendb.made import files_of, id_of, record, unpacked

from rigwright.catalog import source
from rigwright.catalog.prices.ledger import key
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.parts.catalogs import import_catalog
from rigwright.plan.parts.pricing import add_prices, history
from rigwright.report.text.prices import plot
from rigwright.spec.errors import InputError, UnknownNameError

HEADER = "part,date,price,currency,condition,source\n"
DAY = dt.date(2026, 6, 1)


def file(tmp_path, *rows, name="p.csv"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_prices_are_added_once_and_never_changed(database, tmp_path):
    first = file(tmp_path, "psu:corsair-rm850x,2026-05-02,150,USD,new,a shop")
    assert add_prices(first).added == 1
    again = add_prices(first)
    assert (again.added, again.known) == (0, 1)
    other = file(tmp_path, "psu:corsair-rm850x,2026-05-02,140,USD,new,a shop", name="b.csv")
    assert add_prices(other).added == 1
    rows = source.rows("SELECT amount FROM prices ORDER BY amount")
    assert [r[0] for r in rows] == [140.0, 150.0]


def test_the_planner_uses_the_latest_price_with_its_age(database, tmp_path):
    add_prices(
        file(
            tmp_path,
            "psu:corsair-rm850x,2025-05-01,90,USD,new,old shop",
            "psu:corsair-rm850x,2026-05-02,150,USD,new,a shop",
            "psu:corsair-rm850x,2026-05-20,60,USD,used,flea market",
            "psu:corsair-rm850x,2026-05-25,50,EUR,new,a shop in Europe",
            "psu:corsair-rm850x,2026-06-30,10,USD,new,after the day",
        )
    )
    new = source.prices_on(DAY)["psu:corsair-rm850x"]
    assert (new.usd, new.age_days, new.source) == (150, 30, "a shop")
    used = source.prices_on(DAY, used=True)["psu:corsair-rm850x"]
    assert (used.usd, used.condition) == (60, "used")


def test_the_lowest_of_several_listings_of_a_day_counts(database, tmp_path):
    rows = [f"psu:corsair-rm850x,2026-05-02,{p},USD,new,shop {p}" for p in (150, 120, 130)]
    add_prices(file(tmp_path, *rows))
    assert source.prices_on(DAY)["psu:corsair-rm850x"].usd == 120


def test_prices_of_a_merged_record_count_for_the_part_it_became(database, tmp_path):
    numbers = ["CP-9020133-NA"]
    raw = [("PSU", record("PSU", {"opendb_id": id_of(i)}, part_numbers=numbers)) for i in "ab"]
    raw.append(("CPU", record("CPU", name="Intel Core i5 9400F")))
    path = tmp_path / "prices.csv"
    path.write_text(
        "category,opendb_id,name,price_usd,source,date\n"
        f"PSU,{id_of('a')},x,100,s,2026-05-02\nPSU,{id_of('b')},x,90,s,2026-05-03\n"
        f"CPU,{raw[2][1]['opendb_id']},x,77,s,2026-05-04\n"
    )
    assert add_prices(path).outside == 3  # kept although nothing is imported yet
    import_catalog("opendb", unpacked(tmp_path / "db", files_of(raw)), lambda *a: None)
    seen = source.prices_on(DAY)
    (psu,) = (p for p in source.load(source.TYPES["psu"]) if p.name.startswith("Acme"))
    assert seen[key(psu)].usd == 90
    assert seen["cpu:intel-core-i5-9400f"].usd == 77
    assert add_prices(path).outside == 0
    assert [s.amount for s in history(f"psu:{psu.id}", "2026-06-01").seen] == [100, 90]


def test_a_plan_buys_imported_parts_at_imported_prices(database, tmp_path):
    cheap = record("PSU", name="Acme Power 850W Fully Modular 80+ Gold")
    import_catalog("opendb", unpacked(tmp_path / "db", files_of([("PSU", cheap)])), lambda *a: None)
    add_prices(file(tmp_path, f"psu:{cheap['opendb_id']},2026-05-02,9,USD,new,a shop"))
    goal = {
        "as_of": "2026-06-01",
        "workload": {"model": "resnet50", "mode": "train", "batch": 32, "precision": "amp"},
        "budget": {"usd": 2500},
        "own": {"cards": ["Gigabyte GTX 1070 G1 Gaming"]},
        "limits": {"price_age_days_max": 5000},
    }
    result = plan(parse_goal(goal, "test"))
    assert result.chosen is not None
    (psu,) = (p for p in result.chosen.parts if p.kind == "psu")
    assert (psu.id, psu.usd, psu.price_age_days) == (cheap["opendb_id"], 9, 30)
    assert any("OpenDB" in note for note in result.notes)


def test_history_by_name_key_and_chip(database, tmp_path):
    add_prices(
        file(
            tmp_path,
            "psu:corsair-rm850x,2026-05-02,150,EUR,new,a shop",
            "chip:geforce-rtx-3090,2026-05-02,700,USD,used,eBay",
        )
    )
    for text in ("Corsair RM850x", "psu:corsair-rm850x"):
        assert history(text, "2026-06-01").seen[-1].currency == "EUR"
        assert history(text, "2026-06-01").seen[-1].age_days == 30
        assert all(s.date <= dt.date(2016, 12, 31) for s in history(text, "2016-12-31").seen)
    assert history("RTX 3090").seen[-1].condition == "used"
    for bad in ("Nobody 9", "psu:nobody", "xyz"):
        with pytest.raises(UnknownNameError):
            history(bad)
    with pytest.raises(InputError):
        history(" ")


def test_prices_need_a_database(tmp_path):
    with pytest.raises(InputError, match="RIGWRIGHT_DB"):
        add_prices(file(tmp_path, "psu:corsair-rm850x,2026-05-02,150,USD,new,a shop"))


def test_the_plot_shows_first_last_highest_and_lowest(database, tmp_path):
    rows = ("psu:acme,2026-01-01,100,USD,new,a", "psu:acme,2026-05-02,50,USD,used,b")
    add_prices(file(tmp_path, *rows))
    from rigwright.plan.parts.pricing import Seen

    seen = [
        Seen(dt.date.fromisoformat(str(d)[:10]), a, "USD", c, "shop", "s", 0, True)
        for d, a, c in source.rows("SELECT date, amount, condition FROM prices ORDER BY date")
    ]
    lines = plot(seen)
    assert lines[0].startswith("100 ┤●") and lines[7].startswith(" 50 ┤") and lines[7].endswith("○")
    assert "2026-01-01" in lines[-1] and lines[-1].endswith("2026-05-02")
    (one,) = {len(line) for line in lines[:9]}
    assert len(plot(seen[:1])) == len(lines) and one
