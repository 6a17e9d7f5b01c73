"""Layouts and manners in which people write machines, over the whole of our tables."""

import random

import pytest

from rigwright.catalog import tables
from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.identify import KINDS, identify, identify_any
from rigwright.catalog.paste import read_list
from rigwright.catalog.paste.words import kind_of_text
from rigwright.catalog.source import TYPES
from rigwright.spec.parts import Part

LABELS = {
    "cpu": "CPU", "cooler": "CPU Cooler", "board": "Motherboard", "ram": "Memory",
    "drive": "Storage", "card": "Video Card", "psu": "Power Supply", "case": "Case",
}  # fmt: skip
BOARD_CODE = "[b]{l}:[/b] [url=https://shop.example/x2-thing]{n}[/url]  ($123.45 @ Shop) "
COPIED_PAGE = "{l}\n{n}\n$123.45\tFREE\t\t$123.45\tAmazon\tBuy"
LINES_OF_A_PAGE = "{l}\n\n{n}\n\nPrice\n$123.45\nBuy\n"


def machines(seed: str, number: int = 12) -> list[list[Part]]:
    r = random.Random(seed)
    return [[r.choice(tables.load(TYPES[kind])) for kind in KINDS] for _ in range(number)]


@pytest.mark.parametrize("row", [BOARD_CODE, COPIED_PAGE, LINES_OF_A_PAGE])
def test_pages_of_list_sites_give_every_part_with_its_price(row: str) -> None:
    for parts in machines(row):
        head = "Component\tSelection\tBase\tPromo\tShipping\tTax\tPrice\tWhere\n"
        text = head * row.startswith("{l}\n{n}\n$") + "\n".join(
            row.format(l=LABELS[p.kind], n=p.name) for p in parts
        )
        found = [line for line in read_list(text) if line.kind]
        assert [(x.kind, x.quantity, x.price) for x in found] == [
            (p.kind, 1, 123.45) for p in parts
        ]
        for line, part in zip(found, parts, strict=True):
            assert identify(part.kind, line.text).part == identify(part.kind, part.name).part


def test_json_and_yaml_are_labels_and_names() -> None:
    names = {LABELS[p.kind].lower(): p.name for p in machines("json")[0] if '"' not in p.name}
    rows = [f'  "{label}": "2x {name}"' for label, name in names.items()]
    for text in ("{\n" + ",\n".join(rows) + "\n}", "pc:\n" + "\n".join(rows)):
        assert [(x.text, x.quantity) for x in read_list(text)] == [(n, 2) for n in names.values()]


def test_a_model_before_its_price_is_a_part_and_a_budget_is_none() -> None:
    text = "AMD Ryzen 9 5950X: $300.00\nGeForce RTX 3090: $700.00\nBudget: $2,000.00"
    assert [(x.kind, x.price) for x in read_list(text)] == [("cpu", 300.0), ("card", 700.0)]


PROSE = (
    "I have a {cpu}, an {card} and {ram}, running off a {psu}. The board is a {board}, all in a "
    "{case}, cooled by a {cooler} with a {drive}.",
    "My setup is a {cpu} with a {card} on a {board}, {ram}, a {drive}. Power comes from a {psu}, "
    "cooled by a {cooler}, everything sits in a {case}.",
    "We use a {cpu}, {card}, {ram}, {board}, {drive}, {cooler}, {psu} in a {case}.",
)
SHORT = {
    "cpu": ("Ryzen 5 5600X", "i7 12700K", "i9-14900KF"),
    "card": ("RTX 3070", "EVGA 3090 FTW3", "RX 7900 XTX"),
    "ram": ("32GB of DDR4-3600", "2x16GB DDR4 3200", "64 GB DDR5-6000"),
    "psu": ("750W Corsair PSU", "850W Gold PSU", "1000 W be quiet! supply"),
    "board": ("B550 Tomahawk", "Z690-A Prime", "X570 Aorus Elite"),
    "case": ("Meshify C", "Lancool 216", "O11 Dynamic"),
    "cooler": ("NH-D15", "AK620", "360mm AIO"),
    "drive": ("1TB 970 EVO NVMe", "2 TB SSD", "SN850X 2TB"),
}


@pytest.mark.parametrize("text", PROSE)
def test_a_sentence_names_a_machine(text: str) -> None:
    for seed in range(20):
        r = random.Random(seed)
        names = {kind: r.choice(words) for kind, words in SHORT.items()}
        found = {line.text: line.quantity for line in read_list(text.format(**names))}
        assert found == dict.fromkeys(names.values(), 1)


@pytest.mark.parametrize("between", [", ", " / ", " // ", " + ", " - ", " | ", "; "])
def test_one_line_is_a_machine(between: str) -> None:
    names = [words[0] for words in SHORT.values()]
    assert {line.text for line in read_list(between.join(names))} == set(names)


REMARKS = (
    " (bought used on eBay)", " - already have it", " <- great deal", " // from my old PC",
    ", is this overkill?", " [might upgrade later]", " # second hand, 1 year old",
)  # fmt: skip


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_behind_a_part_changes_nothing(remark: str) -> None:
    for parts in machines(remark, 5):
        for part in parts:
            (line,) = read_list(f"{LABELS[part.kind]}: {part.name}{remark}")
            bare = identify(part.kind, part.name).part
            assert identify(part.kind, line.text).part == bare, line.text


SHOPS = (
    ("cpu", "{} 8x 3.80GHz So.AM4 WOF"), ("cpu", "Processeur {} (3.4 GHz)"),
    ("cpu", "Процессор {} BOX"), ("cpu", "Processador {}, Cache 32MB"),
    ("cooler", "Cooler para Processador {}"), ("cooler", "Кулер для процессора {}"),
    ("cooler", "{} CPU Cooler, PWM Fan, AM4/AM5/LGA1700 Compatible"),
    ("board", "{} 메인보드"), ("board", "マザーボード {}"), ("board", "Płyta główna {}"),
    ("ram", "Оперативная память {}"), ("ram", "{} デスクトップ用メモリ"),
    ("drive", "Накопитель {}"), ("drive", "{} Up to 3,500 MB/s"),
    ("card", "Placa de Vídeo {}"), ("card", "{} 그래픽카드"),
    ("card", "{} Aktiv PCIe 4.0 x16 (Retail)"),
    ("psu", "{} Power Supply, 10 Year Warranty"), ("psu", "Fonte {}, PFC Ativo"),
    ("case", "{} gedämmt mit Sichtfenster Midi Tower ohne Netzteil"), ("case", "Корпус {} без БП"),
    ("case", "{} ミドルタワーPCケース"), ("case", "Gabinete Gamer {}, Vidro Temperado"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), SHOPS)
def test_words_of_shops_around_a_name_change_nothing(kind: str, words: str) -> None:
    table = [p for p in tables.load(TYPES[kind]) if "boxed" not in p.name.lower()]
    for part in random.Random(words).sample(table, 40):
        bare = identify(kind, part.name).part
        assert identify(kind, words.format(part.name)).part == bare, part.name


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("2x16 6000 cl30", "ram", 1), ("64GB Corsair 2x32", "ram", 1), ("32GB 3600", "ram", 1),
        ("64G DDR4 3200 2*32", "ram", 1), ("3x 8GB (1x8GB) DDR4-3200", "ram", 3),
        ("2 x 2 x 16 GB DDR5", "ram", 2), ("5800X3D", "cpu", 1), ("12700KF", "cpu", 1),
        ("TR 3970X", "cpu", 1), ("2x E5-2680 v4", "cpu", 2), ("360mm AIO", "cooler", 1),
        ("MSI RTX 4070 Ventus 3X", "card", 1), ("MSI RTX 4070 Ventus 3X 2x", "card", 2),
        ("2x CMP 50HX 10GB", "card", 2), ("6750XT", "card", 1), ("R9 Fury X", "card", 1),
        ("RTX 3090 2x", "card", 2), ("4x 2TB NVMe", "drive", 4), ("4x 512G NVMe", "drive", 4),
    ],
)  # fmt: skip
def test_short_lines_have_their_kind_and_count(text: str, kind: str, count: int) -> None:
    (line,) = read_list(text)
    assert (line.kind, line.quantity) == (kind, count)


def test_a_name_that_only_one_kind_has_needs_no_label() -> None:
    hit = identify_any("SN850X 2T")
    assert kind_of_text("SN850X 2T") is None
    assert hit is not None
    assert (hit.kind, "SN850X" in hit.candidates[0].name) == ("drive", True)
    assert identify_any("John Doe 12") is None


def test_a_maker_alone_is_no_product() -> None:
    for kind, text in (("psu", "EVGA 650W"), ("drive", "Samsung 128GB SSD"), ("cooler", "Corsair")):
        assert identify(kind, text).part is None


def test_a_kind_that_was_guessed_gives_way_to_the_one_name_there_is() -> None:
    (_, hit), *_ = read_lines(read_list("NZXT H630\nRTX 3090"))[1]
    assert hit is not None
    assert hit.kind == "case"
    (_, hit), *_ = read_lines(read_list("Motherboard: NZXT H630\nRTX 3090"))[1]
    assert hit is not None
    assert (hit.kind, hit.part) == ("board", None)


def test_a_count_between_label_and_name_needs_no_sign() -> None:
    rows = ("RAM 2x Corsair Vengeance 64GB (2x32GB) DDR5-6000 CL30", "GPU 4x RTX 3090")
    found = read_list("\n".join((*rows, "CPU i7-4790K", "PSU Corsair RM850x")))
    assert [line.quantity for line in found] == [2, 4, 1, 1]
