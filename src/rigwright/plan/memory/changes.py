"""What would make a run fit: fewest changes first, each with its price in speed.

The one home of changes of a run: ``fit`` shows them, ``plan`` makes those that leave the result of
the run as it is and names the others where nothing else helps.
"""

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rigwright.plan.ask.hosts import gpu_link
from rigwright.plan.ask.kinds import kinds_of, served, trained
from rigwright.plan.ask.software import software_of
from rigwright.plan.memory.results import Lighter, Way
from rigwright.plan.speed import stepping, vram
from rigwright.plan.speed.runs import operations, replicas
from rigwright.predict import memory
from rigwright.predict.engines import engine_of
from rigwright.predict.memory.formats import optimizers, weight_bytes
from rigwright.predict.serving import beside
from rigwright.spec.errors import InputError
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import pipelines

SHOWN = 8
MOST_TOGETHER = 4
HALVED = ("fp32", "tf32", "fp64")
IN_32_BIT = (*HALVED, "amp")
"""Weights are 32-bit or wider; of those beside adapters none need be."""
FUSED_LOSS = "liger"
"""Program that a step of a language model may be given without another result."""
FUSED_WORDS = f"a fused loss ({FUSED_LOSS})"


Applied = tuple[Run, Machine] | None


@dataclass(frozen=True, slots=True)
class _Change:
    """One change. kind : no two of a kind go together.

    exact : every weight is trained, or served, as before.  apply : the run and machine after it;
    None where it changes nothing or cannot be.  keeps : the field of a run that it sets where the
    result of the run stays the same, numbers and all; empty for a change of the run itself.
    """

    kind: str
    words: str
    apply: Callable[[Run, Machine], Applied]
    exact: bool = True
    keeps: str = ""


class Fitting(NamedTuple):
    """A run that fits a machine by some changes, all needed together; they are said in words."""

    changes: tuple[str, ...]
    run: Run
    machine: Machine
    held: vram.Held
    step_s: float
    exact: bool


def _set(**values: object) -> Callable[[Run, Machine], Applied]:
    def changed(run: Run, machine: Machine) -> Applied:
        other = replace(run, **values)  # type: ignore[arg-type]
        return None if other == run else (other, machine)

    return changed


def _fused_loss(run: Run, machine: Machine) -> Applied:
    """Where nobody named a program: the loss that every other trainer can be given, too."""
    made = replace(run, software=software_of(FUSED_LOSS))
    return None if run.software != Software() or machine.chip.unified_memory else (made, machine)


def _eight_bit(run: Run, machine: Machine) -> Applied:
    name = f"{run.optimizer.lower().removesuffix('_fused')}_8bit"
    return (replace(run, optimizer=name), machine) if name in optimizers() else None


def _adapters(method: str) -> Callable[[Run, Machine], Applied]:
    """Beside frozen weights of 16 bit, as is usual."""

    def changed(run: Run, machine: Machine) -> Applied:
        precision = "bf16" if run.precision in IN_32_BIT else run.precision
        return _set(method=method, precision=precision)(run, machine)

    return changed


def _narrowed(precision: str, **values: object) -> Callable[[Run, Machine], Applied]:
    """Weights in fewer bits than the run's, never in as many."""

    def changed(run: Run, machine: Machine) -> Applied:
        narrower = weight_bytes(precision) < weight_bytes(run.precision)
        return _set(precision=precision, **values)(run, machine) if narrower else None

    return changed


def _offloaded(run: Run, machine: Machine) -> Applied:
    """Not of 4-bit weights: no trainer moves those."""
    if run.offload or run.method == "qlora" or machine.chip.unified_memory:
        return None
    return replace(run, offload=True), machine


def _doubled(machine: Machine) -> Machine:
    count = 2 * machine.gpu_count
    return replace(machine, gpu_count=count, gpu_link=gpu_link(machine.chip, count))


def _twice(run: Run, machine: Machine) -> Applied:
    """Twice the cards, each with half the items; a single item is not shared."""
    enough = run.batch >= 2 * machine.gpu_count
    return (run, _doubled(machine)) if enough else None


def _twice_sharded(run: Run, machine: Machine) -> Applied:
    after = _twice(run, machine)
    return after and (replace(after[0], sharding="zero3"), after[1])


def _sharded(run: Run, machine: Machine) -> Applied:
    """The cards that are there hold a share each of weights, gradients and optimizer state."""
    if machine.gpu_count == 1 or run.sharding == "zero3" or run.offload:
        return None
    return replace(run, sharding="zero3"), machine


def _staged(run: Run, machine: Machine) -> Applied:
    """Every card holds some of the layers; items pass through one after the other."""
    split = run.tensor_parallel * run.pipeline_parallel > 1 or run.sharding != "none"
    if machine.gpu_count == 1 or split or run.offload:
        return None
    return replace(run, pipeline_parallel=machine.gpu_count), machine


def _smaller_passes(run: Run, machine: Machine) -> Applied:
    """The same batch in the largest equal passes that fit; gradients add up between them."""
    share = _share(run, machine)
    whole = run.micro_batch or (1 if run.pipeline_parallel > 1 else share)
    sizes = [n for n in range(1, whole) if share % n == 0]
    low, high = 0, len(sizes)
    while low < high:  # memory grows with the pass
        middle = (low + high) // 2
        held = vram.held(replace(run, micro_batch=sizes[middle]), machine)
        fits = held.verdict(machine.chip) == vram.FITS
        low, high = (middle + 1, high) if fits else (low, middle)
    return (replace(run, micro_batch=sizes[low - 1]), machine) if low else None


def _training(run: Run) -> list[_Change]:
    """Changes of a training run; the batch is divided last, by what the others leave."""
    found = [
        _Change("checkpointing", "gradient checkpointing", _set(grad_checkpointing=True),
                keeps="grad_checkpointing"),
    ]  # fmt: skip
    if run.method == "full":
        found.append(_Change("optimizer", "8-bit optimizer", _eight_bit))
    found += _halved(run)
    adaptable = kinds_of(run.model).may(("adaptable",))
    if run.method == "full" and adaptable:
        found.append(_Change("method", "LoRA", _adapters("lora"), exact=False))
    if run.method != "qlora" and adaptable:
        found.append(_Change("method", "QLoRA", _adapters("qlora"), exact=False))
    if adaptable:
        found.append(_Change("offload", "offload to host memory", _offloaded))
    if trained(run):
        found.append(_Change("loss", FUSED_WORDS, _fused_loss, keeps="software"))
        words = "sharding over the cards (FSDP)"
        found.append(_Change("sharding", words, _sharded, keeps="sharding"))
        words = "layers spread over the cards"
        found.append(_Change("sharding", words, _staged, keeps="pipeline_parallel"))
        found.append(_Change("cards", "twice the cards, sharded (FSDP)", _twice_sharded))
    found.append(_Change("cards", "twice the cards", _twice))
    keeps = "" if _sees_its_batch(run) else "micro_batch"
    found.append(_Change("passes", "gradient accumulation", _smaller_passes, keeps=keeps))
    return found


def _sees_its_batch(run: Run) -> bool:
    """Batch normalisation takes its means over a pass: smaller passes are another training."""
    return not trained(run) and any("batch_norm" in name for name in operations(run).names)


def _serving(run: Run) -> list[_Change]:
    found = []
    for words, precision in (("8-bit weights", "q8_0"), ("4-bit weights", "q4_k_m")):
        change = _narrowed(precision, software=Software(engine="llama.cpp"))
        found.append(_Change("precision", words, change, exact=False))
    narrow = "fp8" if engine_of(run.software).library else "q8_0"
    found.append(_Change("cache", f"{narrow} cache", _set(kv_precision=narrow), exact=False))
    if not beside.said(run):
        found.append(_Change("offload", "layers or experts in main memory", _offloaded))
    found.append(_Change("cards", "twice the cards", lambda r, m: (r, _doubled(m))))
    return found


def _halved(run: Run) -> list[_Change]:
    if run.method != "full" and run.precision in IN_32_BIT:
        return [_Change("precision", "frozen weights in 16 bit (bf16)", _set(precision="bf16"))]
    change = _Change("precision", "mixed precision (amp)", _set(precision="amp"))
    return [change] if run.precision in HALVED else []


def _inferring(run: Run) -> list[_Change]:
    found = [_Change("cards", "twice the cards", _twice), *_halved(run)]
    if pipelines.asked(run) is not None:
        for words, precision in (("8-bit weights", "fp8"), ("4-bit weights", "nf4")):
            found.append(_Change("precision", words, _narrowed(precision), exact=False))
        words = "one part of the pipeline on the card at a time"
        found.append(_Change("offload", words, _set(offload=True), keeps="offload"))
    return found


def _changes(run: Run) -> list[_Change]:
    if served(run):
        return _serving(run)
    return _training(run) if run.mode in ("train", "forward_backward") else _inferring(run)


def _fewest(
    run: Run, machine: Machine, known: Sequence[_Change], enough: Collection[str] = (vram.FITS,)
) -> Iterator[Fitting]:
    """Smallest groups of changes that make it fit, up to where one trains every weight too.

    enough : verdicts that count.
    """
    found: list[frozenset[str]] = []
    kinds: set[bool] = set()
    for size in range(1, MOST_TOGETHER + 1):
        for group in itertools.combinations(known, size):
            if len({change.kind for change in group}) < size:
                continue
            words = frozenset(change.words for change in group)
            if any(other <= words for other in found):
                continue  # fewer changes do
            fitting = _fitting(run, machine, group, enough)
            if fitting is not None:
                found.append(words)
                kinds.add(fitting.exact)
                yield fitting
        if {change.exact for change in known} <= kinds:
            break


def ways(run: Run, machine: Machine, step_s: float) -> tuple[Way, ...]:
    """Fewest changes that make ``run`` fit, and fewest that still train every weight; by speed.
    Those that make it tight where none is surer."""
    known = _changes(run)
    found = [*_fewest(run, machine, known)] or [*_fewest(run, machine, known, (vram.TIGHT,))]
    found.sort(key=lambda f: f.step_s)
    return tuple(_distinct([_way(run, fitting, step_s) for fitting in found]))[:SHOWN]


def same_result(run: Run, machine: Machine, said: Collection[str] = ()) -> Fitting | None:
    """The fastest of the fewest changes that make ``run`` fit and leave its result as it is.

    said : fields of the run that whoever asks has set; they stay.  None where nothing helps.
    """
    known = [c for c in _changes(run) if c.keeps and c.keeps not in said]
    return min(_fewest(run, machine, known), key=lambda f: f.step_s, default=None)


def changeable(run: Run) -> bool:
    """Whether any change leaves the result of the run as it is."""
    return any(change.keeps for change in _changes(run))


def lightest(run: Run, machine: Machine, said: Collection[str] = ()) -> tuple[vram.Held, ...]:
    """Peaks of ``run`` as it is, and with all that ``same_result`` may change."""
    known = [c for c in _changes(run) if c.keeps and c.keeps not in said]
    single = [replace(c, apply=_set(micro_batch=1)) if c.kind == "passes" else c for c in known]
    spread = [c for c in single if c.kind == "sharding"]
    rest = [c for c in single if c.kind != "sharding"]
    runs = [run, _all_of(run, machine, rest), *(_all_of(run, machine, [c, *rest]) for c in spread)]
    found = (_peak(one, machine) for one in dict.fromkeys(runs))
    return tuple(held for held in found if held is not None)


def carried(run: Run, machine: Machine, said: Collection[str] = ()) -> bool:
    """Whether it fits, as it is or by what ``same_result`` may change."""
    return any(h.verdict(machine.chip) == vram.FITS for h in lightest(run, machine, said))


def _all_of(run: Run, machine: Machine, group: Sequence[_Change]) -> Run:
    """The run with those changes of ``group`` that change something, on the same cards."""
    for change in group:
        run, _ = change.apply(run, machine) or (run, machine)
    return run


def _peak(run: Run, machine: Machine) -> vram.Held | None:
    try:
        return vram.held(run, machine) if _shared(run, machine) else None
    except InputError:
        return None  # a layout that does not divide


def _shared(run: Run, machine: Machine) -> bool:
    """Every copy of the model has an item at least."""
    return run.batch >= replicas(run, machine.gpu_count)


def others(run: Run, machine: Machine, most: int) -> Iterator[tuple[tuple[str, ...], Run]]:
    """Other runs of the model that need less: up to ``most`` changes together, in words.

    The cards stay, and what leaves the result as it is is left to ``same_result``.
    """
    known = [c for c in (*_changes(run), *_smaller(run)) if not c.keeps]
    known = [c for c in known if c.kind not in ("cards", "passes")]
    for size in range(1, most + 1):
        for group in itertools.combinations(known, size):
            if len({change.kind for change in group}) < size:
                continue
            yield tuple(change.words for change in group), _all_of(run, machine, group)


def _smaller(run: Run) -> list[_Change]:
    """Less in one step; of a batch that may be passed in pieces, nothing."""
    found = []
    if run.mode not in memory.TRAINING:
        key, words = ("concurrency", "{} users") if run.mode == "serve" else ("batch", "batch {}")
        most = getattr(run, key) or 1
        sizes = [most >> n for n in range(1, most.bit_length())]
        if run.mode == "serve":  # fewer than a quarter of the users, or one, is another goal
            sizes = [size for size in sizes[:2] if size > 1]
        found = [_Change("batch", words.format(size), _set(**{key: size})) for size in sizes]
    elif not trained(run) and _sees_its_batch(run):
        sizes = [n for n in (64, 32, 16) if n < (run.micro_batch or run.batch)]
        words = "micro-batch {0} (batch normalisation then sees {0})"
        found = [_Change("batch", words.format(n), _set(micro_batch=n)) for n in sizes]
    if run.seq_len and run.seq_len > 1:
        half = run.seq_len // 2
        found.append(_Change("length", f"{half} tokens", _set(seq_len=half)))
    return found


def _distinct(every: list[Way]) -> list[Way]:
    """The fastest of ways to the same run on the same cards."""
    seen: dict[tuple[Run, int], Way] = {}
    for way in every:
        seen.setdefault((way.run, way.gpu_count), way)
    return list(seen.values())


def _fitting(
    run: Run, machine: Machine, group: Sequence[_Change], enough: Collection[str]
) -> Fitting | None:
    """The run with all changes of ``group``; None if it cannot be so or does not fit."""
    changed, after = run, machine
    try:
        for change in group:
            both = change.apply(changed, after)
            if both is None:
                return None
            changed, after = both
        held = vram.held(changed, after)
        if held.verdict(machine.chip) not in enough or not _shared(changed, after):
            return None
        spent = stepping.predict_run(changed, after).pace_s
    except InputError:
        return None  # a layout that does not divide
    words = tuple(_words(change, changed, after) for change in group)
    return Fitting(words, changed, after, held, spent, all(change.exact for change in group))


def _way(run: Run, found: Fitting, step_s: float) -> Way:
    chip, moves = found.machine.chip, found.run.offload and not run.offload
    return Way(
        changes=found.changes, run=found.run, gpu_count=found.machine.gpu_count,
        memory_bytes=found.held.peak.bytes,
        margin_bytes=vram.usable_vram(chip) - found.held.peak.bytes, chance=found.held.chance(chip),
        step_s=found.step_s, relative_step=found.step_s / step_s, exact=found.exact,
        host_bytes=moved_bytes(found.run, found.machine) if moves else 0.0,
    )  # fmt: skip


def _words(change: _Change, run: Run, machine: Machine) -> str:
    if change.kind == "passes":
        return f"micro-batch {run.micro_batch} of {_share(run, machine)} ({change.words})"
    return change.words.replace("twice the", str(machine.gpu_count))


def _share(run: Run, machine: Machine) -> int:
    """Items of one replica."""
    replicas = machine.gpu_count // (run.tensor_parallel * run.pipeline_parallel)
    return run.batch // max(replicas, 1)


def lighter(run: Run, machine: Machine) -> tuple[Lighter, ...]:
    """The least VRAM after each change, after all that keep the training, and with QLoRA too."""
    known = [c for c in _changes(run) if c.kind not in ("passes", "cards")]
    if run.mode in ("train", "forward_backward") and _share(run, machine) > 1:
        single = _set(micro_batch=1)
        known.append(_Change("passes", "micro-batch 1 (gradient accumulation)", single))
    kept = [c for c in known if c.exact and c.kind != "offload"]
    groups = [[c] for c in known] + [kept] * (len(kept) > 1)
    groups += [[*kept, c] for c in known if c.words == "QLoRA" and kept]
    found = (_lighter(run, machine, group) for group in groups)
    return tuple(answer for answer in found if answer is not None)


def _lighter(run: Run, machine: Machine, group: list[_Change]) -> Lighter | None:
    changed, after, words = run, machine, []
    try:
        for change in group:
            both = change.apply(changed, after)
            if both is not None:
                changed, after = both
                words.append(change.words)
        if not words:
            return None
        return Lighter(tuple(words), vram.held(changed, after).needed_bytes + memory.DRIVER_BYTES)
    except InputError:
        return None  # a layout that does not divide


def moved_bytes(run: Run, machine: Machine) -> float:
    """Weights and optimizer state that offload keeps in host memory, of all GPUs. [B]"""
    kept = vram.held(run, machine).peak.shares
    alone = replace(run, offload=False, gpu_layers=None, cpu_moe=None)
    whole = vram.held(alone, machine).peak.shares
    names = ("weights", "optimizer", "kv cache")
    moved = sum(whole.get(name, 0.0) - kept.get(name, 0.0) for name in names)
    return max(moved, 0.0) * machine.gpu_count
