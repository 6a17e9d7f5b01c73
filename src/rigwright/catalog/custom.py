"""A chip that is in no table, described by specification values."""

import dataclasses
import datetime as dt
import difflib
from collections.abc import Mapping
from typing import Any

from rigwright.catalog.cells import cell_of, reader_for
from rigwright.spec.errors import InputError
from rigwright.spec.fact import column_of, types_of
from rigwright.spec.parts import Chip

NEEDED = ("architecture", "sm_count", "boost_mhz", "fp32_tflops", "bandwidth_gb_s", "vram_gib")
VENDOR_OF = {"rdna": "amd", "gcn": "amd", "cdna": "amd", "m": "apple", "xe": "intel"}


def chip_of(values: Mapping[str, Any]) -> Chip:
    """A Chip from specification values.

    Keys are the columns of ``chips.csv`` (``fp32_tflops``, ``vram_gib``) or the stored fields in
    SI units (``fp32_flop_per_s``, ``vram_bytes``). ``NEEDED`` must be given in one of the forms.
    Raises InputError for a missing, unknown or unreadable key.
    """
    hints = types_of(Chip)
    fields = dataclasses.fields(Chip)
    by_key = {column_of(f): (f, float(f.metadata["scale"])) for f in fields}
    by_key.update({f.name: (f, 1.0) for f in fields if f.name not in by_key})
    architecture = str(values.get("architecture", "")).lower()
    stem = architecture.rstrip("0123456789.-").split("-")[0]
    found: dict[str, Any] = {
        "id": "custom", "name": "custom chip", "aliases": (),
        "vendor": VENDOR_OF.get(stem, "nvidia"), "segment": "workstation", "power_limit_w": 250.0,
        "unified_memory": False, "source": "given by the user", "source_date": dt.date.today(),
    }  # fmt: skip
    for key, value in values.items():
        if value is None or value == "":
            continue
        if key not in by_key:
            near = difflib.get_close_matches(key, by_key, 1)
            raise InputError("gpu", key, value, "a column of chips.csv", "".join(near))
        field, scale = by_key[key]
        try:
            found[field.name] = reader_for(hints[field.name])(cell_of(value), scale)
        except (ValueError, KeyError) as error:
            raise InputError("gpu", key, value, f"a value of its column ({error})") from None
    missing = [c for c in NEEDED if by_key[c][0].name not in found]
    if missing:
        raise InputError("gpu", missing[0], "nothing", "a value", f"give {', '.join(NEEDED)}")
    return Chip(**found)
