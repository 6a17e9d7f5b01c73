"""Runs the rule table over a build; sums up; answers single labelled cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rigwright.fit.rules import BY_ID, RULES
from rigwright.spec.build import Build, Circuit, Finding, Verdict
from rigwright.spec.errors import InputError
from rigwright.spec.rule import Rule

_VERDICTS: tuple[Verdict, ...] = ("conflict", "unknown", "warning", "ok")
# An error-level unknown may stop a build; what only costs speed does not.
_WORST_FIRST = (
    "conflict error", "unknown error", "warning warning", "warning error", "unknown warning",
    "warning note", "unknown note", "ok error", "ok warning", "ok note",
)  # fmt: skip
_RANK = {tuple(pair.split()): rank for rank, pair in enumerate(_WORST_FIRST)}
CASE_PARAMS = ("volts", "amps", "amperes", "other_load_w", "gpu_power_cap_w")


def check(build: Build, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """One finding per rule that applies, worst first."""
    found = (rule.check(build) for rule in rules)
    return tuple(sorted((f for f in found if f is not None), key=rank))


def rank(finding: Finding) -> int:
    """0 = worst."""
    return _RANK[finding.verdict, finding.severity]


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Of the whole build: what stops it, else what may stop it, else what costs something.

    Lesser unknowns do not change the verdict, they are on the list of things to measure; notes
    never do.
    """
    known = {(f.verdict, f.severity) for f in findings}
    if any(word == "conflict" for word, _ in known):
        return "conflict"
    if ("unknown", "error") in known:
        return "unknown"
    return "warning" if {("warning", "error"), ("warning", "warning")} & known else "ok"


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
        volts = _number(params, "volts", usual.volts)
        build = replace(build, circuit=replace(usual, volts=volts, amperes=amps, other_load_w=load))
    if "gpu_power_cap_w" in params:
        build = replace(build, gpu_power_cap_w=_number(params, "gpu_power_cap_w", 0.0))
    return build


def check_case(rule_id: str, build: Build, params: Mapping[str, object] | None = None) -> Finding:
    """What one named rule says, as in ``check``; a rule that says nothing is ``ok``, or
    ``unknown`` when a part that it needs is not given.

    Raises InputError for a rule or parameter that does not exist.
    """
    if rule_id not in BY_ID:
        import difflib

        near = difflib.get_close_matches(rule_id, BY_ID, 3)
        raise InputError("case", "rule", rule_id, "a rule id of docs/rules.md", ", ".join(near))
    rule = BY_ID[rule_id]
    build = with_params(build, params or {})
    finding = rule.check(build)
    if finding is not None:
        return finding
    missing = [kind for kind in rule.needs if not build.has(kind)]
    found: Verdict = "unknown" if missing else "ok"
    why = f"no {', '.join(missing)} given" if missing else "the rule has nothing to object here"
    return Finding(rule.id, found, why=why, source=rule.source, severity=rule.severity)
