"""The import, in SQLite and in PostgreSQL: whole or not at all, repeatable, beside our tables."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.catalog.opendb.made import RECORDS, files_of, id_of, record, tar_bytes, unpacked, whole

from rigwright.catalog import source
from rigwright.catalog.buildfile import build_of_parts
from rigwright.catalog.identify import identify
from rigwright.catalog.opendb import importing
from rigwright.plan.parts.catalogs import explain, import_catalog, report
from rigwright.plan.parts.searching import search
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import PART_TYPES, Case, Chip, Cpu, Psu

KINDS = tuple(t for t in PART_TYPES if t is not Chip)


def quiet(what, done, total):
    """No progress."""


def bring_in(tmp_path, files, name="db"):
    return import_catalog("opendb", unpacked(tmp_path / name, files), quiet)


def imported(part_type):
    ours = source.embedded_ids(part_type.kind)
    return [p for p in source.load(part_type) if p.id not in ours]


def test_every_kind_arrives_beside_the_embedded_parts(database, tmp_path):
    before = {t: len(source.load(t)) for t in KINDS}
    found = bring_in(tmp_path, whole())
    assert {k.kind: (k.records, k.parts) for k in found.kinds} == {t.kind: (1, 1) for t in KINDS}
    for kind in KINDS:
        assert len(source.load(kind)) == before[kind] + 1 and len(imported(kind)) == 1
    (psu,) = imported(Psu)
    assert (psu.watts, psu.source_date.year >= 2026) == (850, True)


def test_bad_records_are_listed_and_the_rest_comes_in(database, tmp_path):
    files = {
        **whole(),
        "CPU/deep.json": b"[" * 50_000 + b"]" * 50_000,
        "GPU/html.json": json.dumps(record("GPU", name="<script>x</script>")).encode(),
        "PSU/none.json": json.dumps(record("PSU", {"wattage": None}, name="Acme None")).encode(),
        "RAM/bytes.json": b"\x00\x01",
        "CaseFan/fan.json": b"{}",
        "README.md": b"hello",
    }
    found = bring_in(tmp_path, files)
    assert sum(k.parts for k in found.kinds) == len(RECORDS)
    assert found.others == {"rejected": 4, "of other kinds": 1}
    reasons = dict(found.rejected)
    assert reasons["CPU/deep.json"] == "nested too deeply"
    assert "markup" in reasons["GPU/html.json"]
    assert reasons["PSU/none.json"] == "says nothing on watts"
    assert "RAM/bytes.json" in reasons


def test_the_licence_travels_along(database, tmp_path):
    found = bring_in(tmp_path, {**whole(), "LICENSE": b"ODC Attribution License, full text"})
    assert "ODC-By" in found.licence and "BuildCores" in found.attribution
    assert found.licence_text == "ODC Attribution License, full text"
    assert source.attribution() == (importing.ATTRIBUTION,)
    shown = search("psu", "acme")
    assert shown.attribution == (importing.ATTRIBUTION,)
    assert search("psu", "corsair").attribution == ()


def contents():
    kinds = ("parts", "aliases", "words", "notes", "rejects")
    columns = {
        "parts": "serial, kind, id, name, facts",
        "aliases": "kind, alias, part_id",
        "words": "kind, word, serials",
        "notes": "number, kind, part_id, field, raw, value, action, rule",
        "rejects": "number, path, reason",
    }
    return {
        t: sorted(source.rows(f"SELECT {columns[t]} FROM {t} WHERE {source.SERVING}"))
        for t in kinds
    }


def test_the_same_archive_twice_gives_the_same_and_leaves_no_rest(database, tmp_path):
    bring_in(tmp_path, whole())
    first = contents()
    bring_in(tmp_path, whole())
    assert contents() == first and first["parts"]
    for table in ("parts", "notes", "words"):
        assert len(source.rows(f"SELECT DISTINCT import_id FROM {table}")) == 1


def test_a_newer_archive_takes_the_place_of_the_older(database, tmp_path):
    bring_in(tmp_path, whole())
    psu = record("PSU", {"wattage": 1200}, name="Acme New 1200W")
    bring_in(tmp_path, files_of([("PSU", psu)]), "newer")
    assert [p.name for p in imported(Psu)] == ["Acme New 1200W"] and imported(Case) == []


@pytest.mark.parametrize("stage", ["read", "assembled", "rows_of", "counts_of"])
def test_a_failure_at_any_stage_leaves_the_old_catalogue(database, tmp_path, monkeypatch, stage):
    bring_in(tmp_path, whole())
    before = contents()

    def fail(*args):
        raise InputError("x", "y", "z", "w")

    with monkeypatch.context() as patched:
        patched.setattr(importing, stage, fail)
        with pytest.raises(InputError):
            bring_in(tmp_path, files_of([("PSU", record("PSU", name="Acme Other 850W"))]), "b")
    source.forget()
    assert contents() == before


def test_a_failure_while_writing_leaves_the_old_catalogue(database, tmp_path, monkeypatch):
    from rigwright.catalog.store import writing

    bring_in(tmp_path, whole())
    before = contents()
    real = writing._rows

    def half(connection, table, rows):
        real(connection, table, rows)
        if table.name == "notes":
            raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_rows", half)
    with pytest.raises(KeyboardInterrupt):
        bring_in(tmp_path, files_of([("PSU", record("PSU", name="Acme Other 850W"))]), "b")
    source.forget()
    assert contents() == before


@pytest.mark.parametrize(
    "shares", [(0.2, 0.6), pytest.param((0.4, 0.6, 0.75, 0.85, 0.95), marks=pytest.mark.soak)]
)
def test_killed_at_any_moment_the_old_catalogue_serves(database, tmp_path, shares):
    """SIGKILL at moments spread over the import: either all of the old or all of the new."""
    bring_in(tmp_path, whole())
    old = contents()["parts"]
    many = [("PSU", record("PSU", name=f"Acme {i} 850W Unit{i}")) for i in range(400)]
    archive = tmp_path / "many.tar"
    archive.write_bytes(tar_bytes(files_of(many)))
    run = "from rigwright.cli import main; main()"
    command = [sys.executable, "-c", run, "catalog", "import", "opendb", str(archive)]
    seen = set()
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    took = time.monotonic() - started
    source.forget()
    new = contents()["parts"]
    assert len(new) == 400 and new != old
    bring_in(tmp_path, whole())
    for share in shares:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        time.sleep(took * share)
        process.send_signal(signal.SIGKILL)
        process.wait()
        source.forget()
        parts = contents()["parts"]
        assert parts in (old, new)
        seen.add(parts == new)
        if parts == new:
            bring_in(tmp_path, whole())
    assert False in seen


def test_an_archive_without_records_changes_nothing(database, tmp_path):
    bring_in(tmp_path, whole())
    with pytest.raises(InputError, match="no part records"):
        bring_in(tmp_path, {"notes/x.json": b"{}"}, "empty")
    source.forget()
    assert len(imported(Psu)) == 1


def test_embedded_parts_win_over_the_same_imported_part(database, tmp_path):
    raw = record("CPU", {"specifications.tdp": 84}, name="Intel Core i5 9400F")
    found = bring_in(tmp_path, files_of([("CPU", raw)]))
    assert imported(Cpu) == []
    assert [(k.parts, k.embedded) for k in found.kinds if k.kind == "cpu"] == [(0, 1)]
    ours = source.part("cpu", raw["opendb_id"])
    assert ours.id == "intel-core-i5-9400f" and ours.tdp_w == 65
    told = explain("cpu", "Intel Core i5 9400F")
    assert told.embedded and told.attribution == (importing.ATTRIBUTION,)
    (line,) = [f for f in told.facts if f.fact == "tdp_w"]
    assert {n.rule for n in line.notes} == {"differs-from-embedded"}


def test_merged_records_are_found_by_either_id_and_by_part_number(database, tmp_path):
    a = record("PSU", {"opendb_id": id_of("a")}, part_numbers=["CP-9020133-NA"])
    b = record("PSU", {"opendb_id": id_of("b")}, part_numbers=["CP-9020133-NA", "AX-77001-EU"])
    bring_in(tmp_path, files_of([("PSU", a), ("PSU", b)]))
    (psu,) = imported(Psu)
    assert source.part("psu", id_of("a")) == source.part("psu", id_of("b").upper()) == psu
    for text in ("CP-9020133-NA", "power supply (ax-77001-eu)", id_of("b")):
        assert identify("psu", text).part == psu
    assert source.part("psu", id_of("nobody")) is None


def test_a_number_and_words_of_two_parts_name_neither(database, tmp_path):
    a = record("PSU", name="Acme Power Mk1 850W", part_numbers=["CP-9020133-NA"])
    b = record("PSU", {"specifications.wattage": 650}, name="Acme Power Mk2 650W")
    bring_in(tmp_path, files_of([("PSU", a), ("PSU", b)]))
    assert identify("psu", "Acme Power Mk1 850W CP-9020133-NA").part is not None
    assert identify("psu", "Acme PSU CP-9020133-NA").part is not None
    for text in ("Acme Power Mk2 650W CP-9020133-NA", "CP-9020133-NA 750W"):
        hit = identify("psu", text)
        assert hit.part is None
        assert "Acme Power Mk1 850W" in hit.near


def test_a_line_finds_an_imported_part_by_its_name(database, tmp_path):
    others = [("PSU", record("PSU", name=f"Acme Power Mk{i} 850W")) for i in range(100)]
    bring_in(tmp_path, files_of([("PSU", record("PSU")), *others]))
    hit = identify("psu", "Acme Power Mk77 850W")
    assert hit.part is not None and hit.part.name == "Acme Power Mk77 850W"
    assert identify("psu", "Corsair RM850x").part.id == "corsair-rm850x"
    with pytest.raises(UnknownNameError):
        explain("psu", "Nobody 123W")


def test_cases_name_parts_by_id(database, tmp_path):
    raw = record("PCCase")
    bring_in(tmp_path, files_of([("PCCase", raw)]))
    build = build_of_parts([{"category": "PCCase", "opendb_id": raw["opendb_id"], "name": "?"}])
    assert build.case.id == raw["opendb_id"] and build.unresolved == ()


def test_the_report_counts_what_was_done(database, tmp_path):
    bring_in(tmp_path, whole())
    found = report("psu")
    assert {f.kind for f in found.facts} == {"psu"}
    watts = next(f for f in found.facts if f.fact == "watts")
    assert (watts.parts, watts.said, watts.trusted, watts.mended) == (1, 1, 1, 0)
    board = report("board")
    plans = next(f for f in board.facts if f.fact == "lane_plans")
    assert (plans.trusted, plans.distrusted) == (0, 1)
    assert {r.rule for r in board.rules} >= {"slots-listed-by-length", "m2-listed-by-size"}
    assert all(r.why for r in board.rules)


def test_without_an_import_the_report_says_what_to_do(database):
    with pytest.raises(InputError, match="catalog import opendb"):
        report()


def test_another_programs_database_is_left_alone(tmp_path):
    import sqlite3

    file = tmp_path / "other.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE parts (x)")
    source.use(str(file))
    with pytest.raises(InputError, match="another program"):
        source.load(Psu)


def test_a_file_that_is_no_database(tmp_path):
    file = tmp_path / "text.sqlite"
    file.write_text("hello " * 500)
    source.use(str(file))
    with pytest.raises(InputError, match=r"text\.sqlite"):
        source.load(Psu)
    with pytest.raises(InputError):
        import_catalog("opendb", unpacked(tmp_path / "db", whole()), quiet)


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "postgresql://u:secret@127.0.0.1:1/none", "http://x"]
)
def test_databases_that_cannot_be_used(url, tmp_path):
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg")
    source.use(url)
    with pytest.raises(InputError) as caught:
        source.load(Psu)
    assert "secret" not in str(caught.value)


def test_a_database_of_another_version_says_so(database, tmp_path):
    from sqlalchemy import create_engine, text

    from rigwright.catalog.store.location import database_url

    bring_in(tmp_path, whole())
    engine = create_engine(database_url())
    with engine.begin() as connection:
        connection.execute(text("UPDATE rigwright_version SET version = 99"))
    engine.dispose()
    source.forget()
    with pytest.raises(InputError, match="version 99"):
        source.load(Psu)


def test_readers_are_not_disturbed_by_an_import_under_way(database, tmp_path):
    """A reader beside an open transaction sees the old catalogue at once."""
    from rigwright.catalog.store import schema, writing
    from rigwright.catalog.store.location import database_url

    bring_in(tmp_path, whole())
    before = contents()
    url = database_url()
    engine = writing.engine(url)
    with pytest.raises(KeyboardInterrupt), writing.transaction(engine, url) as connection:
        about = {"source": "opendb", "origin": "", "licence": "", "licence_text": "",
                 "attribution": "", "imported_at": "", "counts": {}}  # fmt: skip
        writing.publish(connection, about, [(schema.parts, [])])
        source.forget()
        assert contents() == before
        raise KeyboardInterrupt
    engine.dispose()
    source.forget()
    assert contents() == before
