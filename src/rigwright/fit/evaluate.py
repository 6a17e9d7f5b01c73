"""The one evaluator: what a rule says of a build, once and for all who ask.

A rule function looks at the parts alone. What it finds is weighed here against what is known of
the list: lines nobody understood, half a machine, risers, parts that run together today.
``check``, ``check --cases`` and the search all call ``Rule.check``, which is this.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter

from rigwright.fit.answer import Answer, unknown
from rigwright.fit.facts.supplies import fed, supplies
from rigwright.fit.facts.usual import as_usual
from rigwright.fit.possible import among
from rigwright.spec.build import Build, Finding, Severity, Verdict
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
GRAVITY = {pair: n for n, pair in enumerate(
    itertools.product(("ok", "warning", "unknown", "conflict"), ("note", "warning", "error"))
)}  # fmt: skip
HELPED = frozenset({"cores", "threads", "pcie_lanes", "memory_channels", "memory_max_gib"})
"""Facts of a processor of which a second one brings as much again."""
MORE = {"cpu": ("processor", "processors"), "psu": ("supply", "supplies")}
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
        return _of_supplies(rule, ask, one) if one.more else ask(one)

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


def _of_supplies(rule: Rule, ask: Ask, build: Build) -> Answer | None:
    """Of several supplies the gravest of what is said of each and what it feeds; on one circuit
    they draw together. A conflict is certain where no way to share out the cards avoids it."""
    held = supplies(build)
    if len(held) < 2 or not rule.reads.get("psu") or "case" in rule.reads:
        return ask(build)

    def gravest(ways: Sequence[Build], said: str = "supply {} with {} card(s): ") -> Answer | None:
        told = [
            replace(answer, why=f"{said.format(place, len(one.cards))}{answer.why}")
            for place, one in enumerate(ways, 1)
            if (one.cards or "card" not in rule.needs) and (answer := ask(one)) is not None
        ]
        weights = (GRAVITY[a.verdict, a.severity or rule.severity] for a in told)
        return max(zip(weights, told, strict=True), key=itemgetter(0), default=(0, None))[1]

    if build.circuit is not None and "circuit" in rule.reads and build.circuit.number < len(held):
        return gravest([replace(build, psu=psu, more=fed(build)[0].more) for psu in held], "")
    answer = gravest(fed(build))
    if answer and (answer.verdict, rule.severity, build.whole) == ("unknown", "error", False):
        return replace(answer, severity="warning")  # no list says it: the sharing out is a guess
    if answer is not None and answer.verdict == "ok" and not build.whole:  # no list says it
        why = f"{answer.why}: shared out so"
        return replace(answer, verdict="warning", why=why, severity="note")
    if answer is None or answer.verdict != "conflict":
        return answer
    shares = range(len(build.cards) + 1) if len(held) == 2 else ()
    told = [gravest(fed(build, first)) for first in shares]
    if told and all(a is not None and a.verdict == "conflict" for a in told):
        return answer
    return unknown(f"how the cards are shared out ({answer.why})", "say which supply feeds what")


def _of_more(rule: Rule, build: Build, answer: Answer) -> Answer:
    """What is found of one processor or supply, where the list has more of them.

    Another processor draws, and brings lanes and memory, of its own. Where a second supply sits the
    list does not say; what each feeds is ``_of_supplies``.
    """
    for part, text, count in build.more:
        if not rule.reads.get(part.kind) or answer.verdict == "unknown":
            continue
        same = EACH_ALONE | DRAWN | (HELPED if answer.verdict == "ok" else set())
        if part.kind == "cpu" and same >= {*rule.reads["cpu"]}:
            continue
        if part.kind == "psu" and "case" not in rule.reads:
            continue
        word = MORE[part.kind][count > 1]
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
        hung = build.risers >= len(build.cards) - 1  # the list was made for that
        weight: Severity | None = "warning" if grave and hung else answer.severity
        return replace(answer, verdict="unknown", margin=None, why=why, fix=fix, severity=weight)
    if answer.verdict != "conflict":
        return answer
    if rule.absence and any(kind in rule.reads for kind in build.unstated):
        return replace(answer, verdict="unknown", severity=None)
    if rule.absence and not build.whole:  # one more part to add, as a case or a drive would be
        return replace(answer, verdict="warning")
    return answer


def _of_machine(rule: Rule, build: Build, answer: Answer) -> Answer:
    """Parts that run together today can be built: what is not known of that is no question.

    That nothing is lost by it is not proven. Where a known fact says that they cannot, the fact
    is in doubt.
    """
    grave = (answer.severity or rule.severity) == "error"
    if not rule.settled(build):
        return answer
    if answer.verdict == "unknown" and "error" in (answer.severity, rule.severity):
        return Answer("ok", f"these parts run together today; {answer.why}")
    if answer.verdict == "conflict" and grave:
        why = f"{answer.why}; yet these parts are said to run together today"
        return replace(answer, verdict="warning", why=why, fix="look at the part's own page")
    return answer
