"""Start-up, prediction and search times on this machine; prints a Markdown table.

    python benchmarks/run.py

Each command is run five times in a fresh process, disk warm; the median is stated.
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
MODELS = (
    "alexnet vgg16 resnet18 resnet50 resnet101 resnet152 inception_v3 densenet121 "
    "mobilenet_v3_large efficientnet_b0 efficientnet_b4 convnext_tiny convnext_base "
    "vit_base_patch16_224 vit_large_patch16_224 swin_t ssd300 unet fasterrcnn_vgg16 bert-base "
    "bert-large gpt2 t5-base whisper-small"
)


def cold(arguments: list[str]) -> tuple[float, float]:
    """(median seconds, peak MiB) of a command in a fresh process."""
    seconds, peak = [], 0.0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with subprocess.Popen(
            COMMAND + arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{arguments} failed with {process.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return statistics.median(seconds), peak


def warm(work: Callable[[], object]) -> float:
    """Median seconds of a function after one unmeasured call."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def predictions() -> tuple[int, int, float]:
    """(models, chips, seconds) of one step prediction for every pair."""
    from rigwright import predict
    from rigwright.catalog.tables import load
    from rigwright.spec.parts import Chip
    from rigwright.spec.run import Run
    from rigwright.workload import zoo

    names = [n for n in MODELS.split() if zoo.find(n)]
    lists = [(zoo.load(n), Run(model=n, batch=32, precision="amp")) for n in names]
    chips = predict.chip_table(list(load(Chip))[:120])

    def work() -> None:
        for ops, run in lists:
            predict.step_times(ops, run, chips)

    return len(lists), len(chips), warm(work)


def frontier() -> float:
    """Seconds of the whole price-time search of the 2016 goal and of today's, the slower one."""
    from rigwright.choose.search import solve_all
    from rigwright.plan.candidates import market, options, problem
    from rigwright.plan.goal import read_goal

    slowest = 0.0
    for name in ("2016-desktop", "today"):
        goal = read_goal(ROOT / "examples" / name / "goal.toml")
        m = market(goal)
        found = options(goal, m)
        slowest = max(slowest, warm(lambda g=goal, o=found, m=m: solve_all(problem(g, m, o))))
    return slowest


def processor() -> str:
    """Name and number of the processors."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "?")
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> None:
    """Print the table."""
    story = "examples/2016-desktop"
    rows = []
    for words, limit in (
        (["plan", f"{story}/goal.toml"], "1.0 s, 150 MB"),
        (["plan", "examples/today/goal.toml"], "1.0 s, 150 MB"),
        (["check", f"{story}/build.toml"], "0.4 s"),
    ):
        seconds, peak = cold(words)
        rows.append(
            (f"`rigwright {' '.join(words)}`, cold", f"{seconds:.2f} s, {peak:.0f} MB", limit)
        )
    models, chips, seconds = predictions()
    rows.append((f"{models} models x {chips} chips predicted, warm", f"{seconds:.2f} s", "0.2 s"))
    rows.append(("whole frontier, warm", f"{frontier():.2f} s", "0.3 s"))
    print(f"Machine: {processor()}\n\n| what | measured | limit |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
