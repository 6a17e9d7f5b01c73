"""Use case: a run with what it reads: the step, what feeds it, and how long the job takes."""

from dataclasses import replace
from typing import NamedTuple

from rigwright.plan.ask import hosts
from rigwright.plan.ask.datasets import Job
from rigwright.plan.ask.kinds import kinds_of, served, trained
from rigwright.plan.speed.runs import operations
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict import feed as feeding
from rigwright.predict.trainingwork import with_length
from rigwright.spec.data import DataSet, Feed
from rigwright.spec.parts import Chip, Cpu, Drive
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload import lookup, pipelines

REMEDY = "what would deliver more: "


class Timed(NamedTuple):
    """A prediction with its job.

    prediction : of a step, at the pace of what feeds it.  feed : None without data.
    job_hours : None where neither data nor samples are said; job : what is done in them.
    """

    prediction: Prediction
    feed: Feed | None = None
    job_hours: float | None = None
    job: str = ""


def sized(run: Run) -> Run:
    """The run with the size of its pictures and the length of its texts, its model's own where
    they are left out."""
    if trained(run):
        return with_length(lookup.decoder_of(run.model), run)
    if served(run) or (run.img_size and run.seq_len):
        return run
    ops = operations(run)
    return replace(run, img_size=run.img_size or ops.img_size, seq_len=run.seq_len or ops.seq_len)


def timed(run: Run, machine: Machine, job: Job) -> Timed:
    """A step of ``run`` on ``machine`` and the hours of ``job``; the loader runs beside the GPUs.

    Raises InputError for a run that cannot be laid out so.
    """
    p = predict_run(run, machine)
    if job.data is None:
        hours = _hours(run, job.samples, p.pace_s)
        return Timed(p, job_hours=hours, job=job_words(run, job))
    whole = sized(run)
    feed = feeding.feed(job.data, whole, machine)
    plain, p = p, feeding.fed(p, feed, run.batch)
    if p.step_s > plain.step_s and (more := feeding.remedies(job.data, whole, machine, feed)):
        p = replace(p, notes=(*p.notes, f"{REMEDY}{more}"))
    return Timed(p, feed, _job_hours(whole, job, p, feed), job_words(whole, job))


def job_words(run: Run, job: Job) -> str:
    """``90 epochs of imagenet-1k, 115,305,030 items``; empty where nothing tells its size."""
    items = samples_of(run, job)
    if items is None:
        return ""
    words = f"{items:,.0f} items"
    if job.samples is not None or job.data is None:
        return words
    epochs = job.data.epochs
    return f"{epochs} epoch{'s' * (epochs > 1)} of {job.data.name or 'the data'}, {words}"


def feed_words(found: Timed, run: Run) -> str:
    """What delivers the data, how much of it and whether the GPUs wait; empty without data."""
    feed, p = found.feed, found.prediction
    if feed is None:
        return ""
    if feed.items_per_s is None:
        return "; ".join(feed.notes)
    needed = run.batch / p.step_s
    binds = feed.items_per_s <= needed * 1.001
    first = "the data binds" if binds else f"the data keeps up with {needed:,.0f} items/s"
    more = (note for note in p.notes if note.startswith(REMEDY))
    return "; ".join((f"{first}: {feed.why}", *more, *feed.notes))


def uncounted(run: Run) -> tuple[str, ...]:
    """The note on a step without data: pictures cost cores to decode, texts next to nothing."""
    reads = not served(run) and pipelines.asked(run) is None
    pictures = reads and kinds_of(run.model).may(("pictures",))
    return (feeding.UNSAID,) if pictures else ()


def samples_of(run: Run, job: Job) -> float | None:
    """Items of a job: what is said, else the data in all its epochs."""
    if job.samples is not None or job.data is None:
        return job.samples
    return feeding.needed_items(job.data, sized(run))


def _hours(run: Run, samples: float | None, step_s: float) -> float | None:
    return samples / run.batch * step_s / 3600 if samples else None


def _job_hours(run: Run, job: Job, p: Prediction, feed: Feed) -> float | None:
    """Steps of the whole job; in the first epoch nothing is in memory yet."""
    samples, data = samples_of(run, job), job.data
    hours = _hours(run, samples, p.step_s)
    if hours is None or samples is None or data is None or not feed.first_items_per_s:
        return hours
    first = min(feeding.needed_items(replace(data, epochs=1), run), samples)
    slower = max(run.batch / feed.first_items_per_s - p.step_s, 0.0)
    return hours + first / run.batch * slower / 3600


class FeedRates(NamedTuple):
    """Items per second that single parts deliver for one run, without predicting the run again.

    Made by ``feed_rates``; None of a part whose facts are not known, infinity where the stage
    takes no time. ``needed`` of a step of ``step_s`` is run.batch / step_s.
    """

    data: DataSet
    run: Run
    machine: Machine

    def of_cpu(self, cpu: Cpu) -> float | None:
        """What its cores decode."""
        return self._stage("cpu", hosts.with_cpu(self.machine, cpu))

    def of_drive(self, drive: Drive, ram_bytes: float | None = None) -> float | None:
        """What the drive delivers after the first epoch behind so much main memory."""
        machine = replace(self.machine, ram_bytes=ram_bytes)
        return self._stage("disk", hosts.with_drive(machine, drive))

    def of_machine(self, machine: Machine) -> Feed:
        """All stages of a whole machine."""
        return feeding.feed(self.data, self.run, machine)

    def _stage(self, name: str, machine: Machine) -> float | None:
        return feeding.feed(self.data, self.run, machine).stages[name]


def feed_rates(data: DataSet, run: Run, chip: Chip, gpu_count: int = 1) -> FeedRates:
    """What parts deliver to ``gpu_count`` chips for a run; cheap for every part that is tried."""
    return FeedRates(data, sized(run), hosts.of_chip(chip, gpu_count))
