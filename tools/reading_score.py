"""Names of the catalogue as people write them: ``python tools/reading_score.py [--db FILE]``.

Each decoration is put around names drawn from the whole catalogue. What comes out must be the part
that the bare name means, and the count that was written. Prints how often that is so, by decoration.
"""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable

from rigwright.catalog import source
from rigwright.catalog.identify import KINDS, identify
from rigwright.catalog.names.resolve import Resolution
from rigwright.catalog.names.twins import differing
from rigwright.catalog.paste import Line, read_list
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Part

# In the order of KINDS below; a language is nine words.
ORDER = ("cpu", "cooler", "board", "ram", "drive", "card", "psu", "case")
LABELS = {
    "en": "CPU|CPU Cooler|Motherboard|Memory|Storage|GPU|PSU|Case",
    "en2": "Processor|Cooler|Mobo|RAM|SSD|Graphics card|Power supply|Chassis",
    "de": "Prozessor|CPU-Kühler|Mainboard|Arbeitsspeicher|Festplatte|Grafikkarte|Netzteil|Gehäuse",
    "zh": "处理器|散热器|主板|内存|硬盘|显卡|电源|机箱",
    "ja": "CPU|CPUクーラー|マザーボード|メモリ|ストレージ|グラフィックボード|電源|PCケース",
    "ko": "CPU|쿨러|메인보드|메모리|저장장치|그래픽카드|파워|케이스",
    "fr": "Processeur|Ventirad|Carte mère|Mémoire vive|Disque SSD|Carte graphique|Alimentation|Boîtier",
    "es": "Procesador|Refrigeración|Placa base|Memoria RAM|Almacenamiento|Tarjeta gráfica|Fuente de alimentación|Caja",
    "pl": "Procesor|Chłodzenie|Płyta główna|Pamięć RAM|Dysk|Karta graficzna|Zasilacz|Obudowa",
    "ru": "Процессор|Кулер|Материнская плата|Оперативная память|Накопитель|Видеокарта|Блок питания|Корпус",
    "pt": "Processador|Cooler|Placa mãe|Memória|Armazenamento|Placa de vídeo|Fonte|Gabinete",
}  # fmt: skip
Labels = dict[str, str]
SAYS: dict[str, Labels] = {
    tongue: dict(zip(ORDER, words.split("|"), strict=True)) for tongue, words in LABELS.items()
}
# l: label in some language, n: name; and the count that it says.
WRITTEN: dict[str, tuple[str, int]] = {
    "label, colon": ("{l}: {n}", 1),
    "label, wide colon": ("{l}：{n}", 1),
    "label, dash": ("{l} — {n}", 1),
    "label, equals": ("{l} = {n}", 1),
    "label, arrow": ("{l} -> {n}", 1),
    "label, wide brackets": ("【{l}】{n}", 1),
    "label, bold markdown": ("- **{l}:** {n}", 1),
    "label, check box": ("- [x] {l}: {n}", 1),
    "label, emoji": ("✅ {l}: {n}", 1),
    "label above": ("{l}\n{n}", 1),
    "label as a heading": ("### {l}\n\n{n}", 1),
    "2x before": ("{l}: 2x {n}", 2),
    "2 x before": ("{l}: 2 x {n}", 2),
    "2× before": ("{l}: 2× {n}", 2),
    "(2) before": ("{l}: (2) {n}", 2),
    "(2x) before": ("{l}: (2x) {n}", 2),
    "2 pcs before": ("{l}: 2 pcs {n}", 2),
    "2 Stück before": ("{l}: 2 Stück {n}", 2),
    "two of": ("{l}: Two {n}", 2),
    "count in label": ("{l} x2: {n}", 2),
    "count in label, brackets": ("{l} (x2): {n}", 2),
    "count before label": ("2x {l}: {n}", 2),
    "x2 behind": ("{l}: {n} x2", 2),
    "x 2 behind": ("{l}: {n} x 2", 2),
    "×2 behind": ("{l}：{n} ×2", 2),
    "*2 behind": ("{l}：{n} *2", 2),
    "(2) behind": ("{l}: {n} (2)", 2),
    "(x2) behind": ("{l}: {n} (x2)", 2),
    "[2x] behind": ("{l}: {n} [2x]", 2),
    "2 pcs behind": ("{l}: {n}, 2 pcs", 2),
    "2个 behind": ("{l}：{n} 2个", 2),
    "两 before": ("{l}：两块 {n}", 2),
    "双 before": ("{l}：双 {n}", 2),
    "2本 behind": ("{l}：{n} 2枚", 2),
    "2개 behind": ("{l}: {n} 2개", 2),
    "2 szt. behind": ("{l}: {n} - 2 szt.", 2),
    "2 шт behind": ("{l}: {n} — 2 шт.", 2),
    "qty behind": ("{l}: {n} Qty: 2", 2),
    "(qty 2) behind": ("{l}: {n} (qty 2)", 2),
    "$ behind": ("{l}: {n} - $299.99", 1),
    "$ in brackets": ("{l}: {n} ($299.99)", 1),
    "$ @ shop": ("{l}: {n} ($299.99 @ Amazon)", 1),
    "$ before": ("{l}: $299.99 {n}", 1),
    "€ behind": ("{l}: {n} 299,99 €", 1),
    "€ with thousands": ("{l}: {n} – 1.299,99 €", 1),
    "EUR behind": ("{l}: {n} 299,- EUR", 1),
    "£ behind": ("{l}: {n} £299", 1),
    "元 behind": ("{l}：{n} 2999元", 1),
    "¥ behind": ("{l}：{n} ¥2,999", 1),
    "円 behind": ("{l}：{n} 29,980円", 1),
    "₩ behind": ("{l}: {n} 299,000원", 1),
    "zł behind": ("{l}: {n} 1 299,00 zł", 1),
    "₽ behind": ("{l}: {n} 29 990 ₽", 1),
    "R$ behind": ("{l}: {n} R$ 1.299,00", 1),
    "count and price": ("{l}: {n} x2 @ $299.99 each", 2),
    "price and count": ("{l}: {n} $299.99 x 2", 2),
    "free of charge": ("{l}: {n} (already owned)", 1),
    "bought used": ("{l}: {n} (used, eBay)", 1),
    "gebraucht": ("{l}: {n} (gebraucht)", 1),
    "二手": ("{l}：{n} 二手", 1),
    "purchased for": ("{l}: {n} (Purchased For $250.00)", 1),
    "note in brackets": ("{l}: {n} (bought it last year)", 1),
    "note behind a dash": ("{l}: {n} - great value", 1),
    "link behind": ("{l}: {n} https://shop.example/p/x2-4x-thing?id=12", 1),
    "markdown link": ("{l}: [{n}](https://shop.example/p/2x(4)-thing)", 1),
    "link below": ("{l}: {n}\nhttps://shop.example/p/x2-4x-thing", 1),
    "html link": ('<p>{l}: <a href="https://shop.example/2x">{n}</a></p>', 1),
    "html list": ("<ul><li><b>{l}</b>: {n}</li></ul>", 1),
    "html row, count, price": ("<table><tr><th>{l}</th><td>{n}</td><td>2</td><td>$299.99</td></tr></table>", 2),
    "html row, pretty": ("<table>\n <tr>\n  <td>{l}</td>\n  <td>\n   {n}\n  </td>\n </tr>\n</table>", 1),
    "markdown row": ("|Type|Item|Price|\n|:--|:--|:--|\n|**{l}**|[{n}](https://a.example/b)|$299.99 @ Newegg|", 1),
    "markdown rows, no head": ("| {l} | {n} | 2 | $299.99 |\n| Monitor | Zubo 27 | 1 | $99.00 |", 2),
    "csv, quoted": ('Component,Name,Quantity,Price\n"{l}","{q}",2,299.99', 2),
    "csv, semicolon": ("Komponente;Bezeichnung;Anzahl;Preis\n{l};{n};2;299,99 €", 2),
    "tsv": ("{l}\t{n}\t$299.99\n{l}\t{n}\t$299.99", 2),
    "reddit quote": ("> {l}: {n}", 1),
    "capitals": ("{l}: {N}", 1),
    "small letters": ("{l}: {m}", 1),
    "full width": ("{l}：{w}", 1),
    "two blanks": ("{l}:   {d}", 1),
    "no-break blanks": ("{l}: {b}", 1),
    "non-breaking hyphen": ("{l}: {h}", 1),
    "typographic": ("{l}: “{n}”", 1),
    "new": ("{l}: {n} (new)", 1),
    "brand new, boxed": ("{l}: Brand new {n}", 1),
    "full stop": ("{l}: {n}.", 1),
    "semicolon end": ("{l}: {n};", 1),
}  # fmt: skip
FORMS: dict[str, Callable[[str], str]] = {
    "n": str,
    "N": str.upper,
    "m": str.lower,
    "w": lambda n: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in n),
    "d": lambda n: n.replace(" ", "  "),
    "b": lambda n: n.replace(" ", "\u00a0"),
    "h": lambda n: n.replace("-", "\u2011"),
    "q": lambda n: n.replace('"', '""'),
}
OUTCOMES = ("right", "open", "wrong part", "count", "kind", "lost", "split")


def parts() -> list[Part]:
    """Every part of every kind."""
    return [part for kind in KINDS for part in source.load(source.TYPES[kind])]


def alike(a: Part, b: Part) -> bool:
    """Whether two listings are one product."""
    return a.id == b.id or not differing(a, b)


def outcome(part: Part, found: tuple[Line, ...], count: int, bare: Resolution) -> str:
    """What became of a name that was written in some way."""
    if not found:
        return "lost"
    if len(found) > 1:
        return "split"
    line = found[0]
    if line.kind != part.kind:
        return "kind"
    if line.quantity != count:
        return "count"
    hit = identify(part.kind, line.text)
    if bare.part is None or hit.part is None:
        return "right" if hit.part is bare.part or bare.part is None else "open"
    return "right" if alike(hit.part, bare.part) else "wrong part"


def read(text: str) -> tuple[Line, ...]:
    """The lines of a text; none where nothing is named."""
    try:
        return read_list(text)
    except InputError:
        return ()


def score(size: int, seed: int, listed: str | None, only: str | None) -> int:
    """Print the table. Returns how many names became another part."""
    draw = random.Random(seed)
    table, wrong, total = parts(), 0, Counter[str]()
    bare: dict[str, Resolution] = {}
    print(f"{'decoration':26}" + "".join(f"{what:>11}" for what in OUTCOMES))
    for title, (pattern, count) in WRITTEN.items():
        if only and only not in title:
            continue
        counts = Counter[str]()
        for part in draw.sample(table, min(size, len(table))):
            label = SAYS[draw.choice(list(SAYS))][part.kind]
            text = pattern.format(l=label, **{key: form(part.name) for key, form in FORMS.items()})
            key = f"{part.kind}:{part.name}"
            bare[key] = bare.get(key) or identify(part.kind, part.name)
            found = tuple(line for line in read(text) if "Zubo" not in line.text)
            what = outcome(part, found, count, bare[key])
            counts[what] += 1
            if listed == what:
                print(f"  {text!r}\n    -> {[(x.kind, x.text, x.quantity) for x in found]}")
        total += counts
        wrong += counts["wrong part"]
        print(f"{title:26}" + "".join(f"{counts[what]:11,}" for what in OUTCOMES))
    print(f"{'all':26}" + "".join(f"{total[what]:11,}" for what in OUTCOMES))
    return wrong


def main() -> int:
    """Score on a catalogue that was imported before, else on our tables."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--db", help="database with an imported catalogue")
    asked.add_argument("--size", type=int, default=300, help="names for each decoration")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", help="decorations with this in their title")
    asked.add_argument("--list", choices=OUTCOMES[1:], help="print what came out so")
    given = asked.parse_args()
    source.use(given.db)
    return int(score(given.size, given.seed, given.list, given.only) > 0)


if __name__ == "__main__":
    sys.exit(main())
