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
import make_cli_doc  # noqa: E402
import make_docs  # noqa: E402
import make_goal_doc  # noqa: E402
import make_models_doc  # noqa: E402
import make_software_doc  # noqa: E402

RAW = "https://raw.githubusercontent.com/rigwright/rigwright/main/"
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in make_docs.WRITTEN}
BLOCKS = [block for text in TEXTS.values() for block in make_docs.BLOCK.finditer(text)]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


MAKERS = [make_catalogue_doc, make_cli_doc, make_goal_doc, make_models_doc, make_software_doc]


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
def test_generated_pages_are_current(maker):
    name = maker.__name__.removeprefix("make_").removesuffix("_doc")
    page = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    assert page == maker.text(), "run `make docs`"


def test_the_glossary_has_the_words_of_a_run():
    page = TEXTS["docs/glossary.md"]
    assert "| `adapter_rank` |" in page and page == make_goal_doc.glossary(page), "run `make docs`"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda m: make_docs.commands(m["said"])[0])
def test_printed_output_is_real(block):
    assert block[0] == make_docs.block_again(block["said"]), "run `make docs`"


def test_every_command_that_shows_output_is_run():
    shown = [line for text in TEXTS.values() for line in re.findall(r"^\$ .*", text, re.MULTILINE)]
    run = [line for block in BLOCKS for line in make_docs.commands(block["said"])]
    assert shown == [f"$ {line}" for line in run] and len(run) > 10


@pytest.mark.parametrize("name", TEXTS)
def test_tables_of_counts_and_accuracy_are_current(name):
    assert TEXTS[name] == make_docs.counts_again(TEXTS[name]), "run `make docs`"


def test_the_python_session_of_the_library_page_is_real():
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert page.count(">>> ") > 10
    assert page == make_docs.session_again(page), "run `make docs`"


def test_the_index_names_every_page_in_one_of_four_groups():
    index = TEXTS["docs/README.md"]
    groups = re.findall(r"^## (\S+):", index, re.MULTILINE)
    assert groups == ["Tutorial", "How-to", "Reference", "Explanation"]
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages == {link for link in LINK.findall(index) if "/" not in link} - {"data"}


def test_readme_is_short_and_its_pictures_are_seen_from_anywhere():
    text = TEXTS["README.md"]
    assert len(text.splitlines()) <= 160
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) == 2 and all(link.startswith(RAW) for link in pictures)
    assert "make run " in text and "make test " in text and "Windows, macOS" in text


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name):
    for link in LINK.findall(TEXTS[name]):
        if "://" not in link:
            assert ((ROOT / name).parent / link).exists(), link
        elif link.startswith(RAW):  # pictures, which PyPI shows too
            assert (ROOT / link.removeprefix(RAW)).is_file(), link


GROUPS = ("prices",)


def help_of(*words):
    return subprocess.run(
        [Path(sys.executable).with_name("rigwright"), *words, "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"},
    ).stdout  # fmt: skip


def commands(*group):
    return re.findall(r"^│ ([a-z]+)  ", help_of(*group), re.MULTILINE)


def test_readme_names_every_command_in_its_table():
    table = TEXTS["README.md"].split("## What it can do")[1].split("\n\n")[1]
    named = [n for row in table.splitlines() for n in re.findall(r"`([a-z]+)`", row.split("|")[1])]
    assert sorted(named) == sorted(commands())


def test_every_command_has_an_example_and_json():
    names = commands()
    alone = {
        "init",
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
        "offers",
        "catalog",
        "models",
        "gpus",
        "probe",
        "verify",
        "atlas",
        "bench",
    }
    assert set(names) == alone | set(GROUPS)
    every = [(n,) for n in names if n not in GROUPS]
    every += [(group, name) for group in GROUPS for name in commands(group)]
    assert len(every) == len(alone) + 3
    for words in every:
        text = help_of(*words)
        assert f"Example: rigwright {' '.join(words)}" in text, words
        assert "--json" in text or words in {("serve",), ("init",)}, words
