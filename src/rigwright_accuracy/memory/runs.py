"""Published peaks of GPU memory as runs: what was run, and what exactly was measured.

``basis`` says what a source printed: ``allocated`` (tensors, ``max_memory_allocated``),
``reserved`` (the caching allocator, ``max_memory_reserved``) or ``whole`` (the GPU as monitors show
it, driver context included). ``told`` is False where something that decides is not published: the
real length of sequences, the optimizer or the precision.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rigwright.plan.ask.software import software_of
from rigwright.predict import memory
from rigwright.predict.memory import Parts
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder
from rigwright.workload.zoo import embedded as zoo
from rigwright_accuracy import measured
from rigwright_accuracy.measured import told as told_of

GIB, MIB, GB = 1024**3, 1024**2, 1e9
DL_FRAMEWORK = "pytorch"


@dataclass(frozen=True)
class Row:
    """One measured peak.

    group : lora, qlora, full, other adapters, vision, inference.  family : rows of one family are
    held out together.  capacity_bytes : of the GPU when the run did not fit; used_bytes is then
    not a number.  skip : why it cannot be scored.
    """

    source: str
    group: str
    family: str
    run: Run
    machine: Machine | None
    basis: str
    used_bytes: float
    told: bool = True
    parts: Parts | None = None
    capacity_bytes: float = 0.0
    skip: str = ""


def _number(text: str) -> float | None:
    found = re.search(r"[\d.]+", text)
    return float(found[0]) if found else None


def vision(names: measured.ChipNames) -> Iterator[Row]:
    """timm models trained on one A100; fits are those of float32 and SGD with momentum.

    Image sizes are those timm trains at where its own tables tell, else the first one traced.
    """
    sizes = {_plain(c["model"]): int(c["img_size"]) for c in measured.read("timm_train")}
    chip = names.find("A100-SXM4-40GB")
    for cells in measured.read("vision_train_memory"):
        if cells["usable"] != "yes":
            continue
        size = sizes.get(cells["model"])
        run = Run(model=cells["model"], batch=int(cells["batch"]), precision="fp32", img_size=size)
        used = float(cells["max_gpu_mem_mib"]) * MIB
        yield _traced("vision_train_memory", "vision", run, chip, used)


def dlinfbench(names: measured.ChipNames) -> Iterator[Row]:
    """Forward passes; the published script keeps the graph of two of them alive.

    The script of the first results (GTX 1080, 1080 Ti, Titan X) ran PyTorch before 0.4 with
    ``volatile`` inputs, which keep no graph: their memory does not grow with depth.
    """
    for cells in measured.read("dlinfbench"):
        if cells["framework"] != DL_FRAMEWORK or not float(cells["gpu_mem_mb"] or 0) > 0:
            continue
        chip = names.find(cells["gpu"])
        first = chip is not None and float(chip.compute_capability or 9) < 7
        run = Run(
            model=measured.WORDS["models"].get(cells["model"], cells["model"]),
            mode="infer" if first else "forward", batch=int(float(cells["batch"])),
            img_size=int(float(cells["img_size"])), precision=cells["precision"],
        )  # fmt: skip
        used = float(cells["gpu_mem_mb"]) * MIB
        yield _traced("dlinfbench", "inference", run, chip, used)


def _plain(name: str) -> str:
    return name.split(".")[0]


def _traced(source: str, group: str, run: Run, chip: Chip | None, used: float) -> Row:
    row = Row(source, group, run.model, run, None, "whole", used)
    if chip is None or zoo.find(run.model) is None:
        return replace(row, skip="model or chip not known")
    ops = zoo.operation_list(run.model, run.img_size)
    machine = Machine(chip=chip)
    return replace(row, machine=machine, parts=memory.model_parts(ops, run, machine))


# -- fine-tuning and training -------------------------------------------------------------------
Told = dict[str, Any]
TOLD = Path(__file__).with_name("told.csv")
FIELDS = frozenset(Run.__dataclass_fields__)


def training(names: measured.ChipNames) -> Iterator[Row]:
    """Rows of train_memory."""
    for cells in measured.read("train_memory"):
        yield _row(cells, names)


def _group(cells: measured.Cells) -> str:
    method = cells["method"].lower()
    if method.startswith("full"):
        return "full"
    return method if method in ("lora", "qlora") else "other adapters"


def _row(cells: measured.Cells, names: measured.ChipNames) -> Row:
    told = told_of(TOLD, cells["source"], cells) or {"skip": "source not read"}
    group = _group(cells)
    method = {"full": "full", "qlora": "qlora"}.get(group, "lora")
    method = "qlora" if cells["method"].startswith("q") else method
    cards = re.search(r" x(\d+)", cells["gpu"])
    count = int(cards[1]) if cards else 1
    chip = names.find(re.sub(r" x\d+.*| \(.*", "", cells["gpu"]))
    each, accumulated = _number(cells["batch"]) or 0, int(told.pop("accumulated", 1))
    shared = int(told.get("tensor_parallel", 1))
    given: Told = {
        "model": _model(cells["model"]), "mode": "train", "method": method,
        "optimizer": "adamw", "seq_len": _length(cells["seq_len"]),
        "grad_checkpointing": cells["grad_checkpointing"].startswith(("yes", "true")),
        "batch": max(int(each * count / shared) * accumulated, 1),
        "micro_batch": int(each) if accumulated > 1 and each >= 1 else None,
    }  # fmt: skip
    given["software"] = software_of(str(told.pop("framework", "pytorch")))
    given |= {k: v for k, v in told.items() if k in FIELDS and v is not None}
    run = Run(**given)
    used = cells["peak_mem_gib"]
    fits = not used.upper().startswith("OOM")
    size = float(used) * (GB if told.get("decimal") else GIB) if fits and used else float("nan")
    row = Row(
        cells["source"].removeprefix("github:").split("@")[0].split("/")[-1], group, run.model, run,
        None, str(told.get("basis", "")), size,
        told=bool(told.get("told", True)), skip=str(told.get("skip", "")),
        capacity_bytes=0.0 if fits else float(_number(used) or 0) * GB,
    )  # fmt: skip
    return _resolved(row, chip or names.find("A100-SXM4-80GB"), count)


def _model(name: str) -> str:
    plain = re.sub(r"\s*\(.*|^timm ", "", name)
    return str(measured.WORDS["tuned"].get(plain, plain))


def _length(text: str) -> int | None:
    if text == "images":
        return None
    found = _number(text)
    return int(found) if found else None


FULL = 0.93
"""A caching allocator that holds more of a GPU than this tells the card's size, not the run's."""


def _resolved(row: Row, chip: Chip | None, count: int) -> Row:
    if row.skip:
        return row
    if chip is not None and row.basis == "reserved" and row.used_bytes > FULL * chip.vram_bytes:
        return replace(row, skip="the allocator filled the card")
    config = decoder.find(row.run.model)
    traced = zoo.find(row.run.model)
    if chip is None or (config is None and traced is None):
        return replace(row, skip="model not known")
    if config is not None and row.run.seq_len is None:
        return replace(row, skip="images among the tokens, length not published")
    if config is None and not row.told:
        return replace(row, skip="no decoder, length of inputs not published")
    machine = Machine(chip=chip, gpu_count=count)
    try:
        if config is not None:
            parts = memory.decoder_parts(config, row.run, machine)
        else:
            ops = zoo.operation_list(str(traced), row.run.img_size)
            parts = memory.model_parts(ops, row.run, machine)
    except RigwrightError as error:
        return replace(row, skip=str(error))
    return replace(row, machine=machine, parts=parts)


def rows() -> list[Row]:
    """Every row of the three tables. Raises SharedDataMissingError."""
    names = measured.ChipNames()
    return [*vision(names), *dlinfbench(names), *training(names)]


def scored(found: list[Row]) -> list[Row]:
    """Rows with a prediction and a measured size."""
    return [r for r in found if r.parts is not None and r.used_bytes > 0]
