"""Dated observations of what things cost: parts and rented machines."""

import datetime as dt
from dataclasses import dataclass

from rigwright.spec.fact import fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One observation; never overwritten, only added to."""

    part: str = fact("`kind:id` of a part, e.g. `card:gigabyte-gtx-1070-g1`", required=True)
    date: dt.date = fact("day the price was seen or announced", required=True)
    usd: float = fact("price before tax", required=True)
    condition: str = fact("new or used", required=True)
    basis: str = fact(
        "list (maker's price), shop (seen in a shop) or deal (a passing offer)", required=True
    )
    source: str = fact("who published it", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A machine that can be rented."""

    provider: str = fact("aws, gcp, azure, lambda, runpod ...", required=True)
    instance: str = fact("provider's name", required=True)
    chip: str = fact("id of the chip", required=True)
    gpu_count: int = fact("chips (dies) a framework sees", required=True)
    vram_bytes: int = fact("per chip", given="gib", required=True)
    vcpus: int | None = fact("hardware threads")
    ram_bytes: int | None = fact("main memory", given="gib")
    region: str = fact("region", required=True)
    usd_per_hour: float = fact("on-demand, whole instance", required=True)
    spot_usd_per_hour: float | None = fact("spot, whole instance")
    date: dt.date = fact("day the price was seen", required=True)
    source: str = fact("who published it", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What one kind of thing cost in one month, by many sellers: how prices moved, not one part's.

    Series of one ``subject``, ``basis`` and ``unit`` hang together; their level is not a part's.
    """

    subject: str = fact(
        "`chip:id`, `cpu:id`, `memory:type` or `drive:nvme`: what moved", required=True
    )
    date: dt.date = fact("middle of the month", required=True)
    usd: float = fact("median, or lowest, of that month before tax", required=True)
    basis: str = fact("deal (public deal posts, below shops) or retail", required=True)
    unit: str = fact("what the price is of: one, 1 GB, 2 TB ...", required=True)
    posts: int = fact("observations behind it", required=True)
    source: str = fact("who published it", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """When a kind of thing is sold new: between two days, or for some years after its release."""

    subject: str = fact(
        "`chip:id`, `generation:name`, `chipset:name`, `memory:type`, `drive:type`, `kind:name`, "
        "or one part as `cpu:id`; the closest row counts",
        required=True,
    )
    since: dt.date | None = fact("first sold new; empty = as each part was released")
    until: dt.date | None = fact("last sold new in ordinary shops; empty = still sold")
    years: float | None = fact("years a model is sold new after its release")
    source: str = fact("who says so", required=True)
    source_date: dt.date | None = fact("date of that document")
