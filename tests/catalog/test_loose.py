"""A line that tells facts and no name: they are taken, nothing else is made up."""

from __future__ import annotations

import random
import re
from dataclasses import fields, replace

import pytest

from rigwright import fit
from rigwright.catalog import source
from rigwright.catalog.buildfile import read_build, read_lines
from rigwright.catalog.loose import MARK, is_loose, kits_of, loose_part, stated_part
from rigwright.catalog.paste import Line
from rigwright.catalog.tables import load
from rigwright.fit.facts.platforms import platforms
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit

TOLD = [
    ("psu", "750 W Corsair", {"watts": 750, "form_factor": "", "pcie_8pin_plugs": None}),
    ("psu", "a 600 W supply nobody lists", {"watts": 600}),
    ("psu", "SFX 450 W 80+ gold", {"watts": 450, "form_factor": "SFX", "efficiency": "gold"}),
    ("ram", "32 GB DDR4-3200 2x16",
     {"type": "DDR4", "modules": 2, "module_gib": 16, "speed_mt_s": 3200, "form": ""}),
    ("ram", "DDR5 4x8GB no name", {"type": "DDR5", "modules": 4, "module_gib": 8, "cas": None}),
    ("case", "some ATX case with 3 fans",
     {"board_form_factors": ("ATX",), "fans_included": 3, "gpu_length_mm": None}),
    ("drive", "1TB NVMe", {"capacity_bytes": 10**12, "type": "ssd", "interface": "pcie",
                           "form_factor": ""}),
    ("drive", "2 TB hard disk", {"capacity_bytes": 2 * 10**12, "type": "hdd", "interface": ""}),
    ("cooler", "240 mm AIO", {"type": "liquid", "radiator_mm": 240, "sockets": ()}),
    ("cooler", "a 158 mm tower cooler", {"type": "air", "height_mm": 158}),
    ("cpu", "8-core AM4 processor", {"cores": 8, "socket": "AM4", "generation": ""}),
    ("cpu", "4-core LGA 1151 processor", {"cores": 4, "socket": ""}),
    ("board", "a Z170 ATX board", {"chipset": "Z170", "form_factor": "ATX", "memory_slots": 0}),
]  # fmt: skip
NOT = [("psu", "RTX 3090"), ("psu", "a supply"), ("ram", "750 W Corsair"), ("ram", "64 GB DDR5"),
       ("drive", "32 GB DDR4-3200 2x16"), ("drive", "RTX 3090 24GB"), ("case", "Z170 ATX board"),
       ("cpu", "RTX 3090"), ("board", "an ATX board"), ("cooler", "a cooler"),
       ("card", "a card")]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "facts"), TOLD, ids=[t for _, t, _ in TOLD])
def test_what_is_told_is_taken_and_the_rest_is_unknown(kind, text, facts):
    part = loose_part(kind, text)
    assert part is not None and is_loose(part) and part.name == text + MARK
    assert {name: getattr(part, name) for name in facts} == facts
    assert loose_part(kind, part.name) == part  # its name means it


@pytest.mark.parametrize(("kind", "text"), NOT)
def test_another_kind_or_too_little_is_no_part(kind, text):
    assert loose_part(kind, text) is None


def words(part):
    """How somebody may tell a part's facts without its name."""
    match part:
        case Psu(watts=w):
            return (
                f"{w:g} W {(part.efficiency and '80+ ' + part.efficiency) or ''} from {part.brand}"
            )
        case RamKit():
            return f"{part.modules}x{part.module_gib:g}GB {part.type}-{part.speed_mt_s or 0:g}"
        case Drive():
            link = {"pcie": "NVMe SSD", "sata": "SATA SSD"}.get(part.interface, "")
            return f"{part.capacity_bytes / 1e9:g} GB {'SATA hdd' if part.type == 'hdd' else link}"
        case Case():
            largest = max(part.board_form_factors, key=SIZES.index)
            return f"{largest} case"  # a case is called by the largest board it takes
        case Board():
            return f"{part.chipset} {part.form_factor} board"
        case Cpu():
            return f"{part.cores}-core {part.socket} processor"
    return f"{part.radiator_mm} mm AIO" if part.radiator_mm else f"{part.height_mm} mm tower cooler"


def build(r):
    cards = (r.choice(load(Card)),)
    return Build(
        cpu=r.choice(load(Cpu)), board=r.choice(load(Board)), ram=(r.choice(load(RamKit)),),
        cards=cards, chips=tuple(c for c in load(Chip) if c.id == cards[0].chip),
        drives=(r.choice(load(Drive)),), psu=r.choice(load(Psu)), case=r.choice(load(Case)),
        cooler=r.choice(load(Cooler)), whole=True,
    )  # fmt: skip


SIZES = ["Mini-ITX", "Micro-ATX", "ATX", "E-ATX", "SSI-CEB", "SSI-EEB"]
LISTS = {"ram", "drives"}


@pytest.mark.parametrize("seed", range(40))
def test_knowing_less_never_decides_more(seed):
    """What is said of a part by its facts is never another answer than that of the part itself."""
    r = random.Random(seed)
    whole, tried = build(r), 0
    known = {f.rule: f for f in fit.check(whole)}
    for field in ("psu", "ram", "drives", "case", "board", "cpu", "cooler"):
        held = getattr(whole, field)
        part = held[0] if field in LISTS else held
        told = loose_part(part.kind, words(part))
        if told is None:
            continue
        tried += 1
        for f in fields(part):
            mine = getattr(told, f.name)
            if f.name in ("id", "name", "source", "source_date") or mine in (None, "", (), 0):
                continue
            true = getattr(part, f.name)
            assert mine == true or (f.name == "board_form_factors" and set(mine) <= set(true)), f
        less = replace(whole, **{field: (told,) if field in LISTS else told})
        for found in fit.check(less):
            if found.verdict in ("ok", "conflict") and found.severity == "error":
                true = known.get(found.rule)
                assert true is None or {true.verdict, found.verdict} != {"ok", "conflict"}, found
                assert true is None or found.verdict != "ok" or true.verdict != "unknown", found
    assert tried >= 5


def test_a_list_keeps_what_its_lines_may_be_unless_its_parts_are_there(tmp_path):
    lines = [Line("psu", "750 W Corsair"), Line("card", "RTX 3090"), Line("drive", "my old disk")]
    strict, _ = read_lines(lines)
    assert not strict.unresolved
    assert [line.text for line in strict.possible] == ["750 W Corsair", "RTX 3090"]
    assert strict.unstated == ("drive",) and not strict.drives
    assert strict.psu.watts == 750 and strict.cards[0].chip == "geforce-rtx-3090"
    loose, _ = read_lines(lines, loose=True)
    assert loose.unresolved == (("drive", "my old disk"),)
    assert loose.psu.watts == 750 and loose.cards[0].chip == "geforce-rtx-3090"
    again, _ = read_lines([Line(p.kind, p.name) for p in loose.parts()])
    assert again.parts() == loose.parts() and not again.unresolved
    file = tmp_path / "build.toml"
    file.write_text('[parts]\npsu = "750 W Corsair"\ndrives = ["1TB NVMe"]\n')
    assert read_build(file, loose=True).drives[0].capacity_bytes == 10**12


SERIES = [
    ("AMD EPYC 7601", "SP3", "zen"), ("EPYC 7282 16-core", "SP3", "zen2"),
    ("AMD EPYC (Milan) 64 cores", "SP3", "zen3"), ("2nd Gen EPYC 7H12", "SP3", "zen2"),
    ("Intel Xeon Gold 6226R", "LGA3647", "cascade-lake-sp"),
    ("Xeon E5 2699 v4", "LGA2011-3", "broadwell-e"),
    ("Xeon w7-3465X", "LGA4677", "sapphire-rapids"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "socket", "generation"), SERIES)
def test_a_server_processor_tells_its_socket_by_its_number(text, socket, generation):
    part = stated_part("cpu", text)
    assert part and (part.socket, part.generation) == (socket, generation)


def test_series_of_processors_agree_with_every_one_that_is_known():
    told = {cpu.name: stated_part("cpu", cpu.name) for cpu in load(Cpu)}
    wrong = [
        (cpu.name, part.socket, part.generation)
        for cpu in load(Cpu)
        if (part := told[cpu.name]) and part.generation
        and (part.socket.lower(), part.generation) != (cpu.socket.lower(), cpu.generation)
    ]  # fmt: skip
    assert not wrong


@pytest.mark.parametrize("row", load(Board)[:60], ids=lambda b: b.id)
def test_letters_behind_a_chipset_do_not_hide_it(row):
    for suffix in ("", "M", "E-SAGE", "-A"):
        part = stated_part("board", f"{row.brand or ''} {row.chipset}{suffix}")
        if row.chipset.upper() in platforms() and f"{row.chipset}E" not in platforms():
            assert part and part.chipset == row.chipset.upper()


def test_the_number_in_a_supplys_name_is_its_rating():
    """As written without a unit, too: ``RM850x (2021)``, ``SuperNOVA 1600 P2``."""
    told = 0
    for psu in load(Psu):
        for name in (psu.name, psu.name.replace("W ", " "), psu.name.removesuffix("W")):
            part = stated_part("psu", name)  # ``1650`` alone is a card
            assert part is None or part.watts in (psu.watts, None), name
            told += part is not None and part.watts is not None
    assert told > 0.95 * 3 * len(load(Psu))


def test_memory_is_not_made_up_of_modules_that_are_not_made():
    kits = kits_of(stated_part("ram", "32GB DDR5-4800 ECC RDIMM"), "32GB DDR5-4800 ECC RDIMM")
    assert {kit.modules for kit in kits} == {1, 2}


@pytest.mark.parametrize("name", ["EVGA CLC 280", "Nobody Frozen Prism 360 ARGB", "AIO 240 white"])
def test_the_number_in_a_liquid_coolers_name_is_its_radiator(name):
    part = loose_part("cooler", name)
    assert part.type == "liquid" and str(part.radiator_mm) in name


def test_no_known_cooler_contradicts_the_number_in_its_name(market):
    """Over every cooler there is: 240, 280, 360 and 420 are radiators, and of liquid coolers."""
    named = [(c, re.search(r"\b(240|280|360|420)\b", c.name)) for c in source.load(Cooler)]
    told = [(c, int(said[1])) for c, said in named if said and c.radiator_mm]
    assert len(told) > 150
    assert all((c.type, c.radiator_mm) == ("liquid", size) for c, size in told)
    assert not [c.name for c, said in named if said and c.type == "air"]
