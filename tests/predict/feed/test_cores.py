from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id, load
from rigwright.predict.feed import core_speed, full_cores, host_scale, per_clock
from rigwright.spec.parts import Chip, Cpu
from rigwright.spec.run import Machine

CPUS = load(Cpu)
CHIPS = by_id(Chip)
NOBODY = Machine(chip=CHIPS["geforce-rtx-4090"])


def test_every_processor_of_the_catalogue_has_its_generation():
    assert {cpu.generation for cpu in CPUS if per_clock(cpu.generation) is None} == set()


def test_an_unknown_host_is_one_of_the_chips_time_and_kind():
    assert core_speed(NOBODY) is None
    times = [
        host_scale(Machine(chip=CHIPS[name]))
        for name in ("geforce-gtx-1080", "geforce-rtx-2080-ti", "geforce-rtx-3090",
                     "geforce-rtx-4090", "geforce-rtx-5090")
    ]  # fmt: skip
    assert times == sorted(times, reverse=True) and times[1] / times[-1] > 1.6
    server = host_scale(Machine(chip=CHIPS["h100-sxm"]))
    assert host_scale(NOBODY) < server < host_scale(Machine(chip=CHIPS["tesla-p100-sxm2"]))


def test_a_named_processor_counts_by_its_clock():
    assert host_scale(replace(NOBODY, cpu_mhz=4000.0)) == 1.0
    assert host_scale(replace(NOBODY, cpu_mhz=2000.0)) == 2.0
    assert host_scale(replace(NOBODY, cpu_mhz=4000.0, cpu_per_clock=1.25)) == 0.8


@pytest.mark.parametrize("line", [
    ("zen", "zen-plus", "zen2", "zen3", "zen4", "zen5"),
    ("haswell", "skylake", "rocket-lake", "alder-lake", "arrow-lake"),
])  # fmt: skip
def test_a_later_generation_does_more_per_clock(line):
    found = [per_clock(name) for name in line]
    assert found == sorted(found) and len(set(found)) == len(found)


def test_all_cores_do_no_more_than_their_number():
    for cpu in CPUS:
        assert 0.4 * cpu.cores < full_cores(cpu) <= cpu.cores, cpu.name


def test_efficiency_cores_count_as_part_of_a_core():
    mixed = next(c for c in CPUS if "14900K" in c.name)
    assert (mixed.cores, mixed.threads) == (24, 32)
    flat = replace(mixed, base_mhz=None)
    assert full_cores(flat) == pytest.approx(8 + 0.55 * 16)
    assert full_cores(replace(flat, cores=8, threads=16)) == 8.0
