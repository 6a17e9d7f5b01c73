"""What a rule says of a build whose lines may mean several products: of all that is possible.

Where every product gives the same verdict, it is the verdict, whichever is meant. Else the verdict
is unknown, and the sentence names what decides, with its values on both sides.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from operator import attrgetter
from typing import Any

from rigwright.spec.build import Build, Finding, Possible, Severity
from rigwright.spec.parts import Part
from rigwright.spec.rule import NOT_PARTS, Rule

MOST = 1024
"""Combinations of products that one rule is asked about."""
LISTED = 999
"""Up to this many are counted one by one."""
RARE = 0.05
"""Share of the products up to which one that does not fit stops no build."""
KNOWN = 5
"""So many that fit, and none that does not, weigh more than others of which a fact is missing."""
_WEIGHT: Mapping[str, int] = {"note": 0, "warning": 1, "error": 2}
WAITING = "which part is meant by "
"""How the sentence begins of a rule that only waits for a line to be identified."""
Ask = Callable[[Build], Finding | None]


@dataclass(frozen=True, slots=True)
class _Said:
    """A finding and how many of the possible products it is true of.

    named : those of them that lines name, the lines that are wishes left out.
    guess : a stand-in, of which little is known, is among them.
    """

    finding: Finding | None
    number: int
    named: tuple[Part, ...] = ()
    guess: bool = False

    @property
    def verdict(self) -> str:
        """Nothing to object is as good as ok."""
        return self.finding.verdict if self.finding else "ok"

    @property
    def stops(self) -> bool:
        """Whether it is a conflict, or open and may be one."""
        grave = self.finding is not None and self.finding.severity == "error"
        return self.verdict == "conflict" or (self.verdict == "unknown" and grave)


def among(rule: Rule, build: Build, ask: Ask) -> Finding | None:
    """The finding over all products that the lines of a build may mean.

    ask : the finding of the rule on a build without such lines.
    """
    plain = replace(build, possible=())
    first = ask(plain)
    # What holds without a fact holds whatever the fact is.
    if first is not None and first.verdict == "ok":
        return first
    lines = [line for line in build.lines() if rule.reads.get(line.part.kind)]
    choices = [_different(line, rule.reads[line.part.kind]) for line in lines]
    if not lines or math.prod(map(len, choices)) > MOST:
        return first
    said = []
    for chosen in product(*choices):
        parts = [part for part, _ in chosen]
        number = math.prod(number for _, number in chosen)
        held = list(zip(lines, parts, strict=True))
        named = tuple(part for line, part in held if not line.wish)
        guess = any(part is line.part and len(line.parts) > 1 for line, part in held)
        one = plain.with_parts((line.part, part) for line, part in held)
        said.append(_Said(ask(one), number, named, guess))
    found = _together(rule, lines, said, first)
    if found is None:
        return None
    involved = (p.id for kind in rule.reads if kind not in NOT_PARTS for p in build.of(kind))
    return replace(found, parts=tuple(dict.fromkeys(involved)))


def _different(line: Possible, names: tuple[str, ...]) -> list[tuple[Part, int]]:
    """One product for each set of values that the rule can tell apart, and how many have it."""
    read: Callable[[Part], Any] = attrgetter(*names) if names else lambda _: ()
    found: dict[Any, list[Part]] = {}
    for part in line.parts:
        found.setdefault(read(part), []).append(part)
    return [(same[0], len(same)) for same in found.values()]


def _together(
    rule: Rule, lines: list[Possible], said: list[_Said], first: Finding | None
) -> Finding | None:
    findings = [s.finding for s in said if s.finding is not None]
    if not findings:
        return None
    verdicts = {s.verdict for s in said}
    if verdicts == {"unknown"} and first is not None and first.verdict == "unknown":
        total = sum(s.number for s in said)
        return _waiting(lines, replace(first, severity=_weight(said, total)))
    if verdicts == {"warning"}:  # a loss with some of them is not sure
        findings = [f for f in findings if not f.loses] or findings
    worst = min(findings, key=lambda f: (f.verdict == "ok", *_closeness(f)))
    if len(verdicts) == 1:
        return replace(worst, why=f"{_whichever(lines)}: {worst.why}")
    conditions = {f.severity for f in findings if f.verdict == "warning"}
    # A condition to be verified holds for all; a loss is there with some products and not others.
    if verdicts <= {"ok", "warning"} and (conditions == {"error"} or verdicts == {"warning"}):
        return replace(worst, why=f"{_whichever(lines)}: {worst.why}")
    return _open(rule, lines, said)


def _waiting(lines: list[Possible], first: Finding | None) -> Finding | None:
    """A finding that waits for the part to be named says so, to be told with all that do."""
    asked = [line for line in lines if first is not None and line.part.name in first.why]
    if first is None or not asked:
        return first
    return replace(first, why=f"{WAITING}{asked[0].text}: {first.why}")


def _closeness(finding: Finding) -> tuple[int, float]:
    order = ("conflict", "unknown", "warning", "ok")
    margin = math.inf if finding.margin is None else finding.margin
    return order.index(finding.verdict) * 3 - _WEIGHT[finding.severity], margin


def _whichever(lines: list[Possible]) -> str:
    texts = " and ".join(line.text for line in lines)
    number = math.prod(len(line.parts) for line in lines)
    if len(lines) > 1 or number == 1:
        return f"whatever is meant by {texts}"
    return f"whichever of {number} is meant by {texts}"


def _open(rule: Rule, lines: list[Possible], said: list[_Said]) -> Finding:
    """Unknown: it depends on the product. Named are the worst of each side."""
    total = sum(s.number for s in said)
    severity = _weight(said, total)
    sides = "; ".join(_sides(said, total))
    texts = "; ".join(line.text for line in lines)
    return Finding(
        rule=rule.id,
        verdict="unknown",
        why=f"it depends on which {texts} it is: {sides}",
        source=rule.source,
        severity=severity,
        fix="give the maker's part number",
    )


def _weight(said: list[_Said], total: int) -> Severity:
    """The gravest of what is said, but not of what hardly any product or only an unread one is.

    Nor of what a wish can be chosen to avoid: of what the lines name, some that fit is enough.
    """
    weights: list[Severity] = [s.finding.severity for s in said if s.finding and s.verdict != "ok"]
    severity = max(weights, key=lambda weight: _WEIGHT[weight])
    held: dict[tuple[Part, ...], list[_Said]] = {}
    for s in said:
        held.setdefault(s.named, []).append(s)
    lost = sum(_lost(some) for some in held.values())
    rare = lost <= RARE * total or _only_doubted(said, total - lost)
    return "warning" if rare and severity == "error" else severity


def _only_doubted(said: list[_Said], fit: int) -> bool:
    """Whether nothing is in conflict, and what is open is a stand-in or far from all there are."""
    if any(s.verdict == "conflict" for s in said):
        return False
    known = any(not (s.stops or s.guess) for s in said)
    return fit >= KNOWN or (known and all(s.guess for s in said if s.stops))


def _lost(said: list[_Said]) -> int:
    """How many of the products that differ in wishes alone stop the build: none if enough fit."""
    number = sum(s.number for s in said)
    fit = sum(s.number for s in said if not s.stops)
    enough = len(said) > 1 and fit >= min(RARE * number, KNOWN)
    return 0 if enough else number - fit


def _sides(said: list[_Said], total: int) -> Iterator[str]:
    words = {"ok": "good", "warning": "a loss", "conflict": "in conflict", "unknown": "open"}
    for verdict in ("conflict", "unknown", "warning", "ok"):
        held = [s for s in said if s.verdict == verdict]
        if held:
            finding = min((s.finding for s in held if s.finding), key=_closeness, default=None)
            why = f" ({finding.why})" if finding else ""
            number = sum(s.number for s in held)
            # Of combinations only the share says something.
            many = f"{number} of {total}" if total <= LISTED else f"{number / total:.1%}"
            yield f"{many} {words[verdict]}{why}"
