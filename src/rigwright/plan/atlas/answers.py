"""A folder of answers: filled by all cores or a Ray cluster, read by sheets for pages.

A file has another name until it is whole and on the disk, so that a kill loses nothing else and
nothing is done again. The manifest says of which grid, program and market the answers are.
"""

import contextlib
import functools
import hashlib
import itertools
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from rigwright.catalog.source import chosen_url
from rigwright.plan.atlas.grid import (
    INNER,
    PART,
    SCHEMA,
    Data,
    Grid,
    answered,
    extra,
    program,
    read_grid,
)  # fmt: skip
from rigwright.spec.errors import InputError

FILE, MANIFEST, WAITING = "part-{:07}.parquet", "manifest.json", 2  # files under way for a worker
Hands = tuple[int, Callable[..., Future[bytes]]]  # how many workers, how to hand one a file


def fill(
    path: Path, folder: Path, workers: int | None = None, cluster: str | None = None,
    step: Callable[[str, int, int], None] = lambda *_: None, work: Any = answered,
) -> Data:  # fmt: skip
    """Answer what is not answered yet of a grid; what was done, at how many questions a second.

    workers : processes; as many as cores where not said.  cluster : address of a Ray cluster.
    Raises InputError for the file, for a folder of other answers, and for workers that are lost.
    """
    began, done, under_way = time.perf_counter(), 0, dict[Future[bytes], int]()
    extra("pyarrow")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), _ray(cluster, work) if cluster else _processes(workers, work) as hands:
        grid, mine = _begun(path, folder)
        count, files = grid.count(), -(-grid.count() // PART)
        todo = (n for n in range(files) if not (folder / FILE.format(n)).exists())
        while True:
            for n in itertools.islice(todo, hands[0] * WAITING - len(under_way)):
                under_way[hands[1](grid, n, chosen_url() or "none", mine)] = n
            if not under_way:
                break
            for future in wait(under_way, return_when="FIRST_COMPLETED").done:
                raw, file = future.result(), under_way.pop(future)
                _write(folder / FILE.format(file), raw)
                done += len(grid.numbers(file))
                step("questions", done, count)
    seconds = time.perf_counter() - began
    found = {"folder": str(folder), "questions": count, "answered": done, "files": files}
    return {**found, "seconds": seconds, "workers": hands[0], "per_second": done / seconds}


def sheets(folder: Path) -> Iterator[tuple[Data, list[list[Data]]]]:
    """Of each sheet what is asked that others do not ask, and its cells: workloads down, budgets
    across; only ``goal`` where nothing is answered yet. Raises InputError."""
    said, parquet = _manifest(folder), extra("pyarrow.parquet")
    if said.get("schema") != SCHEMA["version"]:
        wanted = f"answers of schema {SCHEMA['version']}"
        raise InputError(str(folder), MANIFEST, said.get("schema"), wanted, "rigwright atlas SPEC")
    grid = Grid(said["base"], said["axes"])
    wide, size = grid.count("budget"), grid.count(*INNER)
    names = {s for axis in grid.axes for s in axis[0]} - {*INNER} | {"as_of"}

    @functools.lru_cache(maxsize=2)
    def rows(path: Path) -> dict[int, Data]:
        found = parquet.ParquetFile(path).read().to_pylist() if path.exists() else []
        return {row["question"]: row for row in found}

    for start in range(0, grid.count(), size):
        cells = [
            {**rows(folder / FILE.format(n // PART)).get(n, {}), "goal": grid.question(n)}
            for n in range(start, start + size)
        ]
        asked = {k: v for k, v in cells[0]["goal"].items() if k in names}
        yield asked, [cells[n : n + wide] for n in range(0, size, wide)]


def _begun(path: Path, folder: Path) -> tuple[Grid, str]:
    """The grid and who answers it, as the manifest says, written where there is none. Raises
    InputError where the folder holds other answers."""
    before = _manifest(folder)
    grid = read_grid(path, before.get("as_of"))
    said = {"schema": SCHEMA["version"], "as_of": grid.base["as_of"]}
    said |= {"base": grid.base, "axes": grid.axes}
    said["spec_sha256"] = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    said["program"] = program(chosen_url() or "none", grid.question(0)["as_of"])
    for name in ("schema", "spec_sha256", "program"):
        if before and before.get(name) != said[name]:
            raise InputError(str(folder), name, before.get(name), said[name], "-o NEW_FOLDER")
    if not before:
        _write(folder / MANIFEST, json.dumps(said, indent=1).encode())
    return grid, said["program"]


def _manifest(folder: Path) -> Data:
    path = folder / MANIFEST
    try:
        found: Data = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError as error:
        raise InputError(str(path), "JSON", str(error), "what `rigwright atlas` wrote") from None
    return found


@contextlib.contextmanager
def _processes(workers: int | None, work: Any) -> Iterator[Hands]:
    count = workers or os.cpu_count() or 1
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _mortal)
    try:
        yield count, lambda *task: pool.submit(work, *task)
    except BrokenProcessPool:
        allowed = "workers that live; what is answered stays"
        raise InputError("atlas", "workers", "one was killed", allowed, "it again") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _mortal() -> None:
    """A worker ends with the command, however that ends."""
    parent: Any = multiprocessing.parent_process()
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))
    threading.Thread(target=lambda: os._exit(parent.join() or 1), daemon=True).start()


@contextlib.contextmanager
def _ray(address: str, work: Any) -> Iterator[Hands]:
    ray = extra("ray", "cluster")
    try:
        ray.init(address, log_to_driver=False, logging_level="ERROR")
        task = ray.remote(work)
        yield int(ray.cluster_resources()["CPU"]), lambda *asked: task.remote(*asked).future()
    except (ray.exceptions.RayError, ConnectionError, RuntimeError) as error:
        said = f"{address}: {str(error).strip().splitlines()[-1][:200]}"
        allowed = "a Ray cluster that lives; what is answered stays"
        raise InputError("atlas", "--cluster", said, allowed, "it again") from None
    finally:
        ray.shutdown()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder is ours until the process ends; Windows has no such lock."""
    with (folder / "lock").open("w") as lock:
        try:
            if os.name != "nt":
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(str(folder), "folder", "one being filled", "another") from None
        yield


def _write(path: Path, raw: bytes) -> None:
    half = path.with_name(path.name + ".half")
    with half.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
