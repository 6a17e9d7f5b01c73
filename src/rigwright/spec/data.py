"""What a run reads: a data set, how it lies and is decoded, and how fast it arrives."""

from dataclasses import dataclass, field

from rigwright.spec.asked import declared

PICTURES = ("jpeg", "png", "raw")
TEXTS = ("tokens", "text")
FORMATS = (*PICTURES, *TEXTS, "flac")
LIES = ("files", "packed", "memory")
"""One file an item; large files read in order (WebDataset, TFRecord, LMDB, .bin); main memory."""
DECODERS = ("pillow", "pillow-simd", "torchvision", "opencv", "turbojpeg", "dali")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A set of items that a run reads, and how its loader decodes them.

    item_bytes : average size as stored. [B]  item_pixels : of a picture as stored, before it is
    cropped. [px]  item_tokens : average length of a text; ``tokens`` are joined and cut into the
    run's sequences, an item of ``text`` is one sequence.  decoder : of DECODERS.  workers : loader
    processes; None = a core each, less one for the training process.  epochs : passes of the job.
    """

    items: int
    item_bytes: float
    name: str = ""
    format: str = "jpeg"
    lies: str = "files"
    item_pixels: float | None = None
    item_tokens: float | None = None
    decoder: str = "pillow"
    workers: int | None = None
    epochs: int = 1

    @property
    def bytes(self) -> float:
        """Size of the whole set as stored. [B]"""
        return self.items * self.item_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How many items a machine delivers to its GPUs, after the first epoch.

    items_per_s : of the slowest stage that is known; None = of none.  bound : that stage: ``disk``,
    ``cpu`` or ``pcie``; empty = none is known.  stages : items/s of each, None = not known,
    infinity = takes no time.  first_items_per_s : in the first epoch, when nothing is in memory
    yet.  cached : share of later reads that main memory answers.  why : one sentence.
    unknown : stages that nobody knows, so that items_per_s is no more than a bound from above.
    """

    items_per_s: float | None
    bound: str
    stages: dict[str, float | None] = field(default_factory=dict)
    first_items_per_s: float | None = None
    cached: float = 0.0
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Stages whose rate is not known."""
        return tuple(name for name, rate in self.stages.items() if rate is None)


DATA = declared("data")
"""What may be asked of the data; ``field`` is the key of a goal's [data]."""
(SAMPLES,) = declared("job")
