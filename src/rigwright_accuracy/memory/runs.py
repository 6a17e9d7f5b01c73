"""Published peaks of GPU memory as runs: what was run, and what exactly was measured.

``basis`` says what a source printed: ``allocated`` (tensors, ``max_memory_allocated``),
``reserved`` (the caching allocator, ``max_memory_reserved``) or ``whole`` (the GPU as monitors show
it, driver context included). ``told`` is False where something that decides is not published: the
real length of sequences, the optimizer or the precision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
            model=measured.MODEL_NAMES.get(cells["model"], cells["model"]),
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
Cells = dict[str, str]
Told = dict[str, Any]


def _litgpt(cells: Cells) -> Told:
    """Everything is published: script defaults, longest sample first; tables of torch 2.1."""
    told: Told = {"framework": "litgpt torch-2.1 bitsandbytes-0.41", "basis": "allocated"}
    told["precision"] = "amp" if "mixed" in cells["precision"] else "bf16"
    if cells["grad_checkpointing"].startswith("yes"):
        told |= {"grad_checkpointing": True, "sharding": "zero3"}
    return told


def _torchtune(cells: Cells) -> Told:
    """A ladder of options, each row with all of the rows before it."""
    note = cells["note"]
    told: Told = {"basis": "allocated", "precision": "bf16", "told": "dynamic" not in note}
    eager = any(w in note for w in ("+packed", "not packed"))
    words = ["torchtune"]
    if eager or "flags: +compile" in note:
        words.append("plain-loss")
    if not eager:
        told["compile"] = "dynamo"
    if any(w in note for w in ("act offload", "activation offloading", "8-bit AdamW")):
        words.append("activation-offload")
    if "optimizer_in_bwd" in cells["optimizer"]:
        words.append("optimizer-in-backward")
    told["framework"] = " ".join(words)
    if " x8" in cells["gpu"]:
        told |= {"sharding": "zero3", "compile": "dynamo", "grad_checkpointing": True}
    if "CPU offload" in cells["optimizer"]:
        told["offload"] = True
    if "8bit" in cells["optimizer"]:
        told["optimizer"] = "adamw_8bit"
    return told


def _peft(cells: Cells) -> Told:
    note = cells["note"]
    rank = re.search(r"\br=(\d+)", note)
    targets = "mlp" if "up_proj" in note and "q_proj" not in note else "qv"
    targets = "all" if "up_proj" in note and "q_proj" in note else targets
    return {
        "framework": "peft", "basis": "reserved", "precision": "bf16", "adapters": targets,
        "adapter_rank": int(rank[1]) if rank else None, "seq_len": 768,
    }  # fmt: skip


def _fsdp_qlora(cells: Cells) -> Told:
    return {
        "framework": "fsdp_qlora", "basis": "reserved", "precision": "bf16", "sharding": "zero3",
        "offload": "CPU offload" in cells["note"], "grad_checkpointing": True,
    }  # fmt: skip


def _unsloth(cells: Cells) -> Told:
    note = cells["note"]
    rank, passes = re.search(r"LoRA r=(\d+)", note), re.search(r"GA (\d+)", note)
    return {
        "framework": "unsloth", "basis": "reserved", "precision": "bf16", "told": False,
        "adapter_rank": int(rank[1]) if rank else None, "optimizer": "adamw_8bit",
        "accumulated": int(passes[1]) if passes else 1,
        "grad_checkpointing": cells["grad_checkpointing"] != "False",
    }  # fmt: skip


def _titan(cells: Cells) -> Told:
    told: Told = {"framework": "torchtitan", "basis": "reserved", "precision": "bf16"}
    told |= {"sharding": "zero3", "compile": "dynamo" if _compiled(cells) else "eager"}
    told["grad_checkpointing"] = cells["grad_checkpointing"] == "full"
    if "selective" in cells["grad_checkpointing"] or "SAC" in cells["grad_checkpointing"]:
        told["skip"] = "selective recomputation"
    if "TP8" in cells["method"]:
        told["tensor_parallel"] = 8
    if "PP8" in cells["method"]:
        told["skip"] = "interleaved pipeline, micro-batch not published"
    return told


def _compiled(cells: Cells) -> bool:
    return "+compile" in cells["precision"] or "torch.compile" in cells["note"]


def _perf_train(cells: Cells) -> Told:
    amp = "AMP" in cells["precision"]
    optimizer = {"bnb adam8bit": "adam_8bit", "adafactor": "adafactor"}.get(
        cells["optimizer"], "adamw"
    )
    return {
        "framework": "transformers pytorch 1.10", "basis": "whole",
        "precision": "amp" if amp else "fp32",
        "optimizer": optimizer, "grad_checkpointing": cells["grad_checkpointing"] == "yes",
        "accumulated": 4 if cells["batch"] == "1" else 1,
    }  # fmt: skip


def _gpumemnet(cells: Cells) -> Told:
    """Their authors publish neither optimizer nor precision; sizes fit float32."""
    return {
        "framework": "transformers", "basis": "whole", "precision": "fp32", "optimizer": "sgd",
        "told": False,
    }  # fmt: skip


def _axolotl(cells: Cells) -> Told:
    rank = re.search(r"lora_r (\d+)", cells["note"])
    if cells["method"] == "lora":
        return {"skip": "base weights in 8 bit or 16, not published"}
    return {
        "framework": "axolotl", "basis": "reserved", "precision": "bf16",
        "adapter_rank": int(rank[1]) if rank else None, "optimizer": "adamw_8bit",
        "grad_checkpointing": True, "accumulated": 4,
    }  # fmt: skip


def _ao_vision(cells: Cells) -> Told:
    """timm at 224 pixels (benchmarks/benchmark_low_bit_adam.py: RandomResizedCrop(224))."""
    told: Told = {"framework": "pytorch", "basis": "allocated", "precision": "bf16"}
    told |= {"grad_checkpointing": True, "optimizer": "adamw_fused", "decimal": True}
    told["img_size"] = 224
    if cells["optimizer"] != "AdamW (none)":
        told["skip"] = "gradients or state in host memory in a way of its own"
    return told


READERS: tuple[tuple[str, Callable[[Cells], Told]], ...] = (
    ("litgpt", _litgpt), ("torchtune", _torchtune), ("method_comparison", _peft),
    ("fsdp_qlora", _fsdp_qlora), ("unslothai", _unsloth), ("torchtitan", _titan),
    ("workflows/training.md", _titan), ("float8nocompile", _titan), ("ao@", _ao_vision),
    ("perf_train_gpu_one", _perf_train), ("GPUMemNet", _gpumemnet), ("axolotl", _axolotl),
)  # fmt: skip
UNSPECIFIED = {
    "peft@5d602fdbff:README": "batch, precision and length not published",
    "mlcommons": "layout not published",
    "DeepSpeed/issues": "batch and length not published",
}
FIELDS = frozenset(Run.__dataclass_fields__)
OPTIMIZERS = {"adamw_8bit": "adamw_8bit", "paged_adamw_8bit": "adamw_8bit"}


def training(names: measured.ChipNames) -> Iterator[Row]:
    """Rows of train_memory."""
    for cells in measured.read("train_memory"):
        yield _row(cells, names)


def _group(cells: Cells) -> str:
    method = cells["method"].lower()
    if method.startswith("full"):
        return "full"
    return method if method in ("lora", "qlora") else "other adapters"


def _source(cells: Cells) -> str:
    return re.sub(r"^github:", "", cells["source"]).split("@")[0].split("/")[-1]


def _row(cells: Cells, names: measured.ChipNames) -> Row:
    told: Told = {}
    reader = next((read for word, read in READERS if word in cells["source"]), None)
    skip = next((why for word, why in UNSPECIFIED.items() if word in cells["source"]), "")
    if reader is None or skip:
        told["skip"] = skip or "source not read"
    else:
        told = reader(cells)
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
        _source(cells), group, run.model, run, None, str(told.get("basis", "")), size,
        told=bool(told.get("told", True)), skip=str(told.get("skip", "")),
        capacity_bytes=0.0 if fits else float(_number(used) or 0) * GB,
    )  # fmt: skip
    return _resolved(row, chip or names.find("A100-SXM4-80GB"), count)


def _model(name: str) -> str:
    plain = re.sub(r"\s*\(.*|^timm ", "", name)
    named = {"bert-large-uncased": "bert-large", "xlnet-base-cased": "xlnet-base",
             "xlnet-large-cased": "xlnet-large"}  # fmt: skip
    return named.get(plain, plain)


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
