"""Official memory speeds by processor family, type and modules per channel; late module sizes."""

from dataclasses import dataclass

from rigwright.fit.answer import positive
from rigwright.fit.facts.names import generation_key, socket_key
from rigwright.fit.facts.platforms import DATA
from rigwright.spec.parts import Cpu, RamKit
from rigwright.spec.tables.table import records, table

_SPEEDS = DATA / "memory_speeds.csv"


@dataclass(frozen=True, slots=True)
class Speed:
    """What makers promise processors of a generation with one module per channel. [MT/s]

    sockets, lines : of these only; empty = of all that no row above names.
    least_mt_s, most_mt_s : of the family's slowest and fastest model.
    two_per_channel_mt_s : the least that is promised with two modules per channel.
    """

    generation: str
    sockets: tuple[str, ...]
    lines: tuple[str, ...]
    memory: str
    least_mt_s: float
    most_mt_s: float
    two_per_channel_mt_s: float | None


def _row(cpu: Cpu, memory: str | None) -> Speed | None:
    if not cpu.generation or not cpu.socket or not memory:
        return None
    core, socket = generation_key(cpu.generation, cpu.socket), socket_key(cpu.socket)
    rows = (s for s in table(Speed, _SPEEDS) if (s.generation, s.memory) == (core, memory))
    rows = (s for s in rows if not s.sockets or socket in s.sockets)
    return next((s for s in rows if not s.lines or cpu.line in s.lines), None)


def official_mt_s(
    cpu: Cpu, memory: str | None, modules: float | None
) -> tuple[float, float] | None:
    """(surely, at most) the speed a processor is promised with so many modules. [MT/s]

    The processor's own figure counts before the family's; two modules per channel lower both.
    modules : of all kits; None = not known.  None as answer: no figure.
    """
    row, own = _row(cpu, memory), positive(cpu.memory_mt_s)
    if own is not None:
        least = most = own
    elif row is not None:
        least, most = row.least_mt_s, row.most_mt_s
    else:
        return None
    channels = positive(cpu.memory_channels)
    if modules is not None and channels and modules <= channels:
        return least, most
    two = row.two_per_channel_mt_s if row else None
    if modules is None or not channels:  # one per channel or two
        return min(least, two or 0.0), most
    return (min(least, two), min(most, two)) if two else (0.0, most)


def later_module(kit: RamKit, socket: str) -> bool:
    """Whether boards of a (normalised) socket were sold before modules of this size were."""
    rows = (r for r in records(DATA / "late_modules.csv") if r["memory"] == kit.type)
    return any(
        float(r["module_gib"]) == kit.module_gib and socket in r["sockets"].split("|") for r in rows
    )
