"""Make the zoo again: trace every model and pack `src/rigwright/workload/data/zoo.zip`.

    python tools/trace_zoo.py trace --work DIR [--part 0/2] [--only GROUP]   # resumable
    python tools/trace_zoo.py pack --work DIR

Needs the extra `trace`; torchvision is used when it imports and stubbed for timm when it does not.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from rigwright.workload import zoofile
from zoo import jobs

ARCHIVE = Path(__file__).parents[1] / "src/rigwright/workload/data/zoo.zip"
SECONDS_PER_MODEL = 240
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS_PER_MODEL} s")


def trace_all(work: Path, part: int, parts: int, only: str) -> None:
    """Trace what is not there yet; a failure is written to failed.txt and does not stop others."""
    import torch

    from rigwright.workload.trace import Ask, trace

    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, _too_slow)
    todo = list(jobs.all_jobs(only))[part::parts]
    for index, job in enumerate(todo):
        if (work / f"{job.name}@{job.size}").exists():
            continue
        signal.alarm(SECONDS_PER_MODEL)
        try:
            ops = trace(Ask(model=_made(job), inputs=job.inputs, name=job.name, **job.about()))
            ops = replace(ops, meta={**ops.meta, **dict(job.meta)})
            (work / f"{job.name}@{job.size}").write_bytes(zoofile.dump(ops))
        except Exception as error:
            with (work / "failed.txt").open("a") as log:
                log.write(f"{job.name}@{job.size}: {type(error).__name__}: {error}\n")
        finally:
            signal.alarm(0)
        print(f"{index + 1}/{len(todo)} {job.name}@{job.size}", flush=True)


def _made(job: jobs.Job) -> object:
    """The module on the meta device: no memory, no initialisation; real where that fails."""
    import torch

    try:
        with torch.device("meta"):
            return job.make()
    except Exception:
        return job.make()


def _members(work: Path) -> Iterator[tuple[str, str, int, bytes]]:
    for path in sorted(work.glob("*@*")):
        name, _, size = path.name.rpartition("@")
        yield path.name, name, int(size), path.read_bytes()


def pack(work: Path) -> None:
    """Write the archive: one member per model and size, and the index."""
    models: dict[str, list[int]] = {}
    part = ARCHIVE.with_suffix(".part")  # readers never see a half-written archive
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member, name, size, data in _members(work):
            models.setdefault(name, []).append(size)
            archive.writestr(zipfile.ZipInfo(member, EPOCH), data, zipfile.ZIP_DEFLATED, 9)
        first = jobs.first_sizes()
        for name, known in models.items():
            known.sort(key=lambda size: (size != first.get(name), size))
        aliases = {a: t for a, t in jobs.aliases().items() if t in models and a not in models}
        index = json.dumps({"models": models, "aliases": aliases}, sort_keys=True)
        archive.writestr(zipfile.ZipInfo("index.json", EPOCH), index, zipfile.ZIP_DEFLATED, 9)
    part.replace(ARCHIVE)
    total = ARCHIVE.stat().st_size / 2**20
    print(f"{len(models)} models, {sum(map(len, models.values()))} lists, {total:.2f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("trace", "pack"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.what == "pack":
        pack(given.work)
        return
    part, parts = np.array(given.part.split("/"), int)
    trace_all(given.work, int(part), int(parts), given.only)


if __name__ == "__main__":
    main()
