"""Search results on a terminal."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from rich.markup import escape

from rigwright.report.console import columns, console

if TYPE_CHECKING:
    from rigwright.catalog.prices.ledger import Quote
    from rigwright.plan.parts.searching import Found
    from rigwright.plan.speed.cardprices import Offered

COLUMNS = {
    "chip": ("released", "vram_bytes", "bandwidth_bytes_per_s", "fp32_flop_per_s", "power_limit_w"),
    "card": ("chip", "length_mm", "thickness_slots", "plugs", "power_limit_w"),
    "cpu": ("socket", "cores", "tdp_w", "pcie_lanes", "memory_types"),
    "board": ("socket", "chipset", "form_factor", "memory_type", "lane_plans"),
    "cooler": ("type", "height_mm", "radiator_mm", "capacity_w"),
    "ram": ("type", "form", "modules", "module_gib", "speed_mt_s"),
    "drive": ("type", "interface", "capacity_bytes", "sequential_read_bytes_per_s"),
    "psu": ("watts", "atx_version", "pcie_8pin_plugs", "pcie_16pin_plugs", "length_mm"),
    "case": ("form_factor", "gpu_length_mm", "cooler_height_mm", "expansion_slots"),
}  # fmt: skip
UNITS = {
    "vram_bytes": (2**30, "GiB"), "bandwidth_bytes_per_s": (1e9, "GB/s"),
    "fp32_flop_per_s": (1e12, "TFLOP/s"), "power_limit_w": (1, "W"), "tdp_w": (1, "W"),
    "capacity_w": (1, "W"), "capacity_bytes": (1e9, "GB"),
    "sequential_read_bytes_per_s": (1e6, "MB/s"),
}  # fmt: skip


def _cell(name: str, value: object) -> str:
    if value is None:
        return "?"
    if isinstance(value, tuple):
        inner = ("+".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
        return " | ".join(inner) or "none"
    if name in UNITS and isinstance(value, int | float):
        size, unit = UNITS[name]
        return f"{value / size:,.4g} {unit}"
    return f"{value:,.5g}" if isinstance(value, float) else str(value)


def _price(quote: Quote | Offered) -> str:
    used = " used" if quote.condition == "used" else ""
    when = f"seen {quote.seen_date}" if quote.seen_date else "estimated"
    return f"${quote.usd:,.0f} ({quote.low_usd:,.0f}-{quote.high_usd:,.0f}){used}, {when}"


def show(found: Found) -> None:
    """One row per part with the facts that matter most for its kind."""
    out = console()
    names = COLUMNS[found.kind]
    heads = (re.sub("_((bytes|flop)(_per_s)?|w)$", "", name) for name in names)
    table = columns("name", *heads, "price")
    for part, quote in found.rows:
        known = {f.name for f in dataclasses.fields(part)}
        cells = [_cell(n, getattr(part, n)) for n in names if n in known]
        price = "?" if quote is None else _price(quote)
        table.add_row(escape(part.name), *map(escape, cells), price)
    out.print(table)
    out.print(f"{len(found.rows)} of {found.total} {found.kind} rows", style="dim")
    for notice in found.attribution:
        out.print(escape(notice), style="dim")
