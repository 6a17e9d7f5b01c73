"""Use case: do the parts of a build work together?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.buildfile import Meant, build_of_parts, read_build_lines
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import currencies, prices_on, rate
from rigwright.plan.ask.jsonlines import answers
from rigwright.plan.parts.results import CheckResult, OwnPrice
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import user_lines

EXIT = {"ok": 0, "warning": 0, "conflict": 1, "unknown": 3}


def check_file(path: Path | None) -> CheckResult:
    """Findings of a build file or pasted list. Raises InputError when it cannot be read."""
    if path is None:
        raise InputError("check", "BUILD", "nothing", "a build file or --cases CASES.jsonl")
    build, meant = read_build_lines(path)
    return dataclasses.replace(check_build(build, path.stem), prices=own_prices(meant))


def own_prices(meant: Meant, day: dt.date | None = None) -> tuple[OwnPrice, ...]:
    """What a list says that its parts cost, beside what they cost new on a day (today)."""
    priced = [(line, hit) for line, hit in meant if line.price and line.currency]
    if not priced:
        return ()
    day = day or dt.date.today()
    quotes = prices_on(day)
    found = []
    for line, hit in priced:
        part, currency = hit.part if hit else None, str(line.currency)
        quote = quotes.get(key(part)) if part else None
        amount = (line.price or 0.0) * line.quantity
        unit = rate(currency, day) if currency in currencies() else None
        ours = (quote.usd, quote.low_usd, quote.high_usd) if quote else (None, None, None)
        found.append(
            OwnPrice(
                (hit.kind if hit else line.kind) or "",
                part.name if part else line.text,
                line.quantity,
                round(amount, 2),
                currency,
                None if unit is None else round(amount * unit.usd, 2),
                *(None if usd is None else round(usd * line.quantity, 2) for usd in ours),
            )
        )
    return tuple(found)


def check_build(build: Build, name: str = "build") -> CheckResult:
    """Findings of a build that was read already."""
    findings = fit.check(build)
    return CheckResult(build.name or name, findings, build.unresolved, EXIT[fit.verdict(findings)])


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
