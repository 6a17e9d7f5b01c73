"""Time of one step of a model on a machine, with its shares, what binds, and a range."""

import functools
import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import ChipTable, Rates, chip_table, clock_under, sustained
from rigwright.predict.communication import all_reduce_seconds, exposed_seconds, input_seconds
from rigwright.predict.constants import Constants
from rigwright.predict.feed import core_speed
from rigwright.predict.kernel.features import Manner, work_of
from rigwright.predict.kernel.kerneltime import Seconds, launch_seconds, operation_seconds
from rigwright.predict.kernel.rewrites import fuse
from rigwright.predict.kernel.shapes import Setting, Shapes, shapes_of
from rigwright.predict.kernel.work import CLASS, CLASSES, ELEMENT_BYTES, SHARES, Work
from rigwright.predict.memory import TRAINING, base_format, model_peak, serving_state, weight_bytes
from rigwright.spec.errors import InputError
from rigwright.spec.operation import Array, OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import MODES, PRECISIONS, Machine, Prediction, Run
from rigwright.spec.software import Software


# -- how wide a range is -------------------------------------------------------------------
def log_half_width(
    unknown: float, host_share: float, stated: bool, vague: float, c: Constants, gpu_count: int = 1
) -> float:
    """Half width of the 80 % range of log(step time).

    unknown : share of memory traffic in operations of unknown kind, 1 = kind of network. [1]
    host_share : CPU dispatch time over step time; the CPU is rarely published, so a step that
    waits for it is known less well. [1]
    vague : what is added for a kernel library that was hardly measured.
    stated : whether the release of the software is known; kernels change between releases.
    """
    told = told_by(unknown, host_share, stated, gpu_count)
    return vague + sum(c[name] * weight for name, weight in told.items())


def told_by(unknown: float, host_share: float, stated: bool, gpu_count: int) -> dict[str, float]:
    """What widens a range, by the constant that says how much.

    How several GPUs are joined and wait for each other is not known either: their share but one.
    """
    return {
        "range_base": 1.0, "range_host": min(host_share, 1.0),
        "range_unknown": unknown + 1.0 - 1.0 / gpu_count,
        "range_software": 0.0 if stated else 1.0,
    }  # fmt: skip


# Traffic of an update over that of SGD with momentum (3 reads and 2 writes per weight).
OPTIMIZER_PASSES = {"adam": 7 / 5, "adamw": 7 / 5, "lamb": 9 / 5}
MEASURED = ("image", "text", "language", "detection")
"""Tasks of the networks that published steps are of; recurrent ones are not among them."""
FITTED_FRAMEWORKS = ("pytorch", "torch7", "mxnet")
_WORDS = tuple(dict.fromkeys([*SHARES.values(), "elementwise"]))
_WORD_OF = np.array([_WORDS.index(SHARES.get(name, "elementwise")) for name in CLASSES])
_PHASES = {
    "train": (0, 1, 2), "forward_backward": (0, 1), "forward": (0,), "infer": (0,), "prefill": (0,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything about a run that no chip changes.

    shapes : distinct operations of one GPU under the run's setting.
    calls : host calls of one step, forward and backward.  gradient_bytes : exchanged between GPUs.
    input_bytes : copied to one GPU per step; weight_bytes : of models that come when they run.
    unknown : share of traffic in unknown operations.  strange : kind of network that no published
    step is of: constants were never held against one.
    """

    shapes: Shapes
    calls: tuple[float, float]
    gradient_bytes: float
    input_bytes: float
    unknown: float
    weight_bytes: float
    software: Software
    strange: bool

    @property
    def told(self) -> float:
        """What of the run is of no measured kind, 0..1."""
        return 1.0 if self.strange else self.unknown


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Parts of the step on each chip. [s] [chips]

    seconds : of each operation on each chip, before ``slower`` (software) and its count.
    """

    total: Array
    gpu: Array
    host: Array
    communication: Array
    input: Array
    seconds: Seconds
    slower: float


@functools.lru_cache(maxsize=256)
def prepare(
    ops: OperationList, run: Run, gpu_count: int = 1, *, copies_input: bool = False
) -> Prepared:
    """Chip-independent part of a prediction, kept. Raises InputError for an unsupported run."""
    if run.mode not in _PHASES:
        allowed = ", ".join(m for m in MODES if m in _PHASES)
        raise InputError("run", "mode", run.mode, allowed, "decode is predicted by predict.serving")
    pipeline = "packed_parameters" in ops.meta
    come = serving_state(ops, run).weights if pipeline and run.offload else 0.0
    if run.offload and run.mode in TRAINING:  # forward, backward, and gradients the other way
        each = (
            weight_bytes(base_format(run)) if base_format(run) else ELEMENT_BYTES[run.precision][1]
        )
        come = ops.parameters * each * (3.0 if run.method == "full" else 2.0)
    if pipeline and run.precision not in ELEMENT_BYTES:
        run = replace(run, precision="bf16")  # packed weights are unpacked before use
    if run.precision not in ELEMENT_BYTES:
        raise InputError("run", "precision", run.precision, ", ".join(PRECISIONS))
    if run.batch < 1 or gpu_count < 1:
        raise InputError("run", "batch", run.batch, "1 or more")
    batch = max(run.batch / gpu_count, 1.0)
    seq = float(run.seq_len or ops.seq_len or 1)
    software = run.software
    compiled = run.compile not in ("", "eager", "none")
    # What NVIDIA's examples call FP16 is mixed precision too.
    precision = "amp" if software.apex_o2 and run.precision == "fp16" else run.precision
    whole = software.apex_o2 and ops.is_text and precision == "amp"
    work = work_of(
        ops, batch, seq, "fp16" if whole else precision, _PHASES[run.mode],
        Manner(
            software.attention_is_fused(text=ops.is_text), compiled, software.fast_norm,
            unrolled=software.cudnn == 0,
        ),
    )  # fmt: skip
    unknown = _unknown_share(work)
    strange = ops.task not in MEASURED or bool((work.cls == CLASS["recurrent"]).any())
    work = _method(work, run)
    if software.apex_o2 and ops.is_text:
        work = _master_weights(work)
    if compiled and ops.fused is None:
        work = fuse(work)
    host = work.count * work.dispatches * (software.dispatch if compiled else 1.0)
    calls = (float(host[work.backward == 0].sum()), float(host[work.backward > 0].sum()))
    trained = ops.trainable if run.method == "full" else ops.meta.get("adapter_parameters", 0.0)
    # A model that is all in 16 bit sends 16-bit gradients, autocast those of its fp32 weights.
    sent = ELEMENT_BYTES["fp16" if whole else precision][1]
    gradients = trained * sent if run.mode == "train" else 0.0
    image = float(run.img_size or ops.img_size or 0)
    item = ELEMENT_BYTES[run.precision][1]
    input_bytes = batch * image * image * 3 * item if copies_input else 0.0
    setting = Setting(
        precision=precision,
        # Compilers choose channels-last for convolutions on their own.
        channels_last=run.layout == "nhwc" or compiled,
        conv_tf32=software.conv_tf32,
        cudnn=software.cudnn,
        training=run.mode in ("train", "forward_backward"),
        slow_groups=run.layout == "nhwc" and not software.grouped_nhwc,
    )
    return Prepared(
        shapes_of(work.merged(), setting), calls, gradients, input_bytes, unknown, come, software,
        strange,
    )  # fmt: skip


def _unknown_share(work: Work) -> float:
    moved = (work.read + work.write) * work.count
    total = float(moved.sum())
    return float(moved[work.cls == CLASS["other"]].sum()) / total if total else 0.0


def _method(work: Work, run: Run) -> Work:
    """Checkpointing repeats the forward pass; adapters need no gradient of frozen weights."""
    count = work.count.copy()
    if run.grad_checkpointing and run.mode in ("train", "forward_backward"):
        count[work.backward == 0] *= 2.0
    update = count * (work.cls == CLASS["optimizer"])
    count += update * (OPTIMIZER_PASSES.get(run.optimizer, 1.0) - 1.0)
    if run.method != "full":
        weights = (work.backward > 0) & (work.cls == CLASS["gemm"]) & (work.b <= 1)
        count[weights] *= 0.5
        count[work.cls == CLASS["optimizer"]] *= 0.01
    return Work(**{**{f: getattr(work, f) for f in Work.__slots__}, "count": count})


def _master_weights(work: Work) -> Work:
    """Gradients are unscaled, clipped and copied to 32 bit beside the update itself.

    48 bytes a weight rather than Adam's 28: read 2, write 4, norm 4, scale 8, update 28, copy 2.
    """
    more = np.where(work.cls == CLASS["optimizer"], 48.0 / 28.0, 1.0)
    return replace(work, count=work.count * more)


def slower_kernels(software: Software, c: Constants) -> float:
    """Time of a kernel over that in the frameworks whose kernels were calibrated."""
    return 1.0 if software.framework in FITTED_FRAMEWORKS else c.other_framework_time


def host_seconds(p: Prepared, c: Constants) -> float:
    """CPU time to dispatch one step on the reference host. [s]"""
    forward, backward = p.calls
    spent = forward * c.host_forward_us + backward * c.host_backward_us
    return float(spent * 1e-6)


def busy_seconds(gpu: Array, host: Array | float) -> Array:
    """GPU and CPU work side by side. [s]"""
    top = np.maximum(np.maximum(gpu, host), 1e-12)
    return np.asarray(top * (1.0 + (np.minimum(gpu, host) / top) ** 6) ** (1.0 / 6.0))


def paced_seconds(
    of_gpu: tuple[Array, Array], host: Array, calls: Any, sent: Array | float,
    gpus: tuple[Any, Any], t: ChipTable, c: Constants, pcie_bytes_per_s: float | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    """GPU and CPU side by side, and what the step waits for gradients besides. [s]

    of_gpu : its seconds, and those of the backward pass.  calls : of the host, forward and
    backward.  sent : bytes.  gpus : count and link. The backward pass lasts its part of what
    paces the step: of both where both do.
    """
    gpu, back = of_gpu
    busy = np.where(t.dispatches > 0, gpu + host, busy_seconds(gpu, host))
    paced, waits = (np.maximum(spent / np.maximum(gpu, host), 1e-9) ** 6 for spent in (gpu, host))
    of_host = calls[1] / np.maximum(calls[0] + calls[1], 1e-9)
    share = (paced * back / np.maximum(gpu, 1e-12) + waits * of_host) / (paced + waits)
    reduce_s = all_reduce_seconds(sent, *gpus, t, c, pcie_bytes_per_s)
    return busy, exposed_seconds(reduce_s, share * busy, busy, gpus[0], c) * (np.asarray(sent) > 0)


def times(
    p: Prepared, t: ChipTable, gpu_count: int = 1, gpu_link: str = "pcie-host",
    c: Constants | None = None, pcie_bytes_per_s: float | None = None,
    core_speed: float | None = None, rates: Rates | None = None,
) -> StepTimes:  # fmt: skip
    """Step time and its parts on every chip of ``t``. [s]

    core_speed : of this CPU over the reference, where known.  rates : of ``t``, where known.
    """
    c = c or constants_table.shipped()
    r = rates or sustained(t, c)
    seconds = operation_seconds(p.shapes, t, r, c)
    work = p.shapes.work
    slower = slower_kernels(p.software, c)
    gpu = (work.count * slower) @ seconds.total
    backward = (work.count * work.backward * slower) @ seconds.total
    copy = input_seconds(p.input_bytes * gpu_count, t, c) + p.weight_bytes / t.pcie
    host = host_seconds(p, c) / (t.host if core_speed is None else np.full(len(t), core_speed))
    busy, exchange = paced_seconds(
        (gpu, backward), host, p.calls, p.gradient_bytes, (gpu_count, gpu_link), t, c,
        pcie_bytes_per_s,
    )  # fmt: skip
    total = busy + exchange + copy + c.step_overhead_us * 1e-6
    return StepTimes(total, gpu, host, exchange, copy, seconds, slower)


class _Breakdown(NamedTuple):
    """GPU seconds on one chip: by reported word, launches, and what arithmetic paces."""

    words: dict[str, float]
    launch: float
    arithmetic: float


def _breakdown(p: Prepared, got: StepTimes, c: Constants) -> _Breakdown:
    work = p.shapes.work
    count = work.count * got.slower
    launch = count * launch_seconds(p.shapes, c)[:, 0]
    spent = count * got.seconds.total[:, 0] - launch
    by_word = np.bincount(_WORD_OF[work.cls], spent, len(_WORDS)).tolist()
    words = dict(zip(_WORDS, by_word, strict=True))
    paced = got.seconds.arithmetic[:, 0] > got.seconds.traffic[:, 0]
    return _Breakdown(words, float(launch.sum()), float(spent[paced].sum()))


@functools.lru_cache(maxsize=1024)
def _single(chip: Chip) -> tuple[ChipTable, Rates]:
    """Table and sustained rates of one chip, kept."""
    t = chip_table([chip])
    return t, sustained(t, constants_table.shipped())


def step(
    ops: OperationList, run: Run, machine: Machine, *, copies_input: bool = False
) -> Prediction:
    """Predicted step of ``run`` on ``machine``.

    copies_input : the step includes a pageable host-to-device copy.
    """
    c = constants_table.shipped()
    t, rates = _single(machine.chip)
    p = prepare(ops, run, machine.gpu_count, copies_input=copies_input)

    def timed(rates: Rates) -> StepTimes:
        return times(
            p, t, machine.gpu_count, machine.gpu_link, c, machine.pcie_bytes_per_s,
            core_speed(machine), rates,
        )  # fmt: skip

    got = timed(rates)
    for _ in range(3 if machine.power_cap_w else 0):  # a slower card moves and draws less
        traffic = float(p.shapes.work.count @ got.seconds.traffic[:, 0] / got.total[0])
        clock = clock_under(machine.chip, machine.power_cap_w, traffic * rates.bandwidth[0], c)
        got = timed(rates.slowed(clock))
    total = float(got.total[0])
    parts = _breakdown(p, got, c)
    waits = float(got.host[0]) / total
    vague, count = float(t.vague[0]), machine.gpu_count
    width = log_half_width(p.told, waits, p.software.stated, vague, c, count)
    peak = model_peak(ops, run, machine)
    unknown = f"{p.unknown:.0%} of memory traffic is in operations of unknown kind"
    items = run.batch * ((run.seq_len or ops.seq_len or 1) if ops.unit == "tok" else 1)
    return Prediction(
        step_s=total, low_s=total * math.exp(-width), high_s=total * math.exp(width),
        throughput=(1 if ops.unit == "it" else items) / total, unit=f"{ops.unit}/s",
        memory_bytes=peak.bytes, fits=peak.bytes <= machine.chip.vram_bytes,
        bound=_bound(got, parts), shares=_shares(got, parts), memory_shares=peak.shares,
        notes=(unknown,) if p.unknown > 0.01 else (),
    )  # fmt: skip


def _shares(got: StepTimes, parts: _Breakdown) -> dict[str, float]:
    """Parts of the step that add up to 1; waiting for the CPU counts as host."""
    waited, copied = float(got.communication[0]), float(got.input[0])
    shares = {**parts.words, "launch": parts.launch, "communication": waited, "input": copied}
    shares["host"] = max(float(got.total[0]) - sum(shares.values()), 0.0)
    scale = sum(shares.values())
    return {k: v / scale for k, v in shares.items() if v > 0}


def _bound(got: StepTimes, parts: _Breakdown) -> str:
    """The word for what binds the step on the (single) chip."""
    gpu = float(got.gpu[0])
    if float(got.host[0]) > gpu:
        return "host"
    candidates = {
        "launch": parts.launch, "arithmetic": parts.arithmetic,
        "memory traffic": gpu - parts.launch - parts.arithmetic,
        "network": float(got.communication[0]), "pcie": float(got.input[0]),
    }  # fmt: skip
    return max(candidates, key=lambda word: candidates[word])
