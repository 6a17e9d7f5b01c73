"""Published measurements as runs on catalogue chips: the only reader of ``shared/measured``.

Nothing of these tables is stored in the repository; ``RIGWRIGHT_SHARED`` names the directory that
holds ``measured/`` (default: ``../shared`` next to the checkout).
"""

import csv
import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rigwright.catalog import tables
from rigwright.plan.ask.software import said_in_table
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.spec.tables.table import table, toml
from rigwright.workload.zoo import embedded as zoo

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", ROOT.parent / "shared"))
SOURCES = (
    "timm_train", "timm_infer_gpu", "pytorch_gpu_benchmark", "dlinfbench", "cnn_benchmarks",
    "u39kun", "lambda", "neusight", "small_sources",
)  # fmt: skip
Cells = dict[str, str]
WORDS: dict[str, Any] = toml(Path(__file__).with_name("words.toml"))


class SharedDataMissingError(Exception):
    """The directory with published measurements is not there."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured step.

    family : unseen-family folds group by this.  label : the software, as published.
    copies_input : timer includes the input copy.
    skip : why the row cannot be scored, empty when it can.
    """

    source: str
    chip: Chip | None
    gpu_count: int
    gpu_link: str
    run: Run
    step_s: float
    family: str
    label: str
    copies_input: bool = False
    skip: str = ""


def measured_directory() -> Path:
    """Where the tables are. Raises SharedDataMissingError."""
    if not (SHARED / "measured").is_dir():
        raise SharedDataMissingError(f"{SHARED}/measured is not there; set RIGWRIGHT_SHARED")
    return SHARED / "measured"


def cells_of(path: Path) -> list[Cells]:
    """Rows of a CSV file, packed or not."""
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read(name: str) -> list[Cells]:
    """Cells of ``measured/<name>.csv.gz``; nothing when that table is not there."""
    path = measured_directory() / f"{name}.csv.gz"
    return cells_of(path) if path.exists() else []


def _plain(label: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", label.lower()).split()
    noise = {"nvidia", "amd", "geforce", "tesla", "quadro", "radeon", "instinct", "generation"}
    return "".join(w for w in words if w not in noise)


class ChipNames:
    """Published GPU labels -> catalogue chips."""

    def __init__(self) -> None:
        self._exact: dict[str, Chip] = {}
        self._plain: dict[str, Chip] = {}
        for chip in tables.load(Chip):
            for label in (chip.id, chip.name, *chip.aliases):
                self._exact.setdefault(label.lower(), chip)
                self._plain.setdefault(_plain(label), chip)

    def find(self, label: str) -> Chip | None:
        """The chip, or None."""
        low = label.lower().strip()
        for text in (low, low.removeprefix("nvidia "), low.removeprefix("amd ")):
            if text in self._exact:
                return self._exact[text]
        return self._plain.get(_plain(label))


ADAM = ("bert", "transformer", "gnmt", "tacotron", "waveglow", "ncf")
"""What Lambda's published scripts train with Adam-like optimizers."""
SUPERLINEAR = ("ncf", "bert_base_squad")
"""Their rows of several GPUs are not to be used, says the collection."""


UNJOINED = ("transformerxlbase", "transformerxllarge")
"""Eight RTX 3090 without peer-to-peer take 3 % longer than one, where BERT-large with two thirds of
the gradients takes 8.6 times as long: the published script trains as many models as there are GPUs.
"""


def _number(text: str | None) -> int | None:
    return int(float(text)) if text not in (None, "") else None


def _skip(cells: Cells, chip: Chip | None, step_ms: float) -> str:
    if not step_ms > 0:
        return "no step time"
    if cells["gpu"].startswith("CPU") or cells.get("gpu_count") == "0":
        return "CPU"
    if chip is None:
        return f"chip not in the catalogue: {cells['gpu']}"
    if cells.get("quality") not in (None, "", "ok"):
        return f"flagged {cells['quality'].split(':')[0]}"
    if cells["gpu_count"] not in ("0", "1") and cells["model"] in SUPERLINEAR:
        return "several GPUs of a model that the collection found superlinear"
    if cells["gpu_count"] not in ("0", "1") and cells["model"] in UNJOINED:
        return "several GPUs that exchange no gradients"
    if "suspect" in (cells.get("note") or "").lower():
        return "flagged suspect"
    return ""


def _step_ms(cells: Cells, model: str) -> float:
    """As published, or from the rate of what a model's script counts (tokens, frames, samples)."""
    told, rate, batch = (float(cells[key] or "nan") for key in ("step_ms", "throughput", "batch"))
    if told > 0 or cells["unit"] == "img/s" or zoo.find(model) is None:
        return told
    counted = zoo.operation_list(model).meta.get("counted_per_item")
    return 1e3 * batch * counted / rate if counted else told


def rows(source: str, names: ChipNames) -> Iterator[Row]:
    """Rows of one table."""
    for cells in read(source):
        chip = names.find(cells["gpu"])
        model = WORDS["models"].get(cells["model"], cells["model"])
        step_ms = _step_ms(cells, model)
        count = _number(cells["gpu_count"]) or 1
        skip = _skip(cells, chip, step_ms)
        run = Run(
            model=model,
            mode=cells["mode"],
            batch=_number(cells["batch"]) or 1,
            img_size=_number(cells["img_size"]) or None,
            seq_len=_number(cells["seq_len"]) or None,
            precision=cells["precision"],
            layout=cells["layout"] or "nchw",
            compile=cells["compile"] or "eager",
            software=said_in_table(cells["framework"]).software,
        )
        if source == "lambda":
            run = replace(run, optimizer="adam" if run.model.startswith(ADAM) else "sgd")
        shared = source == "pytorch_gpu_benchmark" and count > 1
        label = cells["gpu"].lower()
        direct = chip is not None and chip.has_p2p
        link = "nvlink" if "sxm" in label else "pcie" if direct else "pcie-host"
        yield Row(
            source=source,
            chip=chip,
            gpu_count=count,
            gpu_link=link,
            run=run,
            step_s=step_ms * 1e-3,
            family=cells.get("family") or run.model,
            label=cells["framework"],
            copies_input=source in ("pytorch_gpu_benchmark", "dlinfbench"),
            skip=skip or ("several GPUs under DataParallel" if shared else ""),
        )


def all_rows(sources: tuple[str, ...] = SOURCES) -> Iterator[Row]:
    """Rows of every table."""
    names = ChipNames()
    for source in sources:
        yield from rows(source, names)


# -- tables that turn what a source writes into keys of a run ------------------------------
@dataclass(frozen=True, slots=True)
class Said:
    """A key of a run, where the cell of a column looks like ``pattern``; later rows win.

    of : words one of which names the source.  column, pattern : empty where it always holds.
    value : of the key, with the groups of the match; of ``key+``, one more word of it.
    """

    of: tuple[str, ...]
    column: str
    pattern: str
    key: str
    value: str


def told(path: Path, source: str, cells: dict[str, str]) -> dict[str, Any] | None:
    """Keys and values that the table at ``path`` gives a row; None for a source not in it."""
    rows = table(Said, path)
    word = next((word for row in rows for word in row.of if word in source), None)
    if word is None:
        return None
    found: dict[str, Any] = {}
    for row in rows:
        hit = re.search(row.pattern, cells.get(row.column, "")) if word in row.of else None
        if hit is not None:
            value, key = hit.expand(row.value), row.key.removesuffix("+")
            found[key] = f"{found[key]} {value}" if key != row.key else _value(value)
    return found


def _value(text: str) -> str | int | bool:
    return int(text) if text.isdecimal() else {"yes": True, "no": False}.get(text, text)
