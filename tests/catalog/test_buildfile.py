"""A build file or pasted list becomes parts; what is unknown stays visible."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rigwright.catalog import source
from rigwright.catalog.buildfile import (
    KINDED_MOST,
    TYPES,
    build_of_parts,
    build_of_toml,
    read_build,
    read_lines,
)
from rigwright.catalog.identify import REVISED, identify, revisions
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.twins import differing
from rigwright.catalog.paste import Line, read_list
from rigwright.catalog.source import load
from rigwright.catalog.tables import DATA
from rigwright.plan.machine.editing import name_of
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Part
from rigwright.spec.tables.table import records

YEAR = re.compile(r"\s*\(?\b20[12]\d\b\)?")
STORY = Path(__file__).parents[2] / "examples" / "2016-desktop" / "build.toml"

CPU = 'cpu = "Intel Core i7-6700K"'


def toml(parts: str, rest: str = "") -> str:
    return f"[parts]\n{parts}\n{rest}"


def test_the_story_is_read_completely() -> None:
    build = read_build(STORY)
    assert build.cpu and build.cpu.name == "Intel Core i7-6700K"
    assert build.cooler and build.cooler.name == "Scythe Kotetsu"
    assert build.board and "Z170 Extreme4" in build.board.name
    assert build.case and build.case.name == "NZXT S340"
    assert [c.chip for c in build.cards] == ["geforce-gtx-1070"]
    assert [c.id for c in build.chips] == ["geforce-gtx-1070"]
    assert [r.modules * r.module_gib for r in build.ram] == [16]
    assert [d.rpm for d in build.drives] == [7200]
    assert build.psu and build.psu.watts == 600
    assert build.circuit and (build.circuit.volts, build.circuit.amperes) == (100, 15)
    assert build.unresolved == ()


def test_a_psu_of_watts_alone_knows_nothing_else() -> None:
    psu = build_of_toml(toml('psu = "600 W"'), "b.toml").psu
    assert psu is not None
    assert (psu.watts, psu.form_factor, psu.eps_plugs, psu.pcie_8pin_plugs) == (600, "", None, None)


def test_counts_repeat_the_part() -> None:
    build = build_of_toml(
        toml('cards = { name = "NVIDIA GeForce RTX 3090 Founders Edition", count = 2 }'), "b.toml"
    )
    assert len(build.cards) == 2
    assert len(build.chips) == 1


def test_a_card_of_unknown_make_keeps_its_chip_and_what_it_may_be() -> None:
    build = build_of_toml(toml('cards = ["Palit GTX 1070 JetStream"]'), "b.toml")
    (card,) = build.cards
    assert (card.chip, card.length_mm, card.plugs) == ("geforce-gtx-1070", None, None)
    (line,) = build.possible
    assert line.text == "Palit GTX 1070 JetStream" and line.part == card and not line.closed
    assert not build.unresolved


def test_a_part_outside_the_catalogue_can_be_given_with_its_facts() -> None:
    build = build_of_toml(
        toml('psu = { name = "Enhance 600", watts = 600, form_factor = "ATX", eps_plugs = 1 }'),
        "b.toml",
    )
    assert build.psu is not None
    assert (build.psu.name, build.psu.eps_plugs) == ("Enhance 600", 1)


def test_circuit_and_power_cap() -> None:
    build = build_of_toml(
        toml('cpu = "Intel Core i7-6700K"', "[circuit]\nvolts = 230\n[gpu]\npower_cap_w = 280"),
        "b.toml",
    )
    assert build.circuit is not None
    assert (build.circuit.volts, build.circuit.amperes) == (230, 15)
    assert build.gpu_power_cap_w == 280


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[parts\n", ("b.toml", "TOML")),
        ('[parts]\ncpu = "a"\ncpu = "b"\n', ("b.toml", "TOML")),
        ("", ("parts", "[parts] section")),
        (toml('cpu = "Intel Core i7-6701K"'), ("parts.cpu", "i7-6701K", "Intel Core i7-6700K")),
        (toml('gpu = "GTX 1070"'), ("parts.gpu", "try: cards")),
        (toml("cpu = 3"), ("cpu", "3", "a name")),
        (toml('cpu = ["a", "b"]'), ("cpu", "a name")),
        (toml('cards = [{ name = "x", count = 0 }]'), ("cards.count", "0", "1 to 64")),
        (toml('cards = [{ name = "x", count = true }]'), ("cards.count", "True")),
        (toml("cards = [{ count = 2 }]"), ("cards", "the name of a part")),
        (toml('psu = { name = "x", watts = "many", form_factor = "ATX" }'), ("psu.watts", "many")),
        (toml('psu = { name = "x", wats = 600 }'), ("psu.wats", "try: watts")),
        (toml('psu = { name = "x", watts = 600 }'), ("psu", "form_factor")),
        (toml(CPU, "[circuit]\nvolts = -1"), ("circuit.volts", "-1")),
        (toml(CPU, "[circuit]\nvolts = nan"), ("circuit.volts", "nan")),
        (toml(CPU, "[gpu]\npower_cap = 3"), ("gpu.power_cap", "power_cap_w")),
        ("colour = 1\n[parts]\n", ("colour",)),
    ],
)  # fmt: skip
def test_bad_files_give_one_clear_line(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        build_of_toml(text, "b.toml")
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith("b.toml")
    for word in words:
        assert word in message


def test_a_pasted_list_resolves_what_it_can(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        "CPU: Intel Core i7-6700K\n"
        "CPU Cooler: Scythe Kotetsu 79.0 CFM CPU Cooler\n"
        "Motherboard: Noname Z999\n"
        "GPU: 2x NVIDIA RTX 3090 Founders Edition\n"
        "Case fan: Arctic P12\n"
        "Case: NZXT S340\n"
        "Case: NZXT S340 Elite\n"
        "PSU: 850 W 80+ Gold\n",
        encoding="utf-8",
    )
    build = read_build(path)
    assert build.cpu and build.cooler and build.case and build.psu
    assert (build.board, len(build.cards), build.psu.watts) == (None, 2, 850)
    assert build.unresolved == (("board", "Noname Z999"),)
    either = next(line for line in build.possible if line.part.kind == "case")
    assert [part.name for part in either.parts] == ["NZXT S340", "NZXT S340 Elite"]
    assert build.case == either.part


def test_lines_without_a_label_are_placed_by_their_words(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("* NZXT S340\n* Intel Core i7-6700K boxed\n* Qqqq 17\n", encoding="utf-8")
    build = read_build(path)
    assert build.cpu and build.case
    assert build.unresolved == (("", "Qqqq 17"),)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_unreadable_files(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "list.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="readable"):
        read_build(path)


def test_parts_of_a_case() -> None:
    build = build_of_parts(
        [
            {"category": "CPU", "name": "Intel Core i7 6700K", "opendb_id": "x"},
            {"category": "PCCase", "name": "NZXT S340 ATX Mid Tower Black Acrylic Side Panel"},
            {"category": "GPU", "name": "Asus Turbo GeForce RTX 3090 24GB GDDR6X Black", "qty": 3},
        ]
    )
    assert build.cpu and build.case
    assert [c.id for c in build.cards] == ["asus-turbo-rtx-3090"] * 3
    assert build.unresolved == ()


@pytest.mark.parametrize(
    "record",
    [{"category": "Fan", "name": "x"}, {"category": "CPU"}, {"category": "CPU", "name": " "}],
)
def test_bad_records(record: dict[str, str]) -> None:
    with pytest.raises(InputError):
        build_of_parts([record])


def test_reading_an_exact_build_needs_no_heavy_module() -> None:
    code = (
        "import sys; from pathlib import Path; from rigwright.catalog.buildfile import read_build;"
        f"read_build(Path({str(STORY)!r}));"
        "print([m for m in ('numpy', 'pydantic', 'rapidfuzz') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_revised_product_is_all_its_revisions_in_a_list() -> None:
    """``RM1000x`` is the supply of 2018 and of 2021; a name with its year is one of them."""
    (line,) = read_lines(read_list("PSU: Corsair RM1000x"))[0].possible
    assert {"Corsair RM1000x", "Corsair RM1000x (2021)"} <= {p.name for p in line.parts}
    one = read_lines(read_list("PSU: Corsair RM1000x (2021)"))[0]
    assert one.psu is not None and not one.possible
    assert identify("psu", "Corsair RM1000x").part is not None  # what a build file names


def test_a_revision_that_came_later_than_the_list_is_not_meant() -> None:
    text = "PSU: Corsair RM1000x\nGPU: RTX 2080 Ti\nGenerated by PCPartPicker {}-05-01 12:42 EDT"
    old = read_lines(read_list(text.format(2019)))[0]
    assert old.psu is not None and old.psu.name == "Corsair RM1000x"
    assert "psu" not in {line.part.kind for line in old.possible}
    (line,) = [
        x for x in read_lines(read_list(text.format(2025)))[0].possible if x.part.kind == "psu"
    ]
    assert {"Corsair RM1000x", "Corsair RM1000x (2021)"} <= {p.name for p in line.parts}


@pytest.mark.parametrize("kind", REVISED)
def test_without_its_year_a_revision_of_the_market_is_all_of_them(market, kind: str) -> None:
    """Some makers' part numbers are the name itself and name no revision either."""
    named: dict[tuple[str | None, frozenset[str]], list[Part]] = {}
    for part in load(TYPES[kind]):
        words = claims_of(YEAR.sub("", part.name), kind).words
        named.setdefault((part.brand, words), []).append(part)
    several = [some for some in named.values() if len(some) > 1]
    bare = {YEAR.sub("", p.name): some for some in several for p in some if YEAR.search(p.name)}
    assert bare
    for name, some in bare.items():
        part = revisions(identify(kind, name)).part
        assert part is None or not any(differing(part, p) for p in some), name


def test_a_former_id_is_the_part_it_became() -> None:
    rows = records(DATA / "renamed.csv")
    assert rows
    for row in rows:
        kinds = [kind for kind in TYPES if source.part(kind, row["old"]) is not None]
        assert [source.part(kind, row["new"]) for kind in kinds] == [
            source.part(kind, row["old"]) for kind in kinds
        ]
        assert len(kinds) == 1


@pytest.mark.parametrize("kind", REVISED)
def test_an_id_is_one_revision(kind: str) -> None:
    """Links and plans call a part by its id where its name means several revisions."""
    parts = load(TYPES[kind])
    several = [p for p in parts if revisions(identify(kind, p.name)).part is None]
    assert several or kind != "psu"
    for part in parts:
        assert revisions(identify(kind, part.id)).part == part
        called = name_of(kind, part.id, part.name)
        assert revisions(identify(kind, called)).part == part, called


def test_a_page_of_lines_is_looked_for_in_bounded_time(monkeypatch):
    """Equal lines are looked for once; of more different ones than a machine has, the first."""
    looked = []

    def found(kind, text):
        looked.append(text)
        return identify(kind, text)

    monkeypatch.setattr("rigwright.catalog.buildfile.identify", found)
    same = [Line("drive", f"Samsung 990 Pro {i % 2 + 1}TB", 1) for i in range(60)]
    many = [Line("psu", f"Corsair RM{i}x", 1) for i in range(450)]
    build, meant = read_lines([*same, *many])
    assert len(build.drives) == 60 and len(looked) == len(set(looked)) == KINDED_MOST
    assert len(meant) == 510 and build.unresolved[-1] == ("psu", "Corsair RM449x")
