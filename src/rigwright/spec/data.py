"""What a run reads: a data set, how it lies and is decoded, and how fast it arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rigwright.spec.asked import Kind, Question

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


def _asked(name: str, field: str, label: str, help: str, kind: Kind, **more: Any) -> Question:
    flag = f"--{name.replace('_', '-')}"
    return Question(
        name=name, field=field, label=label, help=help, kind=kind, flags=(flag,),
        needs=("stepped",), **more,
    )  # fmt: skip


DATA = (
    _asked(
        "data", "name", "Data set", "A well-known set by name, such as imagenet-1k.",
        "text", example="imagenet-1k",
    ),
    _asked(
        "data_items", "items", "Items", "Items of one epoch.", "whole", unit="items", most=10**13,
        example=1_281_167,
    ),
    _asked(
        "item_bytes", "item_bytes", "Size of an item", "Average size of an item as it is stored.",
        "amount", unit="B", most=1e12, example=108_000,
    ),
    _asked(
        "data_format", "format", "Format",
        "How an item is stored; tokens are read as they are, text is tokenised on the way.",
        "choice", choices=FORMATS, example="jpeg",
        left_out="the set's, else jpeg; for language models text",
        spoken=(("jpg", "jpeg"), ("numpy", "raw"), ("npy", "raw"), ("bin", "tokens")),
    ),
    _asked(
        "data_lies", "lies", "How it lies",
        "files: one an item, read shuffled; packed: large files read in order; memory: all of it "
        "in main memory.",
        "choice", choices=LIES, left_out="the set's, else files", example="packed",
        spoken=(("webdataset", "packed"), ("tfrecord", "packed"), ("lmdb", "packed"),
                ("ram", "memory")),
    ),
    _asked(
        "item_pixels", "item_pixels", "Pixels of an item",
        "Of a picture as it is stored; decides the work of decoding.",
        "amount", unit="px", most=1e10, example=181_500,
    ),
    _asked(
        "item_tokens", "item_tokens", "Tokens of an item", "Average length of a text.",
        "amount", unit="tokens", most=1e9, example=500,
    ),
    _asked(
        "decoder", "decoder", "Decoder",
        "What decodes and augments pictures; dali works on the GPU.",
        "choice", choices=DECODERS, default="pillow", example="opencv",
        spoken=(("pil", "pillow"), ("pillow_simd", "pillow-simd"), ("cv2", "opencv"),
                ("albumentations", "opencv"), ("libjpeg-turbo", "turbojpeg")),
    ),
    _asked(
        "workers", "workers", "Loader workers",
        "Processes that decode; more than there are cores do not help.",
        "whole", most=4_096, left_out="a core each, less one for the training process", example=8,
    ),
    _asked(
        "epochs", "epochs", "Epochs", "Passes over the data set in one job.",
        "whole", most=1_000_000, left_out="as usual for the set, else 1", example=90,
    ),
)  # fmt: skip
"""What may be asked of the data; ``field`` is the key of a goal's [data]."""
SAMPLES = Question(
    name="samples", field="samples", label="Size of the whole job",
    help="Items (images, sequences; tokens when serving) of one job.", kind="whole", unit="items",
    most=10**13, left_out="the data set in all epochs", flags=("--samples",), example=150_000,
)  # fmt: skip
