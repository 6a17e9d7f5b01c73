"""A step of a run on a machine: its time, its memory, and whether it fits."""

import datetime as dt
import math
from dataclasses import replace

import rigwright.predict as predict
from rigwright.plan.ask.floors import floor_above
from rigwright.plan.ask.kinds import is_decoder, served, trained
from rigwright.plan.speed import vram
from rigwright.plan.speed.runs import operations, read_notes
from rigwright.predict import chipmodel, constants, serving, training
from rigwright.predict.chip.processor import (
    USUAL_BYTES_PER_S,
    USUAL_CORES,
    USUAL_MHZ,
    is_processor,
)
from rigwright.predict.memory import TRAINING, model_peak
from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload import lookup, pipelines

NAMES_SHOWN, FEW_PICTURES = 8, 16
WIDE = ("fp32", "tf32", "fp64")
"""Where two models speak of one pass of a decoder and differ, the one that was calibrated on such
products says how long: single operations on these, training runs on 16 bit."""
ROOM_TO_CHOOSE = ("convolution libraries that try algorithms may take several times this memory "
                  "from a card that has it free: 3 of 100 runs of so few items did")  # fmt: skip

USUAL_PROCESSOR = (
    f"no processor is named: taken as {USUAL_CORES} cores of {USUAL_MHZ / 1e3:g} GHz with AVX2 and "
    f"{USUAL_BYTES_PER_S / 1e9:.1f} GB/s of memory"
)


def predict_run(run: Run, machine: Machine) -> Prediction:
    """Step time and memory of ``run`` on ``machine``, and whether it fits (``plan.vram``)."""
    found = ranked(run, machine)
    if found.users is not None:
        config = lookup.decoder_of(run.model)
        found = replace(found, users=serving.reached(config, run, machine, found.users))
    notes = (*found.notes, *read_notes(run), *_of_power(found, machine))
    if is_processor(machine.chip) and not machine.cpu:
        notes += (USUAL_PROCESSOR,)
    if floor := floor_above(run, machine.chip, dt.date.max):
        needs = f"needs compute capability {floor.compute_capability_min}, this chip has"
        notes += (f"{floor.software} of today {needs} {machine.chip.compute_capability}",)
    return replace(found, notes=notes)


def ranked(run: Run, machine: Machine) -> Prediction:
    """``predict_run`` without what nobody ranks machines by."""
    return vram.judged(_predicted(run, machine), run, machine)


def _of_power(found: Prediction, machine: Machine) -> tuple[str, ...]:
    """What a cap gives for its watts, and where it gives most."""
    cap, chip = machine.power_cap_w, machine.chip
    if cap is None:
        return ()
    knee, unit = chipmodel.knee_w(chip, constants.shipped()), found.unit.removesuffix("/s")
    each = found.throughput / machine.gpu_count / min(cap, chip.power_limit_w)
    return (f"at {cap:g} W of each GPU {each:.3g} {unit}/J; most work per joule near {knee:.0f} W, "
            "the knee of its clock",)  # fmt: skip


def _predicted(run: Run, machine: Machine) -> Prediction:
    """A decoder that is served or trained goes its own way."""
    if trained(run):
        found = training.train(lookup.decoder_of(run.model), run, machine)
        return _as_operations(found, run, machine) if run.precision in WIDE else found
    if served(run):
        config = lookup.decoder_of(run.model)
        if run.mode == "serve":
            return serving.serve_users(config, run, machine)
        mode = "prefill" if run.mode == "prefill" else "decode"
        return serving.serve(config, replace(run, mode=mode), machine)
    _whole(run)
    prediction = _stepped(run, machine)
    if run.mode in training.MODES and is_decoder(run.model) and run.precision not in WIDE:
        own, whole = _passes(run, machine)
        prediction = _scaled(prediction, min(whole / own, 1.0))
    notes = [*prediction.notes]
    if run.sharding != "none":
        notes.append("sharding counts for decoders only")
    if machine.nodes is not None and machine.nodes > 1:
        notes.append("the network between nodes counts for the training of decoders only")
    ops = operations(run)
    small = run.batch <= FEW_PICTURES * machine.gpu_count and not is_processor(machine.chip)
    if small and run.mode in TRAINING and any("conv" in name for name in ops.names):
        notes.append(ROOM_TO_CHOOSE)
    if pipeline := pipelines.asked(run):
        parts = pipelines.stages(pipeline, run)[-1 - pipeline.experts : -1]
        seconds = sum(predict.step(part, run, machine).step_s for part in parts)
        notes.insert(0, pipelines.said(pipeline, run, seconds))
    return replace(prediction, notes=(*notes, *said_of(ops)))


def _passes(run: Run, machine: Machine) -> tuple[float, float]:
    """Seconds of a decoder's pass there and back: by its operations, by the model of training."""
    part = replace(run, mode="forward_backward", sharding="none")
    whole = training.train(lookup.decoder_of(run.model), part, machine).step_s
    return (whole if trained(part) else _stepped(part, machine).step_s), whole


def _as_operations(found: Prediction, run: Run, machine: Machine) -> Prediction:
    """A training step whose passes take what their operations do, never less than the way there."""
    own, whole = _passes(run, machine)
    least = 0.0
    if run.tensor_parallel == run.pipeline_parallel == 1:
        least = _stepped(replace(run, mode="forward"), machine).step_s
    return _scaled(found, max(found.step_s + own - whole, least) / found.step_s)


def _scaled(found: Prediction, share: float) -> Prediction:
    return replace(
        found, step_s=found.step_s * share, low_s=found.low_s * share, high_s=found.high_s * share,
        throughput=found.throughput / share,
    )  # fmt: skip


def _stepped(run: Run, machine: Machine) -> Prediction:
    """A step of any model; its micro-batches run one after the other, the last one updates."""
    ops, share = operations(run), math.ceil(run.batch / machine.gpu_count)
    if not run.micro_batch or run.micro_batch >= share:
        return predict.step(ops, run, machine)
    part = replace(run, batch=run.micro_batch * machine.gpu_count, micro_batch=None)
    early = replace(part, mode="forward_backward" if run.mode == "train" else run.mode)
    last, one = predict.step(ops, part, machine), predict.step(ops, early, machine)
    before = (math.ceil(share / run.micro_batch) - 1) * one.step_s
    total = last.step_s + before
    peak = model_peak(ops, run, machine)
    blend = {
        k: (last.shares.get(k, 0.0) * last.step_s + one.shares.get(k, 0.0) * before) / total
        for k in {**last.shares, **one.shares}
    }
    whole = _scaled(last, total / last.step_s)
    throughput = whole.throughput * run.batch / part.batch
    return replace(
        whole, shares=blend, memory_bytes=peak.bytes, throughput=throughput,
        memory_shares=peak.shares,
    )  # fmt: skip


def said_of(ops: OperationList) -> tuple[str, ...]:
    """What a reader must know of a list: operations of unknown kind by name, and assumptions."""
    unknown = [f"{name} ({count:,} times)" for name, count in ops.unknown().items()]
    shown = ", ".join(unknown[:NAMES_SHOWN])
    if len(unknown) > NAMES_SHOWN:
        shown += f" and {len(unknown) - NAMES_SHOWN} more"
    words = f"unknown operations, costed as memory traffic with a wider range: {shown}"
    assumed = tuple(f"assumed while tracing: {line}" for line in ops.assumptions)
    return ((words,) if unknown else ()) + assumed


def _whole(run: Run) -> None:
    """Only decoders are split over GPUs by layers or inside them."""
    for name in ("tensor_parallel", "pipeline_parallel"):
        if getattr(run, name) > 1:
            allowed = "1 unless a language model is trained or served"
            raise InputError("run", name, getattr(run, name), allowed)


def items_per_step(run: Run) -> int:
    """What throughput counts in one step: tokens of text models, else items of the batch."""
    if run.mode == "serve":
        return 1
    if served(run):
        return run.batch * ((run.seq_len or 1) if run.mode == "prefill" else 1)
    ops = operations(run)
    if ops.unit == "it":
        return 1
    return run.batch * ((run.seq_len or ops.seq_len or 1) if ops.unit == "tok" else 1)
