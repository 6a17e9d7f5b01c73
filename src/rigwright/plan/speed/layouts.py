"""How a language model's training is divided over GPUs: every layout that memory holds, by time."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from rigwright.plan.ask.kinds import trained
from rigwright.plan.speed import vram
from rigwright.plan.speed.stepping import ranked
from rigwright.predict.parallel import nodes_of
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload import lookup

RESOLVED = 0.05
"""Predictions do not resolve nearer times: of such layouts the simplest is taken, whose measured
step is then near the best one's more often (tools/layouts_score.py)."""
KEYS = ("tensor_parallel", "pipeline_parallel", "sharding", "grad_checkpointing", "micro_batch")
PLAIN, SHARED = Run(model=""), ("none", "zero1", "zero3")


def said_of(run: Run) -> dict[str, object]:
    """What a run says of its layout."""
    return {key: value for key in KEYS if (value := getattr(run, key)) != getattr(PLAIN, key)}


def keys(run: Run) -> str:
    """A layout in the words of its keys."""
    return ", ".join(k if v is True else f"{k} {v}" for k, v in said_of(run).items())


def simplest(run: Run) -> tuple[object, ...]:
    """Least first: cards that share a copy, what is sharded, what is worked out twice."""
    return run.tensor_parallel * run.pipeline_parallel, run.sharding, run.grad_checkpointing


def _ways(run: Run, machine: Machine) -> Iterator[Iterator[Run]]:
    """Runs that divide GPUs, heads, layers and batch, each with its micro-batches, least first."""
    config, count = lookup.decoder_of(run.model), machine.gpu_count
    sizes, near = range(1, count + 1), count // nodes_of(machine)
    for tensor, pipeline, shard, again in product(sizes[:near], sizes, SHARED, (False, True)):
        data, rest = divmod(count, tensor * pipeline)
        if rest or run.batch % data or config.layers % pipeline or config.heads % tensor:
            continue
        divided = data > 1 and (run.method == "full" or shard == "zero3")
        if shard != "none" and not (divided and (pipeline == 1 or shard == "zero1")):
            continue  # nothing to divide, or gathered again for each of many passes
        micros = (2**n for n in range(run.batch.bit_length()) if run.batch // data % 2**n == 0)
        values = (tensor, pipeline, shard, again)
        yield (replace(run, **dict(zip(KEYS, (*values, n), strict=True))) for n in micros)


def layouts(run: Run, machine: Machine) -> tuple[tuple[Run, Prediction], ...]:
    """Layouts that fit: the one to take, then the others by predicted time; what the run says of
    its own stays. None of what is no training of a language model on several GPUs."""
    found: list[tuple[Run, Prediction]] = []
    for passes in _ways(run, machine) if trained(run) and machine.gpu_count > 1 else ():
        for way in passes:
            if vram.held(way, machine).verdict(machine.chip) != vram.FITS:
                break  # memory grows with the pass
            if said_of(run).items() <= said_of(way).items():
                found.append((way, ranked(way, machine)))
    found.sort(key=lambda laid: laid[1].step_s)
    near = (laid for laid in found if laid[1].step_s <= found[0][1].step_s * (1 + RESOLVED))
    best = min(near, key=lambda laid: simplest(laid[0]), default=None)
    return tuple(sorted(found, key=lambda laid: laid is not best))
