"""Checking a build: what the cases command says, and what it takes to start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rigwright.catalog.buildfile import build_of_parts
from rigwright.plan.parts.checking import check_build, check_cases

ROOT = Path(__file__).parents[3]
CPU = {"category": "CPU", "name": "Intel Core i7-6700K"}


def test_a_case_names_all_there_is_and_a_list_may_leave_things_out(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"id": 1, "rule": "cooler_required", "parts": [CPU]}))
    (line,) = check_cases(file)
    assert json.loads(line)["verdict"] == "conflict"
    listed = check_build(build_of_parts([CPU]))
    said = {f.rule: f for f in listed.findings}["cooler_required"]
    assert said.verdict == "warning" and "none is listed" in said.why
    assert listed.exit_code == 0  # what is listed goes together


def test_a_check_on_a_terminal_loads_no_heavy_module():
    code = (
        "import sys; from pathlib import Path;"
        "from rigwright.plan.parts.checking import check_file;"
        "from rigwright.report.text.check import show;"
        "show(check_file(Path('examples/2016-desktop/build.toml')));"
        "heavy = {'numpy', 'pydantic', 'sqlalchemy', 'vl_convert', 'rapidfuzz'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
