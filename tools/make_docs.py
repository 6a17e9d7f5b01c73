"""Make every generated page and picture again: `make docs`.

- What follows `$ rigwright ...` in a ```console block is replaced by the command's output; it may
  end with `| head -N`, as a reader would type it. Other commands belong in ```sh blocks.
- What follows `>>>` in a ```pycon block is replaced by what Python answers; a page is one session.
- The table below `<!-- counts: FILE.csv by COLUMN -->` is counted again from docs/data/FILE.csv.
- The table below `<!-- accuracy -->` is the summary of docs/data/accuracy.csv.
- Whole pages come from the make_*_doc.py beside this file.
"""

from __future__ import annotations

import contextlib
import csv
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from rigwright_accuracy import page

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```console\n(?P<said>\$ .*?)```", re.DOTALL)
SESSION = re.compile(r"```pycon\n(?P<said>.*?)```", re.DOTALL)
COUNTS = re.compile(r"(?P<mark><!-- counts: (?P<file>\S+) by (?P<column>[^-]+) -->\n)(?:\|.*\n)*")
ACCURACY = re.compile(r"(?P<mark><!-- accuracy -->\n)(?:\|.*\n)*")
PICTURES = (
    ("plan", "examples/2016-desktop/goal.toml", "--chart", "docs/img/frontier.png"),
    ("draw", "examples/2016-desktop/build.toml", "--output", "docs/img/case.png"),
    ("fit", "llama-3-8b", "--gpu", "RTX 3090", "--gpu", "A100 SXM4 40 GB", "--gpu",
     "A100 SXM4 80 GB", "--method", "lora", "--batch", "2", "--seq", "2048", "--precision", "bf16",
     "--optimizer", "adamw", "--picture", "docs/img/memory.png"),
    ("atlas", "examples/atlas/grid.toml", "--output", "out/atlas"),
    ("atlas", "report", "out/atlas", "--output", "docs/atlas"),
)  # fmt: skip
GENERATED = (
    "make_rules_doc.py",
    "make_catalogue_doc.py",
    "make_cli_doc.py",
    "make_goal_doc.py",
    "make_software_doc.py",
    "make_models_doc.py",
)
WRITTEN = tuple(
    str(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")))
)
"""Pages written by hand, apart from outputs and counts."""


def commands(block: str) -> list[str]:
    """The command lines of a console block."""
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def output_of(line: str) -> str:
    """What a `rigwright` command line of a page prints, as in a pipe."""
    command, _, head = line.partition(" | head -")
    words = shlex.split(command)
    if words[0] != "rigwright":
        raise SystemExit(f"only rigwright commands are run, not {words[0]!r}")
    shutil.rmtree(ROOT / "out" / "atlas", ignore_errors=True)  # of the catalogue before
    program = str(Path(sys.executable).with_name("rigwright"))
    done = subprocess.run(
        [program, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100", "RIGWRIGHT_DB": "none"},
    )  # fmt: skip
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{line!r} failed: {done.stderr}")
    lines = [text.rstrip() for text in done.stdout.rstrip("\n").split("\n")]
    return "\n".join(lines[: int(head)] if head else lines)


def block_again(block: str) -> str:
    """A console block with the output of its commands made again."""
    made = (f"$ {line}\n{output_of(line)}" for line in commands(block))
    return "```console\n" + "\n\n".join(made) + "\n```"


def session_again(text: str) -> str:
    """The page with the answers of its Python session made again."""
    names: dict[str, object] = {}

    def again(block: re.Match[str]) -> str:
        out = []
        for example in doctest.DocTestParser().get_examples(block["said"]):
            first, *more = example.source.rstrip("\n").split("\n")
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(example.source, "docs", "single"), names)
            out += [f">>> {first}", *(f"... {line}" for line in more)]
            out += printed.getvalue().splitlines()
        return "```pycon\n" + "\n".join(out) + "\n```"

    return SESSION.sub(again, text)


def counts_again(text: str) -> str:
    """The page with its tables of counts, and of accuracy, made again."""

    def again(found: re.Match[str]) -> str:
        file, column = ROOT / "docs/data" / found["file"], found["column"]
        with file.open(encoding="utf-8", newline="") as lines:
            seen = Counter(row[column] for row in csv.DictReader(lines))
        rows = [f"| {name} | {n} |\n" for name, n in seen.most_common()]
        return f"{found['mark']}| {column} | rows |\n|---|---:|\n{''.join(rows)}"

    text = ACCURACY.sub(lambda found: f"{found['mark']}{page.summary()}\n", text)
    return COUNTS.sub(again, text)


def main() -> None:
    """Write everything."""
    for maker in GENERATED:
        subprocess.run([sys.executable, str(ROOT / "tools" / maker)], cwd=ROOT, check=True)
    page.PAGE.write_text(page.text(), encoding="utf-8")
    for name in WRITTEN:
        text = (ROOT / name).read_text(encoding="utf-8")
        text = BLOCK.sub(lambda m: block_again(m["said"]), session_again(counts_again(text)))
        (ROOT / name).write_text(text, encoding="utf-8")
    shutil.rmtree(ROOT / "out" / "atlas", ignore_errors=True)  # of the catalogue before
    program = str(Path(sys.executable).with_name("rigwright"))
    for words in PICTURES:
        subprocess.run([program, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
