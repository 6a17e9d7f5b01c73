"""The words by which people label parts, in the languages met so far."""

from __future__ import annotations

import re
import unicodedata

OTHER = "other"  # a thing that no rule looks at: fan, monitor, paste, software
RISER = "riser"  # lets a card sit elsewhere than in its slot
SYSTEM = "system"  # a whole barebone or server

_LABELS = {
    "cpu": "cpu processor prozessor processeur cpus vi-xử-lý bộ-vi-xử-lý"
    " 处理器 中央处理器 プロセッサ procesador processador processore procesor процессор цп"
    " processeur-(cpu) 處理器",
    "cooler": "cpu-cooler cooler cooling cpu-cooling heatsink cpu-kühler kühler cpu-fan aio"
    " liquid-cooler cpu-heatsink 散热 散热器 cpuクーラー クーラー tản-nhiệt prozessorkühler"
    " wasserkühlung ventirad refroidissement refroidisseur watercooling disipador refrigeración"
    " refrigeración-líquida ventilador-cpu cooler-cpu cpu-air-cooler air-cooler dissipatore"
    " raffreddamento dissipatore-cpu chłodzenie chłodzenie-procesora chłodzenie-cpu koeler"
    " processorkoeler cpu-koeler кулер охлаждение система-охлаждения кулер-для-процессора"
    " 散熱器 cpu散热器 水冷",
    "board": "motherboard mainboard mobo board mb 主板 マザーボード マザボ bo-mạch-chủ mainboards"
    " hauptplatine carte-mère placa-base placa-madre tarjeta-madre placa-mãe scheda-madre"
    " płyta-główna moederbord материнская-плата материнка мат.-плата 主機板",
    "ram": "memory ram dram arbeitsspeicher speicher 内存 記憶體 メモリ メモリー bộ-nhớ ddr4 ddr5"
    " 内存条 mémoire mémoire-vive mémoire-ram barrettes-mémoire memoria memoria-ram memória"
    " memória-ram pamięć pamięć-ram geheugen werkgeheugen ram-geheugen оперативная-память озу"
    " память hauptspeicher system-memory",
    "drive": "storage ssd hdd disk hard-disk hard-drive drive m.2 nvme os-drive data-drive"
    " boot-drive scratch-drive nvme-ssd m.2-ssd festplatte 固态 固态硬盘 硬盘 机械硬盘 ストレージ"
    " ổ-cứng data-disk system-drive disque disque-dur disque-ssd stockage ssd-nvme"
    " almacenamiento disco disco-duro disco-ssd unidad-ssd armazenamento disco-rígido"
    " archiviazione disco-rigido hard-disk-ssd dysk dysk-ssd dysk-twardy dysk-hdd opslag"
    " harde-schijf schijf накопитель накопитель-ssd ssd-накопитель жесткий-диск жёсткий-диск"
    " ssd-диск диск 硬碟 固態硬碟 speicherplatte massenspeicher solid-state-drive nvme-drive",
    "card": "gpu gpus video-card graphics-card graphic-card graphics vga grafikkarte 显卡 顯示卡"
    " グラフィック グラフィックボード グラボ ビデオカード card video-cards graphics-cards"
    " grafikkarten carte-graphique cartes-graphiques tarjeta-gráfica tarjeta-de-video"
    " tarjeta-de-vídeo gráfica placa-de-vídeo placa-gráfica scheda-video scheda-grafica"
    " karta-graficzna videokaart grafische-kaart видеокарта видеокарты 顯卡",
    "psu": "power-supply psu power netzteil power-supplies 电源 電源 nguồn power-unit"
    " power-supply-unit alimentation bloc-d'alimentation fuente fuente-de-alimentación"
    " fuente-de-poder fonte fonte-de-alimentação alimentatore zasilacz voeding блок-питания бп"
    " 電源供應器 電源ユニット",
    "case": "case chassis gehäuse enclosure tower vỏ-case 机箱 機箱 ケース pcケース boîtier caja"
    " gabinete torre cabinet chasis obudowa behuizing корпус pc-gehäuse pc-case computer-case"
    " boîtier-pc 機殼",
    OTHER: "thermal-compound optical-drive operating-system wireless-network-adapter case-fan"
    " case-fans case-fan(s) monitor keyboard mouse headphones other extra extras extra-fans fans"
    " fan thermal-paste wifi wi-fi network-adapter network nic cables cable software"
    " os speakers webcam ups nvlink"
    " nvlink-bridge accessories tax shipping warranty os-license"
    " 风扇 显示器 鼠标 键盘 u-盘 u盘 硅脂 系统 ファン モニター",
    RISER: "riser risers pcie-riser-cables riser-cables riser-cable pcie-riser pcie-riser-cable",
    SYSTEM: "system barebone server workstation laptop notebook mini-pc",
}

_CABLES = ("线", "線", "kabel", "cable", "cables")  # of any sort

# What a name without a label gives away; the first that matches counts.
_CHIPSET = r"\b(?:[xzbh]\d{2,3}[em]?|trx[45]0|wrx[89]0)\b"
_HINTS = (
    (SYSTEM, r"\bapple m[1-9]\b|\bm[1-9] (?:max|ultra|pro)\b \d+ ?gb|^strix halo\b"),
    (RISER, r"\brisers?\b(?!.*\b(?:case|chassis)\b)|slimsas|oculink"),
    (OTHER, r"\bfan\b(?!.*cpu)|\b(?:fan|lüfter)\b.*\b\d+\s?mm\b|pwm fan"),
    (OTHER, r"thermal (?:paste|comp)|bluetooth|monitor\b|keyboard|dvd|windows (?:1\d|7|8)\b"),
    (OTHER, r"wi-?fi adapter|wireless|warranty|protection plan|assembly|\bcable\b|adapter\b"),
    ("cooler", r"cpu[- ]?(?:cooler|kühler|fan)|liquid cooler|cpu-?クーラー"),
    ("cooler", r"\bnh-[dul]\d|hyper 212|kraken"),
    (
        "psu",
        r"power supply|netzteil|\balimentation\b|alimentatore|zasilacz|80 ?(?:\+|plus)"
        r"|^(?!.*(?:processor|ryzen|threadripper|xeon|epyc|core i\d|core|tdp))"
        r".*\b\d{3,4} ?(?:w|watt)\b",
    ),
    ("board", rf"mother ?board|mainboard|{_CHIPSET}.*\b(?:atx|itx|ws)\b"),
    ("case", r"\btower\b|gehäuse|\bcase\b|chassis|pc frame"),
    ("drive", r"\bssd\b|\bhdd\b|hard drive|festplatte|solid state|nvme|\b\d+(?:\.\d+)? ?tb\b"),
    ("card", r"geforce|radeon|\brtx\b|\bgtx\s?\d|\bquadro\b|\btesla\b|video card|grafikkarte"),
    ("card", r"titan (?:x|v|rtx)"),
    ("ram", r"\bddr[345]|\b[ru]?dimm\b|arbeitsspeicher|\bmemory\b|\bram\b"),
    ("cpu", r"core i\d|\bi[3579]-?\d{4}|ryzen|threadripper|xeon|\bepyc\b|processor|core ultra"),
    ("board", _CHIPSET),
)


def _norm(label: str) -> str:
    """Without case, accents (``boitier``) and hyphens."""
    text = unicodedata.normalize("NFKD", label).lower().strip(" \t*_:#-\u2013.|")
    bare = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare.replace("-", " "))


_KIND = {_norm(label): kind for kind, text in _LABELS.items() for label in text.split()}


def kind_of_label(label: str) -> str | None:
    """``GPU 1`` -> card, ``主板`` -> board, ``Case Fan`` -> other; None when it is no label."""
    text = _norm(label).replace("\u2019", "'")
    kind = _KIND.get(text) or _KIND.get(re.sub(r"\s*(?:#?\d{1,2}|\(s\))$", "", text).strip())
    return OTHER if kind is None and text.endswith(_CABLES) else kind


def kind_of_text(text: str) -> str | None:
    """What a product line without a label is, when its own words say so."""
    from rigwright.catalog.systems import system_of  # words are read before any table

    if system_of(text):
        return SYSTEM
    line = unicodedata.normalize("NFKC", text).lower()
    return next((kind for kind, pattern in _HINTS if re.search(pattern, line)), None)


_SECOND_HAND = re.compile(
    r"(?<![\w-])(?:used|second[- ]?hand|pre-?owned|refurb(?:ished)?|renewed|open[- ]box|gebraucht"
    r"|generalüberholt|d'occasion|occasion|reconditionné|reconditionne|usad[oa]"
    r"|de segunda mano|reacondicionad[oa]|usat[oa]|ricondizionat[oa]|tweedehands|używan[yae]"
    r"|begagnad|б/у|中古|二手)(?![\w-])",  # noqa: RUF001
    re.I,
)


def second_hand(text: str) -> bool:
    """Whether a line says that its part is used, refurbished or opened."""
    return _SECOND_HAND.search(text) is not None
