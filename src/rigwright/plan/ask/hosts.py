"""A bought build or a rented offer as the ``Machine`` that prediction reads."""

import math
import re
from collections.abc import Iterable
from dataclasses import replace

from rigwright.plan.ask.kinds import served
from rigwright.predict.engines import engine_of
from rigwright.predict.feed import class_iops, drive_words, full_cores, per_clock, with_class
from rigwright.predict.feed.cores import flop_per_clock
from rigwright.spec.build import LANES_IN_TURN, TRAINING_LANES, Build
from rigwright.spec.errors import InputError
from rigwright.spec.market import Offer
from rigwright.spec.parts import Board, Chip, Cpu, Drive, RamKit
from rigwright.spec.run import Machine, Run
from rigwright.spec.tables.known import lane_rates


def gpu_link(chip: Chip, gpu_count: int) -> str:
    """How GPUs of this kind reach each other in one box: none, nvlink, pcie or pcie-host.

    GeForce and workstation NVLink bridges join two cards; data-centre modules join all.
    """
    if gpu_count == 1:
        return "none"
    if chip.link_bytes_per_s and (chip.segment == "datacentre" or gpu_count == 2):
        return "nvlink"
    return "pcie" if chip.has_p2p else "pcie-host"


def slot_lanes(
    board: Board | None, chip: Chip, gpu_count: int, cpu: Cpu | None = None
) -> tuple[float, int] | None:
    """(PCIe generation, lanes) of the narrowest of the ``gpu_count`` widest slots, None if unknown.

    The best way of filling the slots is taken: the one whose n-th widest slot is widest. A
    processor of an older generation slows them all down.
    """
    most = min(cpu.pcie_gen if cpu and cpu.pcie_gen else 9.0, chip.pcie_gen or 0.0)
    if board is None or not board.slots or not board.lane_plans or chip.pcie_gen is None:
        return None
    from rigwright.fit.facts.names import splits  # the rules: speed alone needs none

    best: tuple[float, int] | None = None
    for plan in board.lane_plans:
        used = sorted(
            ((width, slot.gen) for width, slot in zip(plan, board.slots, strict=False) if width),
            reverse=True,
        )
        if len(used) < gpu_count and splits(board):
            used = [(width // 2, gen) for width, gen in used for _ in (0, 1)]
        if len(used) < gpu_count:
            continue
        used = used[:gpu_count]
        width, gen = used[-1]
        lanes = min(width, chip.pcie_lanes or 16)
        link = (min(gen, most), lanes)
        if best is None or link[1] > best[1]:
            best = link
    return best


def lanes_each(run: Run, gpus_most: int) -> int:
    """PCIe lanes that a run wants for each card; see ``Build.lanes_each``.

    Served layer by layer, or trained in one pipeline, cards work in turn.
    """
    in_turn = served(run) and not engine_of(run.software).joint
    piped = run.tensor_parallel == 1 and run.pipeline_parallel == gpus_most > 1
    return LANES_IN_TURN if in_turn or piped else TRAINING_LANES


def pcie_bytes_per_s(link: tuple[float, int] | None) -> float | None:
    """Payload rate of a link in one direction. [B/s]"""
    rate = lane_rates().get(link[0]) if link else None
    return None if link is None or rate is None else rate * link[1]


def with_cpu(machine: Machine, cpu: Cpu | None) -> Machine:
    """The machine with this processor; of one without a boost clock the base clock counts."""
    if cpu is None:
        return machine
    return replace(
        machine, cpu=cpu.name, cpu_cores=cpu.cores, cpu_full_cores=full_cores(cpu),
        cpu_mhz=cpu.boost_mhz or cpu.base_mhz, cpu_per_clock=per_clock(cpu.generation),
        cpu_flop_per_clock=flop_per_clock(cpu.generation),
        ram_bytes_per_s=machine.ram_bytes_per_s or ram_bytes_per_s(cpu, cpu.memory_mt_s),
    )  # fmt: skip


def ram_bytes_per_s(cpu: Cpu, mt_s: float | None, modules: float = math.inf) -> float | None:
    """Rate of main memory: 8 bytes a transfer of each channel that has a module. [B/s]"""
    return min(cpu.memory_channels or 0, modules) * 8e6 * mt_s if mt_s else None


def with_drive(machine: Machine, drive: Drive | None) -> Machine:
    """The machine whose data lies on this drive; random reads nobody states are its class's."""
    if drive is None:
        return machine
    iops = drive.random_read_iops
    return replace(
        machine,
        drive=drive.name,
        disk_read_bytes_per_s=drive.sequential_read_bytes_per_s,
        disk_random_iops=iops or class_iops(drive.type, drive.interface, drive.rpm),
        disk_assumed=iops is None,
    )


_STATED = re.compile(r"(\d{1,4}) cores?,?(?: at| @)? (\d+(?:\.\d+)?) ?ghz", re.IGNORECASE)


def with_named(machine: Machine, kind: str, text: str, where: str) -> Machine:
    """The machine with a processor or drive that is named or stated.

    ``8 cores 4.5 GHz`` states a processor (work per clock as Skylake's), hdd, sata and nvme a
    drive. Raises InputError for what is neither that nor the name of one part.
    """
    from rigwright.catalog.identify import identify

    said = text.strip()
    if kind == "drive" and said.lower() in drive_words():
        return with_class(machine, said.lower())
    if kind == "cpu" and (stated := _STATED.fullmatch(said)):
        cores, mhz = int(stated[1]), float(stated[2]) * 1e3
        if cores and 100 <= mhz <= 10_000:
            return replace(machine, cpu=said, cpu_cores=cores, cpu_mhz=mhz)
    part = identify(kind, text).part
    if isinstance(part, Cpu):
        return with_cpu(machine, part)
    if isinstance(part, Drive):
        return with_drive(machine, part)
    allowed = {
        "cpu": "a processor by its whole name, or as 8 cores 4.5 GHz",
        "drive": f"a drive by its whole name, or {', '.join(drive_words())}",
    }[kind]
    near = " or ".join(identify(kind, text).near[:3]) or f"rigwright parts {kind} WORDS"
    raise InputError(where, kind, text, allowed, near)


def ram_bytes(kits: Iterable[RamKit]) -> float | None:
    """Main memory of some kits. [B]"""
    return round(sum(k.modules * k.module_gib for k in kits) * 1024**3) or None


def of_build(build: Build, chip: Chip) -> Machine:
    """The machine a build becomes; facts that parts leave open stay unknown."""
    cards, count = len(build.cards) or 1, sum(card.chip_count for card in build.cards) or 1
    mt_s = min((kit.speed_mt_s or 0.0 for kit in build.ram), default=0.0)
    modules = sum(kit.modules for kit in build.ram)
    read = max(build.drives, key=lambda d: d.sequential_read_bytes_per_s or 0.0, default=None)
    machine = Machine(
        chip=chip,
        gpu_count=count,
        gpu_link=gpu_link(chip, count),
        pcie_bytes_per_s=pcie_bytes_per_s(slot_lanes(build.board, chip, cards, build.cpu)),
        ram_bytes=ram_bytes(build.ram),
        ram_bytes_per_s=ram_bytes_per_s(build.cpu, mt_s, modules) if build.cpu else None,
        power_cap_w=build.gpu_power_cap_w,
    )
    return with_drive(with_cpu(machine, build.cpu), read)  # data lies on the fastest


def of_offer(offer: Offer, chip: Chip) -> Machine:
    """The machine a rented instance is."""
    return Machine(
        chip=chip, gpu_count=offer.gpu_count, gpu_link=gpu_link(chip, offer.gpu_count),
        cpu_cores=offer.vcpus // 2 if offer.vcpus else None, ram_bytes=offer.ram_bytes,
    )  # fmt: skip


def of_chip(chip: Chip, gpu_count: int = 1, power_cap_w: float | None = None) -> Machine:
    """Just the chips, in a host of which nothing is known."""
    link = gpu_link(chip, gpu_count)
    return Machine(chip=chip, gpu_count=gpu_count, gpu_link=link, power_cap_w=power_cap_w)
