"""Exactly at a limit, one unit over, one unit under: made from the rule table.

For every rule that compares two numbers (``have`` and ``need``), every numeric fact that it reads
is moved until nothing is left of the margin. There the claim still holds; one unit further in the
direction that costs margin it is false, one unit the other way it holds.
"""

import pytest
from tests.reference.pins.rules import BASES, edited, present

from rigwright.fit.rules import RULES

UNIT_FLOAT = 0.01
CHOSEN = (
    ("build", "lanes_each"),
    ("cooler", "class_w"),
    ("ram", "stands_mm"),
    ("board", "deep_mm"),
)
"""Facts that choose between placements: the margin jumps, there is no limit to approach; and what
is worked out from others."""


def margins(rule, base, place, value):
    found = rule.check(edited(base, *place, value))
    if found is None or found.margin is None or found.have is None:
        return None
    return found


def limits():
    """(rule, base, kind, fact, value at which the margin is zero, unit, slope)."""
    for rule in RULES:
        for name, base in BASES.items():
            for kind, facts in rule.reads.items():
                for fact in facts:
                    given = present(base, kind, fact)
                    if isinstance(given, bool) or not isinstance(given, int | float):
                        continue
                    if (kind, fact) in CHOSEN:
                        continue
                    unit = 1 if isinstance(given, int) else UNIT_FLOAT
                    here = margins(rule, base, (kind, fact), given)
                    beside = margins(rule, base, (kind, fact), given + unit)
                    if here is None or beside is None or here.unit != beside.unit:
                        continue
                    if here.margin == beside.margin:
                        continue
                    slope = (beside.margin - here.margin) / unit
                    at = given - here.margin / slope
                    at = round(at) if isinstance(given, int) else round(at, 6)
                    around = [at - unit, at, at + unit]  # zero is a missing fact
                    found = [margins(rule, base, (kind, fact), v) for v in around if v > 0]
                    if len(found) == 3 and all(found) and abs(found[1].margin) < 1e-6:
                        yield pytest.param(
                            rule, base, (kind, fact), at, unit, slope,
                            id=f"{rule.id} {name} {kind}.{fact}",
                        )  # fmt: skip


CASES = list(limits())


@pytest.mark.parametrize(("rule", "base", "place", "at", "unit", "slope"), CASES)
def test_at_over_and_under_a_limit(rule, base, place, at, unit, slope):
    worse = -unit if slope > 0 else unit
    exact = rule.check(edited(base, *place, at))
    over = rule.check(edited(base, *place, at + worse))
    under = rule.check(edited(base, *place, at - worse))
    assert exact.margin == pytest.approx(0, abs=1e-6)
    assert over.margin < 0 < under.margin
    rank = ["ok", "warning", "unknown", "conflict"].index
    assert exact.verdict != "conflict"
    assert over.verdict in ("conflict", "warning")
    assert rank(under.verdict) <= rank(exact.verdict) <= rank(over.verdict)
    assert over.verdict != exact.verdict or over.severity != exact.severity or over.why != exact.why


def test_most_rules_with_numbers_are_among_them():
    tested = {case.values[0].id for case in CASES}
    assert len(tested) >= 15 and len(CASES) >= 40
