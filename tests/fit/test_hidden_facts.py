"""A fact that is taken away leaves a question, never the opposite answer."""

import random
from dataclasses import fields, replace

import pytest
from tests.fit.generated import build as generated

from rigwright import fit
from rigwright.spec.build import MANY

BUILDS = 300
SAME = {"name", "id", "kind", "brand", "source", "source_date", "released"}


def hidden(build, dice):
    """The build with one known fact of one of its parts taken away, and which one."""
    parts = list(build.parts())
    part = dice.choice(parts)
    known = [
        f.name
        for f in fields(part)
        if f.name not in SAME
        and not f.metadata.get("required")
        and getattr(part, f.name) is not None
    ]
    if not known:
        return build, ""
    fact = dice.choice(known)
    less = replace(part, **{fact: None})
    field = MANY.get(part.kind, part.kind)
    held = getattr(build, field)
    new = tuple(less if p is part else p for p in held) if isinstance(held, tuple) else less
    return replace(build, **{field: new}), f"{part.kind}.{fact}"


def contradicts(told, less):
    """With the fact it cannot work, without it it does; or the other way round."""
    works = ("ok", "warning")
    return (told.verdict == "conflict" and less.verdict in works) or (
        told.verdict in works and less.verdict == "conflict"
    )


@pytest.mark.parametrize("start", range(0, BUILDS, 50))
def test_what_is_hidden_is_never_contradicted(start):
    wrong = []
    for seed in range(start, start + 50):
        dice = random.Random(seed)
        build = replace(generated(seed), unresolved=())
        if not build.parts():
            continue
        told = {f.rule: f for f in fit.check(build)}
        for _ in range(10):
            less, fact = hidden(build, dice)
            for f in fit.check(less):
                before = told.get(f.rule)
                if before is not None and contradicts(before, f):
                    wrong.append((seed, fact, f.rule, before.why, f.why))
    assert not wrong
