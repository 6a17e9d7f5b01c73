"""Small wrong changes, planted one at a time: how many of them do the tests notice?

    python tools/mutants.py --count 100 --seed 1          # draws, plants, runs, reports
    python tools/mutants.py --count 100 --seed 1 --list   # only what would be planted

Draws by seed from numeric literals, comparisons and arithmetic of predict, fit, plan, choose and
cost, and from the numeric cells of their tables. Each is planted in a copy of the tree, and the
tests that reach the changed function are run, the room's own first, without the shared data.
Left out by what they are: text and its formats, annotations, sizes of caches, texts of findings,
provenance columns and search bounds of tables. Exit 0 when at least ``--least`` percent died.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

TOOLS = Path(__file__).parent
ROOT = TOOLS.parent
sys.path.insert(0, str(TOOLS))

from mutation import reach, sites  # noqa: E402

ROOMS = ("predict", "fit", "plan", "choose", "cost")
TESTS = ("reference", *ROOMS, "workload", "assemble", "report", "cli")


def copied(target: Path) -> None:
    """The files git knows or would add, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
    (target / "no-shared").mkdir()


def environment(tree: Path) -> dict[str, str]:
    """Imports come from the copy, and there is no shared data."""
    paths = os.pathsep.join(str(tree / part) for part in ("src", "", "tools"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RIGWRIGHT_")}
    return {
        **kept,
        "PYTHONPATH": paths,
        "RIGWRIGHT_SHARED": str(tree / "no-shared"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def pytest(tree: Path, arguments: list[str], seconds: int, extra: dict[str, str]) -> int:
    """Exit status of the tests, held to ``seconds`` of processor time (not of the clock)."""

    def limited() -> None:
        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))

    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "mutation.reach",
         *arguments],
        cwd=tree, env={**environment(tree), **extra}, preexec_fn=limited,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    ).returncode  # fmt: skip


def fate(tree: Path, site: sites.Site, table: reach.Reach, budget_s: float, limit_s: int) -> str:
    """``killed``, ``survived``, ``unreached``, or ``endless`` when the processor time ran out."""
    room = site.file.split("/")[2]
    tests = reach.chosen(table, site, room, budget_s)
    if not tests:
        return "unreached"
    path = tree / site.file
    before = path.read_bytes()
    path.write_bytes(site.planted(before))
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(tests, file)
            file.flush()
            files = list(dict.fromkeys(test.split("::")[0] for test in tests))
            code = pytest(tree, ["-x", *files], limit_s, {"REACH_ONLY": file.name})
    finally:
        path.write_bytes(before)
    if code in (0, 5):
        return "survived"
    return "killed" if code > 0 else "endless"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=70.0, help="percent that have to die")
    parser.add_argument("--room", action="append", choices=ROOMS, help="only this room")
    parser.add_argument("--budget", type=float, default=25.0, help="seconds of tests a mutant gets")
    parser.add_argument("--limit", type=int, default=120, help="seconds of processor time")
    parser.add_argument("--list", action="store_true", help="draw only")
    parser.add_argument("--reach", type=Path, help="keep or reuse the table of reached functions")
    return parser.parse_args()


def main() -> int:
    given = options()
    drawn = sites.drawn(ROOT, given.room or ROOMS, given.count, random.Random(given.seed))
    if given.list:
        print("\n".join(map(str, drawn)))
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        copied(tree)
        kept = (given.reach or tree / "reach.json").resolve()
        if not kept.exists():
            where = [f"tests/{name}" for name in TESTS]
            where.append("--continue-on-collection-errors")
            code = pytest(tree, where, 3600, {"REACH_INTO": str(kept)})
            if code:
                print("some tests fail without any mutant: they are left out", file=sys.stderr)
        table = reach.read(kept)
        fates: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for number, site in enumerate(drawn, 1):
            result = fate(tree, site, table, given.budget, given.limit)
            fates[result] += 1
            kinds[site.kind] += result in ("killed", "endless")
            print(f"{number:4} {result:9} {site}", flush=True)
    died = 100 * (fates["killed"] + fates["endless"]) / max(1, len(drawn))
    of = Counter(site.kind for site in drawn)
    print("died by kind: " + ", ".join(f"{k} {kinds[k]} of {n}" for k, n in sorted(of.items())))
    print(f"seed {given.seed}: {died:.0f} % of {len(drawn)} died; {dict(fates)}")
    return 0 if died >= given.least else 1


if __name__ == "__main__":
    sys.exit(main())
