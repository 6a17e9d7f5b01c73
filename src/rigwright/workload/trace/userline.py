"""Which line of the user's code is running, and what it does with a truth value."""

import ast
import functools
import linecache
import os
import sys
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path

BOUNDARY_FILES = (
    "trace/tracer.py", "trace/cached.py", "trace/userfile.py", "sources/timm_model.py",
    "sources/hub.py",
)  # fmt: skip
_ROOM = Path(__file__).parents[1]
_BOUNDARY = frozenset(str(_ROOM / name) for name in BOUNDARY_FILES)
"""Files that call the user's code: frames outside them belong to whoever asked for the trace."""
_STANDARD = os.path.realpath(sysconfig.get_paths()["stdlib"])


@dataclass(frozen=True, slots=True)
class Place:
    """One line of code."""

    file: str
    line: int

    @property
    def text(self) -> str:
        """The line itself."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        """``net.py:12: y = x.item()``."""
        near = os.path.relpath(self.file)
        name = near if not near.startswith("..") else self.file
        name = name.rsplit("site-packages" + os.sep, 1)[-1]
        return f"{name}:{self.line}: {self.text}"


def _own(file: str) -> int:
    """2: the user's, 1: of a library that is not torch, 0: of torch, Python or this package."""
    real = os.path.realpath(file)
    if not real.endswith(".py") or real.startswith(str(_ROOM.parent)):
        return 0
    installed = "site-packages" in real or "dist-packages" in real
    if installed:
        after = real.replace("dist-packages", "site-packages").rsplit("site-packages", 1)[-1]
        return 0 if after.lstrip(os.sep).startswith("torch" + os.sep) else 1
    return 0 if real.startswith(_STANDARD) else 2


def _best(frames: list[tuple[str, int]]) -> Place | None:
    """The innermost of the user's frames, else of a library's; ``frames`` innermost first."""
    for wanted in (2, 1):
        for file, line in frames:
            if _own(file) == wanted:
                return Place(file, line)
    return None


def running() -> Place | None:
    """The line that is executed now, or None in the backward pass and inside libraries alone."""
    frames: list[tuple[str, int]] = []
    frame = sys._getframe(1)
    outside = False  # the caller's own frames in this package come first
    while frame is not None and not (outside and frame.f_code.co_filename in _BOUNDARY):
        outside = outside or not frame.f_code.co_filename.startswith(str(_ROOM))
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return _best(frames)


def of_error(error: BaseException) -> Place | None:
    """The line that raised ``error``."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Place(error.filename, error.lineno)
    frames: list[tuple[str, int]] = []
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in _BOUNDARY:
            break
        frames.append((frame.filename, frame.lineno or 0))
    return _best(frames)


# -- guards --------------------------------------------------------------------------------
@functools.lru_cache(maxsize=256)
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None


def _passing(test: ast.expr, wanted: bool) -> bool | None:
    """Value of a tensor in ``test`` that makes the whole of it ``wanted``, where that is clear."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _passing(test.operand, not wanted)
    if isinstance(test, ast.BoolOp):
        all_same = isinstance(test.op, ast.And) == wanted
        found = {_passing(part, wanted) for part in test.values}
        return found.pop() if all_same and len(found) == 1 else None
    return wanted


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return min(inside, key=lambda n: (n.end_lineno or n.lineno) - n.lineno, default=None)


def guard(place: Place) -> bool | None:
    """The truth value with which a check at ``place`` passes; None when the line is no check.

    A check is an assertion, or an ``if`` that does nothing but raise.
    """
    tree = _tree(place.file)
    node = _statement(tree, place.line) if tree else None
    if isinstance(node, ast.Assert):
        return _passing(node.test, True)
    if isinstance(node, ast.If) and place.line <= (node.test.end_lineno or node.lineno):
        raises = all(isinstance(part, ast.Raise) for part in node.body)
        return _passing(node.test, False) if raises else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = ast.unparse(node.value.func).rsplit(".", 1)[-1]
        checks = name.startswith(("_assert", "_check")) and node.value.args
        return _passing(node.value.args[0], True) if checks else None
    return None
