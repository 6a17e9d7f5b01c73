"""Published runs of language-model training as decoders on machines.

Layouts are written in words or columns; what a source leaves open is as its software does it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rigwright.plan.ask.hosts import gpu_link
from rigwright.plan.ask.software import said_in_table, software_of
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder
from rigwright.workload.decoder.config import DecoderConfig
from rigwright_accuracy import measured

FOUNDRY, VTRAIN, THROUGHPUT = "llm_foundry_mpt", "vtrain_megatron", "llm_train_throughput"
A100 = "A100-SXM4-80GB"
MPT = "llm-foundry MPT"
CHIPS = {  # label in the tables -> chip; the cluster of vTrain: 80 GB modules in DGX A100
    "NVIDIA A100 (memory size not stated in repo)": A100, "a100_80gb": A100,
    "a100_40gb": "A100-SXM4-40GB", "h100_80gb": "H100 SXM", "A100": A100,
    "A100-40GB": "A100-SXM4-40GB", "A100 40GB SXM": "A100-SXM4-40GB", "A5000 24GB": "RTX A5000",
    "RTX 6000 Ada 48GB": "RTX 6000 Ada", "DGX-GB300": "GB300", "DGX-B300": "B300",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One measured step. calibrated : its layout is published, so constants may learn from it."""

    source: str
    config: DecoderConfig
    run: Run
    machine: Machine
    step_s: float
    calibrated: bool = True

    @property
    def size(self) -> str:
        """What a left-out model is: hidden width and layers, whatever it is called."""
        return f"{self.config.hidden}x{self.config.layers}"


def _vtrain(cells: measured.Cells) -> tuple[str, Run, float]:
    # vTrain validates with use_checkpoint = true, fp16 Megatron-DeepSpeed.
    run = Run(
        model=cells["model"], batch=int(cells["batch"]), seq_len=int(cells["seq_len"]),
        precision="fp16", optimizer="adam", grad_checkpointing=True,
        software=said_in_table(cells["framework"]).software,
        tensor_parallel=int(cells["tp"]), pipeline_parallel=int(cells["pp"]),
        micro_batch=int(cells["micro_batch"]),
    )  # fmt: skip
    nodes = {"single": "one node", "multi": "many nodes"}[cells["split"]]
    return f"vTrain Megatron, {nodes}", run, float(cells["step_ms"]) / 1e3


def _foundry(cells: measured.Cells) -> tuple[str, Run, float]:
    run = Run(
        model=cells["model"], batch=int(cells["batch"]), seq_len=int(cells["seq_len"]),
        precision=cells["precision"], optimizer="adam",
        grad_checkpointing=cells["act_ckpt"] == "True",
        software=said_in_table(cells["framework"]).software,
        micro_batch=int(cells["micro"]), offload=cells["offload"] == "True",
        sharding={"FULL_SHARD": "zero3", "SHARD_GRAD_OP": "zero2"}.get(cells["sharding"], "none"),
    )  # fmt: skip
    return MPT, run, float(cells["step_ms"]) / 1e3


def _throughput(cells: measured.Cells) -> tuple[str, Run, float]:
    """A row of the collection of training rates; its layout is in words."""
    source = re.sub(r"^github:|@.*$|^https://github\.com/", "", cells["source"])
    for word, read in _READERS.items():
        if word in source:
            return read(cells)
    return f"{source.split('/')[0]}: layout not published", Run(model=""), 0.0


def _numbers(text: str, pattern: str) -> tuple[int, ...]:
    found = re.search(pattern, text)
    return tuple(map(int, found.groups())) if found else ()


def _mpt(cells: measured.Cells) -> tuple[str, Run, float]:
    micro, batch = _numbers(cells["batch"], r"micro (\d+) x accum \d+ \(global (\d+)\)")
    words = cells["parallelism"]
    run = Run(
        model=cells["model"].lower(), batch=batch, micro_batch=micro, optimizer="adam",
        seq_len=int(cells["seq_len"]), precision=cells["precision"].removesuffix("_bf16"),
        grad_checkpointing="act ckpt True" in words, offload="offload True" in words,
        sharding="zero3" if "FULL_SHARD" in words else "zero2",
        software=software_of("pytorch+composer FSDP"),
    )  # fmt: skip
    return MPT, run, float(cells["step_s"])


def _recipe(cells: measured.Cells, source: str) -> tuple[str, Run, float]:
    """Fine-tuning on one machine: method, compiler and checkpointing from the words."""
    words, count = cells["parallelism"], int(cells["gpu_count"])
    batch = int(re.findall(r"\d+", cells["batch"])[0])
    batch *= count if "/GPU" in cells["batch"] else 1
    seq = int(cells["seq_len"])
    method = next((m for m in ("QLoRA", "LoRA") if m in words), "full")
    run = Run(
        model=cells["model"], batch=batch, seq_len=seq, precision="bf16", method=method.lower(),
        optimizer="adamw", grad_checkpointing=bool(re.search(r"ckpt|\+|flags|packed", words)),
        compile="dynamo" if re.search(r"compile|flags|^\+", words) else "eager",
        sharding="zero3" if "FSDP" in words else "none", offload="offload" in words,
        software=software_of("pytorch unsloth" if "Unsloth" in words else "pytorch"),
    )  # fmt: skip
    if "compile" in words and words.startswith("full+"):
        run = replace(run, grad_checkpointing=False)
    if words == "+act offload":  # activations, which the run still recomputes
        run = replace(run, offload=False)
    rate = float(cells["tokens_per_s_per_gpu"])
    return source, run, batch * seq / count / rate


def _tinyllama(cells: measured.Cells) -> tuple[str, Run, float]:
    count, seq = int(cells["gpu_count"]), 2048
    batch = 8 * count  # 16 thousand tokens per GPU
    run = Run(
        model="tinyllama-1.1b", batch=batch, seq_len=seq, precision="bf16", optimizer="adamw",
        sharding="zero3", software=software_of("pytorch FSDP liger"),
    )  # fmt: skip
    return "TinyLlama", run, batch * seq / count / float(cells["tokens_per_s_per_gpu"])


def _nanogpt(cells: measured.Cells) -> tuple[str, Run, float]:
    compiled = "compile" in cells["parallelism"]
    run = Run(
        model="gpt2", batch=12, seq_len=1024, precision="amp", optimizer="adamw",
        compile="dynamo" if compiled else "eager",
        software=software_of("pytorch 2.2" if compiled else "pytorch 1.13"),
    )  # fmt: skip
    return "nanoGPT (soft)", run, float(cells["step_s"])


def _bridge(cells: measured.Cells) -> tuple[str, Run, float]:
    batch, micro = _numbers(cells["batch"], r"GBS (\d+) MBS (\d+)")
    tensor, pipeline = _numbers(cells["parallelism"], r"TP(\d+) PP(\d+)")
    if "FP4" in cells["precision"]:
        return "Megatron-Bridge: four-bit products", Run(model=""), 0.0
    eight = "FP8" in cells["precision"]
    run = Run(
        model=cells["model"], batch=batch, micro_batch=micro, seq_len=int(cells["seq_len"]),
        precision="fp8" if eight else "bf16", optimizer="adam", sharding="zero1",
        tensor_parallel=tensor, pipeline_parallel=pipeline,
        software=software_of("NeMo Megatron-Bridge"),
    )  # fmt: skip
    return "Megatron-Bridge (vendor)", run, float(cells["step_s"])


_READERS: dict[str, Callable[[measured.Cells], tuple[str, Run, float]]] = {
    "llm-foundry": _mpt, "torchtune": lambda cells: _recipe(cells, "torchtune"),
    "fsdp_qlora": lambda cells: _recipe(cells, "fsdp_qlora"),
    "LLaMA-Factory": lambda cells: _recipe(cells, "LLaMA-Factory"), "TinyLlama": _tinyllama,
    "nanoGPT": _nanogpt, "Megatron-Bridge": _bridge,
}  # fmt: skip
UNCALIBRATED = ("nanoGPT (soft)", "Megatron-Bridge (vendor)", "LLaMA-Factory")
"""Scored but not calibrated: numbers told in prose, runs with undescribed settings, and rates that
rise with the sequence length, so whose samples did not fill it."""


def _cells() -> Iterator[tuple[measured.Cells, tuple[str, Run, float]]]:
    for name, read in ((VTRAIN, _vtrain), (FOUNDRY, _foundry), (THROUGHPUT, _throughput)):
        for cells in measured.read(name):
            yield cells, read(cells)


def rows() -> tuple[list[Row], Counter[str]]:
    """Rows of all tables, and why others were left out."""
    names, skipped, found = measured.ChipNames(), Counter[str](), []
    seen = set()  # both tables of llm-foundry are cut from the same page
    for cells, (source, run, step_s) in _cells():
        label, count = cells["gpu"], int(cells["gpu_count"])
        chip: Chip | None = names.find(CHIPS.get(label, label))
        config = decoder.find(run.model) if run.model else None
        key = (label, count, replace(run, precision="", software=Software()))
        if not step_s > 0:
            skipped[source] += 1
        elif chip is None:
            skipped[f"chip not in the catalogue: {label}"] += 1
        elif config is None:
            skipped[f"model not known: {run.model}"] += 1
        elif source == MPT and key in seen:
            skipped[f"{source}: the same run in another table"] += 1
        else:
            seen.add(key)
            machine = Machine(chip=chip, gpu_count=count, gpu_link=gpu_link(chip, count))
            calibrated = source not in UNCALIBRATED and not run.offload
            found.append(Row(source, config, run, machine, step_s, calibrated))
    return found, skipped
