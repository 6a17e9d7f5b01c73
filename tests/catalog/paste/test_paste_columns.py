"""Columns are known by what stands in them; a head in any language is no part, nor is a link."""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import contextlib
import itertools

import pytest
from tests.catalog.paste.test_paste_formats import COLUMNS, KINDS, LABELS, WRITERS

from rigwright.catalog.paste import read_list
from rigwright.spec.errors import InputError

HEADS = {
    "ja": ("パーツ名", "詳細", "個あたり", "お値段"),
    "ko": ("부품", "모델명", "개수", "가격"),
    "tr": ("Parça", "Ürün", "Adet", "Fiyat"),
    "fi": ("Osa", "Tuote", "Kappaletta", "Hinta"),
    "odd": ("What", "Which one exactly", "How many", "I paid"),
}
PARTS = [("card", "Zubo RTX 3090 Turbo", 2), ("cpu", "Zubo i7-6700K", 1), ("psu", "Zubo 850", 1)]


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize("writer", ["markdown", "html", "tab"])
def test_a_head_in_any_language_is_no_part(language: str, writer: str) -> None:
    for order in itertools.permutations(range(4)):
        columns = list(COLUMNS.values())
        rows = [[HEADS[language][i] for i in order]]
        rows += [[columns[i][row] for i in order] for row in range(3)]
        found = [(x.kind, x.text, x.quantity) for x in read_list(WRITERS[writer](rows))]
        assert found == PARTS, order


NAMED = ["Zubo GeForce RTX 3090 Turbo 24GB", "Zubo Ryzen 9 5950X", "Zubo 850W 80 PLUS Gold"]


@pytest.mark.parametrize("writer", ["markdown", "html", "tab"])
@pytest.mark.parametrize(
    "head", [("Pos", "Beschreibung", "Stk.", "EUR"), ("No", "Ürün adı", "Adet", "Tutar")]
)
def test_positions_are_no_counts_and_columns_need_no_kind(
    writer: str, head: tuple[str, ...]
) -> None:
    """A receipt: rows by number, names, pieces, amounts without a sign."""
    rows = [list(head)]
    rows += [[str(i + 1), name, str(3 - i), "590,00"] for i, name in enumerate(NAMED)]
    found = [(x.kind, x.text, x.quantity) for x in read_list(WRITERS[writer](rows))]
    kinds = ["card", "cpu", "psu"]
    assert found == [(k, n, 3 - i) for i, (k, n) in enumerate(zip(kinds, NAMED, strict=True))]


LINKS = ("https://shop.example/montech-x1", "[link](https://shop.example/x1)", "www.shop.example/x2", "[Amazon](https://a.example/4x)", "Link 2")  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("language", LABELS)
def test_a_link_names_no_part(link: str, language: str) -> None:
    labels = dict(zip(KINDS, LABELS[language].split("|"), strict=True))
    lines = [f"{label}: {link}" for label in labels.values()]
    table = "| Type | Item |\n|---|---|\n" + "\n".join(f"| {x} | {link} |" for x in labels.values())
    for text in ("\n".join(lines), table):
        with pytest.raises(InputError):
            read_list(text)
        named = read_list(
            f"{text}\n" + ("| CPU | Zubo i7-6700K |" if "|" in text else "CPU: Zubo i7-6700K")
        )
        assert [line.text for line in named] == ["Zubo i7-6700K"]


@pytest.mark.parametrize("unit", ["$1 ", "1", "a - ", "1 000 ", "2x ", "(", "x 1 ", "16GB "])
def test_a_hostile_list_of_450_lines_takes_a_second(unit: str, processor_seconds) -> None:
    text = "\n".join(f"GPU: {(unit * 280)[:280]}{i}" for i in range(450))
    with processor_seconds(1), contextlib.suppress(InputError):
        read_list(text)
