"""One word, one meaning: the names in the code keep to the glossary."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
FRONT = ("rigwright/api.py", "rigwright/cli/", "rigwright/report/", "rigwright/web/")
"""Surfaces speak of the command `fit`, which asks for memory."""
HOMES: dict[str, tuple[str, ...]] = {
    "fit": ("rigwright/fit/", *FRONT),
    "cost": ("rigwright/cost/", "rigwright/bringup/found.py"),  # of a fault, by its contract
    "load": ("rigwright/catalog/",),
    "calibrate": ("rigwright_accuracy/",),
}
KEPT = {"FitResult", "fit_chance", "did_fit"} | {
    *("load_w", "full_load", "half_load", "other_load_w", "circuit_other_load_w")
}
"""Names of the contract, what a run on a card did, and electrical loads."""


def words(name: str) -> set[str]:
    """``FitResult`` -> fit, result."""
    return {w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def named() -> Iterator[tuple[str, str]]:
    """(file, name) of every room, module, class, function and field."""
    for path in sorted(SRC.rglob("*.py")):
        file = path.relative_to(SRC).as_posix()
        yield from ((file, room) for room in (*path.relative_to(SRC).parent.parts, path.stem))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield file, node.name
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                        yield file, line.target.id


@pytest.mark.parametrize("word", HOMES)
def test_a_word_is_used_in_its_own_rooms(word):
    found = {(file, name) for file, name in named() if word in words(name) and name not in KEPT}
    assert found, f"nothing is named {word}: take it out of this test"
    strays = {(file, name) for file, name in found if not file.startswith(HOMES[word])}
    assert not strays, f"docs/glossary.md gives {word} one meaning"
