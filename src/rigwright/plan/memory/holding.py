"""Use case: will a run fit a card, what is the largest that does, and what would make it fit?"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rigwright.plan.ask.datasets import Job, job_of
from rigwright.plan.ask.kinds import served, trained
from rigwright.plan.ask.questions import chip_from, machine_of, run_of
from rigwright.plan.memory.changes import ways
from rigwright.plan.memory.results import CardMemory, FitResult, Limit
from rigwright.plan.speed import vram
from rigwright.plan.speed.feeding import timed
from rigwright.plan.speed.runs import cards_said, chip_named, operations, replicas
from rigwright.predict import memory
from rigwright.predict.memory.ranges import largest
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.run import Machine, Run
from rigwright.workload import lookup

MOST_BATCH = 1 << 16
MEMORY, MODEL, NOTHING = "memory", "model", ""


def cards_holding(gpus: Sequence[Any], values: dict[str, Any]) -> FitResult:
    """Whether the run of ``values`` fits each GPU. Raises RigwrightError for bad input."""
    if not gpus:
        raise InputError("fit", "gpu", "nothing", "a GPU name, or --smallest-vram")
    run = run_of(values, "fit")
    machines, job = [_machine(run, gpu, values) for gpu in gpus], job_of(values, run, "fit")
    return FitResult(run, tuple(_card(run, machine, job) for machine in machines))


def _machine(run: Run, gpu: Any, values: dict[str, Any]) -> Machine:
    name, said = cards_said(gpu, values)
    machine = machine_of(said, chip_from(name, chip_named), run, "fit")
    shares = replicas(run, machine.gpu_count)
    if run.mode in memory.TRAINING and run.batch < shares:
        allowed = f"at least {shares}: the batch is of all GPUs together, each needs an item"
        raise InputError("fit", "batch", run.batch, allowed)
    return machine


def _card(run: Run, machine: Machine, job: Job) -> CardMemory:
    chip, found = machine.chip, vram.held(run, machine)
    of_job = timed(run, machine, job)
    prediction = of_job.prediction
    peak, usable, verdict = found.peak, vram.usable_vram(chip), found.verdict(chip)
    length = largest_seq_len(run, machine)
    return CardMemory(
        gpu=chip.name, gpu_count=machine.gpu_count, vram_bytes=chip.vram_bytes, usable_bytes=usable,
        memory_bytes=peak.bytes, low_bytes=peak.bytes * math.exp(-found.width),
        high_bytes=peak.bytes * math.exp(found.width), margin_bytes=usable - peak.bytes,
        chance=found.chance(chip), chance_from=found.source, verdict=verdict,
        moment=str(peak.moment), shares=peak.shares, step_s=prediction.step_s,
        job_hours=of_job.job_hours, job=of_job.job, largest_batch=largest_batch(run, machine),
        largest_seq_len=length, users=prediction.users,
        ways=() if verdict == vram.FITS else ways(run, machine, prediction.pace_s),
        notes=(*prediction.notes, *_about_context(run, machine)),
    )  # fmt: skip


def _about_context(run: Run, machine: Machine) -> tuple[str, ...]:
    old = memory.generation(machine.chip) == "before_volta"
    if not old or run.mode not in memory.TRAINING:
        return ()
    return ("a training process's context was measured under recent software on Ampere; the "
            "software of this chip's time loaded less",)  # fmt: skip


def _fits(run: Run, machine: Machine) -> bool:
    try:
        return vram.held(run, machine).verdict(machine.chip) == vram.FITS
    except InputError:
        return False  # a layout that does not divide, a length beyond what was traced


def _at_once(run: Run) -> Run:
    """Of many users: the run that holds the whole context of all of them."""
    return replace(run, mode="decode", batch=run.concurrency or 1) if run.mode == "serve" else run


def largest_batch(run: Run, machine: Machine) -> Limit:
    """The largest global batch of one pass (no accumulation), or number of users, that fits."""
    shares = max(replicas(run, machine.gpu_count), 1)
    whole = replace(_at_once(run), micro_batch=None)
    found = largest(
        lambda n: _fits(replace(whole, batch=n * shares), machine), MOST_BATCH // shares
    )
    if found is None:
        return Limit(None, MEMORY)
    at_most = found >= MOST_BATCH // shares
    return Limit(found * shares, NOTHING if at_most else MEMORY)


def largest_seq_len(run: Run, machine: Machine) -> Limit | None:
    """The largest length that fits; None for a model whose length cannot be asked."""
    most = _longest(run)
    if most is None:
        return None
    whole = _at_once(run)
    found = largest(lambda n: _fits(replace(whole, seq_len=n), machine), most)
    return Limit(found, MODEL if found == most else MEMORY)


def _longest(run: Run) -> int | None:
    """The longest sequence a decoder takes, what it is to write left free; None for others."""
    if not (served(run) or trained(run)) and operations(run).unit != "tok":
        return None
    try:
        config = lookup.decoder_of(run.model)
    except RigwrightError:
        return None
    return max(config.max_positions - (run.gen_len or 0), 1)
