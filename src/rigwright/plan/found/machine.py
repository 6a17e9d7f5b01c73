"""What the checks ask: cards with the facts of their chips, and the machine as a whole.

What follows from other facts alone is worked out in ``data/verdicts.toml``; here stands what needs
the catalogue, the tables of wheels and drivers, or the matrix of the cards.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rigwright.bringup.found import Found, FoundPart
from rigwright.bringup.joining import tells
from rigwright.catalog.names.chipnames import find_chip
from rigwright.catalog.source import by_id, load
from rigwright.catalog.tables import toolchain_of
from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import expressions

DATA = Path(__file__).parents[1] / "data"
CHECKS = DATA / "verdicts.toml"
Cards = Sequence[FoundPart]


def numbers(version: object) -> tuple[int, ...]:
    """``2.5.1+cu121`` -> (2, 5, 1)."""
    return tuple(int(n) for n in re.findall(r"\d{1,6}", str(version or "").split("+")[0])[:4])


def worked(part: FoundPart, key: str, letter: str, **names: Any) -> FoundPart:
    """The part with the facts of a section of ``verdicts.toml``, each knowing those before it."""
    names |= {"tells": tells, "numbers": numbers, "matches": lambda p, t: bool(re.match(p, t))}
    for name, value in expressions(CHECKS, key).items():
        part = part.plus(**{name: value(**names, **{letter: part})})
    return part


@functools.lru_cache(maxsize=512)
def _chip(name: str, more: str) -> dict[str, Any]:
    """Facts of a chip: those of the catalogue, else those of its generation."""
    said = re.findall(r"\[([^\[\]]{3,80})\]", name.replace("[AMD/ATI]", ""))
    tried = (t for text in (*said[::-1], name) for t in (text, text.split("/")[0]))
    chip = next((c for text in tried if (c := find_chip(text, load(Chip)))), None)
    facts, low = asdict(chip) if chip else {}, f"{name} {more}".lower()
    for row in records(DATA / "generations.csv"):
        words = "|".join(map(re.escape, row["words"].split("|"))).replace(r"\|", "|")
        named = not chip and re.search(rf"(?<![a-z0-9])(?:{words})", low)
        if named or row["architecture"] == facts.get("architecture"):
            facts = {**row, **facts}
            break
    large = {row["architecture"] for row in records(DATA / "resizable_bar.csv")}
    return facts | {"large_bar": facts.get("architecture") in large}


def card_facts(card: FoundPart) -> FoundPart:
    """A card with what follows from its texts and its chip."""
    more = f"{card['architecture'] or ''} {card['device'] or ''}"
    slices = [f"{s / 2**30:.0f}" for s in card["slice_bytes"] or ()]
    half = slices[: len(slices) // 2]  # two texts of one card
    card = card.plus(slices=", ".join(half if half and half * 2 == slices else slices))
    chip = FoundPart("chip", _chip(str(card["name"] or ""), more))
    return worked(card, "card_facts", "g", c=chip)


def runs(capability: str, kernels: Sequence[str]) -> bool:
    """Whether kernels of a wheel run on a chip: the same gfx, or the same major version of CUDA
    and no newer minor one. True where the two are of different makers."""
    if capability.startswith("gfx"):
        return capability in kernels or not kernels[0].startswith("gfx")
    major, minor = [*numbers(capability), 0][:2]
    pairs = [[*numbers(k), 0][:2] for k in kernels if not k.startswith("gfx")]
    return not pairs or any(major == a and b <= minor for a, b in pairs)


def _hint(lacks: Cards) -> str:
    """What to install for the first of these cards."""
    chip = by_id(Chip).get(str(lacks[0]["chip"])) if lacks else None
    row = toolchain_of(chip) if chip else None
    if not lacks or row is None or row.torch in ("", "none"):
        return "build torch for this chip, or plan no work on it" if lacks else ""
    return f"pip install {row.torch}" + (f" --index-url {row.torch_index}" * bool(row.torch_index))


def _torch(found: Found, cards: Cards) -> dict[str, Any]:
    """Wheel, driver and chips held against each other."""
    s = found.one("software")
    torch, built = str(s["torch"] or ""), str(s["torch_cuda"] or "")
    for_cuda = re.search(r"\+cu(\d+)(\d)$", torch) if not built else None  # a cut paste
    cuda = f"{for_cuda[1]}.{for_cuda[2]}" if for_cuda else ".".join(built.split(".")[:2])
    absent, hip = torch.upper().startswith("N/A"), bool(s["torch_hip"] or tells("not_cuda", torch))
    said = re.findall(r"(?:sm|compute)_(\d{1,2})(\d)", str(s["kernels"] or ""))
    kernels = [f"{a}.{b}" for a, b in said] or re.findall(r"gfx\w{3,4}", str(s["kernels"] or ""))
    toolkit = "rocm" if hip else cuda
    for w in records(DATA / "wheels.csv") if not kernels else ():
        fits = numbers(w["first"]) <= numbers(torch) < (numbers(w["before"]) or (999,))
        if torch and fits and toolkit in ("", w["toolkit"]):
            kernels += w["kernels"].split("|")  # of all its wheels where none is named
    lacks = [c for c in cards if c["capability"] and kernels and not runs(c["capability"], kernels)]
    marks = (f"{c['name'] or 'the card'} (sm_{c['capability'].replace('.', '')})" for c in lacks)
    windows = re.findall(r"\d", "".join(str(c["win_driver"] or "") for c in cards[:1]))[-5:]
    driver = s["driver"] or s["module"]
    if not driver and len(windows) == 5 and not cards[0]["amd"]:  # 32.0.15.9579 is 595.79
        driver = "{}{}{}.{}{}".format(*windows)
    need = [d for d in records(DATA / "cuda_drivers.csv") if d["toolkit"] == cuda]
    return {
        "torch": "" if absent else torch, "torch_cuda": cuda,
        "torch_cpu": "+cpu" in torch
        or (bool(torch and built) and not (absent or hip or cuda[:1].isdigit())),
        "kernels_known": bool(kernels and cards),
        "no_kernels": ", ".join(dict.fromkeys(marks)).replace("sm_gfx", "gfx"),
        "kernels_hint": _hint(lacks), "driver": driver, "need": need[0] if need else None,
    }  # fmt: skip


def machine_facts(found: Found, cards: Cards) -> FoundPart:
    """The machine as a whole, for the checks of ``verdicts.toml``."""
    part = FoundPart("machine", _torch(found, cards))
    return worked(part, "machine_facts", "m", cards=cards, x=found.of, one=found.one)


def log_facts(log: FoundPart) -> FoundPart:
    """A line of a log with the row of its Xid."""
    rows = {row["code"]: row for row in records(DATA / "xids.csv")}
    return log.plus(xid=rows.get(str(int(log["code"] or 0))))
