"""How a training run is laid out over GPUs, and how fast its rings are.

Ranks are placed as Megatron does: tensor-parallel neighbours first, then data parallel, then
pipeline stages (Narayanan et al. 2021, arXiv:2104.04473 section 3). Collectives run as rings
(Patarasuk and Yuan 2009, doi:10.1016/j.jpdc.2008.09.002).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import pcie_bytes_per_s, single
from rigwright.predict.communication import all_reduce_seconds
from rigwright.predict.objectives import objective_of
from rigwright.spec.errors import InputError
from rigwright.spec.run import SHARDINGS, Machine, Run
from rigwright.workload.decoder.config import DecoderConfig

NODE_GPUS = 8
"""GPUs of one node where the number of nodes is not given (HGX and most servers)."""
ADAPTER_SHARE = 0.8
"""Rate of a network adapter over its PCIe slot's: 200 Gbit/s on 4.0 x16, 400 on 5.0."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Who does what: tensor * pipeline * data GPUs.

    micro_batch : sequences of one pass.  micro_batches : passes of one group per step.
    per_node : GPUs of one node.
    """

    tensor: int
    pipeline: int
    data: int
    micro_batch: int
    micro_batches: int
    per_node: int


def _divides(name: str, count: int, value: int, what: str) -> None:
    if value < 1 or count % value:
        raise InputError("run", name, value, f"a divisor of {count} ({what})")


def layout_of(config: DecoderConfig, run: Run, machine: Machine) -> Layout:
    """The layout of a run. Raises InputError where GPUs, layers or heads cannot be split so."""
    tensor, pipeline, count = run.tensor_parallel, run.pipeline_parallel, machine.gpu_count
    for name, given in (
        ("batch", run.batch),
        ("micro_batch", 1 if run.micro_batch is None else run.micro_batch),
    ):
        if given < 1:
            raise InputError("run", name, given, "1 or more")
    if run.sharding not in SHARDINGS:
        raise InputError("run", "sharding", run.sharding, ", ".join(SHARDINGS))
    per_node = count // nodes_of(machine)
    _divides("tensor_parallel", count, tensor, "GPUs")
    _divides("tensor_parallel", config.heads, tensor, "attention heads")
    _divides("pipeline_parallel", count // tensor, pipeline, "GPUs / tensor_parallel")
    if pipeline > config.layers:
        raise InputError("run", "pipeline_parallel", pipeline, f"at most {config.layers} (layers)")
    data = count // (tensor * pipeline)
    share = math.ceil(run.batch / data)
    micro = min(run.micro_batch or (1 if pipeline > 1 else share), share)
    sequences = objective_of(run).sequences
    return Layout(tensor, pipeline, data, micro * sequences, math.ceil(share / micro), per_node)


def expert_ranks(config: DecoderConfig, run: Run, layout: Layout) -> int:
    """GPUs among which each layer's experts are divided: data-parallel ones of a node.

    Megatron divides them (--expert-model-parallel-size, recipes of Megatron-Bridge: 8 and more);
    others are taken to keep or gather all.
    """
    if config.experts <= 1 or run.software.trainer != "megatron":
        return 1
    near = max(layout.per_node // layout.tensor, 1)
    return math.gcd(math.gcd(config.experts, layout.data), near)


def nodes_of(machine: Machine) -> int:
    """Nodes of a machine; where it does not say, more than eight GPUs are nodes of eight."""
    count, nodes = machine.gpu_count, machine.nodes
    if count < 1:
        raise InputError("machine", "gpu_count", count, "1 or more")
    if nodes is None:
        return count // NODE_GPUS if count > NODE_GPUS and count % NODE_GPUS == 0 else 1
    _divides("nodes", count, nodes, "GPUs")
    return nodes


def slot_bytes_per_s(machine: Machine) -> float:
    """PCIe rate of one GPU, one direction. [B/s]"""
    chip = machine.chip
    return machine.pcie_bytes_per_s or pcie_bytes_per_s(chip.pcie_gen, chip.pcie_lanes)


def bus_bytes_per_s(machine: Machine, members: int) -> float:
    """Rate at which each of ``members`` GPUs of one node sends in a ring. [B/s]"""
    if members <= 1:
        return math.inf
    table, c = single(machine.chip), constants_table.shipped()
    moved = 2.0 * (members - 1) / members * 1e9
    took = all_reduce_seconds(1e9, members, machine.gpu_link, table, c, machine.pcie_bytes_per_s)
    return moved / float(took[0])


def network_bytes_per_s(machine: Machine) -> float:
    """Line rate of one node's network, one direction; where not given, an adapter per GPU."""
    per_node = machine.gpu_count / nodes_of(machine)
    return machine.network_bytes_per_s or ADAPTER_SHARE * slot_bytes_per_s(machine) * per_node


class Ring(NamedTuple):
    """GPUs that exchange with one another: how many, and how fast each of them sends. [B/s]

    bus : inside a node, as useful.  network : line rate between nodes; inf inside one.
    """

    members: int
    bus: float
    network: float

    def seconds(self, tensor_bytes: float) -> tuple[float, float]:
        """One pass round the ring, as the bus allows and as the network's line rate would. [s]

        Every member gathers a tensor, or its part of one is reduced; the slower of both counts.
        """
        passed = (self.members - 1) / self.members * tensor_bytes
        return passed / self.bus, passed / self.network


def ring(machine: Machine, layout: Layout, members: int, stride: int) -> Ring:
    """The ring of ``members`` ranks that are ``stride`` apart.

    A ring across nodes shares each node's network with the other rings that pass through it.
    """
    inside = max(min(layout.per_node // stride, members), 1)
    bus = bus_bytes_per_s(machine, inside)
    if inside >= members:
        return Ring(members, bus, math.inf)
    return Ring(members, bus, network_bytes_per_s(machine) * inside / layout.per_node)


def neighbours(machine: Machine, layout: Layout) -> Ring:
    """A GPU of one pipeline stage and its neighbour in the next, each sending its whole tensor."""
    if layout.tensor * layout.data < layout.per_node:
        return Ring(2, bus_bytes_per_s(machine, 2), math.inf)
    return Ring(2, math.inf, network_bytes_per_s(machine) / layout.per_node)
