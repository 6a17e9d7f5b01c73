"""Words of names and what they are worth: which tell parts apart and which only decorate.

Three ranks. *Noise* never tells two parts of a kind apart. *Soft* words may be left out or added,
at the price of a worse match. Every other word is telling: it must be on both sides.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

_DATA = Path(__file__).parents[1] / "data"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLER = _set(
    "the an and with for of by in edition series new boxed box tray retail oem kit certified"
    " desktop computer pc internal original genuine"
    " at my an old modules supplies"
    " used refurbished renewed refurb recertified bulk open gebraucht neu neuf occasion nuevo usado"
    " reacondicionado reconditionné novo usato nieuw gebruikt nowy używany восстановленный новый"
    " mit und für avec et pour con para di met en voor"
)
_NOISE = {
    "card": "geforce radeon nvidia amd intel gtx rtx rx video card graphics gpu grafikkarte"
    " tesla quadro accelerator pcie express ready vr hdmi dp carte graphique tarjeta gráfica"
    " placa vídeo scheda video karta graficzna videokaart видеокарта 显卡 グラフィックボード",
    "cpu": "intel amd core ryzen threadripper xeon epyc cpu processor prozessor unlocked"
    " cache turbo lga socket sockel gen generation ultra extreme processeur procesador"
    " processador processore procesor процессор 处理器",
    "board": "motherboard mainboard intel amd lga socket sockel e3 v3 rev rack onboard"
    " carte mère placa base mãe madre scheda płyta główna moederbord материнская плата 主板"
    " マザーボード",
    "cooler": "cpu cooler air liquid aio water cooling heatsink fan tower kühler bearing"
    " sleeve pwm all one wasserkühlung chromax processor prozessor ventirad refroidisseur"
    " disipador dissipatore cooler koeler chłodzenie кулер 散热器",
    "ram": "memory ram dimm udimm dram module modules channel quad dual speed xmp mémoire"
    " memoria memória pamięć geheugen оперативная память 内存 メモリ",
    "drive": "hard drive disk sata m2 pcie x4 festplatte disque dur disco duro dysk schijf nas"
    " накопитель solid state",
    "psu": "power supply psu netzteil eps active pfc unit professional alimentation fuente"
    " alimentación alimentatore zasilacz voeding блок питания 电源 電源 atx",
    "case": "case gehäuse tower cube window tempered glass chassis acrylic side panel boîtier"
    " caja gabinete obudowa behuizing корпус 机箱 ケース front",
}
NOISE = {kind: FILLER | _set(words) for kind, words in _NOISE.items()}

# Family names that many people leave out, and lights where every part of a series has them.
SOFT = {
    "card": _set("gaming rgb argb rog graphics republic gamers"), "cpu": _set("pro"),
    "board": _set("rog republic gamers fatal 1ty phantom gaming rgb argb"),
    "cooler": _set("hydro icue gaming"), "ram": _set("gaming vengeance"), "drive": _set("gaming"),
    "psu": _set("supernova gaming black"), "case": _set("gaming"),
}  # fmt: skip
# What is left of a name must hold more than these, or they are telling after all.
WEAK = _set("oc gaming edition rgb argb x plus pro ac ax wifi itx matx")
CARD_MAKERS = _set(
    "asus msi gigabyte evga zotac pny gainward palit inno3d nvidia hp dell leadtek amd"
)
GAMING_IS_A_SERIES = _set("msi gigabyte")
# `GTX 970` alone is a chip: the bare reference card is meant only by its full catalogue name.
SOLD_BARE = _set("geforce radeon")
# `Ryzen 5800X` leaves the tier out; a wrong one is still a contradiction.
CPU_TIERS = _set("3 5 7 9 i3 i5 i7 i9")
EFFICIENCIES = _set("white bronze silver gold platinum titanium")


@dataclass(frozen=True, slots=True)
class Series:
    """Words that a maker puts before its models of a kind, and that people leave out."""

    kind: str
    maker: str
    words: tuple[str, ...]


@functools.cache
def series_of(kind: str, maker: str) -> frozenset[str]:
    """The words of a maker's series; empty where none is known."""
    rows = table(Series, _DATA / "series.csv")
    mine = (r for r in rows if (r.kind, r.maker.lower()) == (kind, maker.lower()))
    return frozenset(word for row in mine for word in row.words)


@dataclass(frozen=True, slots=True)
class Said:
    """Words by which people say one thing, in the languages met so far.

    about : what is said: label, head (of a column), number, currency, colour.
    """

    about: str
    means: str
    words: tuple[str, ...]


@functools.cache
def said(about: str) -> dict[str, str]:
    """Word -> what it means, of one sort of words."""
    rows = (row for row in table(Said, _DATA / "words.csv") if row.about == about)
    return {word: row.means for row in rows for word in row.words}
