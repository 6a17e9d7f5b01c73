"""The one evaluator: what a rule says of a build, once and for all who ask.

A rule function looks at the parts alone. What it finds is weighed here against what is known of
the list: lines nobody understood, half a machine, risers, parts that run together today.
``check``, ``check --cases`` and the search all call ``Rule.check``, which is this.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rigwright.fit.answer import Answer, unknown
from rigwright.fit.facts.usual import as_usual
from rigwright.fit.possible import among
from rigwright.spec.build import Build, Finding, Severity, Verdict
from rigwright.spec.parts import Psu
from rigwright.spec.rule import NOT_PARTS, Rule

Ask = Callable[[Build], Answer | None]
ASKING = frozenset({"ram", "card", "drive"})
"""Kinds of which one more part only asks for more, unless a rule says that it ``supplies``."""
ASKED_BY_CARDS = frozenset({"board", "psu", "case", "chip", "circuit"})
"""Of these a card that sits outside in a box of its own asks nothing."""
EACH_ALONE = frozenset({"socket", "generation", "avx2", "memory_types", "registered_memory"})
"""Facts of a processor for which it does not matter how many there are."""
DRAWN = frozenset({"tdp_w", "max_power_w"})
"""Facts of a processor that are added up (``facts.draw``)."""
GIVEN = ("watts", "eps_plugs", "pcie_8pin_plugs", "pcie_16pin_plugs", "sata_plugs")
"""What several supplies give together."""
LIKE = ("atx_version", "modular", "brand")
"""What is so of them together where it is so of each."""
HELPED = frozenset({"cores", "threads", "pcie_lanes", "memory_channels", "memory_max_gib"})
"""Facts of a processor of which a second one brings as much again."""
USUAL = "whatever is usual of its class would do"
"""Ends the sentence of an unknown that stops nothing."""


def evaluate(rule: Rule, ask: Ask, build: Build, graded: bool = True) -> Finding | None:
    """The finding of a rule whose function is ``ask``; None when it does not apply.

    graded : whether what is usual of a class may make an unknown weigh less.
    """
    if build.possible and "possible" not in rule.reads.get("build", ()):
        return among(rule, build, lambda one: _of_one(rule, ask, one, graded))
    return _of_one(rule, ask, build, graded)


def _of_one(rule: Rule, ask: Ask, build: Build, graded: bool) -> Finding | None:
    build = _inside(rule, build)

    def asked(one: Build) -> Answer | None:
        return ask(_together(rule, one)) if one.more else ask(one)

    answer = asked(build) if all(map(build.has, rule.needs)) else None
    if graded:
        answer = _of_class(rule, asked, build, answer)
    answer = _of_lines(rule, build, answer)
    if answer is None or (rule.absence and build.machines):
        return None
    answer = _of_machine(rule, build, _of_more(rule, build, _of_list(rule, build, answer)))
    verdict, severity = _weighed(answer, answer.severity or rule.severity)
    involved = (part.id for kind in rule.reads if kind not in NOT_PARTS for part in build.of(kind))
    return Finding(
        rule=rule.id,
        verdict=verdict,
        parts=tuple(dict.fromkeys(involved)),
        have=answer.have,
        need=answer.need,
        unit=answer.unit,
        margin=answer.margin,
        why=answer.why,
        source=rule.source,
        severity=severity,
        fix=answer.fix,
    )


def _of_class(rule: Rule, ask: Ask, build: Build, answer: Answer | None) -> Answer | None:
    """What nobody has published stops no build where nothing usual of its class would be too much.

    The fact stays unknown: what is usual proves nothing, and the search buys what is known.
    """
    if answer is None or answer.verdict != "unknown":
        return answer
    if (answer.severity or rule.severity) != "error":
        return answer
    ways = as_usual(build, rule.reads)
    if not ways or any((a := ask(one)) is not None and _stops(a, rule) for one in ways):
        return answer
    return replace(answer, why=f"{answer.why}; {USUAL}", severity="warning")


def _stops(answer: Answer, rule: Rule) -> bool:
    """Whether something is in conflict, or open and may be."""
    return answer.verdict in ("conflict", "unknown") and (
        (answer.severity or rule.severity) == "error"
    )


def _inside(rule: Rule, build: Build) -> Build:
    """Without cards that sit outside in boxes, for rules on what a card asks of its computer."""
    asked = ASKED_BY_CARDS & rule.reads.keys() and "enclosures" not in rule.reads.get("build", ())
    if not build.enclosures or "card" not in rule.reads or not asked:
        return build
    if len(build.cards) <= build.enclosures:
        kept = tuple(line for line in build.unresolved if line[0] != "card")
        return replace(build, cards=(), chips=(), unresolved=kept)
    return replace(build, risers=build.risers + build.enclosures)


def _together(rule: Rule, build: Build) -> Build:
    """The supplies of a build as one, for rules on what they give together."""
    if build.psu is None or not _shared_out(rule, build):
        return build
    others = [p for p, _, count in build.more for _ in range(count) if isinstance(p, Psu)]
    held = [build.psu, *others]
    facts: dict[str, Any] = {}
    for name in GIVEN:
        values = [getattr(psu, name) for psu in held]
        facts[name] = None if None in values else sum(values)
    for name in LIKE:
        same = {getattr(psu, name) for psu in held}
        facts[name] = same.pop() if len(same) == 1 else None
    names = " and ".join(dict.fromkeys(psu.name for psu in held))
    name = names if len({psu.name for psu in held}) > 1 else f"{len(held)} x {names}"
    return replace(build, psu=replace(build.psu, name=name, **facts))


def _shared_out(rule: Rule, build: Build) -> bool:
    """Whether a rule weighs what several supplies give together."""
    reads = rule.reads.get("psu", ())
    several = any(isinstance(part, Psu) for part, _, _ in build.more)
    return several and bool(reads) and {*GIVEN, *LIKE} >= {*reads}


def _of_more(rule: Rule, build: Build, answer: Answer) -> Answer:
    """What is found of one processor or supply, where the list has more of them.

    Another processor draws, and brings lanes and memory, of its own. What supplies give they give
    together, if it is shared out well; which feeds what, and where it sits, the list does not say.
    """
    for part, text, count in build.more:
        if not rule.reads.get(part.kind) or answer.verdict == "unknown":
            continue
        same = EACH_ALONE | DRAWN | (HELPED if answer.verdict == "ok" else set())
        if part.kind == "cpu" and same >= {*rule.reads["cpu"]}:
            continue
        if part.kind == "psu" and _shared_out(rule, build):
            if answer.verdict == "ok":
                why = f"{answer.why}, if the load is shared out between them"
                answer = replace(answer, verdict="warning", why=why)
            continue
        many = ("processor" if count == 1 else "processors") if part.kind == "cpu" else "supplies"
        word = "supply" if many == "supplies" and count == 1 else many
        fix = "see what each is for" if part.kind == "cpu" else "say which supply feeds what"
        weight = answer.severity if answer.verdict == "conflict" else "warning"
        weight = "note" if (answer.severity or rule.severity) == "note" else weight
        return unknown(f"what {count} more {word} ({text}) changes", fix, weight)
    return answer


def _weighed(answer: Answer, severity: Severity) -> tuple[Verdict, Severity]:
    """A false claim is a conflict only where it stops the machine; else it is a loss.

    A lesser claim that holds on a condition has nothing to lose yet.
    """
    if answer.verdict == "conflict" and severity != "error":
        return "warning", severity
    if answer.verdict == "warning" and severity == "warning":
        return "warning", "note"
    return answer.verdict, severity


def _of_lines(rule: Rule, build: Build, answer: Answer | None) -> Answer | None:
    """A line that names a part of a kind the rule reads, but which part nobody knows."""
    if not build.unresolved or "unresolved" in rule.reads.get("build", ()):
        return answer
    lines = [(kind, text) for kind, text in build.unresolved if kind and kind in rule.reads]
    kinds = {kind for kind, _ in lines}
    if not lines or not all(build.has(kind) for kind in rule.needs if kind not in kinds):
        return answer
    enough = answer is not None and answer.verdict == "conflict" and all(map(build.has, kinds))
    if enough and kinds <= ASKING.difference(rule.supplies):
        return answer  # what is known already is too much
    which = "; ".join(text for _, text in lines)
    return unknown(f"which part is meant by {which}", "give the maker's part number")


def _of_list(rule: Rule, build: Build, answer: Answer) -> Answer:
    """What a list leaves out is no conflict; with risers cards sit elsewhere than in the slots."""
    if rule.slotted and build.risers and answer.verdict in ("conflict", "unknown"):
        why = f"{answer.why}; with {build.risers} riser(s) the cards may sit elsewhere"
        fix = "see where each card and its riser go"
        grave = (answer.severity or rule.severity) == "error"
        weight: Severity | None = "warning" if grave and _hung(build) else answer.severity
        return replace(answer, verdict="unknown", margin=None, why=why, fix=fix, severity=weight)
    if answer.verdict != "conflict":
        return answer
    if rule.absence and any(kind in rule.reads for kind in build.unstated):
        return replace(answer, verdict="unknown", severity=None)
    if rule.absence and not build.whole:  # one more part to add, as a case or a drive would be
        return replace(answer, verdict="warning")
    return answer


def _hung(build: Build) -> bool:
    """Whether every card but one hangs on a riser: the list was made for that."""
    return build.risers >= len(build.cards) - 1


def _of_machine(rule: Rule, build: Build, answer: Answer) -> Answer:
    """Parts that run together today can be built: what is not known of that is no question.

    That nothing is lost by it is not proven. Where a known fact says that they cannot, the fact
    is in doubt.
    """
    if (answer.severity or rule.severity) != "error" or not rule.settled(build):
        return answer
    if answer.verdict == "unknown":
        return Answer("ok", f"these parts run together today; {answer.why}")
    if answer.verdict == "conflict":
        why = f"{answer.why}; yet these parts are said to run together today"
        return replace(answer, verdict="warning", why=why, fix="look at the part's own page")
    return answer
