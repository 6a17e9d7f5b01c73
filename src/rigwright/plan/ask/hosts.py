"""A bought build or a rented offer as the ``Machine`` that prediction reads."""

from __future__ import annotations

from rigwright.spec.build import Build
from rigwright.spec.market import Offer
from rigwright.spec.parts import Board, Chip
from rigwright.spec.run import Machine
from rigwright.spec.tables.pcie import lane_rates


def gpu_link(chip: Chip, gpu_count: int) -> str:
    """How GPUs of this kind reach each other in one box: none, nvlink, pcie or pcie-host.

    GeForce and workstation NVLink bridges join two cards; data-centre modules join all.
    """
    if gpu_count == 1:
        return "none"
    if chip.link_bytes_per_s and (chip.segment == "datacentre" or gpu_count == 2):
        return "nvlink"
    return "pcie" if chip.has_p2p else "pcie-host"


def slot_lanes(board: Board | None, chip: Chip, gpu_count: int) -> tuple[float, int] | None:
    """(PCIe generation, lanes) of the narrowest of the ``gpu_count`` widest slots, None if unknown.

    The best way of filling the slots is taken: the one whose n-th widest slot is widest.
    """
    if board is None or not board.slots or not board.lane_plans or chip.pcie_gen is None:
        return None
    best: tuple[float, int] | None = None
    for plan in board.lane_plans:
        used = sorted(
            ((width, slot.gen) for width, slot in zip(plan, board.slots, strict=False) if width),
            reverse=True,
        )[:gpu_count]
        if len(used) < gpu_count:
            continue
        width, gen = used[-1]
        lanes = min(width, chip.pcie_lanes or 16)
        link = (min(gen, chip.pcie_gen), lanes)
        if best is None or link[1] > best[1]:
            best = link
    return best


def pcie_bytes_per_s(link: tuple[float, int] | None) -> float | None:
    """Payload rate of a link in one direction. [B/s]"""
    rate = lane_rates().get(link[0]) if link else None
    return None if link is None or rate is None else rate * link[1]


def of_build(build: Build, chip: Chip) -> Machine:
    """The machine a build becomes; facts that parts leave open stay unknown."""
    count = len(build.cards) or 1
    drive = build.drives[0] if build.drives else None
    return Machine(
        chip=chip,
        gpu_count=count,
        gpu_link=gpu_link(chip, count),
        pcie_bytes_per_s=pcie_bytes_per_s(slot_lanes(build.board, chip, count)),
        cpu_cores=build.cpu.cores if build.cpu else None,
        cpu_mhz=build.cpu.boost_mhz if build.cpu else None,
        ram_bytes=round(sum(k.modules * k.module_gib for k in build.ram) * 1024**3) or None,
        disk_read_bytes_per_s=drive.sequential_read_bytes_per_s if drive else None,
        disk_random_iops=drive.random_read_iops if drive else None,
        power_cap_w=build.gpu_power_cap_w,
    )


def of_offer(offer: Offer, chip: Chip) -> Machine:
    """The machine a rented instance is."""
    return Machine(
        chip=chip,
        gpu_count=offer.gpu_count,
        gpu_link=gpu_link(chip, offer.gpu_count),
        cpu_cores=offer.vcpus // 2 if offer.vcpus else None,
        ram_bytes=offer.ram_bytes,
    )


def of_chip(chip: Chip, gpu_count: int = 1) -> Machine:
    """Just the chips, in a host of which nothing is known."""
    return Machine(chip=chip, gpu_count=gpu_count, gpu_link=gpu_link(chip, gpu_count))
