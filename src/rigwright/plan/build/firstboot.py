"""First boot: BIOS settings, driver, framework and a first real kernel, by the parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rigwright.assemble import Step
from rigwright.catalog.toolchains import toolchain_of
from rigwright.spec.build import Build
from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import worded

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
