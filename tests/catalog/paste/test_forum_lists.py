"""Lists as people write them in forums of eight languages, invented for this test.

``forum_lists.txt``: ``# name`` and the text, then behind ``===`` a row for each line of it: kind,
how many, and what is so of the part (``name`` a pattern, else facts; ``a|b`` one of both).
"""

import re
from pathlib import Path

import pytest

from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.paste import read_list
from rigwright.catalog.possible import possible

TEXT = (Path(__file__).parent / "forum_lists.txt").read_text(encoding="utf-8")
PLAIN = ("system", "riser", "frame")
"""Of these only kind, count and a word of the line are told."""


def blocks():
    for block in TEXT.removeprefix("# ").split("\n# "):
        name, rest = block.split("\n", 1)
        text, told = rest.split("\n===\n")
        rows = [row.split("|", 2) for row in told.strip().splitlines()]
        yield pytest.param(text, rows, id=name)


def meant(hit):
    """What is said of a line: of its part, or of all it may be."""
    if hit is None:
        return (), None
    if hit.part is not None:
        return (hit.part,), hit.part
    line = possible(hit)
    return (tuple(p for p in line.parts if p is not line.part), line.part) if line else ((), None)


def agrees(facts, line, hit):
    """Whether what is told of a part is so; None where it is open."""
    if facts in PLAIN or line.kind in PLAIN:
        return True
    parts, stands = meant(hit)
    answers = []
    for fact in filter(None, facts.split(";")):
        name, value = fact.split("=", 1)
        if name == "name":
            said = [re.search(value, p.name, re.I) is not None for p in parts]
        else:
            held = {getattr(p, name, None) for p in (parts or (stands,))} - {None, "", 0}
            said = [str(h) in value.split("|") or f"{h:g}" == value if isinstance(h, int | float)
                    else str(h) in value.split("|") for h in held]  # fmt: skip
        answers.append(all(said) if said and len(set(said)) == 1 else None)
    if hit is not None and hit.part is None and stands is not None and line.kind == "ram":
        answers = [True if a is False and "modules=" in facts else a for a in answers]
    return False if False in answers and hit.part is not None else all(answers) or None


def judged(text, rows):
    """(right, open, wrong) of the rows of a list; a line nobody wrote is wrong."""
    _, found = read_lines(read_list(text))
    left = [(line, hit) for line, hit in found if line.kind != "other"]
    right, wrong, open_ = [], [], []
    for kind, count, facts in rows:
        of_kind = [x for x in left if kind in (x[0].kind, x[1] and x[1].kind)]
        ranked = sorted(of_kind, key=lambda x: {True: 0, None: 1, False: 2}[agrees(facts, *x)])
        if not ranked:
            wrong.append((kind, facts, "missing"))
            continue
        line, hit = ranked[0]
        left.remove(ranked[0])
        pieces = line.quantity * (getattr(meant(hit)[1], "modules", 1) or 1) if kind == "ram" else 0
        if line.quantity != int(count) and f"modules={pieces}" not in facts:
            wrong.append((kind, facts, line.text, line.quantity))
        else:
            answer = agrees(facts, line, hit)
            {True: right, None: open_, False: wrong}[answer].append((facts, line.text))
    wrong += [("nobody wrote", line.text) for line, _ in left if line.kind]
    return right, open_, wrong


@pytest.mark.parametrize(("text", "rows"), list(blocks()))
def test_every_line_has_its_kind_and_count_and_no_part_is_wrong(text, rows):
    """With our own tables alone: many parts are open, none is another."""
    _, _, wrong = judged(text, rows)
    assert not wrong


def test_most_lines_are_known_with_the_published_catalogue(market):
    told = [judged(*case.values) for case in blocks()]
    assert not [row for _, _, wrong in told for row in wrong]
    right, open_ = (sum(len(one[i]) for one in told) for i in (0, 1))
    assert right >= 0.9 * (right + open_)
