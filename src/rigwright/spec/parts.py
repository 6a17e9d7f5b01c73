"""Frozen types of everything that can be bought, one field per published fact.

``None`` always means *unknown*, never zero. An absent thing is written explicitly
(``plugs=()``, ``has_igpu=False``). The CSV tables in ``rigwright/catalog/data`` have one column
per field (``docs/catalogue.md`` is generated from these declarations). A fact that is ``required``
there may still be ``None`` in an imported part, where its source has nothing that can be trusted.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import ClassVar

from rigwright.spec.fact import fact
from rigwright.spec.tables import known

Date = dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What every part has: a stable id, the name people write, and where its facts come from."""

    kind: ClassVar[str] = ""
    id: str = fact("stable lower-case slug, unique within its kind", required=True)
    name: str = fact("name people write, with the brand", required=True)
    brand: str | None = fact("maker")
    released: Date | None = fact("first day on sale (day 1 of the month when only that is known)")
    source: str = fact("where the facts were read: data sheet, manual, page", required=True)
    source_date: Date = fact("day the source was read or dated", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip(Part):
    """A GPU processor as frameworks see it (one die of a dual-die board); decides speed.

    Peak rates are dense and count a multiply-add as two operations; a tensor rate is the one with
    the accumulate type frameworks use (fp16 inputs, fp32 accumulate).
    """

    kind: ClassVar[str] = "chip"
    aliases: tuple[str, ...] = fact("other names in use, `|`-separated in the CSV", required=True)
    vendor: str = fact("nvidia, amd, intel or apple", required=True)
    segment: str = fact("geforce, radeon, workstation, datacentre, laptop, soc, arc", required=True)
    architecture: str = fact("kepler, maxwell, ..., blackwell, rdna3, cdna3, m3", required=True)
    die: str | None = fact("die name such as GP104")
    sm_count: int = fact("streaming multiprocessors / compute units / GPU cores", required=True)
    fp32_lanes: int | None = fact("fp32 lanes (CUDA cores, stream processors)")
    base_mhz: float | None = fact("base clock")
    boost_mhz: float = fact("boost clock of the reference design", required=True)
    fp32_flop_per_s: float = fact("vector fp32 peak", given="tflops", required=True)
    fp16_flop_per_s: float | None = fact("vector (non-tensor) fp16 peak", given="tflops")
    fp64_flop_per_s: float | None = fact("vector fp64 peak", given="tflops")
    tf32_tensor_flop_per_s: float | None = fact("tensor tf32 peak, dense", given="tflops")
    fp16_tensor_flop_per_s: float | None = fact(
        "tensor fp16 peak, dense, fp32 accumulate (GA102 is half of its fp16-accumulate rate)",
        given="tflops",
    )
    bf16_tensor_flop_per_s: float | None = fact("tensor bf16 peak, dense", given="tflops")
    fp8_tensor_flop_per_s: float | None = fact(
        "tensor fp8 peak, dense, fp32 accumulate", given="tflops"
    )
    fp4_tensor_flop_per_s: float | None = fact("tensor fp4 peak, dense", given="tflops")
    int8_tensor_op_per_s: float | None = fact("tensor int8 peak, dense", given="tops")
    vram_bytes: int = fact("memory of this chip (one die)", given="gib", required=True)
    fast_vram_bytes: int | None = fact(
        "part of VRAM at full speed when smaller than VRAM (GTX 970: 3.5 GiB)", given="gib"
    )
    sold_gib: tuple[float, ...] | None = fact(
        "sizes that shared memory is sold in, `|`-separated; `vram_gib` is the largest"
    )
    memory_type: str | None = fact("GDDR5, GDDR6X, HBM2e, LPDDR5 ...")
    bus_bits: int | None = fact("memory bus width")
    bandwidth_bytes_per_s: float = fact("peak memory bandwidth", given="gb_s", required=True)
    l2_bytes: int | None = fact(
        "last-level cache on the die (AMD: Infinity Cache where larger)", given="mib"
    )
    power_limit_w: float = fact("board power limit per chip", required=True)
    pcie_gen: float | None = fact("PCIe generation of the chip's link; empty for unified memory")
    pcie_lanes: int | None = fact("electrical lanes of the chip's link")
    link_bytes_per_s: float | None = fact(
        "NVLink / Infinity Fabric, all links, both directions together", given="gb_s"
    )
    compute_capability: str | None = fact("CUDA compute capability, e.g. 6.1")
    unified_memory: bool = fact("memory shared with the CPU (Apple, APUs)", required=True)
    has_p2p: bool | None = fact("driver allows GPU-to-GPU copies over PCIe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Part):
    """A graphics board that can be bought; decides fit. Its chips decide speed."""

    kind: ClassVar[str] = "card"
    chip: str = fact("id of the chip", required=True)
    chip_count: int = fact("chips on the board (K80, M60: 2)", required=True)
    length_mm: float | None = fact("board length without the bracket's ears")
    thickness_slots: float | None = fact("thickness in 20.32 mm slots")
    height_mm: float | None = fact("bracket edge to top of the board or cooler")
    plugs: tuple[str, ...] | None = fact(
        "power sockets: 6, 8, 16 (12VHPWR/12V-2x6), eps8; `none` = slot power only; empty = unknown"
    )
    power_limit_w: float | None = fact("board power limit as sold", required=True)
    cooling: str | None = fact("open, blower, passive, hybrid, water")
    radiator_mm: int | None = fact("radiator of a hybrid card")
    display_outputs: int | None = fact("monitor sockets; 0 on data-centre cards")
    suggested_psu_w: float | None = fact("maker's suggested PSU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu(Part):
    """A processor; ``pcie_lanes`` are those a slot or M.2 drive can use."""

    kind: ClassVar[str] = "cpu"
    generation: str = fact(
        "key of the platform table: skylake, kaby-lake, coffee-lake, zen3 ...", required=True
    )
    socket: str = fact("LGA1151, LGA1151-v2, AM4, sTRX4 ... (v1 and v2 apart)", required=True)
    cores: int = fact("physical cores", required=True)
    threads: int = fact("hardware threads", required=True)
    base_mhz: float | None = fact("base clock")
    boost_mhz: float | None = fact("single-core boost clock")
    tdp_w: float | None = fact("TDP / processor base power", required=True)
    max_power_w: float | None = fact(
        "sustained maximum: PPT or maximum turbo power; empty = unknown, TDP used"
    )
    memory_types: tuple[str, ...] = fact("DDR3, DDR4, DDR5, `|`-separated", required=True)
    memory_channels: int | None = fact("memory channels", required=True)
    memory_max_gib: float | None = fact("official maximum")
    memory_mt_s: float | None = fact("official fastest memory")
    registered_memory: str = fact("no, yes or either", required=True)
    pcie_lanes: int | None = fact(
        "CPU lanes usable for slots and M.2 (chipset link not counted)", required=True
    )
    pcie_gen: float | None = fact("PCIe generation of those lanes", required=True)
    has_igpu: bool = fact("drives a monitor without a card", required=True)
    includes_cooler: bool | None = fact("boxed with a cooler")
    avx2: bool | None = fact("has AVX2")

    @property
    def line(self) -> str:
        """Product line, read from the name by ``spec.lines``; empty = it does not tell."""
        return known.line_of(self.name)


@dataclass(frozen=True, slots=True)
class Slot:
    """One full-length expansion slot that a GPU card can sit in.

    position : slot opening of the case it lines up with, 1 = nearest the CPU.
    """

    position: int
    length: int  # mechanical: 16, 8, 4, 1
    gen: float
    host: str  # cpu | chipset


@dataclass(frozen=True, slots=True)
class M2Slot:
    """One M.2 socket. ``shares``: what stops working when it is used, in the manual's words."""

    sizes: tuple[int, ...]  # 2242, 2260, 2280, 22110
    pcie_gen: float | None  # None: SATA only
    pcie_lanes: int
    sata: bool
    host: str  # cpu | chipset
    shares: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Part):
    """A motherboard with its slot plan as the manual prints it."""

    kind: ClassVar[str] = "board"
    socket: str = fact("as in Cpu.socket", required=True)
    chipset: str = fact("Z170, B650E, TRX40 ...", required=True)
    form_factor: str = fact("Mini-ITX, Micro-ATX, ATX, E-ATX, SSI-EEB", required=True)
    depth_mm: float | None = fact(
        "rear edge to front edge; empty = as its form says (E-ATX says little)"
    )
    memory_type: str = fact("DDR3, DDR4 or DDR5", required=True)
    memory_form: str = fact("UDIMM, SODIMM or RDIMM", required=True)
    memory_slots: int = fact("memory sockets", required=True)
    memory_max_gib: float | None = fact("maximum memory", required=True)
    slots: tuple[Slot, ...] | None = fact(
        "x16-length slots, `;`-separated `position/length/gen/host`; empty = not read in a manual"
    )
    lane_plans: tuple[tuple[int, ...], ...] | None = fact(
        "electrical widths of `slots` in each way of filling them: `16+0+4|8+8+4`"
    )
    m2_slots: tuple[M2Slot, ...] | None = fact(
        "`;`-separated `sizes/PCIe/host/shares`, e.g. `2242,2280/3.0x4+sata/chipset/sata5-6 off`;"
        " `none` = has none"
    )
    m2_slots_most: int | None = fact(
        "sockets there may be at most, where `m2_slots` holds only those that are certain;"
        " empty = the list is complete"
    )
    sata_ports: int | None = fact("SATA 6 Gb/s ports")
    eps_plugs: int | None = fact("8-pin CPU power sockets the maker wants filled")
    display_outputs: int | None = fact("rear monitor sockets fed by the CPU's graphics")
    own_display_outputs: int | None = fact(
        "rear monitor sockets fed by the board's own management chip"
    )
    bios_flashback: bool | None = fact("BIOS can be updated without a CPU")
    cpu_generations: tuple[str, ...] | None = fact(
        "generations on the CPU support list at launch BIOS when the platform table is not enough"
    )
    rear_connectors: bool | None = fact("power and data sockets on the back (BTF, Project Zero)")

    @property
    def deep_mm(self) -> float | None:
        """Depth [mm]: its own, else that of its series; None = not known."""
        return self.depth_mm or known.series_depth_mm(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooler(Part):
    """An air or liquid CPU cooler."""

    kind: ClassVar[str] = "cooler"
    type: str = fact("air or liquid", required=True)
    height_mm: float | None = fact("height above the board (air), pump height (liquid)")
    radiator_mm: int | None = fact("radiator length class: 120, 140, 240, 280, 360, 420")
    radiator_thickness_mm: float | None = fact("radiator without fans")
    sockets: tuple[str, ...] = fact("sockets with a mounting kit in the box", required=True)
    capacity_w: float | None = fact("heat the maker rates it for")
    memory_clearance_mm: float | None = fact("room above memory under the fins")
    noise_dba: float | None = fact("maker's noise at full speed")

    @property
    def class_w(self) -> float | None:
        """Heat that coolers of its height or radiator carry, about [W]; None = not known."""
        return known.class_w(self.type, self.height_mm if self.type == "air" else self.radiator_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class RamKit(Part):
    """Memory as sold: one kit of equal modules."""

    kind: ClassVar[str] = "ram"
    type: str = fact("DDR3, DDR4 or DDR5", required=True)
    form: str = fact("UDIMM, SODIMM or RDIMM", required=True)
    ecc: bool | None = fact("has ECC")
    modules: int = fact("modules in the kit", required=True)
    module_gib: float = fact("size of one module", required=True)
    speed_mt_s: float | None = fact("marketed transfer rate", required=True)
    cas: int | None = fact("CAS latency in cycles")
    voltage_v: float | None = fact("rated voltage")
    height_mm: float | None = fact("module height with heat spreader")

    @property
    def stands_mm(self) -> float | None:
        """Height of a module [mm]: its own, else that of its series; None = not known."""
        return self.height_mm or known.series_height_mm(self.name, self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive(Part):
    """A disk or solid-state drive."""

    kind: ClassVar[str] = "drive"
    type: str = fact("hdd or ssd", required=True)
    form_factor: str = fact("3.5, 2.5, M.2-2242, M.2-2280, M.2-22110, U.2", required=True)
    interface: str = fact("sata, pcie, sas", required=True)
    pcie_gen: float | None = fact("PCIe generation (pcie drives)")
    pcie_lanes: int | None = fact("PCIe lanes (pcie drives)")
    capacity_bytes: int = fact("decimal capacity", given="gb", required=True)
    rpm: int | None = fact("spindle speed (hdd)")
    sequential_read_bytes_per_s: float | None = fact("maker's sequential read", given="mb_s")
    random_read_iops: float | None = fact(
        "4 KiB random reads: maker's at full queue (ssd), 1/(seek + half turn) (hdd)"
    )
    draw_w: float | None = fact("active power")


@dataclass(frozen=True, slots=True, kw_only=True)
class Psu(Part):
    """A power supply; plug counts are of what is in the box."""

    kind: ClassVar[str] = "psu"
    watts: float | None = fact("rated continuous power", required=True)
    form_factor: str = fact("ATX, SFX, SFX-L, TFX, Flex", required=True)
    atx_version: str | None = fact("2.x, 3.0 or 3.1 as printed by the maker")
    efficiency: str | None = fact("80+ class: white, bronze, silver, gold, platinum, titanium")
    modular: str | None = fact("no, semi, full")
    length_mm: float | None = fact("depth of the housing")
    eps_plugs: int | None = fact("8-pin (4+4) CPU plugs")
    pcie_8pin_plugs: int | None = fact("6+2-pin plugs")
    pcie_8pin_cables: int | None = fact("separate cables that carry those plugs")
    pcie_16pin_plugs: int | None = fact("native 12VHPWR / 12V-2x6 plugs")
    sata_plugs: int | None = fact("SATA power plugs")

    @property
    def plugs_least(self) -> tuple[int, int]:
        """(6+2-pin, 16-pin) plugs that its family has at least, where nobody counted its own."""
        return (0, 0) if self.pcie_8pin_plugs else known.least_plugs(self.name, self.watts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Part):
    """A case with every clearance its maker prints."""

    kind: ClassVar[str] = "case"
    form_factor: str = fact("mid tower, full tower, mini-itx, cube ...", required=True)
    board_form_factors: tuple[str, ...] = fact("`|`-separated", required=True)
    board_depth_mm: float | None = fact("deepest board, where the maker says it")
    gpu_length_mm: float | None = fact("longest card, nothing at the front")
    gpu_length_radiator_mm: float | None = fact("longest card with a front radiator")
    gpu_thickness_slots: float | None = fact("thickest card where the maker limits it")
    gpu_height_mm: float | None = fact("tallest card where the maker limits it")
    cooler_height_mm: float | None = fact("tallest CPU cooler")
    psu_length_mm: float | None = fact("longest PSU")
    psu_form_factors: tuple[str, ...] | None = fact("`|`-separated: ATX, SFX ...")
    expansion_slots: int | None = fact("full-height slot openings")
    bays_3_5: int | None = fact("3.5-inch places")
    bays_2_5: int | None = fact("2.5-inch places besides the 3.5-inch ones")
    radiators: tuple[str, ...] | None = fact(
        "`|`-separated `place:size`, or `place:size:thickest` where the maker says how thick "
        "a stack may be, e.g. `front:360:55|top:240|rear:120`; `none` = takes none"
    )
    fans_included: int | None = fact("fans in the box")
    width_mm: float | None = fact("outer width")
    height_mm: float | None = fact("outer height")
    depth_mm: float | None = fact("outer depth")
    rear_connectors: bool | None = fact("tray has cut-outs for boards with rear sockets")

    @property
    def room_least(self) -> tuple[tuple[str, ...], float | None]:
        """(radiator places, cooler height [mm]) of its series at least, where its own are missing.

        A bound proves that something fits, never that it does not.
        """
        own = self.radiators is not None and self.cooler_height_mm is not None
        return ((), None) if own else known.least_room(self.name)

    @property
    def volume_l(self) -> float | None:
        """Outer volume [l]; None where a side is unknown."""
        sides = (self.width_mm, self.height_mm, self.depth_mm)
        return math.prod(side for side in sides if side) / 1e6 if all(sides) else None


PART_TYPES: tuple[type[Part], ...] = (
    Chip, Card, Cpu, Board, Cooler, RamKit, Drive, Psu, Case,
)  # fmt: skip
