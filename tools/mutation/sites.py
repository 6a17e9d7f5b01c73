"""Where a small wrong change can be planted: literals, operators and table cells of some rooms."""

from __future__ import annotations

import ast
import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

COMPARED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
COMPUTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "/"}
SIZES = {"maxsize", "ndigits", "indent", "width", "max_length", "stacklevel"}
SHOWN = {"round", "cache", "lru_cache", "number", "field", "Field", "print"}
# Columns of tables that no answer is computed from: origin, dates, bounds of calibration.
ORIGIN = {
    "low", "high", "error", "calibrated_on", "meaning", "source", "source_date", "date", "since",
    "seen", "url", "id", "name", "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """One change: bytes ``start`` to ``end`` of ``file`` become ``new``, inside ``where``."""

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str
    kind: str
    where: str

    def planted(self, before: bytes) -> bytes:
        return before[: self.start] + self.new.encode() + before[self.end :]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.kind}] {self.old} -> {self.new}  ({self.where})"


def changed(text: str, value: float) -> str:
    """The next whole number, a tenth more for anything larger or with a fraction."""
    if isinstance(value, int) or (float(value).is_integer() and "e" not in text.lower()):
        step = value + 1 if abs(value) < 10 else round(value * 1.1) + (round(value * 1.1) == value)
        return str(int(step)) + (".0" if "." in text else "")
    return repr(float(f"{value * 1.1:.12g}"))


class Finder(ast.NodeVisitor):
    """Collects the sites of one module."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source, self.found = file, source, list[Site]()
        self.names: list[str] = []
        lengths = [0]
        for row in source.splitlines(keepends=True):
            lengths.append(lengths[-1] + len(row))
        self.offsets = lengths

    def place(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self.offsets[node.lineno - 1] + node.col_offset,
            self.offsets[node.end_lineno - 1] + node.end_col_offset,
        )

    def add(self, line: int, start: int, end: int, new: str, kind: str) -> None:
        old = self.source[start:end].decode()
        where = ".".join(self.names) or "<module>"
        self.found.append(Site(self.file, line, start, end, old, new, kind, where))

    def between(self, left: ast.expr, right: ast.expr, new: str, kind: str) -> None:
        """The operator between two operands, without the white space and brackets around it."""
        start, end = self.place(left)[1], self.place(right)[0]
        text = self.source[start:end].decode()
        if "#" in text or "\n" in text.strip(" ()"):
            return
        bare = text.strip(" ()\n")
        at = start + text.index(bare)
        self.add(left.end_lineno or left.lineno, at, at + len(bare), new, kind)

    def visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.names.append(node.name)
        for part in ast.iter_child_nodes(node):
            self.visit(part)
        self.names.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_function  # noqa: N815

    def visit_arg(self, node: ast.arg) -> None:
        """Annotations hold no number that counts."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Text: what it says is the reports' business."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """Text of errors."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        self.visit(node.func)
        shown = name in SHOWN or name.endswith(("_words", "_text"))
        for part in node.args[:1] if name == "round" else () if shown else node.args:
            self.visit(part)
        for keyword in () if shown else node.keywords:
            if keyword.arg not in SIZES:
                self.visit(keyword.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        start, end = self.place(node)
        new = changed(self.source[start:end].decode(), value)
        self.add(node.lineno, start, end, new, "literal")

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self.between(left, right, COMPARED[type(operator)], "comparison")
            left = right
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        text = any(
            isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
            or (isinstance(side, ast.Constant) and isinstance(side.value, str))
            for side in (node.left, node.right)
        )
        new = COMPUTED.get(type(node.op))
        if new and not text:
            self.between(node.left, node.right, new, "arithmetic")
        self.generic_visit(node)


def of_code(root: Path, path: Path) -> list[Site]:
    source = path.read_bytes()
    finder = Finder(path.relative_to(root).as_posix(), source)
    finder.visit(ast.parse(source))
    return finder.found


def of_table(root: Path, path: Path) -> Iterator[Site]:
    """Numeric cells of the columns that answers are computed from."""
    text = path.read_bytes().decode()
    lines = text.splitlines(keepends=True)
    header = next(csv.reader([lines[0]]))
    at = len(lines[0].encode())
    for number, line in enumerate(lines[1:], 2):
        row = next(csv.reader(io.StringIO(line)), [])
        if len(row) == len(header):
            here = at
            for column, cell in zip(header, row, strict=True):
                quoted = line.encode()[here - at : here - at + 1] == b'"'
                width = len(cell.encode()) + 2 * quoted + 2 * cell.count('"') // 2 * quoted
                if column not in ORIGIN and not quoted and _number(cell) is not None:
                    new = changed(cell, float(cell) if "." in cell else int(cell))
                    end = here + width
                    where = f"{row[0]}.{column}"
                    file = path.relative_to(root).as_posix()
                    yield Site(file, number, here, end, cell, new, "cell", where)
                here += width + 1
        at += len(line.encode())


def _number(cell: str) -> float | None:
    try:
        return None if not cell or "e" in cell.lower() else float(cell)
    except ValueError:
        return None


def drawn(root: Path, rooms: Sequence[str], count: int, dice: random.Random) -> list[Site]:
    """``count`` sites without repetition, every room with the weight of its sites."""
    found: list[Site] = []
    for room in rooms:
        folder = root / "src" / "rigwright" / room
        for path in sorted(folder.rglob("*.py")):
            found += of_code(root, path)
        for path in sorted(folder.rglob("*.csv")):
            found += of_table(root, path)
    return dice.sample(found, min(count, len(found)))
