"""Builds that are known to work, and builds with a known trouble, written from memory.

``# name`` begins a build, ``# name rules`` one whose trouble at least one of these rules is about;
``Why:`` says what makes it work or not. Verdicts were written down before the program was asked.
"""

import re
from pathlib import Path

import pytest

from rigwright import fit
from rigwright.catalog.buildfile import build_of_parts

FOLDER = Path(__file__).parent / "data"


def blocks(name):
    for block in (FOLDER / name).read_text(encoding="utf-8").split("# ")[1:]:
        head, *lines = block.strip().split("\n")
        parts = []
        for line in lines:
            kind, text = line.split(": ", 1)
            if kind == "Why":
                continue
            many = re.search(r" x(\d+)$", text)
            text, count = (text[: many.start()], int(many[1])) if many else (text, 1)
            parts.append({"category": kind, "name": text, "qty": count})
        yield pytest.param(parts, head.split()[1:], id=head.split()[0])


@pytest.mark.parametrize(("parts", "rules"), list(blocks("working_builds.txt")))
def test_what_works_is_not_said_to_be_in_conflict(parts, rules):
    assert not rules
    found = fit.check(build_of_parts(parts))
    assert not [(f.rule, f.why) for f in found if f.verdict == "conflict"]
    assert sum(f.loses for f in found) <= 3


@pytest.mark.parametrize(("parts", "rules"), list(blocks("troubled_builds.txt")))
def test_a_known_trouble_is_never_called_fine(parts, rules):
    said = {f.rule: f.verdict for f in fit.check(build_of_parts(parts))}
    about = [said[name] for name in rules[0].split("|") if name in said]
    assert about and set(about) != {"ok"}


def parts_of(name):
    return [case.values for case in blocks(name)]


def test_most_of_what_works_is_decided_and_most_troubles_are_named(market):
    """With the published catalogue: at most a quarter undecided, three of four troubles named."""
    said = [fit.check(build_of_parts(parts)) for parts, _ in parts_of("working_builds.txt")]
    verdicts = [fit.verdict(found) for found in said]
    assert "conflict" not in verdicts
    assert verdicts.count("unknown") <= 0.25 * len(verdicts)
    troubles = parts_of("troubled_builds.txt")
    named = 0
    for parts, rules in troubles:
        found = {f.rule: f.verdict for f in fit.check(build_of_parts(parts))}
        told = {found.get(rule) for rule in rules[0].split("|")}
        named += bool(told & {"warning", "conflict"})
    assert named >= 0.75 * len(troubles)
