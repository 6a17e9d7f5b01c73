"""Use case: do the parts of a build work together?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.buildfile import Meant, build_of_parts, read_build_lines
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_condition, currencies, rate
from rigwright.plan.ask.jsonlines import answers
from rigwright.plan.parts.results import CheckResult, OpenLine, OwnPrice, Remembered
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import user_lines

YOUR_LIST = "your list"
CHOICES = 3
EXIT = {"ok": 0, "warning": 0, "conflict": 1, "unknown": 3}


def check_file(path: Path | None, *, remember: bool = False) -> CheckResult:
    """Findings of a build file or pasted list.

    remember : the prices of the list go to the ledger, as seen today.
    Raises InputError when it cannot be read, or has no price to remember.
    """
    if path is None:
        raise InputError("check", "BUILD", "nothing", "a build file or --cases CASES.jsonl")
    build, meant = read_build_lines(path)
    found = check_build(build, path.stem)
    near = {hit.text: hit.near for _, hit in meant if hit is not None}
    lines = tuple(_nearest(line, near.get(line.text, ())) for line in found.lines)
    found = dataclasses.replace(found, lines=lines, prices=own_prices(meant))
    return dataclasses.replace(found, remembered=_remember(path, meant)) if remember else found


def _remember(path: Path, meant: Meant) -> Remembered:
    from rigwright.catalog.prices.pricefile import Observation
    from rigwright.plan.parts.pricing import record  # pydantic

    priced = [(x, hit.part if hit else None) for x, hit in meant if x.price and x.currency]
    seen = {
        Observation(
            part.kind, part.id, dt.date.today(), float(line.price or 0), str(line.currency),
            line.condition, "shop", YOUR_LIST,
        )
        for line, part in priced
        if part is not None
    }  # fmt: skip
    if not seen:
        given = "no price of a part that is known"
        raise InputError(str(path), "--remember", given, "a list with prices", "GPU: RTX 5080 $999")
    added = record(tuple(seen))
    foreign = sum(o.currency != "USD" for o in seen)
    skipped = sum(part is None for _, part in priced)
    return Remembered(added, len(seen) - added, foreign, skipped)


def own_prices(meant: Meant, day: dt.date | None = None) -> tuple[OwnPrice, ...]:
    """What a list says that its parts cost, beside what they cost on a day (today)."""
    priced = [(line, hit) for line, hit in meant if line.price and line.currency]
    if not priced:
        return ()
    day = day or dt.date.today()
    quotes = by_condition(day)
    found = []
    for line, hit in priced:
        part, currency = hit.part if hit else None, str(line.currency)
        quote = quotes[line.condition].get(key(part)) if part else None
        amount = (line.price or 0.0) * line.quantity
        unit = rate(currency, day) if currency in currencies() else None
        all_of = functools.partial(_times, line.quantity)
        found.append(
            OwnPrice(
                kind=(hit.kind if hit else line.kind) or "",
                name=part.name if part else line.text,
                count=line.quantity,
                amount=round(amount, 2),
                currency=currency,
                usd=None if unit is None else round(amount * unit.usd, 2),
                our_usd=all_of(quote.usd if quote else None),
                our_low_usd=all_of(quote.low_usd if quote else None),
                our_high_usd=all_of(quote.high_usd if quote else None),
                condition=line.condition,
            )
        )
    return tuple(found)


def _times(count: int, usd: float | None) -> float | None:
    return None if usd is None else round(usd * count, 2)


def check_build(build: Build, name: str = "build") -> CheckResult:
    """Findings of a build that was read already."""
    findings = fit.check(build)
    code = EXIT[fit.verdict(findings)]
    return CheckResult(build.name or name, findings, build.unresolved, code, _open_lines(build))


def _open_lines(build: Build) -> tuple[OpenLine, ...]:
    """The lines that name no single product, with some of those they may mean."""
    known = tuple(OpenLine(kind, text, 0, ()) for kind, text in build.unresolved)
    several = (
        (line, [p.name for p in line.parts if p.name != line.part.name]) for line in build.possible
    )
    return known + tuple(
        OpenLine(line.part.kind, line.text, len(names), tuple(names[:CHOICES]))
        for line, names in several
    )


def _nearest(line: OpenLine, near: tuple[str, ...]) -> OpenLine:
    """A line that fits nothing offers the names that are nearest."""
    return line if line.of else dataclasses.replace(line, of=len(near), choices=near[:CHOICES])


def _case(data: dict[str, Any]) -> dict[str, Any]:
    for field in ("rule", "parts"):
        if field not in data:
            raise InputError("case", field, "nothing", "a value")
    build = dataclasses.replace(build_of_parts(data["parts"]), whole=True)
    finding = fit.check_case(str(data["rule"]), build, data.get("params") or {})
    return {"id": data.get("id"), **dataclasses.asdict(finding)}


def check_cases(path: Path) -> Iterator[str]:
    """One JSON line per case: the verdict of the named rule on the named parts."""
    yield from answers(user_lines(path, "--cases", "JSON lines"), _case)
