"""The peak of a step's memory: when it is, what it is made of, what the allocator and the driver
add."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigwright.predict import constants as constants_table
from rigwright.predict.constants import Constants
from rigwright.predict.memory.blocks import written
from rigwright.predict.memory.formats import GIB, base_format, element_bytes
from rigwright.predict.memory.state import TRAINING, Split, State, state
from rigwright.predict.memory.timeline import How, Timeline, timeline
from rigwright.predict.memory.trainers import Trainer, keeps_on_nodes
from rigwright.predict.objectives import objective_of
from rigwright.spec.operation import Array, OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run

TABLE = constants_table.TABLE.parent / "memory.csv"
EAGER_GRAPHS = 2
"""Graphs alive in a loop of forward passes without ``no_grad``: the new output is made before the
old one is let go."""
_GRAPH_FRAMEWORKS = ("tensorflow", "caffe", "mxnet")


@dataclass(frozen=True, slots=True)
class Moment:
    """When the peak is.

    phase : forward, backward, optimizer or inference.  operation : the framework's name of what
    runs then.  where : in which part of the model.
    """

    phase: str
    operation: str
    where: str

    def __str__(self) -> str:
        at = f", {self.where}" if self.where else ""
        return f"{self.phase}: {self.operation}{at}" if self.operation else f"{self.phase}{at}"


@dataclass(frozen=True, slots=True)
class Peak:
    """Peak memory of one GPU. [B]

    bytes : of the whole GPU, as monitors show it.  reserved : of the framework's allocator.
    allocated : of tensors.  shares add up to ``bytes``.
    """

    bytes: float
    reserved: float
    allocated: float
    shares: dict[str, float]
    moment: Moment


class Crest(NamedTuple):
    """The moments that can be the peak, and what the allocator needs at others. [B]

    at : moments, by rising workspace.  tensors, conv : live tensors, and bytes of a convolution.
    most : the most tensors.  larger : the largest tensor after that which nothing freed by then
    can serve.  later : gradients that appear after it.  conv_peak : the largest convolution.
    """

    at: NDArray[np.intp]
    tensors: Array
    conv: Array
    most: float
    larger: float
    later: float
    conv_peak: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything about a peak that no calibrated constant changes.

    accumulates : gradients stay between passes (or what is left of them does not grow).
    generation : of the chip, for its context.  passes : whose activations are kept together.
    between : beside weights and optimizer between two steps. [B]
    unmeasured : nothing published says how such a run's activations are held.
    """

    ops: OperationList
    state: State
    line: Timeline
    crest: Crest
    training: bool
    accumulates: bool
    generation: str
    passes: int = 1
    own_buffers: bool = False
    unmeasured: bool = False
    between: float = 0.0

    @property
    def more(self) -> float:
        """Activations of the other passes. [B]"""
        t = self.line
        return (self.passes - 1) * float(t.kept[t.forward - 1] if t.forward else 0.0)


def crest_of(t: Timeline, gradients: float, *, training: bool, accumulates: bool) -> Crest:
    """The moments of a timeline that matter. gradients : of all weights. [B]"""
    if not len(t.kept):
        nothing = np.zeros(0)
        return Crest(np.zeros(0, np.intp), nothing, nothing, 0.0, 0.0, 0.0, 0.0)
    grown = np.ones(len(t.kept)) if accumulates else t.gradients
    tensors = t.kept + grown * gradients + t.passing
    # With more workspace and fewer tensors than another moment, either may be the peak.
    order = np.lexsort((-tensors, -t.conv))
    best = np.maximum.accumulate(np.r_[-1.0, tensors[order][:-1]])
    at = order[tensors[order] > best]
    top = int(np.argmax(tensors))
    after = (
        np.arange(len(tensors)) > max(top, t.forward - 1) if training else tensors < tensors[top]
    )
    larger = t.size[after & (t.size > t.size[top])]
    return Crest(
        at=at,
        tensors=tensors[at],
        conv=t.conv[at],
        most=float(tensors[top]),
        larger=float(larger.max(initial=0.0)),
        later=float(grown.max() - grown[top]) * gradients,
        conv_peak=float(t.conv.max()),
    )


def generation(chip: Chip) -> str:
    """before_volta, volta, turing or ampere (and later); other makers count as the latest."""
    capability = float(chip.compute_capability) if chip.compute_capability else math.inf
    since = ((8.0, "ampere"), (7.5, "turing"), (7.0, "volta"), (0.0, "before_volta"))
    return next(name for least, name in since if capability >= least)


def how_of(ops: OperationList, run: Run, trainer: Trainer) -> How:
    """How the run's timeline is written."""
    # Written lists have their scores in them.
    scores = not written(ops) and not run.software.attention_is_fused(text=ops.is_text)
    # What is read beside packed weights is 32-bit where the ends and norms were made so.
    prepared = trainer.wide_ends and written(ops) and base_format(run)
    low, full = element_bytes("amp" if prepared else run.precision)
    training = run.mode in TRAINING
    eager = run.mode == "forward" and run.software.framework not in _GRAPH_FRAMEWORKS
    return How(
        low=low,
        full=full,
        training=training,
        checkpointing=training and run.grad_checkpointing,
        offloaded=trainer.offloads_inputs,
        nodes=training and keeps_on_nodes(run),
        graphs=EAGER_GRAPHS if eager else 0,
        scores=scores,
        dropped=ops.is_text,
    )


def parts_of(
    ops: OperationList, run: Run, chips: str, trainer: Trainer, split: Split,
    batch: float, passes: tuple[int, int] = (1, 1),
) -> Parts:  # fmt: skip
    """What a run keeps on one GPU.

    chips : ``generation`` of the GPU.  batch : items of one pass.  passes : (kept at the same time,
    of one step). Raises InputError for an unknown optimizer.
    """
    seq = float(run.seq_len or ops.seq_len or 1)
    together, accumulated = passes
    held = state(ops, run, trainer, split)
    line = timeline(ops, batch, seq, how_of(ops, run, trainer))
    training = run.mode in TRAINING
    stays = accumulated > 1 or run.offload or run.software.optimizer_in_backward
    return Parts(
        ops=ops,
        state=held,
        line=line,
        crest=crest_of(line, held.gradients, training=training, accumulates=stays),
        training=training,
        accumulates=stays,
        generation=chips,
        passes=together,
        own_buffers=trainer.own_buffers,
        unmeasured=training
        and (keeps_on_nodes(run) or objective_of(run).writes or (run.offload and not written(ops))),
    )


def assemble(parts: Parts, c: Constants) -> Peak:
    """The peak with the calibrated workspace, allocator and context."""
    s, t, crest = parts.state, parts.line, parts.crest
    share = _workspace_share(parts, c)
    live = crest.tensors + share * crest.conv
    highest = int(np.argmax(live)) if len(live) else 0
    at = int(crest.at[highest]) if len(live) else 0
    held = s.weights + s.optimizer
    copies, best = s.recast, float(live[highest] if len(live) else 0.0)
    if len(live) and s.copies - s.recast > best - _forward_end(parts):
        copies, best, at = s.copies, _forward_end(parts), t.forward - 1
    passing = held + s.gathered + copies + parts.more + best
    steps = held + s.gradients + s.scratch
    allocated = max(passing, steps, held + parts.between)
    shares = {"weights": s.weights, "optimizer": s.optimizer}
    if allocated > max(passing, steps):
        shares["between steps"] = parts.between
        moment = Moment("between steps", "", "")
    elif steps > passing or not len(live):
        shares |= {"gradients": s.gradients, "workspace": s.scratch}
        moment = Moment("optimizer step" if parts.training else "inference", "", "")
    else:
        grown = 1.0 if parts.accumulates else float(t.gradients[at])
        shares |= {
            "gathered weights": s.gathered,
            "gradients": grown * s.gradients,
            "activations": float(t.kept[at]) + parts.more,
            "weight copies": copies,
            "workspace": best - grown * s.gradients - float(t.kept[at]),
        }
        moment = _moment(parts, at)
    reserved = _reserved(parts, c, allocated)
    shares |= {"allocator": reserved - allocated, "context": context_bytes(parts, c)}
    shares = {name: share for name, share in shares.items() if share > 0}
    return Peak(sum(shares.values()), reserved, allocated, shares, moment)


def _forward_end(parts: Parts) -> float:
    """Live tensors when the last line of the forward pass runs. [B]"""
    t = parts.line
    if not t.forward:
        return 0.0
    grown = parts.state.gradients if parts.accumulates else 0.0
    return grown + float(t.kept[t.forward - 1] + t.passing[t.forward - 1])


def _workspace_share(parts: Parts, c: Constants) -> float:
    """Workspace over the bytes into and out of a convolution; gradients take more."""
    return c.conv_workspace if parts.training else c.conv_workspace_forward


def _reserved(parts: Parts, c: Constants, allocated: float) -> float:
    """What the caching allocator holds. [B]

    A freed block serves a smaller request, never a larger one, and blocks of their own never join.
    So what is larger than anything freed before it needs memory of its own, though other memory is
    free by then: the wide early layers of a network at the end of its backward pass, the workspace
    of their convolutions, and gradients that appear while activations go. Decoders free tensors as
    large as their gradients. What another stream freed serves no request of this one.
    """
    s, crest = parts.state, parts.crest
    own = c.tensor_share * crest.larger + _workspace_share(parts, c) * crest.conv_peak
    own += 0.0 if written(parts.ops) else crest.later
    held = s.weights + s.optimizer
    tensors = max(s.recast + crest.most, s.copies + _forward_end(parts))
    least = held + s.gathered + tensors + parts.more + own
    moving = max(allocated - held, 0.0)
    lost = c.buffers_share if parts.own_buffers else c.rounding_share
    return max(allocated, least) + s.streams + lost * moving


def driver_bytes(chip: Chip) -> float:
    """Driver context and loaded kernels of a process that only serves. [B]"""
    return float(constants_table.shipped("memory")[_context(generation(chip))] * GIB)


def context_bytes(parts: Parts, c: Constants) -> float:
    """Driver context, loaded kernels and library handles of a process. [B]"""
    process = c.training_gib if parts.training else 0.0
    return float((c[_context(parts.generation)] + process) * GIB)


def _context(chips: str) -> str:
    """The constant of a generation; before Volta little was loaded, as after Turing again."""
    return f"context_{'ampere' if chips == 'before_volta' else chips}_gib"


def _moment(parts: Parts, at: int) -> Moment:
    ops, t = parts.ops, parts.line
    row = int(t.row[at])
    phase = ("forward" if parts.training else "inference", "backward")[int(ops.phase[row] == 1)]
    return Moment(phase, ops.names[ops.name[row]], _where(ops, row, bool(t.last[at])))


def _where(ops: OperationList, row: int, last: bool) -> str:
    """Part of a decoder that a line belongs to; nothing for models without known blocks."""
    if not written(ops):
        return ""
    rows = np.flatnonzero(ops.phase == ops.phase[row])
    inside = ops.count[rows] > 1
    position = int(np.searchsorted(rows, row))
    if inside[position]:
        return "last block" if last else "first block"
    blocks = np.flatnonzero(inside)
    before = len(blocks) and position < blocks[0]
    if ops.phase[row] == 1:
        before = not before
    return "embedding" if before else "output and loss"
