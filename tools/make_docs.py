"""Make every generated page and picture again: `make docs`.

README's ```console blocks: what follows `$ rigwright ...` is replaced by the command's output. A
block may end a command with `| head -N`, as a reader would type it. What follows `>>>` in ```pycon
blocks is replaced by what Python answers; the blocks of a page are one session.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```console\n\$ (?P<line>[^\n]+)\n.*?```", re.DOTALL)
PICTURES = (
    ("plan", "examples/2016-desktop/goal.toml", "--chart", "docs/img/frontier.png"),
    ("draw", "examples/2016-desktop/build.toml", "--output", "docs/img/case.png"),
    ("fit", "llama-3-8b", "--gpu", "RTX 3090", "--gpu", "A100 SXM4 40 GB", "--gpu",
     "A100 SXM4 80 GB", "--method", "lora", "--batch", "2", "--seq", "2048", "--precision", "bf16",
     "--optimizer", "adamw", "--picture", "docs/img/memory.png"),
)  # fmt: skip
SESSION = re.compile(r"```pycon\n(?P<said>.*?)```", re.DOTALL)
READMES = ("README.md", "examples/2016-desktop/README.md", "docs/memory.md")
PAGES = ("make_rules_doc.py", "make_catalogue_doc.py")


def output_of(line: str) -> str:
    """What a `rigwright` command line of the README prints, as in a pipe."""
    command, _, head = line.partition(" | head -")
    words = shlex.split(command)
    if words[0] != "rigwright":
        raise SystemExit(f"README: only rigwright commands are run, not {words[0]!r}")
    program = str(Path(sys.executable).with_name("rigwright"))
    done = subprocess.run(
        [program, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"README: {line!r} failed: {done.stderr}")
    lines = [text.rstrip() for text in done.stdout.rstrip("\n").split("\n")]
    return "\n".join(lines[: int(head)] if head else lines)


def refreshed(text: str) -> str:
    """The page with every block's output made again."""
    return BLOCK.sub(lambda m: f"```console\n$ {m['line']}\n{output_of(m['line'])}\n```", text)


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


def main() -> None:
    """Write everything."""
    for page in PAGES:
        if (ROOT / "tools" / page).exists():
            subprocess.run([sys.executable, str(ROOT / "tools" / page)], cwd=ROOT, check=True)
    for name in READMES:
        readme = ROOT / name
        readme.write_text(refreshed(readme.read_text(encoding="utf-8")), encoding="utf-8")
    api = ROOT / "docs/api.md"
    api.write_text(session_again(api.read_text(encoding="utf-8")), encoding="utf-8")
    program = str(Path(sys.executable).with_name("rigwright"))
    for words in PICTURES:
        subprocess.run([program, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
