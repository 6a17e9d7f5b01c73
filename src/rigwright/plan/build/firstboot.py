"""First boot: BIOS settings, driver, framework and a first real kernel, by the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rigwright.assemble import Step
from rigwright.catalog.toolchains import toolchain_of
from rigwright.spec.build import Build
from rigwright.spec.parts import Chip
from rigwright.spec.software import Toolchain
from rigwright.spec.tables.table import table

DATA = Path(__file__).parents[1] / "data"
PHASE = "First boot"
SOFTWARE = "Software"
KERNEL = (
    "python3 -c \"import torch; x = torch.randn(2048, 2048, device='{device}'); "
    'print((x @ x).sum().item(), torch.{device}.get_device_name(0))"'
)


@dataclass(frozen=True, slots=True)
class Menu:
    """Where a board maker's BIOS keeps Above 4G Decoding and Resizable BAR."""

    brand: str
    large_bar: str


@dataclass(frozen=True, slots=True)
class LargeBar:
    """An architecture whose cards offer a resizable BAR."""

    architecture: str


@dataclass(frozen=True, slots=True)
class VendorWords:
    """What lists a vendor's cards, and torch's name of the device and its module."""

    vendor: str
    lists_cards: str
    torch_device: str


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
    menus = {row.brand: row.large_bar for row in table(Menu, DATA / "bios_menus.csv")}
    menu = menus.get(brand, "")
    found = []
    rate = max((kit.speed_mt_s or 0 for kit in build.ram), default=0)
    official = build.cpu.memory_mt_s if build.cpu else None
    if rate and (official is None or rate > official):
        profile = "EXPO" if any(k.type == "DDR5" for k in build.ram) and _amd(build) else "XMP"
        slow = (
            f"without it the memory runs at {official:,.0f} MT/s"
            if official
            else ("without it the memory may run slower than bought")
        )
        found.append(Setting(f"{profile} profile", f"on: {rate:,.0f} MT/s", slow))
    vram = sum(chip.vram_bytes for chip in chips) * max(len(build.cards), 1)
    large = {row.architecture for row in table(LargeBar, DATA / "resizable_bar.csv")}
    modern = any(chip.architecture in large for chip in chips)
    if len(build.cards) > 1 or modern or vram > 16 * 1024**3:
        why = (
            "several cards need address space beyond 4 GiB, or some stay invisible"
            if len(build.cards) > 1
            else "cards with much memory need address space beyond 4 GiB"
        )
        found.append(Setting("Above 4G Decoding", "on", why, menu))
    if modern:
        found.append(
            Setting("Resizable BAR", "on", "the processor reaches all of the card's memory", menu)
        )
        found.append(Setting("CSM (legacy boot)", "off", "Resizable BAR needs UEFI boot"))
    if len(build.cards) > 1:
        found.append(
            Setting(
                "PCIe slot widths",
                "as planned, e.g. x8/x8",
                "Auto is right on most boards; risers on one slot need bifurcation set by hand",
            )
        )
    found.append(
        Setting("Restore after power loss", "on for a headless machine", "it comes back by itself")
    )
    return tuple(found)


def _amd(build: Build) -> bool:
    return build.cpu is not None and (build.cpu.brand or "").lower() == "amd"


def bios_step(wished: Sequence[Setting]) -> Step:
    """The step in which the settings are made."""
    return Step(
        id="bios",
        phase=PHASE,
        title="BIOS",
        do=(
            "Update it if the maker's page lists a newer one for your processor or memory.",
            *(f"{s.name}: {s.value}" + (f" ({s.menu})" if s.menu else "") for s in wished),
        ),
        checks=("After saving it starts again and memory runs at its rate.",),
        hazards=("Never cut the power during a BIOS update.",),
        minutes=(5, 25),
        after=("first-power",),
    )


def software_steps(build: Build, chips: Sequence[Chip]) -> tuple[Step, ...]:
    """Operating system, driver, framework, first kernel, an hour under load."""
    rows = [toolchain_of(chip) for chip in chips]
    notes = tuple(dict.fromkeys(row.note for row in rows if row and row.note))
    system = Step(
        id="system",
        phase=SOFTWARE,
        title="Install Ubuntu (24.04 or newer)",
        do=(
            "UEFI boot, whole drive, OpenSSH server ticked.",
            "sudo apt update && sudo apt upgrade",
        ),
        tools=("USB stick with the installer (8 GB)",),
        minutes=(15, 40),
        after=("bios", "more-cards"),
    )
    driver = Step(
        id="driver",
        phase=SOFTWARE,
        title="Driver and framework",
        do=tuple(f"{c.what}: {c.line}" for c in commands(build, chips)) or ("Nothing to install.",),
        checks=("Every card is listed with all of its memory.",) if build.cards else (),
        hazards=notes,
        minutes=(10, 60),
        after=("system",),
    )
    load = Step(
        id="load",
        phase=SOFTWARE,
        title="An hour under your own load",
        do=(
            "Train the model you built it for; watch clocks, temperature and power.",
            "Compare the step time with the prediction: rigwright predict.",
        ),
        checks=("Clocks stay within a few per cent of the start; no Xid lines in `dmesg`.",),
        minutes=(0, 60),
        after=("driver",),
    )
    return (system, driver, load) if build.cards else (system,)


def commands(build: Build, chips: Sequence[Chip]) -> tuple[Command, ...]:
    """Install and check, for each kind of chip; what nobody has checked is said."""
    found: dict[str, Command] = {}
    for chip in chips:
        for command in _of(chip, toolchain_of(chip)):
            found.setdefault(command.line, command)
    if len(build.cards) > 1 and any(chip.vendor == "nvidia" for chip in chips):
        line = "nvidia-smi topo -m && nvidia-smi -q -d PERFORMANCE"
        found[line] = Command("links between the cards", line)
    return tuple(found.values())


def _of(chip: Chip, row: Toolchain | None) -> tuple[Command, ...]:
    if row is None:
        words = f"no driver and framework versions were checked for {chip.name}"
        return (Command("not checked", "# see the maker's support matrix", words),)
    why, source = row.note or "", row.source
    found = []
    if row.driver_package:
        found.append(
            Command("driver", f"sudo apt install {row.driver_package} && sudo reboot", why, source)
        )
    if row.torch == "none":
        words = f"no PyTorch wheel has kernels for {chip.name}"
        return (*found, Command("PyTorch", "# none", words, source))
    if not row.torch:
        words = f"no PyTorch version was checked for {chip.name}"
        return (*found, Command("PyTorch", "# see the maker's support matrix", words, source))
    index = f" --index-url {row.torch_index}" if row.torch_index else ""
    wish = f"'{row.torch}'" if "*" in row.torch else row.torch
    install = f"python3 -m venv ~/torch && . ~/torch/bin/activate && pip install {wish}{index}"
    says = {w.vendor: w for w in table(VendorWords, DATA / "vendor_commands.csv")}[row.vendor]
    return (
        *found,
        Command("cards seen", says.lists_cards),
        Command("PyTorch", install, "" if found else why, source),
        Command(
            "a real kernel",
            KERNEL.format(device=says.torch_device),
            "`torch.cuda.is_available()` is True even where the wheel has no kernel for the card",
        ),
    )
