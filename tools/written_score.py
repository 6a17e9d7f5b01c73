"""Whole machines as people write them down: ``python tools/written_score.py [--db FILE]``.

Machines are drawn by chance from the whole catalogue and written in many layouts (exports of shops
and of list sites, tables, bullets, one line, prose) and manners of naming (in full, as shops of
several countries write it, shortened as in a forum, by part number alone). Printed is, by layout
and by manner, how often part, count, price and kind came back, what was lost and what was invented.
"""

# ruff: noqa: E501, RUF001, PLR0915, C901

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz

from rigwright.catalog import source
from rigwright.catalog.identify import KINDS, identify, identify_any, revisions
from rigwright.catalog.names.resolve import Resolution
from rigwright.catalog.names.twins import differing
from rigwright.catalog.paste import Line, read_list
from rigwright.catalog.possible import possible
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

R = random.Random


@dataclass
class Item:
    """One line that is written: what it is, how it is called, how many, for how much each."""

    part: Part | None
    kind: str
    name: str
    count: int
    price: float
    manner: str


# --- names -------------------------------------------------------------------------------------
def _chip(part: Card) -> str:
    chip = source.by_id(Chip).get(part.chip)
    return chip.name if chip else ""


def _drop(text: str, *words: str) -> str:
    for word in words:
        text = re.sub(rf"(?i)(?<![\w-]){re.escape(word)}(?![\w-])", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def short_cpu(p: Cpu, r: R) -> str:
    text = re.sub(r"(?i)\b\d+(?:\.\d+)? ghz.*| oem/tray| processor", "", p.name)
    text = _drop(text, "AMD", "Intel")
    ways = [text, text.replace("Core i", "i"), re.sub(r"(i\d) (\d)", r"\1-\2", _drop(text, "Core"))]
    if found := re.search(r"Ryzen (\d) (\w+)", text):
        ways += [f"R{found[1]} {found[2]}", f"ryzen {found[2]}", f"r{found[1]}-{found[2]}".lower()]
        ways += [found[2]] if re.search(r"[XGFT]\w*$", found[2]) else []
    if found := re.search(r"(?i)core (i\d)[- ](\d{4,5}\w*)", text):
        ways += [
            f"{found[1]} {found[2]}",
            f"{found[1]}-{found[2].lower()}",
            f"{found[1]}{found[2]}",
        ]
        ways += [found[2]] if re.search(r"[KFXTS]\w*$", found[2]) else []
    if found := re.search(r"Threadripper (?:PRO )?(\w+)", text):
        ways += [f"TR {found[1]}", f"threadripper {found[1].lower()}"]
    return r.choice(ways)


def short_card(p: Card, r: R) -> str:
    chip = re.sub(r"(?i)^(geforce|radeon|nvidia|amd) ", "", _chip(p))
    bare = re.sub(r"(?i) \d+ gb$", "", chip)
    size = re.search(r"(\d+) ?GB", _chip(p))
    tight = bare.replace(" ", "")
    number = re.sub(r"(?i)^(rtx|gtx|rx) ", "", bare)
    brand = p.brand or ""
    ways = [chip, bare, tight, bare.lower(), f"{brand} {bare}", f"{bare} ({brand})"]
    if re.match(r"(?i)(rtx|gtx) \d", bare):
        ways += [number, number.replace(" Ti", "ti").replace(" Super", "S"), f"{brand} {number}"]
    if re.match(r"(?i)rx \d", bare):
        ways += [number.replace(" ", ""), f"{brand} {number}"]
    if size:
        ways += [f"{bare} {size[1]}GB", f"{bare} {size[1]}G"]
    if "Founders" in p.name:
        ways = [
            f"{number} FE",
            f"{bare} FE",
            f"{bare} Founders",
            f"Nvidia {number} founders edition",
        ]
    model = _drop(
        p.name,
        "GeForce",
        "Radeon",
        "NVIDIA",
        "AMD",
        "Black",
        "White",
        "GDDR6",
        "GDDR6X",
        "GDDR5",
        "GDDR7",
        "GDDR5X",
    )
    ways += [model, model, _drop(model, "RTX", "GTX", "RX"), model.lower()]
    return r.choice(ways)


def short_board(p: Board, r: R) -> str:
    text = re.sub(
        r"(?i)\b(LGA ?\d+|AM\d|DDR\d|Micro[- ]ATX|Mini[- ]ITX|E?-?ATX|motherboard)\b", "", p.name
    )
    text = re.sub(r"\s+", " ", text).strip()
    ways = [text, text.lower(), _drop(text, "Gaming")]
    if p.brand:
        bare = _drop(text, p.brand)
        ways += [bare, _drop(bare, "MAG", "MPG", "MEG", "ROG", "TUF", "PRIME")]
        if p.chipset:
            ways += [p.chipset, f"{p.brand} {p.chipset}"]
    return r.choice([w for w in ways if w])


def short_ram(p: RamKit, r: R) -> str:
    n, size, total = p.modules, f"{p.module_gib:g}", f"{p.modules * p.module_gib:g}"
    speed, cl = f"{p.speed_mt_s or 0:g}", p.cas
    ways = [
        f"{n}x{size} {speed}" + (f" cl{cl}" if cl else ""),
        f"{total}GB ({n}x{size}GB) {p.type}-{speed}",
        f"{total}gb {p.type.lower()} {speed}mhz",
        f"{total} GB {p.type} {speed}" + (f" C{cl}" if cl else ""),
        f"{n}x{size}GB {p.type} {speed} CL{cl or 16}",
        f"{p.brand} {total}GB {p.type} {speed}",
        f"{total}GB {p.brand} {n}x{size}",
        f"{total}GB {p.type}",
        f"{n} x {size} GB {p.type}",
        f"{total}G {p.type} {speed} {n}*{size}",
    ]
    return r.choice(ways)


def _bytes(p: Drive, r: R) -> str:
    gb = p.capacity_bytes / 1e9
    if gb >= 1000 and gb % 1000 == 0:
        return r.choice(
            (f"{gb / 1000:g}TB", f"{gb / 1000:g} TB", f"{gb / 1000:g}T", f"{gb / 1000:g}tb")
        )
    return r.choice((f"{gb:g}GB", f"{gb:g} GB", f"{gb:g}G", f"{gb:g}gb"))


def short_drive(p: Drive, r: R) -> str:
    name = re.sub(
        r"(?i)\b\d+(?:\.\d+)? ?[GT]B\b|\bSSD\b|\bHDD\b|M\.2(?:-\d+)?|PCIe \d\.\d( x4)?|NVMe|SATA|Internal|\d+RPM|[23]\.5\"",
        "",
        p.name,
    )
    name = re.sub(r"\s+", " ", name).strip(" ,")
    size = _bytes(p, r)
    bare = _drop(name, p.brand or "", "Western Digital", "WD", "Samsung")
    sort = "NVMe" if p.interface == "pcie" else "SSD" if p.type == "ssd" else "HDD"
    return r.choice(
        (
            f"{name} {size}",
            f"{size} {name}",
            f"{bare or name} {size}",
            f"{size} {sort}",
            f"{p.brand} {size} {sort}",
            f"{size} {name} {sort}",
        )
    )


def short_psu(p: Psu, r: R) -> str:
    watts = f"{p.watts or 0:g}"
    name = re.sub(
        r"(?i)(fully|semi|non)-modular|80\+ \w+|80 plus \w+|certified|\bATX\b|power supply|\d+ ?W\b",
        "",
        p.name,
    )
    name = re.sub(r"\s+", " ", name).strip()
    grade = (p.efficiency or "gold").title()
    ways = [
        f"{name} {watts}W",
        name,
        f"{watts}W {name}",
        f"{watts}W {grade}",
        f"{p.brand} {watts}W",
        f"{watts}w",
        f"{_drop(name, p.brand or '')} {watts}W",
        f"{p.brand} {watts}W {grade}",
    ]
    return r.choice([w for w in ways if w.strip()])


def short_cooler(p: Cooler, r: R) -> str:
    name = re.sub(
        r"(?i)\b(\d+(\.\d+)? CFM|water \d+mm|liquid cooler|cpu cooler|black|white|\d+mm)\b.*",
        "",
        p.name,
    ).strip()
    name = name or p.name
    ways = [name, name.lower(), _drop(name, p.brand or "")]
    if p.radiator_mm:
        ways += [
            f"{p.brand} {p.radiator_mm} AIO",
            f"{p.radiator_mm}mm AIO",
            f"{name} {p.radiator_mm}",
        ]
    return r.choice([w for w in ways if w])


def short_case(p: Case, r: R) -> str:
    name = re.sub(
        r"(?i)\b(ATX|Micro ATX|Mini ITX|E-?ATX|EATX)? ?(mid|full|mini)[- ]?tower.*|\b(tempered glass|side panel|with|w/).*|\bcase\b",
        "",
        p.name,
    ).strip()
    name = name or p.name
    return r.choice([w for w in (name, name.lower(), _drop(name, p.brand or "")) if w])


SHORT: dict[str, Callable[..., str]] = {
    "cpu": short_cpu, "card": short_card, "board": short_board, "ram": short_ram,
    "drive": short_drive, "psu": short_psu, "cooler": short_cooler, "case": short_case,
}  # fmt: skip


def facts(p: Part, r: R) -> dict[str, str]:
    """What shops put around a name."""
    found = dict.fromkeys(
        (
            "socket",
            "cores",
            "form",
            "mem",
            "gb",
            "kind",
            "ghz",
            "watts",
            "grade",
            "mm",
            "cl",
            "kit",
        ),
        "",
    )
    if isinstance(p, Cpu):
        found |= {
            "socket": p.socket,
            "cores": f"{p.cores}",
            "ghz": f"{p.base_mhz / 1000:.2f}" if p.base_mhz else "3.60",
        }
    if isinstance(p, Board):
        found |= {
            "socket": p.socket,
            "form": p.form_factor or "ATX",
            "mem": p.memory_type,
            "kind": p.chipset or "",
        }
    if isinstance(p, Card):
        chip = source.by_id(Chip).get(p.chip)
        said = re.search(r"(\d+) ?GB", p.name)
        found |= {
            "gb": f"{chip.vram_bytes / 2**30:g}" if chip else said[1] if said else "8",
            "kind": (chip.memory_type if chip else None) or "GDDR",
        }
    return found


# Of each country: what stands before and behind a name, by kind. {n} is the name.
SHOPS: dict[str, dict[str, tuple[str, ...]]] = {
    "pcpp": {
        "cpu": ("{n} {ghz} GHz {cores}-Core Processor",),
        "cooler": ("{n} CPU Cooler", "{n} 54.8 CFM CPU Cooler"),
        "board": ("{n} {form} {socket} Motherboard",),
        "ram": ("{n} Memory",),
        "drive": ("{n} Solid State Drive", "{n} Internal Hard Drive"),
        "card": ("{n} {gb} GB Video Card",),
        "psu": ("{n} ATX Power Supply", "{n} Power Supply"),
        "case": ("{n} Case", "{n} ATX Mid Tower Case"),
    },
    "amazon": {
        "cpu": (
            "{n} Desktop Processor, {cores} Cores, Socket {socket}, Unlocked",
            "{n} {cores}-Core Desktop Processor with Box",
            "{n} Processor (Base Clock: {ghz}GHz; Socket: {socket})",
        ),
        "cooler": (
            "{n} CPU Cooler, PWM Fan, AM4/AM5/LGA1700 Compatible",
            "{n}, Premium CPU Cooler (Black)",
        ),
        "board": (
            "{n} Gaming Motherboard ({form}, Socket {socket}, {mem}, PCIe 4.0, M.2 Slots, USB 3.2 Gen 2)",
            "{n} Motherboard ({mem}, {form})",
        ),
        "ram": (
            "{n} Desktop Memory Kit",
            "{n} Desktop Memory - Black",
            "{n} Intel XMP 2.0 Computer Memory",
        ),
        "drive": ("{n} Internal Solid State Drive, Up to 3,500 MB/s", "{n} Internal Drive for PC"),
        "card": (
            "{n} Graphics Card (PCIe 4.0, {gb}GB {kind}, HDMI 2.1, DisplayPort 1.4a)",
            "{n} Gaming Graphics Card, {gb}GB {kind}, 3x DisplayPort, HDMI",
        ),
        "psu": (
            "{n} Power Supply, 10 Year Warranty",
            "{n} Fully Modular ATX Power Supply, 7 Year Warranty",
        ),
        "case": ("{n} Computer Case, Tempered Glass Side Panel, USB-C", "{n} PC Gaming Case"),
    },
    "de": {
        "cpu": (
            "{n} {cores}x {ghz}GHz So.{socket} BOX",
            "{n} {cores}x {ghz}GHz So.{socket} WOF",
            "{n}, {cores}C/{cores}T, {ghz}GHz, tray",
            "Prozessor {n} boxed ohne Kühler",
        ),
        "cooler": ("{n} Tower Kühler", "{n} CPU-Kühler"),
        "board": (
            "{n} {kind} So.{socket} Dual Channel {mem} {form} Retail",
            "{n} Mainboard Sockel {socket}",
            "{n} (Sockel {socket}, {kind}, {mem})",
        ),
        "ram": ("{n} DIMM Kit", "{n} schwarz, DIMM", "Arbeitsspeicher {n}"),
        "drive": ("{n} 3D-NAND TLC", "{n}, intern", "SSD {n}"),
        "card": (
            "{gb}GB {n} Aktiv PCIe 4.0 x16 (Retail)",
            "{n}, {gb}GB {kind}, HDMI, 3x DP",
            "{n} Grafikkarte",
        ),
        "psu": ("{n} Netzteil", "{n}, ATX, modular"),
        "case": (
            "{n} Midi Tower ohne Netzteil schwarz",
            "{n} gedämmt mit Sichtfenster Midi Tower ohne Netzteil",
            "{n}, Glasfenster",
            "Gehäuse {n}",
        ),
    },
    "fr": {
        "cpu": ("Processeur {n} ({ghz} GHz)", "{n} - Socket {socket} - Version boîte"),
        "cooler": ("{n} - Ventirad", "Ventirad {n}"),
        "board": ("Carte mère {n} - Socket {socket} - {form}", "{n} (carte mère)"),
        "ram": ("Mémoire PC {n}", "{n} - noir"),
        "drive": ("SSD {n}", "{n} - interne"),
        "card": ("Carte graphique {n} - {gb} Go", "{n} ({gb} Go)"),
        "psu": ("Alimentation {n}", "{n} - Alimentation PC modulaire"),
        "case": ("Boîtier {n} - Noir", "{n} avec fenêtre"),
    },
    "es": {
        "cpu": ("Procesador {n} {ghz}GHz", "{n} {ghz} GHz Socket {socket} Boxed"),
        "cooler": ("{n} Disipador CPU", "Refrigeración líquida {n}"),
        "board": ("Placa base {n}", "{n} Placa Madre {socket} {mem}"),
        "ram": ("Memoria RAM {n}", "{n} Negro"),
        "drive": ("{n} Disco SSD", "Disco duro {n}"),
        "card": ("Tarjeta gráfica {n} {gb}GB {kind}", "{n} Tarjeta de Video"),
        "psu": ("Fuente de alimentación {n}", "{n} Fuente Modular"),
        "case": ("Caja {n} Cristal Templado USB 3.0 Negra", "Gabinete {n}"),
    },
    "pt": {
        "cpu": (
            "Processador {n}, {ghz}GHz, {socket}",
            "Processador {n}, Cache 32MB, {cores} Núcleos",
        ),
        "cooler": ("Air Cooler {n}", "Cooler para Processador {n}"),
        "board": ("Placa-Mãe {n}, {socket}, {mem}, {form}", "Placa Mãe {n}"),
        "ram": ("Memória RAM {n}, Preto", "Memória {n}"),
        "drive": ("SSD {n}, Leitura 3500MB/s, Gravação 2100MB/s", "{n}"),
        "card": ("Placa de Vídeo {n}, {gb}GB, {kind}", "Placa de Vídeo {n}"),
        "psu": ("Fonte {n}, PFC Ativo, Preto", "Fonte {n}"),
        "case": ("Gabinete Gamer {n}, Preto, Vidro Temperado", "Gabinete {n}, Sem Fonte"),
    },
    "it": {
        "cpu": ("Processore {n} {ghz} GHz Box", "{n} CPU {cores} core Socket {socket}"),
        "cooler": ("Dissipatore {n}", "{n} Dissipatore ad aria"),
        "board": ("Scheda madre {n} {form}", "{n} scheda madre"),
        "ram": ("Memoria RAM {n}", "{n} Nero"),
        "drive": ("SSD interno {n}", "{n} unità a stato solido"),
        "card": ("Scheda video {n} {gb} GB", "{n} Scheda Grafica"),
        "psu": ("Alimentatore {n}", "{n} alimentatore modulare"),
        "case": ("Case {n} Nero", "Cabinet {n} vetro temperato"),
    },
    "pl": {
        "cpu": ("Procesor {n}, {ghz} GHz, BOX", "Procesor {n}, {ghz} GHz, 32 MB, BOX"),
        "cooler": ("Chłodzenie CPU {n}", "{n} chłodzenie procesora"),
        "board": ("Płyta główna {n}", "{n} płyta główna {socket}"),
        "ram": ("Pamięć {n}", "Pamięć RAM {n} czarna"),
        "drive": ("Dysk SSD {n}", "Dysk {n}"),
        "card": ("Karta graficzna {n} {gb}GB {kind}", "{n} {gb}GB"),
        "psu": ("Zasilacz {n}", "{n} zasilacz modularny"),
        "case": ("Obudowa {n}", "{n} czarna, szkło hartowane"),
    },
    "ru": {
        "cpu": ("Процессор {n} BOX", "Процессор {n} OEM [{socket}, {cores} x {ghz} ГГц]"),
        "cooler": ("Кулер для процессора {n}", "Кулер {n}"),
        "board": ("Материнская плата {n}", "Мат. плата {n} [{socket}, {mem}, {form}]"),
        "ram": ("Оперативная память {n}", "{n} ОЗУ"),
        "drive": ("SSD накопитель {n}", "SSD M.2 накопитель {n}"),
        "card": ("Видеокарта {n} {gb} ГБ", "Видеокарта {n} [{gb} ГБ {kind}]"),
        "psu": ("Блок питания {n} черный", "БП {n}"),
        "case": ("Корпус {n} черный", "Корпус {n} без БП"),
    },
    "ja": {
        "cpu": ("{n} BOX", "{n} BOX 国内正規品", "{n} 日本正規代理店品"),
        "cooler": ("{n} CPUクーラー", "CPUクーラー {n}"),
        "board": ("{n} マザーボード", "マザーボード {n} {form}"),
        "ram": ("{n} デスクトップ用メモリ", "{n} 2枚組"),
        "drive": ("{n} 内蔵SSD", "{n} 国内正規代理店品"),
        "card": ("{n} グラフィックボード", "グラフィックスカード {n} {gb}GB"),
        "psu": ("{n} 電源ユニット", "{n} PC電源"),
        "case": ("{n} PCケース ブラック", "{n} ミドルタワーPCケース"),
    },
    "ko": {
        "cpu": ("{n} (정품)", "{n} (벌크)", "{n} 정품 박스"),
        "cooler": ("{n} (블랙)", "{n} CPU쿨러"),
        "board": ("{n} 메인보드", "{n} STCOM"),
        "ram": ("{n} 패키지", "{n} 데스크탑 메모리"),
        "drive": ("{n} M.2 NVMe", "{n} 정품"),
        "card": ("{n} {gb}GB", "{n} 그래픽카드"),
        "psu": ("{n} 파워", "{n} 풀모듈러"),
        "case": ("{n} (블랙)", "{n} 강화유리"),
    },
    "zh": {
        "cpu": ("{n} 处理器 盒装", "{n} 散片", "{n} 台式机处理器 {cores}核"),
        "cooler": ("{n} CPU散热器", "{n} 风冷散热器"),
        "board": ("{n} 主板", "{n} 台式机主板 支持{cores}代"),
        "ram": ("{n} 台式机内存条", "{n} 内存"),
        "drive": ("{n} 固态硬盘", "{n} SSD固态硬盘"),
        "card": ("{n} 显卡", "{n} {gb}G 电竞游戏显卡"),
        "psu": ("额定 {n} 电源", "{n} 全模组电源"),
        "case": ("{n} 机箱", "{n} 台式电脑机箱 黑色"),
    },
}
MAKERS = {
    "zh": {
        "ASUS": "华硕(ASUS)",
        "MSI": "微星",
        "Gigabyte": "技嘉(GIGABYTE)",
        "Corsair": "美商海盗船",
        "Samsung": "三星(SAMSUNG)",
        "Intel": "英特尔(Intel)",
        "Kingston": "金士顿(Kingston)",
        "Noctua": "猫头鹰",
        "Seasonic": "海韵",
        "Western Digital": "西部数据(WD)",
    },
    "ko": {
        "ASUS": "에이수스",
        "MSI": "MSI",
        "Gigabyte": "기가바이트",
        "Corsair": "커세어",
        "Samsung": "삼성전자",
        "Intel": "인텔",
        "AMD": "AMD",
        "Noctua": "녹투아",
        "Seasonic": "시소닉",
        "Western Digital": "웨스턴디지털",
        "Ryzen": "라이젠",
        "GeForce": "지포스",
        "Radeon": "라데온",
        "ZOTAC": "조텍",
        "Zotac": "조텍",
        "Palit": "팔릿",
        "Gainward": "게인워드",
        "Micron": "마이크론",
        "Crucial": "크루셜",
        "SK hynix": "SK하이닉스",
        "Cooler Master": "쿨러마스터",
        "Deepcool": "딥쿨",
        "Sapphire": "사파이어",
        "ASRock": "애즈락",
        "ADATA": "에이데이타",
        "G.Skill": "지스킬",
        "NZXT": "NZXT",
        "Lian Li": "리안리",
        "Thermalright": "써멀라이트",
        "Fractal Design": "프렉탈디자인",
        "Kingston": "킹스톤",
        "Seagate": "씨게이트",
        "Antec": "안텍",
        "FSP": "FSP",
    },
    "ja": {
        "Intel": "インテル",
        "Samsung": "サムスン",
        "Corsair": "コルセア",
        "Noctua": "ノクチュア",
        "Scythe": "サイズ",
        "Seagate": "シーゲイト",
        "ASRock": "アスロック",
        "玄人志向": "玄人志向",
    },
}


def localized(name: str, tongue: str, r: R) -> str:
    """Makers as the country's shops spell them, now and then."""
    words = MAKERS.get(tongue, {})
    if r.random() < 0.6:
        for ours, theirs in words.items():
            name = re.sub(rf"(?i)\b{re.escape(ours)}\b", theirs, name)
    return name


def called(part: Part, manner: str, r: R) -> str:
    """The part's name in a manner; nothing shorter than a name can be."""
    for _ in range(9):
        text = _called(part, manner, r).strip(" -,")
        words = re.findall(r"\w+", text)
        if (
            len(text) > 3
            and text.lower() != (part.brand or "").lower()
            and not text.isalpha()
            and words
        ):
            return text
    return part.name


def _called(part: Part, manner: str, r: R) -> str:
    if manner == "full":
        return part.name
    if manner == "short":
        return SHORT[part.kind](part, r)
    if manner == "number":
        return r.choice(NUMBERS.get((part.kind, part.id)) or [part.name])
    pattern = r.choice(SHOPS[manner][part.kind])
    if isinstance(part, Drive) and part.type != "ssd":
        pattern = "{n}"
    if part.kind in ("case", "cooler", "psu", "ram"):  # of another colour it would be another part
        pattern = re.sub(
            r"(?i)[ ,(-]*\b(?:schwarz|black|noir|preto|nero|negra?|czarna|черный|黑色|ブラック|블랙)\b\)?",
            "",
            pattern,
        )
    if part.kind == "psu":
        pattern = re.sub(r"(?i),? (?:\S*modul\S*|fully modular|全模组|풀모듈러)", "", pattern)
    return re.sub(
        r"\s+", " ", pattern.format(n=localized(part.name, manner, r), **facts(part, r))
    ).strip()


NUMBERS: dict[tuple[str, str], list[str]] = {}


def learn_numbers() -> None:
    """Part numbers of imported parts as the catalogue keeps them."""
    for kind, key, part in source.rows(
        "SELECT kind, alias, part_id FROM aliases WHERE alias LIKE 'pn:%'"
    ):
        NUMBERS.setdefault((kind, part), []).append(key[3:].upper())


# --- layouts -----------------------------------------------------------------------------------
TONGUES = {
    "en": "CPU|CPU Cooler|Motherboard|Memory|Storage|Video Card|Power Supply|Case",
    "en2": "Processor|Cooler|Mobo|RAM|SSD|GPU|PSU|Chassis",
    "de": "Prozessor|CPU-Kühler|Mainboard|Arbeitsspeicher|Festplatte|Grafikkarte|Netzteil|Gehäuse",
    "zh": "处理器|散热器|主板|内存|硬盘|显卡|电源|机箱",
    "ja": "CPU|CPUクーラー|マザーボード|メモリ|SSD|グラフィックボード|電源|ケース",
    "ko": "CPU|쿨러|메인보드|메모리|SSD|그래픽카드|파워|케이스",
    "fr": "Processeur|Ventirad|Carte mère|RAM|SSD|Carte graphique|Alim|Boitier",
    "es": "Procesador|Disipador|Placa base|Memoria|Disco duro|Gráfica|Fuente|Torre",
    "it": "Processore|Dissipatore|Scheda madre|RAM|SSD|Scheda video|Alimentatore|Case",
    "pl": "Procesor|Chłodzenie|Płyta główna|RAM|Dysk|Karta graficzna|Zasilacz|Obudowa",
    "ru": "Процессор|Кулер|Материнская плата|Оперативная память|SSD|Видеокарта|Блок питания|Корпус",
    "pt": "Processador|Cooler|Placa-mãe|Memória RAM|SSD|Placa de vídeo|Fonte|Gabinete",
}
ORDER = ("cpu", "cooler", "board", "ram", "drive", "card", "psu", "case")
OTHERS = (
    "Arctic MX-4 4 g Thermal Paste",
    "Noctua NF-A14 PWM 140 mm Fan",
    "Windows 10 Home",
    'Dell S2721DGF 27" Monitor',
    "Logitech G Pro keyboard",
    "TP-Link Archer TX3000E wireless adapter",
)


def lab(kind: str, tongue: str) -> str:
    return dict(zip(ORDER, TONGUES[tongue].split("|"), strict=True)).get(kind, "Other")


def usd(x: float) -> str:
    return f"${x:,.2f}"


def eur(x: float) -> str:
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") + " €"


def local(x: float, tongue: str, r: R) -> str:
    """A price as the country writes it."""
    whole = f"{x:,.0f}"
    if tongue in ("de", "fr", "es", "it"):
        e = eur(x)
        return r.choice(
            (
                e,
                "€ " + e[:-2],
                e.replace(" ", ""),
                e.replace("€", "EUR"),
                e + "*" if tongue == "de" else e,
            )
        )
    return {
        "ru": f"{whole.replace(',', ' ')} ₽",
        "pl": eur(x).replace("€", "zł").replace(".", " "),
        "pt": "R$ " + eur(x)[:-2],
        "ja": r.choice((f"¥{whole}", f"{whole}円", f"￥{whole}")),
        "ko": f"{whole}원",
        "zh": r.choice((f"¥{x:.2f}", f"{x:.0f}元", f"￥{x:.0f}")),
    }.get(tongue, usd(x))


def counted(i: Item, r: R) -> str:
    """The name with its count in one of many ways."""
    if i.count == 1:
        return i.name
    n = i.count
    return r.choice(
        (
            f"{n}x {i.name}",
            f"{n} x {i.name}",
            f"{i.name} x{n}",
            f"{i.name} (x{n})",
            f"{n}× {i.name}",
            f"({n}x) {i.name}",
            f"{i.name} × {n}",
            f"{i.name} (Qty: {n})",
        )
    )


Layout = Callable[[list[Item], str, R], str]


def pcpp_markdown(items: list[Item], _t: str, r: R) -> str:
    rows = [
        "[PCPartPicker Part List](https://pcpartpicker.com/list/aB3dEf)",
        "",
        "Type|Item|Price",
        ":----|:----|:----",
    ]
    for i in items:
        rows += [
            f"**{lab(i.kind, 'en')}** | [{i.name}](https://pcpartpicker.com/product/x2Yf4D/some-part-2x8-4x16) | {usd(i.price)} @ {r.choice(('Amazon', 'Newegg', 'B&H'))} "
        ] * i.count
    return "\n".join(
        [
            *rows,
            " | *Prices include shipping, taxes, rebates, and discounts* |",
            f" | **Total** | **{usd(sum(i.price * i.count for i in items))}**",
            " | Generated by [PCPartPicker](https://pcpartpicker.com) 2022-03-01 12:00 EST-0500 |",
        ]
    )


def pcpp_text(items: list[Item], _t: str, r: R) -> str:
    rows = ["PCPartPicker Part List: https://pcpartpicker.com/list/aB3dEf", ""]
    for i in items:
        rows += [f"{lab(i.kind, 'en')}: {i.name}  ({usd(i.price)} @ Amazon) "] * i.count
    return "\n".join(
        [
            *rows,
            f"Total: {usd(sum(i.price * i.count for i in items))}",
            "Prices include shipping, taxes, and discounts when available",
            "Generated by PCPartPicker 2022-03-01 12:00 EST-0500",
        ]
    )


def pcpp_bbcode(items: list[Item], _t: str, r: R) -> str:
    rows = ["[url=https://pcpartpicker.com/list/aB3dEf]PCPartPicker Part List[/url]", ""]
    for i in items:
        rows += [
            f"[b]{lab(i.kind, 'en')}:[/b] [url=https://pcpartpicker.com/product/aB3/x2-thing]{i.name}[/url]  ({usd(i.price)} @ Amazon) "
        ] * i.count
    return "\n".join(
        [
            *rows,
            f"[b]Total:[/b] {usd(1)}",
            "[i]Prices include shipping, taxes, and discounts when available[/i]",
            "[i]Generated by [url=https://pcpartpicker.com]PCPartPicker[/url] 2022-03-01 12:00 EST-0500[/i]",
        ]
    )


def pcpp_html(items: list[Item], _t: str, r: R) -> str:
    rows = [
        '<table class="pcpp-part-list">',
        "  <thead>",
        "    <tr>",
        "      <th>Type</th>",
        "      <th>Item</th>",
        "      <th>Price</th>",
        "    </tr>",
        "  </thead>",
        "  <tbody>",
    ]
    for i in items:
        rows += [
            "    <tr>",
            f'      <td class="pcpp-part-list-type">{lab(i.kind, "en")}</td>',
            f'      <td class="pcpp-part-list-item"><a href="https://pcpartpicker.com/product/x">{i.name}</a></td>',
            '      <td class="pcpp-part-list-price">',
            f'        <a href="https://pcpartpicker.com/product/x">{usd(i.price)} @ Amazon</a>',
            "      </td>",
            "    </tr>",
        ] * i.count
    return "\n".join(
        [
            *rows,
            '    <tr><td></td><td class="pcpp-part-list-price-note">Prices include shipping</td><td></td></tr>',
            f'    <tr><td></td><td class="pcpp-part-list-total">Total</td><td>{usd(99)}</td></tr>',
            "  </tbody>",
            "</table>",
        ]
    )


def pcpp_page(items: list[Item], _t: str, r: R) -> str:
    rows = ["Component\tSelection\tBase\tPromo\tShipping\tTax\tPrice\tWhere"]
    for i in items:
        rows += [
            lab(i.kind, "en"),
            i.name,
            f"{usd(i.price)}\tFREE\t\t{usd(i.price)}\tAmazon\tBuy",
        ] * i.count
    return "\n".join([*rows, f"Total:\t{usd(9)}"])


def pcpp_page_lines(items: list[Item], _t: str, r: R) -> str:
    rows = []
    for i in items:
        rows += [lab(i.kind, "en"), "", i.name, "", "Price", usd(i.price), "Buy", ""] * i.count
    return "\n".join(rows)


def labelled(items: list[Item], t: str, r: R) -> str:
    sign = r.choice((": ", " - ", " – ", " = ", ":", "： "))
    bullet = r.choice(("", "- ", "* ", "• ", "✅ ", "▪️ "))
    price = r.choice(("", " - {p}", " ({p})", " {p}", " @ {p}", ", {p}"))
    return "\n".join(
        f"{bullet}{lab(i.kind, t)}{sign}{counted(i, r)}{price.format(p=local(i.price, t, r)) if price and i.count == 1 else ''}"
        for i in items
    )


def emoji(items: list[Item], t: str, r: R) -> str:
    signs = dict(zip(ORDER, ("🧠", "❄️", "🔌", "💾", "💽", "🎮", "⚡", "🖥️"), strict=True))
    return "\n".join(f"{signs.get(i.kind, '🔧')} {lab(i.kind, t)}: {counted(i, r)}" for i in items)


def emoji_bare(items: list[Item], t: str, r: R) -> str:
    signs = dict(zip(ORDER, ("🧠", "❄️", "🔌", "💾", "💽", "🎮", "⚡", "🖥️"), strict=True))
    return "\n".join(f"{signs.get(i.kind, '🔧')} {counted(i, r)}" for i in items)


def numbered_list(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{k}. {counted(i, r)}" for k, i in enumerate(items, 1))


def bare_lines(items: list[Item], t: str, r: R) -> str:
    return "\n".join(counted(i, r) for i in items)


def bare_prices(items: list[Item], t: str, r: R) -> str:
    sep = r.choice((" - ", " ", "  ", ": ", " … ", " ~ "))
    return "\n".join(f"{i.name}{sep}{local(i.price, t, r)}" for i in items)


def name_then_price(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{i.name}\n{local(i.price, t, r)}\n" for i in items)


def one_line(items: list[Item], t: str, r: R) -> str:
    sep = r.choice((", ", " / ", " + ", " | ", "; ", " • ", " // ", " - "))
    head = r.choice(("", "", "Specs: ", "My rig: ", "PC: "))
    return head + sep.join(counted(i, r) for i in items)


def labelled_line(items: list[Item], t: str, r: R) -> str:
    sep = r.choice((", ", " / ", " | ", "; "))
    return sep.join(f"{lab(i.kind, t)}: {counted(i, r)}" for i in items)


def prose(items: list[Item], t: str, r: R) -> str:
    by = {i.kind: i for i in items}
    left = [k for k in ("cpu", "card", "ram") if k in by]

    def get(k: str, lead: str) -> str:
        return (
            f"{lead}{'two ' if by[k].count == 2 else 'four ' if by[k].count == 4 else ''}{by[k].name}"
            if k in by
            else ""
        )

    first = r.choice(
        (
            "I have a ",
            "I currently have a ",
            "I'm running a ",
            "My setup is a ",
            "Got a ",
            "We use a ",
        )
    )
    a = ", ".join(filter(None, [get(k, first if k == left[0] else "") for k in left]))
    b = " and ".join(filter(None, (get("board", "on a "), get("drive", "with a "))))
    c = ", ".join(
        filter(
            None,
            (
                get("psu", "Power comes from a "),
                get("cooler", "cooled by a "),
                get("case", "all in a "),
            ),
        )
    )
    return f"{a} {b}. {c}."


def forum_tail(items: list[Item], t: str, r: R) -> str:
    notes = (
        "already have it",
        "bought used on eBay",
        "new",
        "from my old PC",
        "might upgrade later",
        "is this overkill?",
        "great deal",
        "open to suggestions",
        "second hand, 1 year old",
    )
    ways = (" - {}", " ({})", " // {}", " <- {}", ", {}", " [{}]", " ({}!)", " – {}", " # {}")
    return "\n".join(
        f"{lab(i.kind, 'en')}: {counted(i, r)}" + r.choice(ways).format(r.choice(notes))
        for i in items
    )


def spreadsheet(items: list[Item], t: str, r: R) -> str:
    rows = [
        r.choice(
            (
                "Part\tModel\tQty\tPrice\tTotal\tLink\tNotes",
                "Component\tName\tQuantity\tUnit price\tSubtotal\tURL\tComment",
            )
        )
    ]
    rows += [
        f"{lab(i.kind, 'en2')}\t{i.name}\t{i.count}\t{usd(i.price)}\t{usd(i.price * i.count)}\thttps://www.amazon.com/dp/B0{k}X4\t{r.choice(('', 'used', 'ordered', 'check fit'))}"
        for k, i in enumerate(items)
    ]
    return "\n".join([*rows, f"Total\t\t\t\t{usd(sum(i.price * i.count for i in items))}\t\t"])


def spreadsheet_bare(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{i.name}\t{i.count}\t{local(i.price, t, r)}" for i in items)


def csv_file(items: list[Item], t: str, r: R) -> str:
    rows = ["Type,Name,Count,Price"]
    rows += [
        f'{lab(i.kind, "en")},"{i.name.replace(chr(34), chr(34) * 2)}",{i.count},{i.price:.2f}'
        for i in items
    ]
    return "\n".join(rows)


def markdown_table(items: list[Item], t: str, r: R) -> str:
    rows = ["| Component | Model | Qty | Price | Notes |", "|---|---|---|---|---|"]
    return "\n".join(
        [
            *rows,
            *(
                f"| {lab(i.kind, t)} | {i.name} | {i.count} | {local(i.price, t, r)} | {r.choice(('', 'used', 'overkill'))} |"
                for i in items
            ),
        ]
    )


def markdown_two(items: list[Item], t: str, r: R) -> str:
    return "\n".join(
        [
            "| Part | Choice |",
            "| :-- | --: |",
            *(f"| **{lab(i.kind, t)}** | {counted(i, r)} |" for i in items),
        ]
    )


def amazon(items: list[Item], t: str, r: R) -> str:
    rows = ["Order placed March 3, 2022", "Order # 112-1234567-1234567", "Ship to", "John Doe"]
    for i in items:
        rows += [
            "Delivered Mar 5",
            i.name,
            *([f"Qty: {i.count}"] if i.count > 1 else []),
            "Sold by: Amazon.com Services LLC",
            usd(i.price),
            "Condition: New",
            "Buy it again",
            "View your item",
            "",
        ]
    return "\n".join(
        [
            *rows,
            f"Item(s) Subtotal: {usd(10)}",
            "Shipping & Handling: $0.00",
            f"Grand Total: {usd(10)}",
        ]
    )


def newegg(items: list[Item], t: str, r: R) -> str:
    rows = ["Newegg.com Order Summary", "Order Number: 123456789"]
    for i in items:
        rows += [
            i.name,
            "Item #: N82E16814126525",
            "Return Policy: Standard Return Policy",
            f"QTY: {i.count}",
            usd(i.price),
        ]
    return "\n".join([*rows, f"Subtotal: {usd(3)}", "Tax $12.00", f"Order Total: {usd(3)}"])


def invoice(items: list[Item], t: str, r: R) -> str:
    rows = ["Rechnung Nr. 20211234", "Pos. Bezeichnung Menge Einzelpreis Gesamt"]
    rows += [
        f"{k} {i.name} {i.count} {eur(i.price)} {eur(i.price * i.count)}"
        for k, i in enumerate(items, 1)
    ]
    return "\n".join(
        [*rows, f"Zwischensumme {eur(1000)}", f"MwSt. 19 % {eur(190)}", f"Gesamtbetrag {eur(1190)}"]
    )


def cart(items: list[Item], t: str, r: R) -> str:
    return "\n".join(
        [
            *(f"{i.count}x {i.name} {local(i.price, t, r)}" for i in items),
            {"de": "Summe: 1.000,00 €", "ko": "합계 1,000,000원", "ru": "Итого: 100 000 ₽"}.get(
                t, "Total: $1,000.00"
            ),
        ]
    )


def brackets(items: list[Item], t: str, r: R) -> str:
    a, b = r.choice((("[", "] "), ("【", "】"), ("<", "> "), ("(", ") ")))
    end = {"ko": "개", "ja": "個", "zh": "个", "ru": " шт.", "pl": " szt."}.get(
        t, "x" if t == "en" else " Stück" if t == "de" else "x"
    )
    return "\n".join(
        f"{a}{lab(i.kind, t)}{b}{i.name} {i.count}{end if i.count > 1 or end != 'x' else 'x'} {local(i.price, t, r)}"
        for i in items
    )


def links(items: list[Item], t: str, r: R) -> str:
    return "\n".join(
        f"{lab(i.kind, 'en2')}: [{i.name}](https://www.newegg.com/p/N82E16814-2x16-x4) {r.choice(('', usd(i.price)))}"
        + (f" x{i.count}" if i.count > 1 else "")
        for i in items
    )


def headed(items: list[Item], t: str, r: R) -> str:
    return "\n\n".join(
        f"{r.choice(('## ', '**'))}{lab(i.kind, t)}".replace(
            "**" + lab(i.kind, t), f"**{lab(i.kind, t)}**"
        )
        + f"\n{counted(i, r)}"
        for i in items
    )


def label_above(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{lab(i.kind, t)}:\n  {counted(i, r)}" for i in items)


def upper(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{lab(i.kind, 'en2')}: {counted(i, r)}" for i in items).upper()


def glued(items: list[Item], t: str, r: R) -> str:
    return "\n".join(f"{lab(i.kind, 'en2')} {counted(i, r)}" for i in items)


def yaml(items: list[Item], t: str, r: R) -> str:
    return "build:\n" + "\n".join(
        f'  {lab(i.kind, "en2").lower()}: "{counted(i, r)}"' for i in items
    )


def json_text(items: list[Item], t: str, r: R) -> str:
    import json

    return json.dumps(
        {lab(i.kind, "en2").lower(): counted(i, r) for i in items}, indent=2, ensure_ascii=False
    )


LAYOUTS: dict[str, Layout] = {f.__name__: f for f in (
    pcpp_markdown, pcpp_text, pcpp_bbcode, pcpp_html, pcpp_page, pcpp_page_lines, labelled, emoji, emoji_bare,
    numbered_list, bare_lines, bare_prices, name_then_price, one_line, labelled_line, prose, forum_tail, spreadsheet,
    spreadsheet_bare, csv_file, markdown_table, markdown_two, amazon, newegg, invoice, cart, brackets, links, headed,
    label_above, upper, glued, yaml, json_text)}  # fmt: skip
SINGLE = frozenset(("prose", "name_then_price", "bare_prices", "forum_tail"))
"""Layouts in which counts are not written, or only some."""
PRICED = frozenset(
    (
        "pcpp_markdown",
        "pcpp_text",
        "pcpp_bbcode",
        "pcpp_html",
        "pcpp_page_lines",
        "bare_prices",
        "name_then_price",
        "spreadsheet",
        "spreadsheet_bare",
        "csv_file",
        "markdown_table",
        "amazon",
        "newegg",
        "invoice",
        "cart",
        "brackets",
    )
)
FULL_ONLY = frozenset(
    (
        "amazon",
        "newegg",
        "invoice",
        "pcpp_markdown",
        "pcpp_text",
        "pcpp_bbcode",
        "pcpp_html",
        "pcpp_page",
        "pcpp_page_lines",
    )
)
SHORT_ONLY = frozenset(("prose", "one_line"))


def machine(
    r: R, layout: str, manner: str, tables: dict[str, list[Part]], marked: dict[str, list[Part]]
) -> list[Item]:
    """Parts of a machine with names in a manner."""
    items = []
    for kind in ORDER:
        if r.random() < 0.12:
            continue
        count = (
            r.choice((2, 2, 3, 4))
            if layout not in SINGLE and kind in ("card", "drive", "ram") and r.random() < 0.25
            else 1
        )
        if kind == "ram" and manner == "short":
            count = 1  # `2x 16 GB` would be one kit
        part = r.choice((marked if manner == "number" else tables)[kind])
        items.append(
            Item(part, kind, called(part, manner, r), count, round(r.uniform(15, 1800), 2), manner)
        )
    if layout not in ("prose", "one_line") and r.random() < 0.4:
        items.append(Item(None, "other", r.choice(OTHERS), 1, 19.99, manner))
    return items


def alike(a: Part, b: Part) -> bool:
    """Whether two listings are one product; boxed or not is not what a name without it says."""
    return a.id == b.id or not set(differing(a, b)) - {"includes_cooler", "tdp_w"}


def judged(item: Item, line: Line) -> tuple[str, Resolution | None]:
    """What became of an item's name."""
    assert item.part is not None
    hit = (
        identify(line.kind, line.text)
        if line.kind in KINDS
        else identify_any(line.text)
        if line.kind is None
        else None
    )
    if hit is None or hit.kind != item.kind:
        return "kind", hit
    hit = revisions(hit)
    if hit.part is not None:
        return ("part" if alike(hit.part, item.part) else "wrong"), hit
    line_of = possible(hit)
    if line_of is not None and any(alike(p, item.part) for p in line_of.parts):
        return "set", hit
    if hit.chip is not None:
        return ("chip" if getattr(item.part, "chip", "") == hit.chip.id else "wrong"), hit
    return ("facts" if line_of is not None else "open"), hit


COLUMNS = (
    "items",
    "part",
    "set",
    "chip",
    "facts",
    "open",
    "kind",
    "wrong",
    "lost",
    "count",
    "price",
    "invented",
)


def scored(
    text: str, items: list[Item], layout: str, tongue: str, show: str | None
) -> Counter[str]:
    """Counts of what came out of one text."""
    counts = Counter[str]()
    counts["items"] = sum(i.part is not None for i in items)
    try:
        lines = list(read_list(text))
    except InputError:
        lines = []
    left = list(lines)
    pairs = sorted(
        (
            (
                fuzz.token_set_ratio(i.name.lower(), x.text.lower())
                + fuzz.ratio(i.name.lower(), x.text.lower()) / 2
                + 20 * (i.kind == x.kind),
                a,
                b,
            )
            for a, i in enumerate(items)
            for b, x in enumerate(lines)
        ),
        reverse=True,
    )
    took: dict[int, int] = {}
    for likeness, a, b in pairs:
        if a in took or b in took.values() or likeness < 75:
            continue
        took[a] = b
    for a, item in enumerate(items):
        line = lines[took[a]] if a in took else None
        if line is not None:
            left.remove(line)
        if item.part is None:
            if line is not None and line.kind in KINDS:
                counts["invented"] += 1
                told(show, "invented", layout, item, line, None)
            continue
        if line is None:
            counts["lost"] += 1
            told(show, "lost", layout, item, None, None)
            continue
        what, hit = judged(item, line)
        counts[what] += 1
        told(show, what, layout, item, line, hit)
        if line.quantity != item.count and layout not in SINGLE:
            counts["count"] += 1
            told(show, "count", layout, item, line, hit)
        if layout in PRICED and (line.price is None or abs(line.price - item.price) > 0.51):
            counts["price"] += 1
            told(show, "price", layout, item, line, hit)
    for line in left:
        if line.kind in KINDS or (line.kind is None and identify_any(line.text)):
            counts["invented"] += 1
            told(show, "invented", layout, None, line, None)
    return counts


def told(
    show: str | None,
    what: str,
    layout: str,
    item: Item | None,
    line: Line | None,
    hit: Resolution | None,
) -> None:
    if show == what:
        said = (item.manner, item.kind, item.name, item.count, item.price) if item else None
        read = (line.kind, line.text, line.quantity, line.price) if line else None
        print(
            f"  {layout}: {said}\n      -> {read}\n      -> {hit.part.name if hit and hit.part else hit and (hit.chip and hit.chip.name, hit.near[:3])}   [{item.part.name if item and item.part else ''}]"
        )


def main() -> int:
    """Score on our tables, or with a catalogue that was imported before."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--db", help="database with an imported catalogue")
    asked.add_argument("--size", type=int, default=20, help="machines for each layout")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--layout", help="only layouts with this in their name")
    asked.add_argument("--manner", help="only this manner of naming")
    asked.add_argument("--show", choices=COLUMNS[1:], help="print what came out so")
    asked.add_argument("--text", action="store_true", help="print the texts, too")
    asked.add_argument("--embedded", action="store_true", help="draw from our own tables alone")
    given = asked.parse_args()
    tables = {kind: list(source.load(source.TYPES[kind])) for kind in KINDS}
    if given.db:
        source.use(given.db)
        tables = (
            tables
            if given.embedded
            else {k: [*tables[k], *r_sample(k, 3 * len(tables[k]))] for k in KINDS}
        )
        learn_numbers()
    marked = {k: [p for p in source.load(source.TYPES[k]) if (k, p.id) in NUMBERS] for k in KINDS}
    manners = ["full", "short", *SHOPS, *(["number"] if all(marked.values()) else [])]
    by_layout: dict[str, Counter[str]] = {}
    by_manner: dict[str, Counter[str]] = {}
    for layout, write in LAYOUTS.items():
        if given.layout and given.layout not in layout:
            continue
        r = random.Random(f"{given.seed} {layout}")
        for _ in range(given.size):
            manner = given.manner or r.choice(("full", "short", "short", r.choice(manners)))
            if layout in FULL_ONLY and not given.manner:
                manner = r.choice(("full", "pcpp", "amazon"))
            if layout in SHORT_ONLY and not given.manner:
                manner = "short"
            tongue = (
                manner if manner in TONGUES else r.choice(("en", "en2", r.choice(list(TONGUES))))
            )
            items = machine(r, layout, manner, tables, marked)
            if not items:
                continue
            text = write(items, tongue, r)
            counts = scored(text, items, layout, tongue, given.show)
            if given.text and counts[given.show or "lost"]:
                print(text[:600])
            by_layout.setdefault(layout, Counter()).update(counts)
            by_manner.setdefault(manner, Counter()).update(counts)
    for table in (by_layout, by_manner):
        print(f"\n{'':18}" + "".join(f"{c:>9}" for c in COLUMNS))
        for key, counts in table.items():
            print(f"{key:18}" + "".join(f"{counts[c]:9,}" for c in COLUMNS))
    total = sum(by_layout.values(), Counter())
    print(f"{'all':18}" + "".join(f"{total[c]:9,}" for c in COLUMNS))
    return int(total["wrong"] + total["invented"] > 0)


def r_sample(kind: str, most: int) -> list[Part]:
    """Imported parts, as many as are drawn of."""
    table = list(source.load(source.TYPES[kind]))
    return random.Random(kind).sample(table, min(most, len(table)))


if __name__ == "__main__":
    sys.exit(main())
