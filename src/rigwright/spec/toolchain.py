"""Which driver, toolkit and PyTorch run on a kind of GPU: curated, dated facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from rigwright.spec.fact import fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Software for the chips of one or a few architectures.

    ``torch`` is a pip requirement (``torch``, ``torch==2.14.*``), ``none`` where no wheel has
    kernels for the chip, empty where nobody has checked.
    """

    kind: ClassVar[str] = "toolchain"
    vendor: str = fact("nvidia, amd or intel", required=True)
    architectures: tuple[str, ...] = fact("as in chips.csv, `|`-separated", required=True)
    capabilities: tuple[str, ...] = fact(
        "CUDA compute capabilities, `|`-separated; `none` = goes by architecture", required=True
    )
    toolkit: str = fact("CUDA, ROCm or Level Zero", required=True)
    toolkit_first: str | None = fact("first version that knows the chip")
    toolkit_last: str | None = fact("last version that knows the chip; empty = still does")
    driver: str | None = fact("driver branch to install: tested with the wheel named here")
    driver_last: str | None = fact("last driver branch for the chip; empty = still supported")
    driver_package: str | None = fact("Ubuntu package of that driver")
    torch: str | None = fact("pip requirement, `none` = no wheel, empty = not checked")
    torch_index: str | None = fact("wheel index; empty = PyPI")
    note: str | None = fact("what else a builder must know")
    source: str = fact("documents the facts were read in", required=True)
    source_date: dt.date = fact("day of the newest of them", required=True)
