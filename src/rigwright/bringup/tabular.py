"""Tables of tools, read by the words of their head: CSV, lsblk, wmic, the matrix of GPUs."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import records

TABLE = Path(__file__).parent / "data" / "heads.csv"
COLUMNS_MAX = 48
Rows = list[tuple[str, dict[str, str]]]
_GPU = re.compile(r"GPU\d{1,3}")
_DEVICE = re.compile(r"(?:GPU|NIC|mlx\d?_?)\d{1,3}")


@functools.cache
def _heads() -> dict[str, dict[str, dict[str, str]]]:
    """Rows by the heads that stand together, and by head."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in records(TABLE):
        found.setdefault(row["tool"], {})[row["head"]] = row
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head was read. cells : pattern of a row whose columns may be empty.

    gpus : columns of a matrix of GPUs.  starts : of columns under a line of dashes.
    """

    columns: tuple[dict[str, str] | None, ...] = ()
    split: str = ""
    cells: re.Pattern[str] | None = None
    gpus: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()

    def read(self, text: str) -> Rows | None:
        """The parts of a row; empty for a line between rows, None where the table ends."""
        line = text.strip()
        if self.gpus:
            return self._pairs(line.split())
        if not line:
            return None if self.split == "," or self.cells else []
        if set(line) <= set("-= |+"):
            return []
        values: list[str] | None = _cells(text, self.starts) if self.starts else [
            v.strip() for v in re.split(self.split, line)]  # fmt: skip
        if self.cells is not None:
            found = self.cells.match(text[:300])
            values = [v or "" for v in found.groups()] if found else None
        if values is None or len(values) != len(self.columns):
            return None
        pairs = zip(self.columns, values, strict=True)
        known = {c["fact"]: v for c, v in pairs if c and c["fact"] and v}
        return [(next(c["kind"] for c in self.columns if c), known)] if known else []

    def _pairs(self, words: list[str]) -> Rows | None:
        if not words or not _DEVICE.fullmatch(words[0]):
            return None
        pairs = [(o, re.sub(r"\d", "", how)) for o, how in zip(self.gpus, words[1:], strict=False)]
        rows: Rows = [
            ("pair", {"pair": f"{words[0]}-{other}", "how": how})
            for other, how in pairs
            if _GPU.fullmatch(other) and words[0] < other and how != "X"
        ]
        return [("seat", {"index": words[0][3:]}), *rows] if words[0][:3] == "GPU" else []


def _cells(line: str, starts: Sequence[int]) -> list[str]:
    """Texts of columns; a number that is wider than its head begins before it."""
    cuts = []
    for start in starts:
        while 0 < start < len(line) and line[start - 1] != " ":
            start -= 1
        cuts.append(start)
    return [line[a:b].strip() for a, b in zip(cuts, [*cuts[1:], None], strict=True)]


def ruled(head: str, rule: str) -> Table | None:
    """The table whose columns a line of dashes tells, as PowerShell prints it; None for another."""
    starts = tuple(m.start() for m in re.finditer("-+", rule))[:COLUMNS_MAX]
    names = [cell.lower() for cell in _cells(head, starts)]
    known = (tuple(heads.get(name) for name in names) for heads in _heads().values())
    return next((Table(k, starts=starts) for k in known if sum(map(bool, k)) > 1), None)


def table_of(text: str) -> Table | None:
    """The table that a line is the head of, or None."""
    words, low = text.split()[: 2 * COLUMNS_MAX], text.strip().lower()
    if words and _GPU.fullmatch(words[0]):
        matrix = text[:1].isspace() or words[1:2] == ["GPU1"]
        return Table(gpus=tuple(filter(_DEVICE.fullmatch, words))) if matrix else None
    first = re.split(r"[,\s\[]", low, maxsplit=1)[0]
    for tool, heads in _heads().items():
        if first not in heads:
            continue
        split = {"csv": ",", "wide": r"\s{2,}"}.get(tool.split("-")[0], r"\s+")
        names = [re.sub(r"\s*\[[^\]]*\]$", "", w.strip()) for w in re.split(split, low)]
        known = tuple(heads.get(name) for name in names[:COLUMNS_MAX])
        if sum(map(bool, known)) < 2 or (split != "," and not all(known)):
            continue
        if split != r"\s+":
            return Table(known, split)
        body = "".join(
            (r"(?:\s+|$)" if n else r"\s*") + r["cell"] for n, r in enumerate(known) if r
        )
        return Table(known, split, re.compile(body + r"\s*$"))
    return None
