"""Guard: exchanges between cards on PCIe against measured ones (tables outside the repository)."""

import numpy as np
import pytest

from rigwright.catalog.tables import by_id
from rigwright.predict.alone import kernel
from rigwright.spec.parts import Chip
from rigwright.spec.software import Software


def test_all_reduces_over_pcie_and_nvlink_are_near_measured_ones():
    # oneCCL on Arc Pro B60 cards and NCCL on A100 modules: aiconfigurator-core 0.12.0. Sizes are
    # bytes of oneCCL, elements of two bytes of NCCL: else they beat, or miss half of, their links.
    parquet = pytest.importorskip("pyarrow.parquet")
    from rigwright_accuracy import measured

    for chip, library, size in (("arc-pro-b60", "b60/comm/oneccl", 1),
                                ("a100-sxm4-80-gb", "a100_sxm/comm/nccl", 2)):  # fmt: skip
        try:
            folder = measured.measured_directory() / "kernels" / library
        except measured.SharedDataMissingError as missing:
            pytest.skip(str(missing))
        if not (paths := sorted(folder.glob("*/*.parquet"))):
            pytest.skip("no tables of exchanges among the shared measurements")
        errors = []
        for path in paths:
            of = parquet.read_table(path).to_pydict()
            columns = ("op_name", "num_gpus", "message_size", "latency")
            rows = zip(*(of[name] for name in columns), strict=True)
            errors += [
                kernel("all_reduce", {"bytes": float(n * size), "gpu_count": cards}, "bf16",
                       Software(), by_id(Chip)[chip]).step_ms / ms - 1.0
                for op, cards, n, ms in rows
                if op == "all_reduce" and ms > 0.05
            ]  # fmt: skip
        assert np.median(np.abs(errors)) < 0.4, chip
