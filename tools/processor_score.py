"""Processors as chips against measured steps: ``python tools/processor_score.py``.

No constant was fitted to these rows: each processor is known by its data sheet alone.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from rigwright.catalog.identify import identify
from rigwright.plan.ask import hosts
from rigwright.plan.ask.questions import row_of
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict.chip.processor import processor_chip
from rigwright.spec.parts import Cpu
from rigwright.spec.run import Machine
from rigwright_accuracy import errors, measured
from rigwright_accuracy.step.calibration import known

SAME_CORES = {
    # Intel ARK, Core i7-12700H: 6 performance and 8 efficient cores, 2.3 to 4.7 GHz, 20 threads,
    # two channels of DDR5-4800; the rest as the desktop processor of the generation.
    "Intel i7-12700H": ("Intel Core i7-12700", (14, 20, 2300.0, 4700.0)),
}


def processor(name: str) -> Machine:
    """A machine of this processor alone."""
    sold, facts = SAME_CORES.get(name, (name, None))
    cpu = identify("cpu", sold).part
    assert isinstance(cpu, Cpu), name
    if facts:
        cores, threads, base, boost = facts
        cpu = replace(cpu, cores=cores, threads=threads, base_mhz=base, boost_mhz=boost)
    machine = hosts.with_cpu(Machine(chip=processor_chip()), cpu)
    return replace(machine, chip=processor_chip(machine))


def main() -> int:
    """Print the table."""
    found: dict[str, list[tuple[float, bool]]] = {}
    machines: dict[str, Machine] = {}
    for cells in measured.read("timm_infer_cpu"):
        name = cells["gpu"].removeprefix("CPU ")
        machine = machines.setdefault(name, processor(name))
        run, _ = row_of({k: v for k, v in cells.items() if k not in ("gpu", "gpu_count")})
        took = float(cells["step_ms"]) / 1e3
        if known(run):
            p = predict_run(run, machine)
            inside = p.low_s <= took <= p.high_s
            found.setdefault(name, []).append((p.step_s / took - 1.0, inside))
    rows = []
    for name, each in found.items():
        off = np.array([e for e, _ in each])
        within = np.mean([i for _, i in each])
        rows.append((name, len(each), f"{100 * np.mean(abs(off)):.1f}",
                     f"{100 * np.median(abs(off)):.1f}", f"{100 * np.median(off):+.1f}",
                     f"{100 * within:.1f}"))  # fmt: skip
    heads = ("processor", "rows", "mean error %", "median %", "bias %", "in range %")
    print(errors.grid(heads, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
