"""Use case: do the parts of a build work together?"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.buildfile import Meant, build_of_parts, read_build_lines
from rigwright.catalog.source import prices_on
from rigwright.plan.parts import ownprices
from rigwright.plan.parts.results import CheckResult, OpenLine
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import answers, user_lines

CHOICES = 3
EXIT = {"ok": 0, "warning": 0, "conflict": 1, "unknown": 3}


def check_file(
    path: Path | None, *, remember: bool = False, prices: Sequence[str] = ()
) -> CheckResult:
    """Findings of a build file or pasted list.

    remember : the prices of the list go to the ledger, as seen today.  prices : as for ``checked``.
    Raises InputError when it cannot be read, or has no price to remember.
    """
    if path is None:
        raise InputError("check", "BUILD", "nothing", "a build file or --cases CASES.jsonl")
    build, meant = read_build_lines(path)
    found = checked(build, meant, path.stem, prices)
    if not remember:
        return found
    return dataclasses.replace(found, remembered=ownprices.remember(path, meant))


def checked(build: Build, meant: Meant, name: str, prices: Sequence[str] = ()) -> CheckResult:
    """Findings of a list, its open lines with what is nearest, and its own prices beside ours.

    prices : NAME=USD of one piece; they take the place of what the list says of the same part.
    """
    found = check_build(build, name)
    near = {hit.text: hit.near for _, hit in meant if hit is not None}
    # A line that fits nothing offers the names that are nearest.
    lines = tuple(
        line if line.of else dataclasses.replace(line, of=len(names), choices=names[:CHOICES])
        for line in found.lines for names in (near.get(line.text, ()),)
    )  # fmt: skip
    own = ownprices.of_list(meant)
    if prices:
        today = dt.date.today()
        named = ownprices.by_name(build, prices, prices_on(today), today)
        said = {(p.kind, p.name) for p in named}
        own = tuple(p for p in own if (p.kind, p.name) not in said) + named
    return dataclasses.replace(found, lines=lines, prices=own)


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
