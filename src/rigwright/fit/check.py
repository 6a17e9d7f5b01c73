"""Runs the rule table over a build; sums up; answers single labelled cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rigwright.fit.rules import BY_ID, RULES
from rigwright.fit.table import has
from rigwright.spec.build import Build, Circuit, Finding, Severity, Verdict
from rigwright.spec.errors import InputError
from rigwright.spec.rule import Rule

_VERDICTS: tuple[Verdict, ...] = ("conflict", "unknown", "warning", "ok")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
# An error-level unknown may stop a build; a conflict that only costs speed does not.
_RANK = {
    pair: rank
    for rank, pair in enumerate(
        (
            ("conflict", "error"),
            ("unknown", "error"),
            ("conflict", "warning"),
            ("warning", "error"),
            ("warning", "warning"),
            ("unknown", "warning"),
            ("conflict", "note"),
            ("warning", "note"),
            ("unknown", "note"),
            ("ok", "error"),
            ("ok", "warning"),
            ("ok", "note"),
        )
    )
}
# One more of these only asks for more, except where it is what the rule looks for.
_DEMANDS = frozenset({"ram", "card", "drive"})
_SUPPLIES = frozenset({("ram_vs_vram", "ram"), ("display_output", "card")})
_ABSENCE = frozenset({"cooler_required"})
"""Rules whose conflict is that nothing is there."""
_IN_SLOTS = frozenset({"gpu_slots", "gpu_slot_spacing", "gpu_case_slots"})
_WHOLE = ("board", "ram", "psu", "case")
CASE_PARAMS = ("volts", "amps", "amperes", "other_load_w", "gpu_power_cap_w")


def _doubt(rule: Rule, build: Build, finding: Finding | None) -> Finding | None:
    """A line that names a part of a kind the rule reads, but which part nobody knows."""
    lines = [text for kind, text in build.unresolved if kind and kind in rule.reads]
    kinds = {kind for kind, _ in build.unresolved if kind in rule.reads}
    if not lines or rule.id == "parts_present":
        return finding
    others = [k for k in rule.needs if k not in kinds]
    if not all(has(build, kind) for kind in others):
        return finding
    more = kinds <= _DEMANDS and all((rule.id, kind) not in _SUPPLIES for kind in kinds)
    proven = finding is not None and finding.verdict == "conflict" and more
    if proven and all(has(build, kind) for kind in kinds):
        return finding  # what is known already is too much
    why = f"which part is meant by {'; '.join(lines)} is not known"
    fix = "give the maker's part number"
    parts = finding.parts if finding else ()
    return Finding(
        rule.id, "unknown", parts, why=why, source=rule.source, severity=rule.severity, fix=fix
    )


def _incomplete(build: Build, finding: Finding | None) -> Finding | None:
    """A list that leaves out half of a machine does not prove that a part of it is missing."""
    if finding is None or finding.verdict != "conflict" or finding.rule not in _ABSENCE:
        return finding
    if all(has(build, kind) for kind in _WHOLE):
        return finding
    return replace(finding, verdict="unknown", why=f"{finding.why}; the list is not complete")


def _beside(build: Build, finding: Finding | None) -> Finding | None:
    """With risers cards sit elsewhere than in the board's slots: too few of them proves nothing."""
    if finding is None or finding.verdict != "conflict" or finding.rule not in _IN_SLOTS:
        return finding
    if not build.risers:
        return finding
    why = f"{finding.why}; with {build.risers} riser(s) the cards may sit elsewhere"
    fix = "see where each card and its riser go"
    return replace(finding, verdict="unknown", margin=None, why=why, fix=fix)


def check(build: Build, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """One finding per rule that applies, worst first."""
    found = (
        _beside(build, _incomplete(build, _doubt(rule, build, rule.check(build)))) for rule in rules
    )
    return tuple(sorted((f for f in found if f is not None), key=rank))


def rank(finding: Finding) -> int:
    """0 = worst."""
    return _RANK[finding.verdict, finding.severity]


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Of the whole build: a conflict or an unknown counts when its severity is ``error``.

    Lesser conflicts (works with loss or risk) make a ``warning``; lesser unknowns do not change
    the verdict, they are on the list of things to measure.
    """
    known = tuple(findings)
    for worst in ("conflict", "unknown"):
        if any(f.verdict == worst and f.severity == "error" for f in known):
            return "conflict" if worst == "conflict" else "unknown"
    loss = any(f.verdict in ("warning", "conflict") and f.severity != "note" for f in known)
    return "warning" if loss else "ok"


@dataclass(frozen=True, slots=True)
class Summary:
    """How much of the table could be answered. ``checked`` + ``unknown`` + skipped = ``rules``."""

    verdict: Verdict
    rules: int
    checked: int
    unknown: int
    counts: Mapping[Verdict, int]

    def __str__(self) -> str:
        return f"checked {self.checked} of {self.rules} rules, {self.unknown} unknown"


def summary(findings: Iterable[Finding], rules: Iterable[Rule] = RULES) -> Summary:
    """Counts over ``check``'s findings; rules that do not apply are in neither count."""
    known = tuple(findings)
    counts: dict[Verdict, int] = {v: sum(f.verdict == v for f in known) for v in _VERDICTS}
    checked = len(known) - counts["unknown"]
    return Summary(verdict(known), len(tuple(rules)), checked, counts["unknown"], counts)


def _number(params: Mapping[str, object], key: str, usual: float) -> float:
    value = params.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("params", key, value, "a number")
    return float(value)


def with_params(build: Build, params: Mapping[str, object]) -> Build:
    """The build on the circuit (``volts``, ``amps``) or under the power cap that a case names."""
    for key in params:
        if key not in CASE_PARAMS:
            raise InputError("params", key, params[key], ", ".join(CASE_PARAMS))
    if any(key in params for key in ("volts", "amps", "amperes", "other_load_w")):
        usual = build.circuit or Circuit()
        amps = _number(params, "amperes", _number(params, "amps", usual.amperes))
        load = _number(params, "other_load_w", usual.other_load_w)
        build = replace(build, circuit=Circuit(_number(params, "volts", usual.volts), amps, load))
    if "gpu_power_cap_w" in params:
        build = replace(build, gpu_power_cap_w=_number(params, "gpu_power_cap_w", 0.0))
    return build


def check_case(rule_id: str, build: Build, params: Mapping[str, object] | None = None) -> Finding:
    """What one named rule says; ``unknown`` when a part that it needs is not given.

    Raises InputError for a rule or parameter that does not exist.
    """
    if rule_id not in BY_ID:
        import difflib

        near = difflib.get_close_matches(rule_id, BY_ID, 3)
        raise InputError("case", "rule", rule_id, "a rule id of docs/rules.md", ", ".join(near))
    rule = BY_ID[rule_id]
    build = with_params(build, params or {})
    finding = _doubt(rule, build, rule.check(build))
    if finding is not None:
        return finding
    missing = [kind for kind in rule.needs if not has(build, kind)]
    found: Verdict = "unknown" if missing else "ok"
    why = f"no {', '.join(missing)} given" if missing else "the rule has nothing to object here"
    return Finding(rule.id, found, why=why, source=rule.source, severity=rule.severity)
