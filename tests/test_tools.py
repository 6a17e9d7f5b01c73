"""The scripts of the repository: who imports whom, also inside functions."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"


def graph(root: Path) -> dict[str, set[str]]:
    """Module -> modules of ``root`` that it imports anywhere in its text."""
    names = {
        ".".join(file.relative_to(root).with_suffix("").parts): file for file in root.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for name, file in names.items():
        asked: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                asked |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                asked |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[name] = {module for module in asked if module in names}
    return found


def test_no_script_imports_itself_round_a_corner() -> None:
    found = graph(TOOLS)
    assert found["zoo.jobs"] >= {"zoo.job", "zoo.text"}
    TopologicalSorter(found).prepare()  # raises CycleError


def test_a_circle_inside_functions_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from b import x\n", encoding="utf-8")
    (tmp_path / "b.py").write_text("def x():\n    import a\n", encoding="utf-8")
    with pytest.raises(CycleError):
        TopologicalSorter(graph(tmp_path)).prepare()
