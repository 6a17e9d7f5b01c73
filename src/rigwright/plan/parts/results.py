"""What checking says of a build."""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.spec.build import Finding


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the rules say of one build. exit_code: 0 buildable, 1 conflict, 3 only unknowns."""

    name: str
    findings: tuple[Finding, ...]
    unresolved: tuple[tuple[str, str], ...]
    exit_code: int
