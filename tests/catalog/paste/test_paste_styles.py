"""The manners in which people write a machine down: every name and count survives each of them."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from tests.catalog.paste.test_paste_formats import KINDS, LABELS
from tests.catalog.paste.test_paste_wraps import same

from rigwright.catalog.paste import read_list
from rigwright.catalog.paste.listing import apart
from rigwright.catalog.paste.words import kind_of_text
from rigwright.catalog.tables import load
from rigwright.spec.parts import PART_TYPES, Chip, Drive, Part

ENGLISH = dict(zip(KINDS, LABELS["en"].split("|"), strict=True))
TABLES: dict[str, tuple[Part, ...]] = {t.kind: load(t) for t in PART_TYPES if t is not Chip}
SEPARATORS = (" | ", " • ", " · ", " / ", " + ", "; ", ", ")


def machine(seed: int) -> list[Part]:
    draw = random.Random(seed)
    found = [draw.choice(TABLES[kind]) for kind in ("cpu", "board", "ram", "card", "psu", "case")]
    return [
        p for p in found if not any(mark in p.name for mark in "|•·;,/+") and "w/" not in p.name
    ]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("labelled", [True, False])
def test_a_signature_is_a_list(separator: str, labelled: bool) -> None:
    for seed in range(25):
        parts = machine(seed)
        if len({p.kind for p in parts} & {"cpu", "board", "ram", "card"}) < 4:
            continue
        names = [f"{ENGLISH[p.kind]}: {p.name}" if labelled else p.name for p in parts]
        lines = read_list(separator.join(names))
        assert [x.text for x in lines] == [p.name for p in parts]
        assert all(x.kind in (p.kind, None) for x, p in zip(lines, parts, strict=True)), lines


def test_what_goes_before_a_signature_is_no_part() -> None:
    (cpu, _, card) = read_list("My rig: Ryzen 9 5950X, Asus X570 Creator ATX, 2x Zubo RTX 3090")
    assert (cpu.text, card.text, card.quantity) == ("Ryzen 9 5950X", "Zubo RTX 3090", 2)


def test_no_name_is_taken_apart(market) -> None:
    for table in TABLES.values():
        assert [p.name for p in table if apart(p.name) != [p.name]] == []


def test_a_name_tells_its_kind_or_none() -> None:
    for kind, table in TABLES.items():
        wrong = [p.name for p in table if kind_of_text(p.name) not in (kind, None)]
        assert len(wrong) <= 0.02 * len(table), wrong


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize(
    "manner",
    [
        "{l} {n}",
        "【{l}】{n}",
        "[{l}] {n}",
        "{l}\n{n}\n$99.00\n",
        "## {l}\n- {n}",
        "│ {l} │ {n} │ 1 │",
    ],
)
def test_labels_in_front_above_and_in_brackets(language: str, manner: str) -> None:
    labels = dict(zip(KINDS, LABELS[language].split("|"), strict=True))
    for seed in range(8):
        parts = machine(seed)
        text = "\n".join(manner.format(l=labels[p.kind], n=p.name) for p in parts)
        lines = read_list(text)
        assert [(x.kind, x.quantity) for x in lines] == [(p.kind, 1) for p in parts], text
        assert all(same(p, x.text) for x, p in zip(lines, parts, strict=True)), text


def test_a_bare_number_in_front_counts() -> None:
    for kind in ("card", "cpu", "drive"):
        for part in TABLES[kind][::7]:
            (line,) = read_list(f"{ENGLISH[kind]}: 3 {part.name}")
            if part.name[:1].isalpha():
                assert (line.quantity, line.text) == (3, part.name)
    for unit in ("TB SSD Zubo", "GB DDR4", "slots", "bays", "fans", "cm case"):
        assert read_list(f"GPU: Zubo RTX 3090\n2 {unit}")[-1].quantity == 1


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("RTX 3090 FE + 2x RTX 3060 12GB", ["RTX 3090 FE", "RTX 3060 12GB"]),
        ("2080 Ti & Titan RTX", ["2080 Ti", "Titan RTX"]),
        ("RTX 3090 & NVLink bridge", ["RTX 3090 & NVLink bridge"]),
    ],
)
def test_two_cards_in_one_cell(cell: str, names: list[str]) -> None:
    assert [x.text for x in read_list(f"GPU: {cell}")] == names


@pytest.mark.parametrize("between", [", ", " + ", " & ", " and ", " und "])
def test_drives_in_one_cell_each_with_its_size(between: str) -> None:
    """Any two of the catalogue; a title that goes on behind a comma is one drive."""
    names = [d.name for d in load(Drive) if re.search(r"\d ?[TG]B\b", d.name) and "," not in d.name]
    names = [n for n in names if kind_of_text(n) == "drive" and not re.search(r" [+&] ", n)]
    assert len(names) > 40
    for one, other in itertools.pairwise(names):
        found = read_list(f"Storage: {one}{between}{other}")
        assert [x.text for x in found] == [
            x.text for n in (one, other) for x in read_list(f"SSD: {n}")
        ]
    title = "Samsung 970 EVO Plus SSD 1TB, M.2 NVMe Interface Internal Solid State Drive"
    assert len(read_list(f"Storage: {title}")) == 1


def test_programs_that_list_a_machine() -> None:
    """Shapes of lspci (pciutils), nvidia-smi -L, dmidecode -t and neofetch."""
    bus = (
        "00:00.0 Host bridge: Zubo Root Complex\n"
        "01:00.0 VGA compatible controller: NVIDIA Corporation GA102 [GeForce RTX 3090] (rev a1)\n"
        "01:00.1 Audio device: NVIDIA Corporation GA102 High Definition Audio Controller (rev a1)\n"
        "0000:02:00.0 3D controller [0302]: NVIDIA Corporation GP102GL [Tesla P40] [10de:1b38]\n"
        "04:00.0 VGA compatible controller: NVIDIA Corporation GA102 [GeForce RTX 3090] (rev a1)\n"
    )
    assert [(x.kind, x.text, x.quantity) for x in read_list(bus)] == [
        ("card", "GeForce RTX 3090", 2), ("card", "Tesla P40", 1),
    ]  # fmt: skip
    smi = "GPU 0: NVIDIA A40 (UUID: GPU-3b-1)\nGPU 1: NVIDIA A40 (UUID: GPU-4b-2)\n"
    assert [(x.text, x.quantity) for x in read_list(smi)] == [("NVIDIA A40", 2)]
    module = "Memory Device\n\tSize: 16 GB\n\tType: DDR4\n\tSpeed: 3200 MT/s\n"
    empty = "Memory Device\n\tSize: No Module Installed\n\tType: Unknown\n"
    head = "Processor Information\n\tSocket Designation: AM4\n\tVersion: AMD Ryzen 7 3700X\n"
    assert [(x.kind, x.text, x.quantity) for x in read_list(head + module * 2 + empty)] == [
        ("cpu", "AMD Ryzen 7 3700X", 1), ("ram", "16 GB DDR4 3200 MT/s", 2),
    ]  # fmt: skip
    fetch = "OS: Ubuntu 22.04\nKernel: 6.2.0\nUptime: 3 days\nCPU: AMD Ryzen 9 5900X\n"
    assert [x.text for x in read_list(fetch + "Memory: 12043MiB / 64217MiB")] == [
        "AMD Ryzen 9 5900X", "64 GB",
    ]  # fmt: skip


def test_prose_and_figures_are_no_parts() -> None:
    text = "Here is what I ended up with:\nCPU: Ryzen 9 5950X\ngpu_count: 1\nTotal price: 1,234\n"
    assert [x.text for x in read_list(text)] == ["Ryzen 9 5950X"]


def test_a_head_may_name_all_columns_but_one() -> None:
    for row in ("Part | Count | What we bought", "Part | Qty | Which"):
        text = f"{row}\n---|---|---\nGPUs | 8 | Zubo Tesla P40 24GB\nCPUs | 2 | Xeon E5-2690 v4"
        assert [(x.kind, x.quantity) for x in read_list(text)] == [("card", 8), ("cpu", 2)]
        assert "P40" in read_list(text)[0].text


@pytest.mark.parametrize("maker", ["G.Skill Flare X", "Corsair Dominator X", "TeamGroup Vulcan X"])
@pytest.mark.parametrize("kit", ["32GB (2x16)", "64 GB (2 x 32 GB)", "2x16GB"])
@pytest.mark.parametrize("number", [3, 5, 7])
def test_a_model_behind_a_kit_is_no_count(maker, kit, number):
    lines = read_list(f"Memory: {kit} DDR5 6000 {maker}{number}", "list")
    assert [line.quantity for line in lines] == [1]


@pytest.mark.parametrize("watts", [60, 450, 900])
@pytest.mark.parametrize(
    "said", ["The wall shows {} W", "idles at {} W", "Each card pulls {}W", "es verbraucht {} W"]
)
def test_a_sentence_on_watts_is_no_supply(said, watts):
    lines = read_list(f"CPU: Ryzen 7 5800X\nGPU: RTX 3090\n{said.format(watts)}", "list")
    assert "psu" not in [line.kind for line in lines]
