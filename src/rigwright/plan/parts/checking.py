"""Use case: do the parts of a build work together?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.buildfile import build_of_parts, read_build
from rigwright.plan.ask.jsonlines import answers
from rigwright.plan.parts.results import CheckResult
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.userfile import user_lines

EXIT = {"ok": 0, "warning": 0, "conflict": 1, "unknown": 3}


def check_file(path: Path | None) -> CheckResult:
    """Findings of a build file or pasted list. Raises InputError when it cannot be read."""
    if path is None:
        raise InputError("check", "BUILD", "nothing", "a build file or --cases CASES.jsonl")
    return check_build(read_build(path), path.stem)


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
