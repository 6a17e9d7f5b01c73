"""One home for "does it fit": the peak of any run on a machine, what a card can hold, the chance.

``fit``, ``predict``, ``compare``, ``plan`` and ``rent`` all read their answer here.
"""

import functools
from dataclasses import dataclass, field, replace

from rigwright.plan.ask.kinds import is_decoder, served, trained
from rigwright.plan.speed.runs import operations
from rigwright.predict import memory, serving
from rigwright.predict.constants import shipped
from rigwright.predict.memory import Moment, Parts, Peak, unified
from rigwright.predict.memory.ranges import largest
from rigwright.spec.operation import OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload import lookup, pipelines
from rigwright.workload.decoder import DecoderConfig

FITS, TIGHT, TOO_SMALL = "fits", "tight", "too small"
SERVING_WORDS = "not measured; weights and cache are counted, the rest is as uncertain as training"


@dataclass(frozen=True, slots=True)
class Held:
    """The peak of one GPU, and how sure it is.

    width : half width of the logarithmic range of 80 %.  source : what that range was taken from.
    """

    peak: Peak
    width: float
    source: str

    def chance(self, chip: Chip) -> float:
        """Chance that ``chip`` holds it, 0..1."""
        return memory.probability(self.peak.bytes, usable_vram(chip), self.width)

    def verdict(self, chip: Chip) -> str:
        """fits (9 in 10 or more), tight, or too small (1 in 10 or less)."""
        return memory.verdict(self.chance(chip))

    @property
    def needed_bytes(self) -> float:
        """The least usable memory of which ``fits`` is said. [B]"""
        return memory.least_room(self.peak.bytes, self.width)


def usable_vram(chip: Chip) -> float:
    """Bytes a process can have at full speed, the driver's and a desktop's share left free."""
    size = chip.fast_vram_bytes or chip.vram_bytes
    return min(size - memory.DRIVER_BYTES, unified.usable_bytes(chip))


def held(run: Run, machine: Machine) -> Held:
    """Peak memory of the fullest GPU. Raises RigwrightError for a run that cannot be so."""
    if not trained(run) and served(run):
        return _served(run, machine)
    trains = run.mode in memory.TRAINING and is_decoder(run.model)
    model = lookup.decoder_of(run.model) if trains else operations(run)
    kind, pipeline = memory.generation(machine.chip), pipelines.asked(run)
    parts = pipelines.stages(pipeline, run) if pipeline and run.offload else (model,)
    asked = (_Asked(run, part, kind, machine.gpu_count, machine.nodes, machine) for part in parts)
    return max(map(_worked_out, asked), key=lambda held: held.peak.bytes)


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that the peak of a run that is not served depends on."""

    run: Run
    model: DecoderConfig | OperationList
    generation: str
    gpu_count: int
    nodes: int | None
    machine: Machine = field(compare=False)


@functools.lru_cache(maxsize=1024)
def _worked_out(asked: _Asked) -> Held:
    model, run, machine = asked.model, asked.run, asked.machine
    if isinstance(model, OperationList):
        return of_parts(memory.model_parts(model, run, machine))
    return of_parts(memory.decoder_parts(model, run, machine))


def of_parts(parts: Parts) -> Held:
    """The peak of what a run keeps."""
    name = memory.range_of(parts)
    source = f"measured peaks of runs of this kind ({memory.measured_on(name)})"
    return Held(memory.assemble(parts, shipped("memory")), shipped("memory")[name], source)


@functools.lru_cache(maxsize=1024)
def _served(run: Run, machine: Machine) -> Held:
    return _written(_of_users(run, machine) if run.mode == "serve" else run, machine)


@functools.lru_cache(maxsize=1024)
def _of_users(run: Run, machine: Machine) -> Run:
    """The run of as many users as fit beyond doubt, at least one: the others wait."""
    most = serving.held_run(lookup.decoder_of(run.model), run, machine)

    def fits(number: int) -> bool:
        return _written(replace(most, batch=number), machine).verdict(machine.chip) == FITS

    whole = most.batch if fits(most.batch) else largest(fits, most.batch) or 1
    return replace(most, batch=whole)


def _written(run: Run, machine: Machine) -> Held:
    config = lookup.decoder_of(run.model)
    mode = "prefill" if run.mode == "prefill" else "decode"
    total, shares = serving.serving_memory(config, replace(run, mode=mode), machine)
    counted = shares["weights"] + shares["kv cache"]
    width = shipped("memory").range_written * (1.0 - counted / total)
    allocated = total - shares["context"]
    peak = Peak(total, allocated, allocated, shares, Moment("inference", "the longest context", ""))
    return Held(peak, width, SERVING_WORDS)


def possible(prediction: Prediction) -> bool:
    """It fits, or is tight."""
    chance = prediction.fit_chance
    return prediction.fits if chance is None else memory.verdict(chance) != TOO_SMALL


def judged(prediction: Prediction, run: Run, machine: Machine) -> Prediction:
    """A prediction whose ``fits`` is only said at 9 chances in 10."""
    most = held(run, machine)
    chance = most.chance(machine.chip)
    users, peak = prediction.users, most.peak
    prediction = replace(prediction, memory_bytes=peak.bytes, memory_shares=peak.shares)
    if users and (sure := _of_users(run, machine).batch) < min(
        run.concurrency or 1, users.users_max
    ):
        prediction = replace(prediction, users=replace(users, users_max=sure))
    return replace(prediction, fits=memory.verdict(chance) == FITS, fit_chance=chance)
