"""Reading and resolving ten lines: ``python benchmarks/bench_names.py [DATABASE]``."""

from __future__ import annotations

import os
import subprocess
import sys
import time

SPEED = """CPU: AMD Ryzen 9 5950X
CPU Cooler: Noctua NH-D15 chromax.black
Motherboard: Gigabyte X570 AORUS MASTER
Memory: Corsair Vengeance LPX 64GB (2 x 32GB) DDR4-3200 CL16
Storage: Samsung 980 Pro 1TB
Storage: Crucial P3 Plus 2TB M.2 NVMe
GPU: 2x Gigabyte RTX 3090 Gaming OC 24G
GPU: EVGA RTX 3080 FTW3 Ultra
Case: Fractal Design Meshify 2 XL Black
PSU: be quiet! Dark Power Pro 12 1500W
"""


def speed(database: str) -> tuple[float, float, float]:
    """Seconds to read and resolve ten lines: whole new process, first time, again."""
    code = (
        "import sys, time; t = time.perf_counter()\n"
        "from rigwright.catalog.buildfile import read_lines\n"
        "from rigwright.catalog.paste import read_list\n"
        "text = sys.stdin.read()\n"
        "times = []\n"
        "for i in range(6):\n"
        "    read_lines(read_list(text)); n = time.perf_counter(); times.append(n - t); t = n\n"
        "print(times[0], min(times[1:]))"
    )
    env = {**os.environ, "RIGWRIGHT_DB": database}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=SPEED,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    whole = time.perf_counter() - start
    first, again = map(float, done.stdout.split())
    return whole, first, again


if __name__ == "__main__":
    whole, first, again = speed(sys.argv[1] if len(sys.argv) > 1 else "none")
    print(
        f"Ten lines: {whole:.2f} s with the start of Python, {first:.2f} s of it in the program; "
        f"{1000 * again:.1f} ms again."
    )
