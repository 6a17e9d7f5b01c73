"""What the house is made of against its ceilings: ``python tools/budget.py [--write]``.

``--write`` puts the column *now* into ``docs/budget.md``; the columns before it stay as they are.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
PAGE = ROOT / "docs" / "budget.md"
CEILINGS = {
    "lines of src": 50_000,
    "files of src": None,
    "files of the fullest room": 12,
    "commands": 24,
    "options on a first help screen": 8,
    "options of the largest command": None,
    "fitted constants": 100,
    "rules": 75,
    "runtime dependencies": None,
}
"""Most there may be; None is only told."""


def rooms() -> Counter[str]:
    """Modules of each package folder, without ``__init__`` and without its inner rooms."""
    return Counter(
        path.parent.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if not path.name.startswith("__")
    )


def commands() -> dict[str, tuple[int, int]]:
    """Command -> (options on its first screen, options altogether)."""
    import typer

    from rigwright.cli.application import app

    def walk(command: object, name: str) -> Iterator[tuple[str, tuple[int, int]]]:
        inner = getattr(command, "commands", None)
        for word, below in (inner or {}).items():
            yield from walk(below, f"{name} {word}".strip())
        if not inner:
            options = [
                p for p in getattr(command, "params", ())
                if p.param_type_name == "option" and not getattr(p, "hidden", False)
            ]  # fmt: skip
            first = [p for p in options if not getattr(p, "rich_help_panel", None)]
            yield name, (len(first), len(options))

    import rigwright.cli  # noqa: F401  registers every command

    return dict(walk(typer.main.get_command(app), ""))


def fitted() -> int:
    """Constants of every table that a calibration writes; there are none in the code."""
    from rigwright_accuracy.stale import TABLES, rows_of

    return sum(len(rows_of(path)) for path in TABLES)


def counted() -> dict[str, int]:
    """Every number of the budget, as it is now."""
    from rigwright.fit import RULES

    files = sorted(SRC.rglob("*.py"))
    options = commands()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "lines of src": sum(len(p.read_text(encoding="utf-8").splitlines()) for p in files),
        "files of src": len(files),
        "files of the fullest room": max(rooms().values()),
        "commands": len(options),
        "options on a first help screen": max(first for first, _ in options.values()),
        "options of the largest command": max(every for _, every in options.values()),
        "fitted constants": fitted(),
        "rules": len(RULES),
        "runtime dependencies": len(project["dependencies"]),
    }


def page(found: dict[str, int]) -> str:
    """The page with the column *now* made again."""
    lines = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] in found:
            line = "| " + " | ".join([*cells[:-1], f"{found[cells[0]]:,}"]) + " |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the numbers; 1 when one is above its ceiling."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="make docs/budget.md again")
    found = counted()
    if parser.parse_args().write:
        PAGE.write_text(page(found), encoding="utf-8")
    over = 0
    for name, number in found.items():
        most = CEILINGS[name]
        over += most is not None and number > most
        print(f"{name:32}{number:8,}" + (f"   of {most:,}" if most is not None else ""))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
