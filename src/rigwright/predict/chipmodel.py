"""What a chip sustains, from its specification alone.

Peak rates are reached only while the board's power limit allows the clock they assume
(``clock_share``); energy per operation falls with the manufacturing process. So the 72 W L4 runs
matrix products at about 0.3 of its fp32 peak while the 250 W V100 reaches 0.97.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chip.facts import host_speed, library, process
from rigwright.predict.chip.processor import is_processor
from rigwright.predict.constants import Constants
from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright.spec.tables.known import lane_rates

# Energy per byte of HBM over GDDR (O'Connor et al., MICRO 2017: 3.9 and 7 pJ/bit).
STACKED_MEMORY = 0.5
# Energy of an fp32 operation in a matrix instruction over one in a vector instruction, which reads
# its operands anew. From knowledge.
MATRIX_ENERGY = 0.5
MOST_RAISED = 1.15  # of its limit that a board can be set to (RTX 3090 Founders: 400 of 350 W)
LEAST_DYNAMIC = 0.02  # a card that is capped below what it draws idle still steps
BEFORE_VOLTA = frozenset({"fermi", "kepler", "maxwell", "pascal"})
ASYNCHRONOUS = frozenset({"9.0", "10.0", "10.3"})  # PTX ISA: wgmma.mma_async, tcgen05.mma
AMPERE_OR_LATER = frozenset({"ampere", "ada", "hopper", "blackwell"})


def _dual_issue(chip: Chip) -> float:
    """How much of the loss of a doubled fp32 datapath applies.

    GA10x on share the second path with integers, and one instruction a clock must
    feed both. GH100 and GB100 have integer lanes of their own (H100 white paper): only the issue
    is left, taken as half. NeuSight's large fp32 products reach 0.75 of the H100's peak, and 0.91
    of the A100's, which has no second path.
    """
    if chip.architecture not in AMPERE_OR_LATER or chip.compute_capability == "8.0":
        return 0.0
    return 0.5 if chip.compute_capability in {"9.0", "10.0", "10.3"} else 1.0


@dataclass(frozen=True, slots=True)
class ChipTable:
    """Specifications of many chips as arrays [chips], SI units; 0 where the chip has no such unit.

    simt16 is the vector fp16 rate; tensor rates are dense with fp32 accumulate. matrix32, vector32,
    tuned, streams, dispatch, vague : of the chip's ``Library``.  host : core speed of the machines
    it is in.  operands, engines : of its ``Process``.
    asynchronous : products run beside other work of the same warps (wgmma, tcgen05).
    dispatches : it computes and dispatches, one after the other.
    """

    names: tuple[str, ...]
    sm: Array
    clock_hz: Array
    fp32: Array
    fp64: Array
    simt16: Array
    tf32: Array
    tensor16: Array
    bf16: Array
    fp8: Array
    int8: Array
    bandwidth: Array
    l2: Array
    power_w: Array
    nm: Array
    dual_issue: Array
    before_volta: Array
    ampere_or_later: Array
    inline_ecc: Array
    gddr: Array
    matrix32: Array
    vector32: Array
    packed: Array
    tuned: Array
    streams: Array
    dispatch: Array
    vague: Array
    operands: Array
    engines: Array
    host: Array
    asynchronous: Array
    fp4: Array
    pcie: Array
    dispatches: Array
    link: Array

    def take(self, index: NDArray[np.intp]) -> "ChipTable":
        """Rows by index, repeats allowed (one per operation when calibration)."""
        values = {f: getattr(self, f) for f in self.__slots__}
        names = tuple(values.pop("names"))
        return ChipTable(names=names, **{k: v[index] for k, v in values.items()})

    def __len__(self) -> int:
        return len(self.names)


_AS_SAID = {
    "fp32": "fp32_flop_per_s", "simt16": "fp16_flop_per_s", "tf32": "tf32_tensor_flop_per_s",
    "tensor16": "fp16_tensor_flop_per_s", "bf16": "bf16_tensor_flop_per_s",
    "fp8": "fp8_tensor_flop_per_s", "fp4": "fp4_tensor_flop_per_s", "int8": "int8_tensor_op_per_s",
    "bandwidth": "bandwidth_bytes_per_s", "link": "link_bytes_per_s",
}  # fmt: skip
_OF_LIBRARY = {
    "matrix32": "matrix_fp32", "vector32": "vector_fp32", "packed": "packed_16", "tuned": "tuned",
    "streams": "streams", "dispatch": "dispatch_s", "vague": "range",
}  # fmt: skip
_OF_PROCESS = {"nm": "process_nm", "operands": "operands", "engines": "engines"}


def pcie_bytes_per_s(gen: float | None, lanes: float | None) -> float:
    """Payload rate of a PCIe link, one direction; 3.0 and x16 where they are not known."""
    rates = lane_rates()
    return rates.get(float(int(gen or 3)), rates[3.0]) * float(lanes or 16)


def chip_table(chips: Sequence[Chip]) -> ChipTable:
    """Arrays of ``chips``."""

    def column(values: Sequence[float | bool | None]) -> Array:
        return np.array([0.0 if v is None else float(v) for v in values])

    libraries, processes = [library(c) for c in chips], [process(c) for c in chips]
    said = {name: column([getattr(c, cell) for c in chips]) for name, cell in _AS_SAID.items()}
    for facts, cells in ((libraries, _OF_LIBRARY), (processes, _OF_PROCESS)):
        said |= {name: column([getattr(of, cell) for of in facts]) for name, cell in cells.items()}
    said |= {name: said[name] * [of.matrix_16 for of in libraries] for name in ("tensor16", "bf16")}
    gddr = column(["GDDR" in (c.memory_type or "").upper() for c in chips])
    return ChipTable(
        names=tuple(c.id for c in chips),
        sm=np.maximum(column([c.sm_count for c in chips]), 1.0),
        clock_hz=column([c.boost_mhz * 1e6 for c in chips]),
        fp64=column([c.fp64_flop_per_s or c.fp32_flop_per_s / 32 for c in chips]),
        **said,
        l2=column([c.l2_bytes or 2 * 1024**2 for c in chips]),
        power_w=column([c.power_limit_w for c in chips]),
        dual_issue=column([_dual_issue(c) for c in chips]),
        before_volta=column([c.architecture in BEFORE_VOLTA for c in chips]),
        ampere_or_later=column([c.architecture in AMPERE_OR_LATER for c in chips]),
        gddr=gddr,
        # Data-centre boards with GDDR keep ECC bits in the same memory and lose bandwidth to them.
        inline_ecc=gddr * [c.segment == "datacentre" for c in chips],
        host=column([host_speed(c) for c in chips]),
        asynchronous=column([c.compute_capability in ASYNCHRONOUS for c in chips]),
        pcie=column([pcie_bytes_per_s(c.pcie_gen, c.pcie_lanes) for c in chips]),
        dispatches=column([is_processor(c) for c in chips]),
    )


@functools.lru_cache(maxsize=1024)
def single(chip: Chip) -> ChipTable:
    """The table of one chip, kept."""
    return chip_table([chip])


@dataclass(frozen=True, slots=True)
class Rates:
    """Sustained rates of chips [chips]: SIMT and tensor arithmetic, memory, cache.

    products : of fp32 matrix products; ``simt`` where no unit does them faster.
    """

    simt: Array
    products: Array
    simt64: Array
    half: Array
    tf32: Array
    tensor16: Array
    bf16: Array
    fp8: Array
    int8: Array
    bandwidth: Array

    def take(self, index: NDArray[np.intp]) -> "Rates":
        """Rows by index, repeats allowed."""
        return Rates(**{f: getattr(self, f)[index] for f in self.__slots__})

    def slowed(self, clock: float) -> "Rates":
        """At another clock of the SMs; memory keeps its own."""
        at = {f: getattr(self, f) * clock for f in self.__slots__}
        return Rates(**{**at, "bandwidth": self.bandwidth})


def _memory_joule(t: ChipTable, c: Constants) -> Array:
    """Board power kept for memory, per byte/s of its peak. [J/B]"""
    return np.asarray(c.memory_energy_pj * 1e-12 * np.where(t.gddr > 0, 1.0, STACKED_MEMORY))


def clock_share(dynamic_w: Array, allowed_w: Array, c: Constants) -> Array:
    """Clock over the boost clock at which work that draws ``dynamic_w`` there draws ``allowed_w``.

    Dynamic power is C V^2 f. Above a knee the voltage rises with the clock, so power grows with its
    cube; below it the voltage is the least that the chip runs at: power grows with the clock alone.
    """
    share = allowed_w / np.maximum(dynamic_w, 1e-9)
    return np.asarray(np.where(share >= c.clock_knee**3, np.cbrt(share), share / c.clock_knee**2))


def clock_under(chip: Chip, cap_w: float | None, traffic: float, c: Constants) -> float:
    """Clock under a power cap over that at the card's own limit; 1 without a cap.

    Full work draws the limit at the boost clock. A part of it is static, memory takes its share and
    ``traffic`` [B/s] takes more; the SMs clock by what is left. Boards can be raised a little.
    """
    if cap_w is None:
        return 1.0
    t, limit = single(chip), chip.power_limit_w
    joule = _memory_joule(t, c)
    full = np.maximum(limit * (1.0 - c.static_share) - joule * t.bandwidth, 0.1 * limit)
    moving = joule * min(traffic, chip.bandwidth_bytes_per_s)
    own, capped = (
        clock_share(full, np.maximum(full + watts - limit - moving, LEAST_DYNAMIC * full), c)
        for watts in (limit, min(cap_w, MOST_RAISED * limit))
    )
    return float(capped[0] / own[0])


def knee_w(chip: Chip, c: Constants) -> float:
    """Power at which full work reaches the knee of the clock: most work per joule. [W]

    Below it the static part is spread over less work, above it voltage rises.
    """
    t = single(chip)
    static = chip.power_limit_w * c.static_share + (_memory_joule(t, c) * t.bandwidth)[0]
    return float(static + (chip.power_limit_w - static) * c.clock_knee**3)


def sustained(t: ChipTable, c: Constants) -> Rates:
    """Rates each chip holds under its power limit, [FLOP/s] and [B/s].

    Dynamic power = energy per operation (falls with the process, grows with the clock's voltage)
    x operations per second; it may use what memory leaves of the limit. The clock
    is what that allows, at most the published boost clock, which desktop cards exceed a little.
    """
    left = t.power_w - t.bandwidth * _memory_joule(t, c)
    left = np.maximum(left - c.static_share * t.power_w, 0.1 * t.power_w)
    joule = (t.nm / 16.0) ** c.energy_node_exponent * 1e-12

    def held(peak: Array, pj: float) -> Array:
        return peak * np.minimum(1.0, clock_share(pj * joule * peak, left, c))

    second = 1.0 - (1.0 - c.dual_issue_fp32) * t.dual_issue
    real = t.fp32 * t.vector32 * second  # lanes that do useful work also decide power
    simt = held(real, c.energy_fp32_pj)
    products = held(t.fp32 * t.matrix32, MATRIX_ENERGY * c.energy_fp32_pj)
    # Frameworks accumulate 16-bit products in fp32, so without tensor cores NVIDIA chips run them
    # at the fp32 rate (the 1/64 rate of the GTX 10 is never used); others have mixed dot products.
    packed = held(np.minimum(t.simt16, 2 * real), 0.6 * c.energy_fp32_pj)
    half = np.where(t.packed > 0, np.maximum(simt, packed), simt)
    eff = np.where(t.before_volta > 0, c.bandwidth_before_volta, c.bandwidth_efficiency)
    eff = eff * t.streams * (1.0 - (1.0 - c.inline_ecc) * t.inline_ecc)
    # Streaming keeps the whole chip busy: GDDR boards with little power per byte/s run out of it.
    powered = np.where(t.gddr > 0, t.power_w / (c.stream_energy_pj * 1e-12), np.inf)
    return Rates(
        simt=simt, products=np.maximum(products, simt), simt64=held(t.fp64, 2 * c.energy_fp32_pj),
        half=half, tf32=held(t.tf32, 2 * c.energy_tensor_pj),
        tensor16=held(t.tensor16, c.energy_tensor_pj), bf16=held(t.bf16, c.energy_tensor_pj),
        fp8=held(t.fp8, c.energy_tensor_pj), int8=held(t.int8, c.energy_tensor_pj),
        bandwidth=np.minimum(t.bandwidth * eff, powered),
    )  # fmt: skip
