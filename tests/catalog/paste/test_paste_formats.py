"""Languages, currencies, counts, files with columns and receipts; all lists written for these tests."""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import contextlib
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.catalog.paste import Line, read_line, read_list
from rigwright.catalog.paste.counts import quantity_of
from rigwright.catalog.paste.prices import price_of, without_price
from rigwright.catalog.paste.words import kind_of_label
from rigwright.catalog.source import TYPES, load
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip

KINDS = ("cpu", "cooler", "board", "ram", "drive", "card", "case", "psu")
LABELS = {
    "en": "CPU|CPU Cooler|Motherboard|Memory|Storage|Graphics Card|Case|Power Supply",
    "de": "Prozessor|CPU-Kühler|Mainboard|Arbeitsspeicher|Festplatte|Grafikkarte|Gehäuse|Netzteil",
    "fr": "Processeur|Ventirad|Carte mère|Mémoire vive|Disque SSD|Carte graphique|Boîtier|Alimentation",
    "es": "Procesador|Disipador|Placa base|Memoria RAM|Almacenamiento|Tarjeta gráfica|Caja|Fuente de alimentación",
    "pt": "Processador|Cooler|Placa-mãe|Memória RAM|Armazenamento|Placa de vídeo|Gabinete|Fonte",
    "it": "Processore|Dissipatore|Scheda madre|Memoria|Archiviazione|Scheda video|Case|Alimentatore",
    "pl": "Procesor|Chłodzenie|Płyta główna|Pamięć RAM|Dysk|Karta graficzna|Obudowa|Zasilacz",
    "nl": "Processor|Processorkoeler|Moederbord|Werkgeheugen|Opslag|Videokaart|Behuizing|Voeding",
    "ru": "Процессор|Кулер|Материнская плата|Оперативная память|Накопитель SSD|Видеокарта|Корпус|Блок питания",
    "zh": "处理器|散热器|主板|内存条|固态硬盘|显卡|机箱|电源",
    "ja": "CPU|CPUクーラー|マザーボード|メモリ|ストレージ|グラフィックボード|PCケース|電源",
}


@pytest.mark.parametrize("language", LABELS)
def test_categories_in_many_languages(language: str) -> None:
    words = LABELS[language].split("|")
    assert tuple(map(kind_of_label, words)) == KINDS
    text = "\n".join(f"{word}: Zubo Kappa {i}" for i, word in enumerate(words))
    found = read_list(text)
    assert [(line.kind, line.text) for line in found] == [
        (kind, f"Zubo Kappa {i}") for i, kind in enumerate(KINDS)
    ]


@pytest.mark.parametrize(
    ("text", "price", "currency"),
    [
        ("$1,299.00", 1299, "USD"),
        ("1.299,00 €", 1299, "EUR"),
        ("€ 1.299,-", 1299, "EUR"),
        ("1 299,00 zł", 1299, "PLN"),
        ("1\u00a0299,00\u00a0zł", 1299, "PLN"),
        ("12 999 kr", 12999, "SEK"),
        ("1.299 kr", 1299, "SEK"),
        ("£89.95", 89.95, "GBP"),
        ("¥15,800", 15800, "CNY"),
        ("CHF 89.90", 89.9, "CHF"),
        ("1'299.50 CHF", 1299.5, "CHF"),
        ("R$ 1.899,00", 1899, "BRL"),
        ("129 990 ₽", 129990, "RUB"),
        ("₹4,999", 4999, "INR"),
        ("C$450", 450, "CAD"),
    ],
)
def test_prices_of_many_countries(text: str, price: float, currency: str) -> None:
    assert price_of(text) == (price, currency)
    assert price_of(f"Zubo RX 580 – {text}") == (price, currency)
    assert without_price(f"Zubo RX 580 – {text}") == "Zubo RX 580"


NOTED = (
    "{p},- EUR", "{p},-- €", "{p}.- CHF", "{p},00 €", "{p} €", "{p}€", "${p}.99", "{p}.99 USD", "£{p}",
    "{p} GBP", "EUR {p},00", "- {p},- EUR", "({p},- EUR)", "@ {p} EUR", "1 {p},00 zł", "12 {p} Kč",
    "89 {p} Ft", "2 {p} kr", "1.{p},00 €", "1,{p}.00 USD", "{p}000원", "R$ 1.{p},00", "¥2,{p}", "{p}9元",
)  # fmt: skip


@pytest.mark.parametrize("notation", NOTED)
def test_a_name_that_ends_in_digits_keeps_them_before_a_price(notation: str) -> None:
    """Only behind one digit up to four a blank may part thousands of a large coin."""
    names = [p.name for kind in TYPES.values() for p in load(kind) if p.kind != "chip"]
    names = [n for n in (*names, *(chip.name for chip in load(Chip))) if n[-1].isdigit()]
    names = [n for n in names if not re.search(r"(?<![\w.,'])[1-4]$", n)]
    assert len(names) > 300
    for name in names:
        assert without_price(f"{name} {notation.format(p=299)}").rstrip(" -@") == name


@pytest.mark.parametrize("name", ["RX 580", "AMD Ryzen 5 3600", "i7-6700", "GTX 1080"])
def test_a_model_number_is_no_thousand(name: str) -> None:
    line = read_line(f"GPU: {name} 199,95 €")
    assert (line.text, line.price, line.currency) == (name, 199.95, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "2x Zubo K9", "2 x Zubo K9", "2× Zubo K9", "Zubo K9 x2", "Zubo K9 (x2)", "Zubo K9 (2x)",
        "Qty: 2 Zubo K9", "Zubo K9, Qty 2", "2 Stück Zubo K9", "Zubo K9, 2 Stk.", "Cantidad 2 Zubo K9",
        "Menge: 2 Zubo K9", "Quantité : 2 Zubo K9", "Zubo K9 – Aantal: 2", "Zubo K9 2 szt.",
        "Кол-во: 2 Zubo K9", "Zubo K9 2 шт.", "数量：2 Zubo K9", "two Zubo K9", "Zwei Zubo K9", "[2x] Zubo K9",
    ],
)  # fmt: skip
def test_counts_in_many_forms(text: str) -> None:
    count, name = quantity_of(text)
    assert (count, name) == (2, "Zubo K9")


@pytest.mark.parametrize(
    "text", ["0x Zubo", "Zubo 970 EVO", "16GB (2x8GB) Zubo", "Ventus 2X", "K2"]
)
def test_no_count(text: str) -> None:
    assert quantity_of(text) == (1, text)


COLUMNS = {
    "Bauteil": ("Grafikkarte", "Prozessor", "Netzteil"),
    "Artikel": ("Zubo RTX 3090 Turbo", "Zubo i7-6700K", "Zubo 850"),
    "Anzahl": ("2", "1", "1"),
    "Preis": ("1.599,00 €", "299,00 €", "99,90 €"),
}
ROWS = [
    Line("card", "Zubo RTX 3090 Turbo", 2, 1599.0, "EUR"),
    Line("cpu", "Zubo i7-6700K", 1, 299.0, "EUR"),
    Line("psu", "Zubo 850", 1, 99.9, "EUR"),
]


def _html(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{c}" for c in row) for row in rows)
    return "<table>" + "".join(f"<tr>{c}" for c in cells) + "</table>"


WRITERS = {
    "semicolon": lambda rows: "\n".join(";".join(r) for r in rows),
    "comma": lambda rows: "\n".join(",".join(f'"{c}"' for c in r) for r in rows),
    "tab": lambda rows: "\n".join("\t".join(r) for r in rows),
    "markdown": lambda rows: "\n".join("| " + " | ".join(r) + " |" for r in rows),
    "html": _html,
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("head", [True, False])
def test_columns_in_any_order(writer: str, head: bool) -> None:
    if not head and writer in ("semicolon", "comma"):
        pytest.skip("a comma without a head is a sentence")
    for order in itertools.permutations(COLUMNS):
        rows = [[COLUMNS[name][i] for name in order] for i in range(3)]
        rows = [list(order), *rows] if head else rows
        assert list(read_list(WRITERS[writer](rows))) == ROWS, order


ORDER_PAGE = """\
Order #112-1234567-1234567
Order placed October 3, 2023
Ship to: Somebody
Zubo GeForce RTX 3090 Turbo 24GB
Sold by: Zubo Services
$1,499.99
Condition: New
Qty: 2
Zubo 850, 850 Watt, 80 PLUS Gold Certified
$139.99
Item(s) Subtotal: $3,139.97
Shipping & Handling: $0.00
Estimated tax to be collected: $251.20
Grand Total: $3,391.17
Visa ending in 1234
"""
INVOICE = """\
Rechnung Nr. 2023-123456
Kundennummer: 998877
Pos. Artikel-Nr. Bezeichnung Menge Einzelpreis Gesamt
1 GCEV-221 Zubo GeForce RTX 3090 Turbo 24GB 2 1.499,99 € 2.999,98 €
2 NECS-123 Zubo 850, 850 Watt, 80 PLUS Gold Certified 1 139,99 € 139,99 €
Zwischensumme 3.139,97 €
enthaltene MwSt. 19 % 501,30 €
Gesamtbetrag 3.139,97 €
"""
COMMANDE = """\
Commande n° 20231003-12345
2 x Zubo GeForce RTX 3090 Turbo 24GB 1 499,99 €
1 x Zubo 850, 850 Watt, 80 PLUS Gold Certified 139,99 €
Sous-total 3 139,97 €
Livraison 9,95 €
TVA (20%) 668,30 €
Total TTC 4 009,80 €
"""
SHOP_PAGE = """\
Newegg Order # 123456789
Item List
Zubo GeForce RTX 3090 Turbo 24GB
Item #: N82E16819113663
2 x $1,499.99
Zubo 850, 850 Watt, 80 PLUS Gold Certified
Item #: N82E16820374007
Qty 1   $139.99 ea.   $139.99
Subtotal $3,139.97
Order Total $3,139.97
"""


@pytest.mark.parametrize("text", [ORDER_PAGE, INVOICE, COMMANDE, SHOP_PAGE])
def test_receipts_give_parts_counts_and_prices_alone(text: str) -> None:
    card, psu = read_list(text)
    assert (card.kind, card.text, card.quantity) == ("card", "Zubo GeForce RTX 3090 Turbo 24GB", 2)
    assert (psu.kind, psu.text, psu.quantity) == (
        "psu",
        "Zubo 850, 850 Watt, 80 PLUS Gold Certified",
        1,
    )
    assert (card.price, psu.price) == (1499.99, 139.99)


@pytest.mark.parametrize(
    "bullet", ["- ", "* ", "+ ", "• ", "1. ", "1) ", "[x] ", "✅ ", "➤ ", "> ", "> - ", "– ", "a) "]
)
def test_bullets(bullet: str) -> None:
    (line,) = read_list(f"{bullet}GPU: Zubo RTX 3090 Turbo")
    assert line == Line("card", "Zubo RTX 3090 Turbo")


def test_a_processor_with_watts_is_no_power_supply() -> None:
    assert read_line("AMD Ryzen 9 5950X 105W Desktop Processor").kind == "cpu"


HOSTILE = {
    "cells": "<table>" + "<tr><td>" * 20_000,
    "script": "<table><tr><td>GPU<td><script>CPU: evil</script>Zubo RTX 3090</table>",
    "digits": "GPU: " + "1" * 150_000,
    "brackets": "GPU: " + "[(" * 70_000,
    "prices": "GPU: $" + "1,000" * 30_000,
    "counts": "1 x " * 40_000,
    "bars": "|" * 150_000,
    "quote": 'Item,Price\n"' + "x" * 150_000,
    "blanks": "\u00a0" * 150_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_or_refused_quickly(name: str, processor_seconds) -> None:
    with contextlib.suppress(InputError), processor_seconds(5):
        assert all("evil" not in line.text for line in read_list(HOSTILE[name]))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        for line in read_list(text):
            assert line.quantity >= 1 and line.text.strip()
    except InputError:
        pass
    assert read_line(text).quantity >= 1
