"""A feed of machines for rent -> dated offers; rows that cannot be used are told with the reason.

Shapes by their columns (``data/feed_words.csv``): SkyPilot's ``vms.csv``, gpuhunt's catalogue and
plain CSV. A price is of the whole machine; one of a single GPU is multiplied by their number.
"""

import csv
import datetime as dt
import functools
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rigwright.catalog.names.chipnames import resolve_chip
from rigwright.catalog.prices.pricefile import SOURCE_MAX, BadRowError, day_of, feed_words
from rigwright.catalog.tables import load
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.fact import GIB
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip

ALLOWED = "a CSV of SkyPilot, gpuhunt or ours, or a zip of them, as in docs/market.md"
ROWS_MAX, TEXT_MAX = 500_000, 80
GPU_USD_MIN, GPU_USD_MAX = 0.01, 200.0
"""USD an hour for one GPU: outside of it the unit is another."""
_FORM = re.compile(r"\b(?:sxm\d?|pcie|nvl\d*|hgx|oam)\b", re.IGNORECASE)
_GLUED = re.compile(r"(?i)(?<=rtx)(?=a\d|pro)|(?<=\d)(?=(?:ada|nvl|sxm\d?|pcie)\b)")


@functools.cache
def _machines() -> dict[tuple[str, str], str]:
    """Chip of the machines that are known by name."""
    return {(o.provider, o.instance.lower()): o.chip for o in load(Offer)}


@functools.cache
def _forms(chip: Chip) -> tuple[Chip, ...]:
    """The chips that a name without its form (SXM, PCIe, NVL) may mean: with like memory."""

    def bare(name: str) -> str:
        return re.sub(r"\s+|\b\d+ GB\b", "", _FORM.sub("", name))

    like = (c for c in load(Chip) if 0.8 < c.vram_bytes / chip.vram_bytes < 1.25)
    alike = tuple(c for c in like if bare(c.name) == bare(chip.name))
    return alike if chip.segment == "datacentre" else (chip,)


@functools.lru_cache(maxsize=4096)
def chips_named(name: str, gib: float = 0.0) -> tuple[Chip, ...] | str:
    """Every chip that a name in a feed leaves possible, or why there is none.

    gib : memory of one GPU, where the feed says it.
    """
    text = _GLUED.sub(" ", name)
    for said in dict.fromkeys((f"{text} {gib:g}GB" if gib else text, text)):
        try:
            chip = resolve_chip(said, load(Chip))
        except UnknownNameError:
            continue
        if gib and not 0.9 < chip.vram_bytes / (gib * GIB) < 1.1:
            return f"memory of {gib:g} GB is not that of {chip.name}: another unit?"
        return (chip,) if _FORM.search(text) else _forms(chip)
    return f"unknown chip {name[:40]!r}"


def read_feed(text: str, name: str, day: dt.date) -> tuple[list[Offer], Counter[str]]:
    """Offers of a feed, and how many rows were refused for which reason.

    name : of the file; it names provider and source where no column does.  day : when it was
    read, for rows without a date. Of rows alike but for the price, such as those of zones, the
    lowest. Where the form of a GPU is not said ``chip`` is its name as given, which is no id.
    Raises InputError for what is no such feed.
    """
    if text.lstrip()[:1] in ("<", "{", "["):
        raise InputError(name, "feed", "a page or JSON", ALLOWED)
    lines, refused = csv.reader(io.StringIO(text)), Counter[str]()
    made: dict[tuple[object, ...], Offer] = {}
    try:
        head = [c.strip().lower() for c in next(lines, [])]
        known = feed_words("column")
        columns = {known[c]: at for at, c in enumerate(head) if c in known}
        if not {"gpu", "gpu_count"} <= columns.keys() or not any("usd" in c for c in columns):
            raise InputError(name, "columns", ", ".join(head)[:100] or "nothing", ALLOWED)
        for cells in lines:
            if lines.line_num > ROWS_MAX:
                raise InputError(name, "rows", f"more than {ROWS_MAX:,}", f"up to {ROWS_MAX:,}")
            row = {c: cells[at].strip() if at < len(cells) else "" for c, at in columns.items()}
            try:
                o = _offer(row, name, day)
            except BadRowError as reason:
                refused[str(reason)] += bool(cells)
                continue
            key = (o.provider, o.instance, o.chip, o.gpu_count, o.region, o.date)
            made[key] = _cheaper(made.get(key, o), o)
    except csv.Error as error:
        raise InputError(name, "feed", str(error), ALLOWED) from None
    return list(made.values()), refused


def _cheaper(a: Offer, b: Offer) -> Offer:
    usd = min((o.usd_per_hour for o in (a, b) if o.usd_per_hour), default=0.0)
    spot = min((o.spot_usd_per_hour for o in (a, b) if o.spot_usd_per_hour), default=None)
    return replace(a, usd_per_hour=usd, spot_usd_per_hour=spot)


def _number(row: Mapping[str, str], name: str, most: float) -> float:
    try:
        value = float(row.get(name) or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise BadRowError(f"{name} {row[name][:20]!r} is not a number from 0 to {most:g}")
    return value


def _offer(row: Mapping[str, str], name: str, day: dt.date) -> Offer:
    gpu, count = row["gpu"][:TEXT_MAX], _number(row, "gpu_count", 1024)
    if not gpu or row["gpu_count"] in ("0", "0.0"):
        raise BadRowError("no GPU")
    if not count and row.get("usd_per_gpu_hour"):
        count = 1.0  # a price of one GPU need not say their number
    if count % 1 or not count:
        raise BadRowError(f"gpu_count {row['gpu_count'][:20]!r} is no whole number of GPUs")
    provider = (row.get("provider") or name).lower()
    provider = feed_words("provider").get(provider, provider)[:TEXT_MAX]
    instance = (row.get("instance") or f"{count:g}x {gpu}")[:TEXT_MAX]
    usd, spot = _prices(row, count)
    possible = chips_named(
        _machines().get((provider, instance.lower()), gpu), _number(row, "vram_gib", 1e6)
    )
    if isinstance(possible, str):
        raise BadRowError(possible)
    told = chips_named(instance) if _FORM.search(instance) else possible
    told = possible if isinstance(told, str) else told
    if all(w in instance.lower() for w in gpu.lower().split()):
        possible = told  # the machine's name says more
    elif not set(told) & set(possible):
        raise BadRowError(f"{gpu[:40]!r} beside another form in the machine's name")
    return Offer(
        provider=provider, instance=instance,
        chip=possible[0].id if len(possible) == 1 else gpu, gpu_count=int(count),
        vram_bytes=min(c.vram_bytes for c in possible), vcpus=int(_number(row, "vcpus", 4096)),
        ram_bytes=round(_number(row, "ram_gib", 65536) * GIB),
        region=row.get("region", "")[:TEXT_MAX] or "any", usd_per_hour=usd,
        spot_usd_per_hour=spot, date=day_of(row) if row.get("date") else day,
        source=(row.get("source") or f"feed {name}")[:SOURCE_MAX],
    )  # fmt: skip


def _prices(row: Mapping[str, str], count: float) -> tuple[float, float | None]:
    """On demand (0 = not had) and spot, of the whole machine. [USD/h]"""
    most = GPU_USD_MAX * count
    usd = _number(row, "usd_per_hour", most)
    usd, spot = usd or _number(row, "usd_per_gpu_hour", GPU_USD_MAX) * count, 0.0
    if row.get("spot", "").lower() in ("true", "1", "yes", "spot"):
        usd, spot = 0.0, usd
    spot = spot or _number(row, "spot_usd_per_hour", most)
    if (not usd and not spot) or any(0 < value < GPU_USD_MIN * count for value in (usd, spot)):
        raise BadRowError(f"no price from ${GPU_USD_MIN} to ${GPU_USD_MAX:g} an hour for a GPU")
    return round(usd, 6), round(spot, 6) or None


def feed_name(path: str) -> str:
    """``aws`` of ``v8/aws/vms.csv`` and of ``aws.csv``."""
    place = Path(path)
    stem = place.name.split(".")[0].lower()
    return place.parent.name.lower() if stem in ("vms", "catalog", "index") else stem
