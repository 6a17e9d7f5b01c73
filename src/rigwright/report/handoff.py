"""A plan as the file or command that another tool runs it from, with what we predict beside it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rigwright.catalog.tables import load
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.results import PlanResult
from rigwright.plan.speed.runs import chip_named
from rigwright.predict.serving.layout import split_of
from rigwright.predict.serving.step import ALONE
from rigwright.predict.serving.users import ANSWER, PROMPT
from rigwright.report.text.prediction import memory_words, planned_words, speed_words
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import toml
from rigwright.workload.lookup import decoder_of

TEXTS = Path(__file__).parent / "data" / "handoff.toml"
GIB = 1024**3
_FAMILY = re.compile(r"GeForce|Tesla|Radeon|Instinct|Quadro|NVIDIA|PCIe|SXM\d?|NVL|\d+ GB|\s")
_SERVING = ("prefill", "decode", "serve")


def forms() -> tuple[str, ...]:
    """What a plan can be handed on as."""
    return tuple(toml(TEXTS)["forms"])


def accelerator(gpu: str, vram_gb: int) -> str:
    """A chip as schedulers name it: ``RTX3090``, ``A100``, ``A100-80GB`` where less is sold too."""
    name = _FAMILY.sub("", gpu)
    sizes = (chip.vram_bytes for chip in load(Chip) if _FAMILY.sub("", chip.name) == name)
    return f"{name}-{vram_gb}GB" if vram_gb > round(min(sizes) / GIB) else name


def _facts(result: PlanResult) -> dict[str, Any]:
    """What the texts speak of."""
    run, m = result.run, result.chosen
    assert m is not None
    prompt, answer = run.seq_len or PROMPT, run.gen_len or ANSWER
    serving = run.mode in _SERVING
    machine = of_chip(chip_named(m.gpu), m.gpu_count)
    split = split_of(decoder_of(run.model), run, machine) if serving else ALONE
    memory = round(m.vram_bytes / GIB)
    plain = (
        f"{planned_words(result)} on {m.gpu_count} x {m.gpu}, as of {result.as_of}",
        f"predicted: {speed_words(m.prediction)}; memory "
        f"{memory_words(m.prediction, m.vram_bytes)} on each card",
        f"{run.model} stands for its weights as you have them, in {run.precision}",
    )
    return {
        "model": run.model, "name": re.sub(r"[^a-z0-9]+", "-", run.model.lower()).strip("-"),
        "gpus": m.gpu_count, "memory": memory, "accelerator": accelerator(m.gpu, memory),
        "tensor": split.tensor, "pipeline": split.pipeline, "expert": split.experts,
        "users": run.concurrency or 1, "prompt": prompt, "answer": answer,
        "context": prompt + answer, "kv": run.kv_precision, "gpu_layers": run.gpu_layers,
        "cpu_moe": run.cpu_moe, "serving": serving,
        "hours": round(m.job_hours * 1.5 + 0.5) if m.job_hours else 0,
        "told": "\n".join(f"# {line}" for line in plain), "plain": "; ".join(plain),
    }  # fmt: skip


def _said(text: str, facts: Mapping[str, Any]) -> str:
    from jinja2 import Environment, StrictUndefined

    made = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    made.filters["tojson"] = json.dumps
    return made.from_string(text).render(facts)


def handoff(result: PlanResult, form: str) -> str:
    """The text of ``form`` that runs the planned workload on the planned machine.

    Raises InputError for a form that there is not, and for a plan without a machine.
    """
    if form not in forms():
        raise InputError("plan", "emit", form, f"one of {', '.join(forms())}")
    if result.chosen is None:
        raise InputError("plan", "emit", form, "a plan with a machine", "what would help, above")
    facts = _facts(result)
    engines, run = toml(TEXTS)["engines"], result.run
    named = run.software.engine.removesuffix("-2024")
    served = named if named in engines else "llama.cpp"
    engine = engines[served if run.mode in _SERVING else "training"]
    facts |= {name: _said(text, facts) for name, text in engine.items()}
    pip = facts["install"].removeprefix("pip install ").strip("'")
    facts["packages"] = [pip] if pip else []
    return _said(toml(TEXTS)["forms"][form]["text"].lstrip("\n"), facts)
