"""Make the zoo again: trace every model and pack `src/rigwright/workload/data/zoo.zip`.

    python tools/trace_zoo.py trace --work DIR [--part 0/2] [--only GROUP]   # resumable
    python tools/trace_zoo.py pack --work DIR     # all lists
    python tools/trace_zoo.py merge --work DIR    # those lists over the ones packed before

Needs the extra `trace`; torchvision is used when it imports and stubbed for timm when it does not.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from rigwright.spec.operation import KINDS, OperationList
from rigwright.workload.operations.names import kind_of
from rigwright.workload.zoo import embedded as zoofile
from zoo import jobs
from zoo.job import Job
from zoo.looped import looped

ARCHIVE = Path(__file__).parents[1] / "src/rigwright/workload/data/zoo.zip"
SECONDS_PER_MODEL = 2400
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS_PER_MODEL} s")


def trace_all(work: Path, part: int, parts: int, only: str) -> None:
    """Trace what is not there yet; a failure is written to failed.txt and does not stop others."""
    import torch

    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, _too_slow)
    todo = list(jobs.all_jobs(only))[part::parts]
    for index, job in enumerate(todo):
        if (work / f"{job.name}@{job.size}").exists():
            continue
        signal.alarm(SECONDS_PER_MODEL)
        try:
            ops = list_of(job)
            (work / f"{job.name}@{job.size}").write_bytes(zoofile.packed(ops))
        except Exception as error:
            with (work / "failed.txt").open("a") as log:
                log.write(f"{job.name}@{job.size}: {type(error).__name__}: {error}\n")
        finally:
            signal.alarm(0)
        print(f"{index + 1}/{len(todo)} {job.name}@{job.size}", flush=True)


def list_of(job: Job) -> OperationList:
    """The traced list of one job."""
    from rigwright.workload.trace.tracer import Ask, trace

    def traced(*steps: int) -> OperationList:
        made = _made(job, *steps)
        return trace(Ask(model=made, inputs=job.inputs, name=job.name, **job.about()))

    ops = looped(traced, job.loops) if job.loops else traced()
    return replace(ops, meta={**ops.meta, **dict(job.meta)})


def _made(job: Job, *steps: int) -> object:
    """The module on the meta device: no memory, no initialisation; real where that fails."""
    import torch

    try:
        with torch.device("meta"):
            return job.make(*steps)
    except Exception:
        return job.make(*steps)


def _traced(work: Path) -> dict[str, bytes]:
    """Member name -> bytes of every list in ``work``."""
    return {path.name: path.read_bytes() for path in sorted(work.glob("*@*"))}


def _packed() -> dict[str, bytes]:
    """Member name -> bytes of every list in the archive, with today's kinds of operators."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = [name for name in archive.namelist() if name != "index.json"]
        return {name: _with_kinds(archive.read(name)) for name in names}


def _with_kinds(data: bytes) -> bytes:
    """Operators that had no kind when the list was traced and have one now."""
    ops = zoofile.unpacked(data)
    known = {name: KINDS.index(kind_of(name)) for name in ops.unknown() if kind_of(name) != "other"}
    if not known:
        return data
    kind = ops.kind.copy()
    for name, number in known.items():
        kind[(ops.kind == KINDS.index("other")) & (ops.name == ops.names.index(name))] = number
    return zoofile.packed(replace(ops, kind=kind))


def pack(members: dict[str, bytes]) -> None:
    """Write the archive: one member per model and size, and the index."""
    models: dict[str, list[int]] = {}
    part = ARCHIVE.with_suffix(".part")  # readers never see a half-written archive
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member, data in sorted(members.items()):
            name, _, size = member.rpartition("@")
            models.setdefault(name, []).append(int(size))
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
    parser.add_argument("what", choices=("trace", "pack", "merge"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.what != "trace":
        before = _packed() if given.what == "merge" else {}
        pack(before | _traced(given.work))
        return
    part, parts = np.array(given.part.split("/"), int)
    trace_all(given.work, int(part), int(parts), given.only)


if __name__ == "__main__":
    main()
