"""Chipsets, sockets and processor families: what runs on what, lanes, memory (``data/*.csv``)."""

from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import column, kept, keyed, records

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Platform:
    """One chipset. ``pcie_gen`` is the newest generation any of its expansion slots can have.

    native : generations that boot with the first BIOS.  update : need a newer one.  some : only
    boards whose maker published a BIOS for them. Anything else never works.
    lines : product lines (``Cpu.line``) it takes.  some_lines : on boards whose maker lists them.
    most : those of ``some`` and ``some_lines`` that nearly every maker lists.
    """

    chipset: str
    socket: str
    pcie_gen: float
    native: tuple[str, ...]
    update: tuple[str, ...]
    some: tuple[str, ...]
    lines: tuple[str, ...]
    some_lines: tuple[str, ...]
    most: tuple[str, ...]

    def support(self, generation: str, line: str) -> str | None:
        """``native``, ``update``, ``most``, ``some`` or ``never``; None where the line decides."""
        word = next((w for w in ("native", "update", "some") if generation in getattr(self, w)), "")
        if not word or (line and not self.takes(line)):
            return "never"
        if not line:
            return None
        asked = [generation] * (word == "some") + [line] * (line not in self.lines)
        return "most" if asked and {*asked} <= {*self.most} else "some" if asked else word

    def takes(self, line: str) -> bool:
        """Whether at least some of its boards run processors of the line."""
        return line in self.lines or line in self.some_lines

    @property
    def runs(self) -> tuple[str, ...]:
        """Every generation that works on at least some of its boards."""
        return (*self.native, *self.update, *self.some)


@dataclass(frozen=True, slots=True)
class Socket:
    """One socket.

    most_lanes : the most lanes any CPU of it has; slots that add up to more hang on a PCIe switch.
    channels : of memory; None = differs by model.
    processor_rdimm, board_rdimm : registered memory: no, yes, either, by board; empty = not known.
    mount : hole pattern that coolers screw onto.
    mixed_up_with : sockets that catalogues write the same name for.
    power_over_tdp : sustained maximum over TDP where the socket fixes it.
    most_eps : CPU plugs that its boards want at most; None = not known.
    splits : "yes" where its boards split a slot into several narrower ones (bifurcation).
    """

    socket: str
    most_lanes: int | None
    channels: int | None
    processor_rdimm: str
    board_rdimm: str
    mount: str
    mixed_up_with: tuple[str, ...]
    power_over_tdp: float | None
    most_eps: int | None
    splits: str


@dataclass(frozen=True, slots=True)
class Family:
    """Processors of one socket and generation, where all of them agree.

    lanes : for slots and M.2, the chipset link not counted; None = by model, or not looked up.
    memory_types : of the memory controller; empty = by model, or not looked up.
    memory_max_gib : with the largest modules sold since, where makers' pages say less.
    """

    socket: str
    generation: str
    lanes: int | None
    memory_types: tuple[str, ...]
    memory_max_gib: float | None


@dataclass(frozen=True, slots=True)
class Generation:
    """Processors of one generation on any socket; None = differs by model, or not looked up.

    pcie_gen : of their own lanes.  pcie_gen_with_graphics : of monolithic dies with graphics.
    power_over_tdp : the most any model sustains over its TDP.
    """

    generation: str
    pcie_gen: float | None
    pcie_gen_with_graphics: float | None
    avx2: bool | None
    power_over_tdp: float | None


positions = kept(column, DATA / "forms.csv", "form", "positions")
"""Form factor, as ``form_key`` spells it -> expansion slots its standard has room for."""
platforms = kept(keyed, Platform, DATA / "chipsets.csv", "chipset")
"""Chipset -> row; server sockets without a chipset stand under their own name."""
sockets = kept(keyed, Socket, DATA / "sockets.csv", "socket")
"""Socket -> row."""
families = kept(keyed, Family, DATA / "families.csv", "socket", "generation")
"""(socket, generation) -> row."""
generations = kept(keyed, Generation, DATA / "generations.csv", "generation")
"""Generation -> row."""


def socket_row(socket: str | None) -> Socket:
    """Of a (normalised) socket; of one that no table has nothing is known."""
    return sockets().get(socket or "") or Socket("", None, None, "", "", "", (), None, None, "")


def family(socket: str, generation: str) -> Family:
    """What all processors of a (normalised) socket and generation share; it may be nothing."""
    return families().get((socket, generation)) or Family("", "", None, (), None)


def bios_needed(generation: str, chipset: str) -> str:
    """The version in the words of AMD or Intel; empty = not looked up. Arguments normalised."""
    rows = (b for b in records(DATA / "bios.csv") if b["generation"] == generation)
    return next(
        (b["version"] for b in rows if not b["chipsets"] or chipset in b["chipsets"].split("|")), ""
    )
