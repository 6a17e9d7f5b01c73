"""What is usual of a class is so of nearly all parts of it, and never proves anything."""

import random
from dataclasses import replace

import pytest
from tests.fit.generated import build as generated
from tests.fit.test_hidden_facts import score

from rigwright import fit
from rigwright.catalog.source import load
from rigwright.fit.evaluate import USUAL
from rigwright.fit.facts.usual import _meets, as_usual, classed_by, usual
from rigwright.spec.parts import PART_TYPES

ROWS = [(kind, fact, rows) for kind, facts in usual().items() for fact, rows in facts.items()]
LEAST = ("case", "psu", "board")
"""Of these a measure is what they offer, of others what they ask for."""
APART = ("slots", "m2_slots", "radiators", "radiator_mm", "plugs", "board_form_factors")
"""Values that need more than a comparison."""
BUILDS = 120


def measured(part, fact, values):
    held = getattr(part, fact)
    if isinstance(held, tuple):
        return all(word in held for word in values[0].split("+"))
    if isinstance(held, str) or len(values) > 1:
        return str(held) in values
    return held >= float(values[0]) if part.kind in LEAST else held <= float(values[0])


@pytest.mark.parametrize(
    ("kind", "fact", "rows"), ROWS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_rows_hold_of_the_parts_that_are_known(kind, fact, rows):
    made = next(t for t in PART_TYPES if t.kind == kind)
    assert {"source", fact} <= {"source", *made.__dataclass_fields__}
    left = [p for p in load(made) if getattr(p, fact) not in (None, "", 0, ())]
    for row in rows:
        mine = [p for p in left if all(_meets(p, c) for c in row.when)]
        left = [p for p in left if p not in mine]
        assert 0.9 <= row.share <= 1
        if fact not in APART and len(mine) >= 20:  # our own tables hold the newest of everything
            so = sum(measured(p, fact, row.values) for p in mine)
            assert so >= 0.75 * len(mine), (row, so, len(mine))


def test_a_rule_reads_what_says_of_which_class_a_part_is():
    for rule in fit.RULES:
        for kind, names in rule.reads.items():
            if rule.severity == "error":
                assert classed_by(kind, names) == tuple(names)


@pytest.mark.parametrize("seed", range(BUILDS))
def test_what_is_usual_only_makes_an_unknown_lighter(seed):
    """It is said of unknowns alone, where something is missing; told in full nothing is weighed."""
    dice = random.Random(seed)
    build = replace(generated(seed), unresolved=())
    if not build.parts():
        return
    less, _ = score.hidden(build, dice)
    for found in fit.check(less):
        if USUAL in found.why:
            assert (found.verdict, found.severity) == ("unknown", "warning")
            rule = fit.rules.BY_ID[found.rule]
            ways = list(as_usual(less, rule.reads))
            assert ways and all(way != less for way in ways)
