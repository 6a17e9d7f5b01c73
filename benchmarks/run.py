"""Start-up, prediction and search times on this machine; prints a Markdown table.

    python benchmarks/run.py
    RIGWRIGHT_DB=market.db python benchmarks/run.py     # with an imported market

Each command is run five times in a fresh process, disk warm; the least processor time (user and
system) is stated, which other work on the machine hardly changes.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [str(Path(sys.executable).with_name("rigwright"))]
ROUNDS = 5


def cold(arguments: list[str]) -> tuple[float, float]:
    """(least processor seconds, peak MiB) of a command in a fresh process."""
    seconds, peak = [], 0.0
    for _ in range(ROUNDS):
        with subprocess.Popen(
            COMMAND + arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(usage.ru_utime + usage.ru_stime)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{arguments} failed with {process.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return min(seconds), peak


def warm(work: Callable[[], object]) -> float:
    """Median seconds of a function after one unmeasured call."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def predictions() -> list[tuple[str, str, str]]:
    """One step prediction, warm; and every pair of 1,200 models and 120 chips, from the archive."""
    from rigwright import predict
    from rigwright.catalog.tables import load
    from rigwright.spec.parts import Chip
    from rigwright.spec.run import Machine, Run
    from rigwright.workload.zoo import embedded as zoo

    chips = list(load(Chip))[:120]
    table = predict.chip_table(chips)
    ops, run, machine = (
        zoo.operation_list("resnet50"),
        Run(model="resnet50", batch=32),
        Machine(chip=chips[-1]),
    )
    single = warm(lambda: [predict.step(ops, run, machine) for _ in range(100)]) / 100
    names = zoo.names()[:1200]
    start = time.perf_counter()
    for name in names:
        predict.times(predict.prepare(zoo.operation_list(name), Run(model=name, batch=32)), table)
    pairs = time.perf_counter() - start
    return [
        ("one (model, chip) predicted, warm", f"{single * 1e3:.2f} ms", "0.3 ms"),
        (f"{len(names)} models x {len(chips)} chips, read and predicted", f"{pairs:.1f} s", "5 s"),
    ]


def frontier() -> float:
    """Seconds of the whole price-time search of the 2016 goal and of today's, the slower one."""
    from rigwright.choose.search import Search
    from rigwright.plan.ask.goal import read_goal
    from rigwright.plan.machine.given.market import market
    from rigwright.plan.machine.given.options import options, problem

    slowest = 0.0
    for name in ("2016-desktop", "today"):
        goal = read_goal(ROOT / "examples" / name / "goal.toml")
        m = market(goal)
        found = options(goal, m)
        task = problem(goal, m, found)
        slowest = max(slowest, warm(lambda t=task: [*map(Search(t).solve, t.options)]))
    return slowest


def again() -> float:
    """Processor seconds of today's plan for another budget in the same process, the least."""
    from rigwright.plan.ask.goal import read_goal
    from rigwright.plan.machine.planning import plan

    goal = read_goal(ROOT / "examples" / "today" / "goal.toml")
    plan(goal)
    seconds = []
    for usd in range(2900, 2900 + ROUNDS):
        other = goal.model_copy(update={"budget": goal.budget.model_copy(update={"usd": usd})})
        start = time.process_time()
        plan(other)
        seconds.append(time.process_time() - start)
    return min(seconds)


def processor() -> str:
    """Name and number of the processors."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "?")
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> None:
    """Print the table."""
    story, imported = "examples/2016-desktop", bool(os.environ.get("RIGWRIGHT_DB"))
    cold_plan, warm_plan = ("1.8 s", "100 ms") if imported else ("1.0 s", "20 ms")
    rows = []
    for words, limit in (
        (["plan", f"{story}/goal.toml"], f"{cold_plan}, 150 MB"),
        (["plan", "examples/today/goal.toml"], f"{cold_plan}, 150 MB"),
        (["check", f"{story}/build.toml"], "0.4 s"),
        (["--help"], "0.35 s"),
    ):
        seconds, peak = cold(words)
        rows.append(
            (f"`rigwright {' '.join(words)}`, cold", f"{seconds:.2f} s, {peak:.0f} MB", limit)
        )
    rows.append(("today's plan for another budget, warm", f"{again() * 1e3:.0f} ms", warm_plan))
    rows += predictions()
    rows.append(("whole frontier, warm", f"{frontier():.2f} s", "0.3 s"))
    print(f"Machine: {processor()}\n\n| what | measured | limit |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
