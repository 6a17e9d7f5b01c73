"""What checking says of a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rigwright.spec.answer import Answer, plain
from rigwright.spec.build import Finding


@dataclass(frozen=True, slots=True)
class CheckResult(Answer):
    """What the rules say of one build. exit_code: 0 buildable, 1 conflict, 3 only unknowns."""

    name: str
    findings: tuple[Finding, ...]
    unresolved: tuple[tuple[str, str], ...]
    exit_code: int

    def to_dict(self) -> dict[str, Any]:
        """The findings alone, as ``check --json`` prints them."""
        return {"findings": plain(self.findings)}
