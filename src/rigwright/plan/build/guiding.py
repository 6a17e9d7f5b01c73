"""How a build sits in its case, is put together and started."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import rigwright.fit as fit
from rigwright.assemble import ORDERS, Layout, Order, Seat, Step, layout, steps
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.source import by_id
from rigwright.catalog.tables import toolchain_of
from rigwright.spec.build import Build, Finding
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import worded

# -- from the first start to the first run -------------------------------------------------
DATA = Path(__file__).parents[1] / "data"
BOOT = DATA / "boot.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One BIOS setting; ``menu`` where the board's maker is known to keep it."""

    name: str
    value: str
    why: str
    menu: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command for a terminal on Ubuntu, and what to know about it."""

    what: str
    line: str
    note: str = ""
    source: str = ""


def settings(build: Build, chips: Sequence[Chip]) -> tuple[Setting, ...]:
    """What to set in the BIOS for these parts."""
    brand = (build.board.brand or "").lower() if build.board else ""
    menus = {row["brand"]: row["large_bar"] for row in records(DATA / "bios_menus.csv")}
    large = {row["architecture"] for row in records(DATA / "resizable_bar.csv")}
    modern = any(chip.architecture in large for chip in chips)
    vram = sum(chip.vram_bytes for chip in chips) * max(len(build.cards), 1)
    found = worded(
        BOOT,
        "setting",
        b=build,
        amd=build.cpu is not None and (build.cpu.brand or "").lower() == "amd",
        rate=max((kit.speed_mt_s or 0 for kit in build.ram), default=0),
        official=build.cpu.memory_mt_s if build.cpu else None,
        modern=modern,
        large=len(build.cards) > 1 or modern or vram > 16 * 1024**3,
        menu=menus.get(brand, ""),
    )
    return tuple(Setting(**facts) for facts in found)


def boot_steps(build: Build, chips: Sequence[Chip]) -> tuple[Step, ...]:
    """BIOS, operating system, driver, framework, first kernel, an hour under load."""
    wished, install = settings(build, chips), commands(build, chips)
    more = {
        "bios": [f"{s.name}: {s.value}" + (f" ({s.menu})" if s.menu else "") for s in wished],
        "driver": [f"{c.what}: {c.line}" for c in install],
    }
    rows = [toolchain_of(chip) for chip in chips]
    notes = tuple(dict.fromkeys(row.note for row in rows if row and row.note))
    names = {"b": build, "commands": install, "signed": any(c.vendor == "nvidia" for c in chips)}
    steps = (Step(**facts) for facts in worded(BOOT, "step", **names))
    return tuple(
        replace(
            step,
            do=(*step.do, *more.get(step.id, ())),
            hazards=notes if step.id == "driver" else step.hazards,
        )
        for step in steps
    )


def commands(build: Build, chips: Sequence[Chip]) -> tuple[Command, ...]:
    """Install and check, for each kind of chip; what nobody has checked is said."""
    found: dict[str, Command] = {}
    vendors = {row["vendor"]: row for row in records(DATA / "vendor_commands.csv")}
    for chip in chips:
        row = toolchain_of(chip)
        says = vendors[row.vendor] if row else None
        for facts in worded(BOOT, "command", c=chip, row=row, says=says):
            command = Command(**facts)
            found.setdefault(command.line, command)
    if len(build.cards) > 1 and any(chip.vendor == "nvidia" for chip in chips):
        line = "nvidia-smi topo -m && nvidia-smi -q -d PERFORMANCE"
        found[line] = Command("links between the cards", line)
    return tuple(found.values())


NEEDED = "a case whose outer sizes are known"


def layout_of(build: Build, findings: Sequence[Finding] | None = None) -> Layout | None:
    """The layout with the rules' verdicts; None where the case or its size is not known."""
    said = fit.check(build) if findings is None else findings
    seats = [Seat(*seat) for seat in fit.seats(build)]
    return layout(build, said, seats, fit.radiator_place(build))


def layout_of_file(path: Path) -> Layout:
    """The layout of a build file or pasted list.

    Raises InputError when it cannot be read, or names no case whose size is known.
    """
    build = read_build(path)
    made = layout_of(build)
    if made is None:
        given = build.case.name if build.case else "no case that the catalogue has"
        hint = "depth_mm, height_mm and width_mm of the case in the file's own [[case]] table"
        raise InputError(str(path), "case", given, NEEDED, hint if build.case else "")
    return made


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything somebody needs at the table.

    minutes : least (often done) and most (a first machine) of all steps together, breaks not
    counted.  open : conflicts, losses and unknowns to settle before buying or starting.
    """

    name: str
    order: Order
    steps: tuple[Step, ...]
    settings: tuple[Setting, ...]
    commands: tuple[Command, ...]
    tools: Words
    minutes: tuple[int, int]
    open: tuple[Finding, ...]
    notes: Words = ()


def guide_of(build: Build, name: str, order: Order = "bench") -> Guide:
    """The guide of a build; parts that nobody identified are named in the notes."""
    chips = tuple(
        by_id(Chip)[c] for c in dict.fromkeys(x.chip for x in build.cards) if c in by_id(Chip)
    )
    shares = [len(one.cards) for one in fit.fed(build)]
    found = steps(_put_in(build), order, fit.seats(build), boot_steps(build, chips), shares)
    tools = tuple(dict.fromkeys(tool for step in found for tool in step.tools))
    return Guide(
        name=name,
        order=order,
        steps=found,
        settings=settings(build, chips),
        commands=commands(build, chips),
        tools=tools,
        minutes=(sum(s.minutes[0] for s in found), sum(s.minutes[1] for s in found)),
        open=tuple(filter(_to_settle, fit.check(build))),
        notes=tuple(f"not recognised, so no step for it: {text}" for _, text in build.unresolved),
    )


def _put_in(build: Build) -> Build:
    """A build without what is together already: a machine that runs is opened, not built."""
    there = frozenset(build.runs)
    one = {
        k: None
        for k in ("cpu", "cooler", "board", "psu")
        if getattr(getattr(build, k), "id", "") in there
    }
    many = {
        k: tuple(p for p in getattr(build, k) if p.id not in there)
        for k in ("ram", "drives", "cards")
    }
    return replace(build, **one, **many)  # type: ignore[arg-type]


def _to_settle(finding: Finding) -> bool:
    doubt = finding.verdict == "unknown" and finding.severity != "note"
    return finding.verdict == "conflict" or finding.loses or doubt


def order_named(text: str) -> Order:
    """Raises InputError for an order that there is not."""
    for order in ORDERS:
        if text == order:
            return order
    raise InputError("guide", "--order", text, ", ".join(ORDERS))


def guide_file(path: Path, order: str = "bench") -> Guide:
    """The guide of a build file or pasted list. Raises InputError."""
    chosen = order_named(order)
    build = read_build(path)
    if build.board is None and build.case is None and not build.cards:
        raise InputError(str(path), "parts", "no part that is known", "a board, a case or a card")
    return guide_of(build, build.name or path.stem, chosen)
