"""The web application under load on this machine; prints a Markdown table.

    python benchmarks/bench_web.py [seconds]

Two server processes without a rate limit, as `rigwright serve --workers 2 --rate 0`. The client
asks `/api/plan` at a fixed rate and waits for nobody, so a slow answer does not slow the questions
down (as it would with a closed loop). Where `wrk` is installed, what the server
can do at most is added.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx2

ROOT = Path(__file__).resolve().parents[1]
RATE = 200
KNOWN = 200
COMMAND = str(Path(sys.executable).with_name("rigwright"))
GOAL = {"model": "llama-3-8b", "method": "qlora", "optimizer": "adamw", "batch": 2,
        "grad_checkpointing": "true", "seq_len": 1024, "usd": 3000}  # fmt: skip
WRK = """local n = 0
request = function()
  n = (n + 1) % {known}
  return wrk.format("GET", paths[n])
end
"""


def link(usd: int, **more: object) -> str:
    return "/api/plan?" + urlencode(GOAL | {"usd": usd} | more)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(address: str) -> None:
    for _ in range(200):
        try:
            if httpx2.get(address + "/paste", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def shown(name: str, seconds: list[float], errors: int, rate: float) -> None:
    ordered = sorted(seconds)
    p50, p99 = (ordered[int(q * (len(ordered) - 1))] * 1e3 for q in (0.5, 0.99))
    print(f"| {name} | {rate:,.0f}/s | {errors} of {len(ordered)} | {p50:.1f} | {p99:.1f} |")


async def fixed_rate(address: str, paths: Iterator[str], seconds: float) -> tuple[list[float], int]:
    """Seconds of each answer from when it was due, and how many were no plan."""
    taken: list[float] = []
    errors = 0
    limits = httpx2.Limits(max_connections=128, max_keepalive_connections=128)
    async with httpx2.AsyncClient(base_url=address, limits=limits, timeout=30) as client:

        async def ask(path: str, due: float) -> None:
            nonlocal errors
            try:
                answer = await client.get(path)
                errors += answer.status_code != 200
            except httpx2.TransportError:
                errors += 1
            taken.append(time.perf_counter() - due)

        start, tasks = time.perf_counter(), []
        for n in range(int(RATE * seconds)):
            due = start + n / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(ask(next(paths), due)))
        await asyncio.gather(*tasks)
    return taken, errors


def one_by_one(address: str) -> None:
    """New goals, each asked once and answered before the next."""
    taken, errors = [], 0
    with httpx2.Client(base_url=address, timeout=30) as client:
        for n in range(60):
            start = time.perf_counter()
            answer = client.get(link(2000 + n, batch=1 + n % 12, ram_gib_min=(16, 32, 64)[n % 3]))
            errors += answer.status_code != 200
            taken.append(time.perf_counter() - start)
    shown("new goals, one after the other", taken, errors, len(taken) / sum(taken))


def at_most(address: str, paths: list[str], seconds: float) -> None:
    """What `wrk` gets out of it with 16 connections."""
    if shutil.which("wrk") is None:
        print("\n`wrk` is not installed: the most the server can do was not measured.")
        return
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        table = ", ".join(f'[{n}] = "{path}"' for n, path in enumerate(paths))
        script.write(f"local paths = {{{table}}}\n{WRK.replace('{known}', str(len(paths)))}\n")
        script.flush()
        words = ["wrk", "-t1", "-c16", f"-d{seconds:.0f}s", "--latency", "-s", script.name, address]
        done = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    print(f"\nwrk, 16 connections without a pause, {len(paths)} known goals:\n")
    print(f"```\n{done.strip()}\n```")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    address = f"http://127.0.0.1:{(port := free_port())}"
    known = [link(2500 + n) for n in range(KNOWN)]
    words = [COMMAND, "serve", "--port", str(port), "--workers", "2", "--rate", "0"]
    environment = os.environ | {"RIGWRIGHT_DB": os.environ.get("RIGWRIGHT_DB", "none")}
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as server:
        try:
            started(address)
            with httpx2.Client(base_url=address, timeout=60) as client:
                for path in known * 4:  # both processes have seen each, most likely
                    client.get(path, headers={"connection": "close"})
            print(f"{os.cpu_count()} cores, Python {platform.python_version()}\n")
            print("| question | rate | errors | p50, ms | p99, ms |\n|---|---|---|---|---|")
            one_by_one(address)
            for name, paths in (
                ("one plan, again and again", itertools.repeat(known[0])),
                (f"{KNOWN} known plans in turn", itertools.cycle(known)),
                ("known plans, one in fifty new", _mixed(known)),
            ):
                taken, errors = asyncio.run(fixed_rate(address, paths, seconds))
                shown(name, taken, errors, RATE)
            at_most(address, known, seconds)
        finally:
            server.terminate()


def _mixed(known: list[str]) -> Iterator[str]:
    turn = itertools.cycle(known)
    for n in itertools.count():
        yield link(4000 + n) if n % 50 == 0 else next(turn)


if __name__ == "__main__":
    main()
