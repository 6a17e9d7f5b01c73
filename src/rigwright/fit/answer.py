"""How a rule function says what it found; the rule table adds id, parts, severity and source.

A function answers for its claim; ``evaluate`` makes the verdict on the build of it:

- ``ok``: the claim holds with room to spare.
- ``warning``: the claim holds, on a condition that the sentence names: inside a measuring margin
  (card 10 mm, cooler 5 mm, PSU 10 mm), with an adapter, or slower than it could be. A label
  ``conditional`` of a test case means this; a label ``ok`` of severity note or warning ("fits,
  but ...") too.
- ``conflict``: the claim is false. Where that costs less than an ``error`` the finding says
  ``warning``; so is a label ``conflict`` of severity note or warning to be read.
- ``unknown``: a fact is missing or cannot be true; the sentence says what to measure or look up.
  Zero, a negative number or an empty list where a real part has more are missing facts, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from rigwright.spec.build import Severity, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """A finding without the columns that belong to the rule; same meanings as ``Finding``."""

    verdict: Verdict
    why: str
    have: float | str | None = None
    need: float | str | None = None
    unit: str = ""
    margin: float | None = None
    fix: str = ""
    severity: Severity | None = None


class Supply(NamedTuple):
    """A number with the words around it: ``NZXT S340 takes`` 161 mm."""

    value: float | None
    says: str
    missing: str = ""


def positive(value: float | None) -> float | None:
    """The value, or None where zero and negative numbers stand for a missing fact."""
    return value if value is not None and value > 0 else None


def number(value: float, unit: str) -> str:
    """``161 mm``, ``2.05 slots``, whole watts; thousands separated."""
    text = f"{value:,.0f}" if unit == "W" else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def unknown(missing: str, measure: str, severity: Severity | None = None) -> Answer:
    """``missing`` completes "... is not known"; ``measure`` says how to find out."""
    return Answer("unknown", f"{missing} is not known", fix=measure, severity=severity)


def ok(why: str, have: float | str | None = None, need: float | str | None = None) -> Answer:
    """A claim that holds without numbers to subtract."""
    return Answer("ok", why, have, need)


def fits(
    have: Supply,
    need: Supply,
    unit: str,
    *,
    margin: float = 0.0,
    fix: str = "",
    partial: bool = False,
) -> Answer:
    """``need`` within ``have``; closer than ``margin`` is a warning.

    partial : ``need`` is only a lower bound (some demand is unknown): too much is still a
    conflict, everything else stays unknown.
    """
    if have.value is None or need.value is None:
        gap = have if have.value is None else need
        return unknown(gap.missing or gap.says, f"measure or look up: {gap.missing or gap.says}")
    left = round(have.value - need.value, 6)
    text = f"{need.says} {number(need.value, unit)}, {have.says} {number(have.value, unit)}"
    facts = (have.value, need.value, unit, left)
    if left < 0:
        return Answer("conflict", f"{text}: {number(-left, unit)} too much", *facts, fix=fix)
    if partial:
        why = f"at least {text}; {need.missing} is not known"
        return Answer("unknown", why, *facts, fix=f"look up {need.missing}")
    if left < margin:
        why = f"{text}: only {number(left, unit)} left, verify before buying"
        return Answer("warning", why, *facts, fix=fix)
    return Answer("ok", f"{text}: {number(left, unit)} left", *facts)


def known_sum(values: Iterable[float | None]) -> tuple[float, bool]:
    """The sum of what is known, and whether anything is missing from it."""
    items = tuple(values)
    return float(sum(v for v in items if v is not None)), any(v is None for v in items)
