"""However a part is written down, it stays that part and that count: over every name there is."""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import random
import re

import pytest
from tests.catalog.paste.test_paste_formats import KINDS, LABELS

from rigwright.catalog import source
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.paste import read_list
from rigwright.catalog.paste.counts import quantity_of
from rigwright.spec.parts import PART_TYPES, Chip, Part

LABEL = {lang: dict(zip(KINDS, words.split("|"), strict=True)) for lang, words in LABELS.items()}
# l: label, n: name; and the count that it says.
WRAPS = {
    "{l}: {n}": 1, "{l}：{n}": 1, "{l} : {n}": 1, "{l} - {n}": 1, "{l} – {n}": 1,
    "- {l}: {n}": 1, "* **{l}**: {n}": 1, "1. {l}: {n}": 1, "> {l}: {n}": 1,
    "{l}: 2x {n}": 2, "{l}: 2 x {n}": 2, "{l}: 4× {n}": 4, "{l}: (2x) {n}": 2, "{l}: 2 pcs {n}": 2,
    "{l}: {n} x2": 2, "{l}: {n} x 4": 4, "{l}: {n} * 2": 2, "{l}：{n}×2": 2, "{l}: {n} (x2)": 2,
    "{l}: {n} (2x)": 2, "{l}: {n} 2pcs": 2, "{l}: {n}, Qty: 3": 3, "{l}：{n} 2块": 2,
    "{l}: {n} $399": 1, "{l}: {n} 399,00 €": 1, "{l}：{n} ￥399": 1, "{l}: {n} – 1.299,00 €": 1,
    "{l}: {n} ($399.99 @ Newegg)": 1, "{l}: {n} x2 $399": 2, "{l}: {n} $399 x2": 2,
    "{l} x2: {n}": 2, "{l} (2x): {n}": 2, "2x {l}: {n}": 2, "{l}: Pair of {n}": 2, "{l}：两块 {n}": 2,
    "{l}：双 {n}": 2, "{l}: {n} (2)": 2, "{l}: {n} [2x]": 2, "{l}: {n} — 2 шт.": 2, "{l}: {n} (2 pcs)": 2,
    "{l}: $299 {n}": 1, "{l}: {n} 299,000원": 1, "{l}: {n} x2 @ $299.99 each": 2, "{l}: {n} à 299 €": 1,
    "### {l}\n\n{n}": 1, "{l}: Brand new {n}": 1, "{l}: {n} (gebraucht)": 1, "{l}: {n};": 1,
    "{l}: [{n}](https://shop.example/x2-4x-thing)": 1,
    "| Type | Item | Price |\n|---|---|---|\n| {l} | {n} | $399 |": 1,
    "{l} | {n} | 2 | 399,00 €\n---|---|---|---": 2,
    "Type\tItem\tQty\n{l}\t{n}\t2": 2,
    "<table><tr><td>{l}</td><td>{n}</td><td>2</td></tr></table>": 2,
}  # fmt: skip
NAMES = 1200  # of each wrap's draw; with the import of the catalogue the test stays within 20 s


def parts() -> list[Part]:
    return [part for kind in PART_TYPES if kind is not Chip for part in source.load(kind)]


def ambiguous(name: str, wrap: str) -> bool:
    """What a person could not tell either: `PCIe 4.0 x 4`, `RDNA 2 399 €`, `DDR5 16GB x2`."""
    if ("|" in name and "|" in wrap) or ("<" in name and "<" in wrap):
        return True
    if re.search(r"pcie$|(?:pcie|gen)\s?\d(?:\.\d)?$", name, re.I):
        return "{n} x" in wrap
    if re.search(r"\d+ ?gb$", name, re.I):
        return bool(re.search(r"\{n\} ?[x×*]", wrap))
    return bool(re.search(r"[\s-][1-9]\d?$", name)) and "{n} 399" in wrap


def same(part: Part, text: str) -> bool:
    said, meant = claims_of(text, part.kind), claims_of(part.name, part.kind)
    return text == part.name or (said.words, said.codes, said.capacities_gb, said.modules) == (
        meant.words, meant.codes, meant.capacities_gb, meant.modules,
    )  # fmt: skip


def check(names: list[Part], wrap: str, draw: random.Random) -> None:
    for part in names:
        if ambiguous(part.name, wrap):
            continue
        language = draw.choice(list(LABEL))
        text = wrap.format(l=LABEL[language][part.kind], n=part.name)
        (line,) = read_list(text)
        assert (line.kind, line.quantity) == (part.kind, WRAPS[wrap]), text
        assert same(part, line.text), (text, line.text)


@pytest.mark.parametrize("wrap", WRAPS)
def test_our_own_parts_in_every_wrap(wrap: str) -> None:
    draw = random.Random(wrap)
    check(draw.sample(parts(), 120), wrap, draw)


def test_every_part_of_the_market_in_some_wrap(market) -> None:
    draw = random.Random(15)
    table = parts()
    for wrap in WRAPS:
        check(draw.sample(table, NAMES // 2), wrap, draw)


def test_no_name_of_the_market_holds_a_count(market) -> None:
    for part in parts():
        assert quantity_of(part.name, kind=part.kind) == (1, part.name.strip()), part.name


@pytest.mark.parametrize("kind", ["drive", "card", None])
@pytest.mark.parametrize(
    "lanes", ["PCIe 3.0 x4", "PCIe Gen2 x1", "PCIe 4.0 x16", "PCI-Express x8", "x8/x8", "x4/x4/x4/x4"]
)  # fmt: skip
def test_a_bus_width_is_no_count(kind: str | None, lanes: str) -> None:
    for text in (f"Zubo Kappa, {lanes}", f"Zubo Kappa ({lanes})", f"Zubo Kappa @ {lanes}"):
        assert quantity_of(text, kind=kind) == (1, text)
        assert quantity_of(f"3x {text}", kind=kind) == (3, text)


@pytest.mark.parametrize("kind", ["case", "cooler", "board", "psu"])
@pytest.mark.parametrize("model", ["X3", "X63", "X99"])
def test_a_model_is_no_count(kind: str, model: str) -> None:
    assert quantity_of(f"Zubo Kappa {model}", kind=kind) == (1, f"Zubo Kappa {model}")


@pytest.mark.parametrize("noun", ["GPU", "GPUs", "cards", "显卡"])
def test_a_noun_may_follow_the_count(noun: str) -> None:
    assert quantity_of(f"Zubo RTX 3090 x2 {noun}", kind="card") == (2, "Zubo RTX 3090")


@pytest.mark.parametrize("kit", ["16GB x 4", "16G * 4", "16 GB ×4", "4x16GB", "4 x 16 GB", "4*16G"])
@pytest.mark.parametrize("around", ["{} Zubo DDR4 RAM", "Zubo {} RAM", "Zubo DDR4-3200 {}"])
def test_modules_are_read_from_every_kit(kit: str, around: str) -> None:
    (line,) = read_list(f"Memory: {around.format(kit)}")
    claims = claims_of(line.text, "ram")
    assert (line.quantity, claims.modules, claims.module_gb) == (1, 4, 16)


@pytest.mark.parametrize("size", ["2x 1TB", "2 x 1TB", "1TB x 2", "1 TB x2", "1TB * 2"])
def test_two_drives_are_two_drives(size: str) -> None:
    (line,) = read_list(f"SSD: {size} Zubo" if size[0] == "2" else f"SSD: Zubo {size}")
    assert line.quantity == 2 and claims_of(line.text, "drive").capacities_gb == (1000,)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_cards_that_work_together_are_not_counted_twice(rows: int) -> None:
    table = "\n".join(["Type|Item", "---|---", *["Video Card|Zubo GTX 1080 (2-Way SLI)"] * rows])
    (line,) = read_list(table)
    assert (line.text, line.quantity) == ("Zubo GTX 1080", max(2, rows))


@pytest.mark.parametrize("language", LABELS)
def test_labels_without_accents_and_in_capitals(language: str) -> None:
    import unicodedata

    for kind, label in LABEL[language].items():
        bare = "".join(
            c for c in unicodedata.normalize("NFKD", label) if not unicodedata.combining(c)
        )
        for written in (bare, label.upper(), unicodedata.normalize("NFD", label)):
            (line,) = read_list(f"{written}: Zubo Kappa")
            assert line.kind == kind, written
