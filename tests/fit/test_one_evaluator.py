"""``check``, ``check --cases`` and the search say the same of the same build."""

from __future__ import annotations

from dataclasses import replace
from typing import get_type_hints

import pytest
from tests.fit import generated
from tests.fit.story import CARD, DRIVE, RAM

from rigwright import fit
from rigwright.choose.problem import weigh
from rigwright.choose.verdicts import SINGLE, Verdicts
from rigwright.fit.evaluate import ASKING
from rigwright.spec.build import MANY, Build

BUILDS = [generated.build(seed) for seed in range(200)]
KINDS = (*SINGLE, *MANY)


def searched(rule, build):
    """What the search thinks of a build: it asks about the attributes a rule reads, and no more."""
    site = Build(
        circuit=build.circuit,
        gpu_power_cap_w=build.gpu_power_cap_w,
        unresolved=build.unresolved,
        risers=build.risers,
        whole=build.whole,
    )
    verdicts = Verdicts(site)
    kinds = tuple(k for k in KINDS if k in rule.decided_by)
    ids = tuple(verdicts.ids(k, rule.decided_by[k], [build.of(k)])[0] for k in kinds)
    return verdicts.weight(rule, kinds, ids)


def test_all_three_give_the_same_verdict():
    asked = 0
    for build in BUILDS:
        said = {f.rule: f for f in fit.check(build)}
        for rule in fit.RULES:
            finding = said.get(rule.id)
            case = fit.check_case(rule.id, build)
            if finding is None:
                missing = [kind for kind in rule.needs if not build.has(kind)]
                assert case.verdict == ("unknown" if missing else "ok"), (rule.id, build)
            else:
                assert case == finding, (rule.id, build)
                asked += 1
            told = replace(rule, check=lambda _, graded, finding=finding: finding)
            assert searched(rule, build) == weigh(told, build), (rule.id, build)
    assert asked > 5000


def test_conflict_is_what_cannot_be_built_and_nothing_else():
    found = [f for build in BUILDS for f in fit.check(build)]
    assert {f.severity for f in found if f.verdict == "conflict"} == {"error"}
    assert {f.severity for f in found if f.verdict == "warning"} == {"error", "warning", "note"}
    assert {r.severity for r in fit.RULES} == {"error", "warning", "note"}


def test_the_builds_show_every_reason_to_leave_a_conflict_open():
    words = ("which part is meant by", "the cards may sit elsewhere")
    found = [f for build in BUILDS for f in fit.check(build)]
    for text in words:
        assert any(text in f.why and f.verdict == "unknown" for f in found), text


@pytest.mark.parametrize("rule", fit.RULES, ids=lambda r: r.id)
def test_a_rule_is_handed_what_it_declares(rule):
    field = {name: kind for kind, name in MANY.items()}
    for name, hint in get_type_hints(rule.check.__wrapped__).items():
        if name in ("return", "build"):
            continue
        kind = field.get(name, name)
        assert kind in rule.reads, (rule.id, name)
        if kind in SINGLE and type(None) not in getattr(hint, "__args__", ()):
            assert kind in rule.needs, f"{name} of {rule.id} may be missing"


def test_one_more_part_takes_no_conflict_back_unless_the_rule_says_so():
    more = {"ram": RAM, "card": CARD, "drive": DRIVE}
    helped, kept = set(), 0
    for build in (replace(b, unresolved=(), risers=0) for b in BUILDS):
        for rule in fit.RULES:
            before = rule.check(build)
            for kind in ASKING & set(rule.reads):
                if before is None or not (before.verdict == "conflict" or before.loses):
                    continue
                bigger = replace(build, **{MANY[kind]: (*build.of(kind), more[kind])})
                after = rule.check(bigger)
                if after is not None and after.verdict == "ok":
                    helped.add((rule.id, kind))
                kept += 1
    assert kept > 300
    assert helped <= {(r.id, k) for r in fit.RULES for k in r.supplies}, helped
    assert {r.id for r in fit.RULES if r.supplies} == {"ram_vs_vram", "display_output"}


def test_a_firm_rule_refuses_what_would_pass_otherwise():
    supply = {"psu_wattage", "psu_transient", "psu_pcie_connectors", "psu_16pin"}
    firm = {r.id: r for r in fit.RULES if r.firm}
    assert set(firm) == supply | {"gpu_slots"}
    refused = {
        name
        for build in BUILDS
        for name, rule in firm.items()
        if (weigh(replace(rule, firm=False), build), weigh(rule, build)) == ("fine", "bad")
    }
    assert refused == set(firm)


def test_parts_that_run_together_can_be_built_and_lose_what_they_lose():
    turned = 0
    for build in BUILDS:
        running = replace(build, runs=tuple(p.id for p in build.parts()))
        before = {f.rule: f for f in fit.check(build)}
        for found in fit.check(running):
            rule, was = fit.BY_ID[found.rule], before[found.rule]
            if found == was:
                open_ = was.verdict == "unknown" and "error" in (was.severity, rule.severity)
                grave = was.severity == "error" and was.verdict == "conflict"
                assert not (grave or open_) or not rule.settled(running), found
                continue
            turned += 1
            assert "error" in (was.severity, rule.severity) and not rule.absence
            assert (was.verdict, found.verdict) in {("unknown", "ok"), ("conflict", "warning")}
            assert was.why in found.why and "today" in found.why
            assert weigh(rule, running) == "fine"
    assert turned > 300


def test_a_new_part_is_asked_about_as_ever():
    for seed, build in enumerate(BUILDS):
        parts = [p for p in build.parts() if p.kind in ("card", "psu", "case", "board", "ram")]
        if not parts:
            continue
        new = parts[seed % len(parts)]
        others = [p.id for p in build.parts()]
        others.remove(new.id)  # of two equal ones only one runs
        running = replace(build, runs=tuple(others))
        before = {f.rule: f for f in fit.check(build)}
        for found in fit.check(running):
            if new.kind in fit.BY_ID[found.rule].reads:
                assert found == before[found.rule]
