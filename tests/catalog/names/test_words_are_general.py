"""No word of the tables was put there for one list: each is seen twice, or in the catalogue."""

# ruff: noqa: E501, SIM905

from __future__ import annotations

import collections
import json
import os
import re
import unicodedata
from pathlib import Path

import pytest

from rigwright.catalog.names import namewords
from rigwright.catalog.names.claims import _SPELLINGS
from rigwright.catalog.paste import words
from rigwright.catalog.tables import load
from rigwright.spec.parts import PART_TYPES

SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", Path(__file__).parents[4] / "shared")) / "fit"
# Ordinary words of their language for a kind of thing or its parts: a dictionary has them.
ORDINARY = frozenset(
    "all any higher big bluetooth boxed channel chassis cube dimm generation heatsink micro model network nvlink one open"
    " parts paste professional rev tdp the thermal used water window chromax dvd extra monitor bridge"
    " component brand comment notes purchase riser risers gpus cables optical zoll netzteil kühler"
    " gehäuse grafikkarte mainboard sockel box disk festplatte weiß"
    " 显示器 鼠标 固态 散热 内存 主板 电源 机箱 风扇 型号 价格 模块".split()
)


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", unicodedata.normalize("NFKC", text).lower()))


def seen() -> collections.Counter[str]:
    """In how many lists a word stands; a published build and its list are one."""
    texts = {p.name.split(".")[-2]: p.read_text("utf-8") for p in (SHARED / "lists").glob("*.txt")}
    for build in map(json.loads, (SHARED / "builds.jsonl").read_text("utf-8").splitlines()):
        parts = " ".join(part["text"] for part in build["parts"])
        texts[build["id"]] = f"{texts.get(build['id'], '')} {build['title']} {parts}"
    return collections.Counter(word for text in texts.values() for word in words_in(text))


def ours() -> set[str]:
    told = [" ".join(namewords.FILLER), *(" ".join(w) for w in namewords.SOFT.values())]
    told += [" ".join(w) for w in namewords.NOISE.values()]
    told += [*namewords.said("label"), *(pattern for _, pattern in words._HINTS)]
    told += [*namewords.said("head"), *(pattern for _, pattern, _ in _SPELLINGS)]
    return words_in(" ".join(getattr(one, "pattern", one) for one in told))


@pytest.mark.skipif(not SHARED.exists(), reason="shared/fit is not next to the checkout")
def test_no_word_serves_one_list_alone() -> None:
    count = seen()
    known = {w for kind in PART_TYPES for part in load(kind) for w in words_in(part.name)}
    assert sorted(w for w in ours() - known - ORDINARY if count[w] == 1) == []
