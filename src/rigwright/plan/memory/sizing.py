"""What a run keeps on the drive and in main memory, as sums whose terms are shown.

Amounts that no run decides (system, libraries, checkpoints kept, a process) are rows of
``plan/data/sizes.csv``. Main memory that would cache the data is worth money, not a need; see
``outfit.csv``.
"""

from pathlib import Path

from rigwright.plan.ask.datasets import Job
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.ask.kinds import kinds_of, served, trained
from rigwright.plan.memory.changes import moved_bytes
from rigwright.plan.memory.results import FREE, GB, GIB, Sizes, Term, total
from rigwright.plan.speed.runs import operations
from rigwright.predict import memory
from rigwright.predict.feed.stages import copied_bytes
from rigwright.predict.memory.formats import element_bytes, state_bytes
from rigwright.predict.memory.state import masters
from rigwright.predict.memory.trainers import trainer_of
from rigwright.predict.serving import beside
from rigwright.predict.training import trained_parameters
from rigwright.spec.build import Build
from rigwright.spec.data import DataSet
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.spec.tables.table import column, kept
from rigwright.workload import lookup

ORIGINAL = 2.0
"""Language models are published in 16 bit. [B per weight]"""
SINGLE = 4.0
TABLE = Path(__file__).parents[1] / "data" / "sizes.csv"


_rows = kept(column, TABLE, "what", "amount")


# -- weights -------------------------------------------------------------------------------
def model_bytes(run: Run) -> float:
    """The files of the model as they are fetched: served ones in the run's own format. [B]

    Language models that are trained start from 16-bit originals, others from 32-bit weights.
    """
    if served(run):
        config = lookup.decoder_of(run.model)
        return memory.stored(config, run).all(config)
    if trained(run):
        return ORIGINAL * lookup.decoder_of(run.model).parameters
    return SINGLE * operations(run).parameters


def _trained(run: Run) -> tuple[float, float]:
    """Weights that are trained, and bytes of each as it is saved."""
    if trained(run):
        weights = trained_parameters(lookup.decoder_of(run.model), run)
    else:
        weights = float(operations(run).trainable)
    full = element_bytes(run.precision)[1]
    return weights, SINGLE if run.method != "full" or masters(run, trainer_of(run)) else full


def checkpoint_bytes(run: Run) -> float:
    """What a training run saves to go on from: trained weights and optimizer state. [B]"""
    weights, each = _trained(run)
    return weights * (each + state_bytes(run.optimizer, each))


# -- sums ----------------------------------------------------------------------------------
def of_build(build: Build, run: Run, job: Job, cards: int, chip: Chip) -> Sizes:
    """Both sums of a run beside what a machine has."""
    return Sizes(
        disk=disk_sum(run, job),
        ram=ram_sum(run, job, cards, chip),
        disk_bytes=sum(drive.capacity_bytes for drive in build.drives),
        ram_bytes=sum(kit.modules * kit.module_gib for kit in build.ram) * GIB,
    )


def disk_sum(run: Run, job: Job) -> tuple[Term, ...]:
    """What lies on the drive, with the share that stays free."""
    rows = _rows()
    terms = []
    if job.data is not None:
        terms.append(Term("data", job.data.bytes))
    copies = int(rows["models"]) if served(run) else 1
    terms.append(Term("model", copies * model_bytes(run), copies))
    if run.mode == "train":
        kept = int(rows["checkpoints"])
        terms.append(Term("checkpoints", kept * checkpoint_bytes(run), kept))
    terms.append(Term("system", GB * (rows["system"] + rows["cuda"] + rows["python"])))
    held = total(tuple(terms))
    return (*terms, Term(FREE, held * rows[FREE] / (1.0 - rows[FREE])))


def ram_sum(run: Run, job: Job, cards: int, chip: Chip) -> tuple[Term, ...]:
    """What the host holds at its fullest while ``cards`` of a chip work.

    Raises InputError for a run that cannot be laid out so.
    """
    rows = _rows()
    training = run.mode in memory.TRAINING
    processes = cards if training else 1
    terms = [
        Term("system", GIB * rows["desktop"]),
        Term("processes", processes * GIB * rows["process"], processes),
    ]
    if not served(run):
        terms.append(Term("loader", _loader(run, job.data, cards)))
    if job.data is not None and job.data.lies == "memory":
        terms.append(Term("data", job.data.bytes))
    if run.offload or beside.said(run):
        terms.append(Term("offload", moved_bytes(run, of_chip(chip, cards))))
    terms.append(Term("loading and saving", _passing(run)))
    return tuple(terms)


def _loader(run: Run, data: DataSet | None, cards: int) -> float:
    """Loader processes, the batches they hold ready, and the pinned ones."""
    rows, language = _rows(), "language" in kinds_of(run.model).sure
    read = data or DataSet(items=1, item_bytes=1, format="text" if language else "jpeg")
    usual = (1 if language else int(rows["workers"])) * cards
    workers = usual if read.workers is None else read.workers
    batch = copied_bytes(read, run) * run.batch / cards
    held = rows["prefetch"] * workers + rows["pinned"] * cards
    return workers * GIB * rows["worker"] + held * batch


def _passing(run: Run) -> float:
    """Weights in main memory while they are loaded or saved: one shard at a time, all of them
    where sharded ones are gathered for it."""
    most = model_bytes(run)
    if run.mode == "train":
        weights, each = _trained(run)
        most = max(most, weights * each)
    return most if run.sharding == "zero3" else min(most, GB * _rows()["shard"])
