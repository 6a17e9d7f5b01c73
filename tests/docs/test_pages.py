"""Documentation cannot lie: generated pages are current, README's commands run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import make_catalogue_doc  # noqa: E402
import make_docs  # noqa: E402

TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in make_docs.READMES}
BLOCKS = [block for text in TEXTS.values() for block in make_docs.BLOCK.finditer(text)]


def test_catalogue_page_is_current():
    page = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    assert page == make_catalogue_doc.text(), "run `make docs`"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda m: m["line"])
def test_readme_output_is_real(block):
    fresh = f"```console\n$ {block['line']}\n{make_docs.output_of(block['line'])}\n```"
    assert block[0] == fresh, "run `make docs`"


def test_the_python_session_of_the_library_page_is_real():
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert page.count(">>> ") > 10
    assert page == make_docs.session_again(page), "run `make docs`"


@pytest.mark.parametrize("name", make_docs.READMES)
def test_readme_links_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#]+)\)", TEXTS[name])
    assert links
    for link in links:
        assert ((ROOT / name).parent / link).exists(), link


GROUPS = ("catalog", "prices")


def help_of(*words):
    return subprocess.run(
        [Path(sys.executable).with_name("rigwright"), *words, "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"},
    ).stdout  # fmt: skip


def commands(*group):
    return re.findall(r"^│ ([a-z]+)  ", help_of(*group), re.MULTILINE)


def test_every_command_has_an_example_and_json():
    names = commands()
    alone = {
        "plan",
        "check",
        "predict",
        "fit",
        "compare",
        "rent",
        "parts",
        "trace",
        "draw",
        "upgrade",
        "guide",
        "serve",
        "name",
        "gpus",
        "models",
    }
    assert set(names) == alone | set(GROUPS)
    every = [(n,) for n in names if n not in GROUPS]
    every += [(group, name) for group in GROUPS for name in commands(group)]
    assert len(every) == len(alone) + 5
    for words in every:
        text = help_of(*words)
        assert f"Example: rigwright {' '.join(words)}" in text, words
        assert "--json" in text or words == ("serve",), words
