"""What is said of a line that may mean several products is what is said of each of them."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import pytest
from tests.fit.generated import build as generated

from rigwright import fit
from rigwright.catalog.tables import load
from rigwright.spec.build import MANY, Build, Possible
from rigwright.spec.parts import Board, Card, Case, Cooler, Cpu, Drive, Psu, RamKit

TYPES = {t.kind: t for t in (Board, Card, Case, Cooler, Cpu, Drive, Psu, RamKit)}
LABELS = ("id", "name", "brand", "source", "source_date")


def stand_in(parts):
    """What all of some parts have in common; the rest is not known."""
    first = parts[0]
    unknown = {}
    for f in fields(first):
        if f.name not in LABELS and len({getattr(p, f.name) for p in parts}) > 1:
            value = getattr(first, f.name)
            empty = {str: "", tuple: ()}.get(type(value))
            unknown[f.name] = empty if f.metadata.get("required") else None
    return replace(first, id="one-of-several", name="one of several", **unknown)


def drawn(seed):
    """A build of which one line may mean two to five products, and those products."""
    dice = random.Random(seed)
    build = replace(generated(seed), unresolved=())
    kinds = [k for k in TYPES if k != "card" and build.has(k)] or ["case"]
    kind = dice.choice(kinds)
    parts = tuple(dice.sample(load(TYPES[kind]), dice.randint(2, 5)))
    return build, kind, parts


def put(build, kind, part):
    field = MANY.get(kind, kind)
    held = getattr(build, field)
    value = tuple(part if p is held[0] else p for p in held) if isinstance(held, tuple) else part
    return replace(build, **{field: value})


def asked(build, kind, parts, *, open_=False):
    """The findings of a build with a line that may be any of some parts, by rule."""
    part = stand_in(parts)
    line = Possible("a line", part, (*parts, part) if open_ else parts)
    found = fit.check(replace(put(build, kind, part), possible=(line,)))
    return {f.rule: f for f in found if f.rule != "parts_identified"}


def single(build, kind, part):
    return {f.rule: f for f in fit.check(put(build, kind, part))}


WORKS = ("ok", "warning")


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_the_common_verdict_is_the_verdict_and_a_mixed_one_is_unknown(start):
    common = mixed = 0
    for seed in range(start, start + 50):
        build, kind, parts = drawn(seed)
        said = asked(build, kind, parts)
        each = [single(build, kind, p) for p in parts]
        for rule in fit.RULES:
            findings = [one.get(rule.id) for one in each]
            verdicts = {f.verdict if f else "ok" for f in findings}
            together = said.get(rule.id)
            if rule.id == "parts_identified" or not rule.reads.get(kind):
                continue
            if together is None:
                assert findings == [None] * len(parts), (seed, rule.id)
            elif len(verdicts) == 1:
                common += 1
                assert together.verdict in verdicts, (seed, rule.id, together)
            elif verdicts == {"ok", "warning"}:
                assert together.verdict in ("warning", "unknown"), (seed, rule.id, together)
            else:
                mixed += 1
                assert together.verdict == "unknown", (seed, rule.id, verdicts, together)
                assert together.fix
    assert common > 200 and mixed > 20


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_one_more_product_never_settles_what_was_open(start):
    for seed in range(start, start + 50):
        build, kind, parts = drawn(seed)
        fewer = asked(build, kind, parts[:-1]) if len(parts) > 2 else {}
        for more in (asked(build, kind, parts), asked(build, kind, parts[:-1], open_=True)):
            for rule, before in fewer.items():
                after = more.get(rule)
                if before.verdict == "unknown":
                    assert after and after.verdict == "unknown", (seed, rule, before, after)
                if before.verdict == "conflict":
                    assert after and after.verdict in ("conflict", "unknown"), (seed, rule)


def test_a_mixed_line_says_how_many_and_the_values_on_both_sides():
    case = next(c for c in load(Case) if c.gpu_length_mm and 300 < c.gpu_length_mm < 320)
    cards = [c for c in load(Card) if c.length_mm and c.chip == load(Card)[0].chip]
    base = replace(cards[0], id="x")
    lengths = (case.gpu_length_mm - 40, case.gpu_length_mm - 20, case.gpu_length_mm + 7)
    parts = tuple(replace(base, id=f"c{mm}", name=f"C{mm:g}", length_mm=mm) for mm in lengths)
    part = replace(base, id="any", name="any", length_mm=None)
    build = Build(cards=(part,), case=case, possible=(Possible("a card", part, parts),))
    found = next(f for f in fit.check(build) if f.rule == "gpu_length")
    assert (found.verdict, found.severity) == ("unknown", "error")
    for text in ("a card", "1 of 3 in conflict", "7 mm too much", "2 of 3 good", "20 mm left"):
        assert text in found.why, found.why


def test_more_than_can_be_looked_at_is_left_open():
    build, kind, parts = drawn(1)
    many = load(Cooler), load(Case), load(Psu)
    lines = tuple(
        Possible(p.kind, p, tuple(replace(q, id=f"{q.id}{i}") for i in range(40) for q in some))
        for some in many
        for p in (replace(some[0], id=f"any-{some[0].kind}"),)
    )
    assert fit.check(replace(build, possible=lines)) and kind and parts


@pytest.mark.parametrize(
    ("wish", "stretch", "severity"),
    [(True, (-40, 7), "warning"), (False, (-40, 7), "error"), (True, (7, 9), None)],
)
def test_what_can_be_chosen_to_fit_stops_no_build(wish, stretch, severity):
    """The verdict stays open; a conflict of every product stays one."""
    case = next(c for c in load(Case) if c.gpu_length_mm and 300 < c.gpu_length_mm < 320)
    base = replace(next(c for c in load(Card) if c.length_mm), id="x")
    lengths = [case.gpu_length_mm + mm for mm in stretch]
    parts = tuple(replace(base, id=f"c{mm}", name=f"C{mm:g}", length_mm=mm) for mm in lengths)
    part = replace(base, id="any", name="any", length_mm=None)
    build = Build(cards=(part,), case=case, possible=(Possible("a card", part, parts, wish),))
    found = next(f for f in fit.check(build) if f.rule == "gpu_length")
    assert (found.verdict, found.severity) == (
        ("unknown", severity) if severity else ("conflict", "error")
    )


def test_a_stand_in_beside_a_product_that_fits_stops_no_build():
    case = next(c for c in load(Case) if c.gpu_length_mm and 300 < c.gpu_length_mm < 320)
    base = next(c for c in load(Card) if c.length_mm)
    short = replace(base, id="s", name="S", length_mm=case.gpu_length_mm - 40)
    long = replace(base, id="l", name="L", length_mm=case.gpu_length_mm + 40)
    part = replace(base, id="any", name="any", length_mm=None, power_limit_w=None)
    for product, severity in ((short, "warning"), (long, "error")):
        lines = (Possible("a card", part, (product, part)),)
        found = fit.check(Build(cards=(part,), case=case, possible=lines))
        said = next(f for f in found if f.rule == "gpu_length")
        assert (said.verdict, said.severity) == ("unknown", severity), said


def test_a_loss_with_some_of_several_products_is_not_said_of_all():
    """Two supplies: one that may restart, one with little headroom; sure is only the latter."""
    from tests.fit.story import PSU, STORY, change

    build = change(STORY, card__power_limit_w=300.0, cpu__max_power_w=250.0)
    small, large = (replace(PSU, id=f"psu-{w}", watts=w) for w in (580.0, 680.0))
    rule = fit.rules.BY_ID["psu_wattage"]
    said = [rule.check(replace(build, psu=psu)) for psu in (small, large)]
    assert [(f.verdict, f.loses) for f in said] == [("warning", True), ("warning", False)]
    line = replace(PSU, id="stand-in", watts=None)
    several = Possible("a supply", line, (small, large))
    found = rule.check(replace(build, psu=line, possible=(several,)))
    assert found.verdict == "warning" and not found.loses
