"""Finished pictures and videos: text is encoded once, a denoiser runs step by step, latents are
decoded once. One list of operations, so every use of a list has the whole pipeline.

``data/pipelines.csv`` says what stands around each denoiser, and how its pipeline runs by default.
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rigwright.spec.operation import EXPONENTS, KINDS, OperationList
from rigwright.spec.run import WIDE, Run, is_quantised
from rigwright.spec.tables.table import table
from rigwright.workload import decoder
from rigwright.workload.naming import bare, folded, without_format
from rigwright.workload.zoo import embedded as zoo

_ROWS = ("kind", "phase", "count", "dims", "dim_exponents", "traffic", "saved", "fused", "joined")
Lists = tuple[OperationList, ...]
TABLE = Path(__file__).parent / "data" / "pipelines.csv"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A denoiser with what stands around it.

    experts : denoisers in memory, of which one runs at a time.  encoders : ``model@tokens``.
    decoder_bytes : of its numbers over the run's (2 where it is kept in 32 bit).  tiles : pieces
    that it decodes a result of ``img_size`` in.  guided : how guidance is reckoned: ``batch``, with
    and without the text at once; ``passes``, one after the other; ``no``, not at all.
    """

    name: str
    also: tuple[str, ...]
    denoiser: str
    experts: int
    encoders: tuple[str, ...]
    decoder: str
    decoder_bytes: float
    tiles: int
    steps: int
    guided: str
    precision: str
    made: str


@functools.cache
def _named() -> dict[str, Pipeline]:
    rows = table(Pipeline, TABLE)
    return {folded(word): row for row in rows for word in (row.name, *row.also)}


@functools.lru_cache(maxsize=256)
def of(name: str) -> Pipeline | None:
    """The pipeline that a name means; None for other models and for a denoiser by its own name."""
    text, found = bare(name), zoo.find(name)
    for form in (text, without_format(text)):
        if row := _named().get(folded(form)):
            return row
    part = found is not None and folded(without_format(text)) == folded(found)
    return next((r for r in table(Pipeline, TABLE) if r.denoiser == found and not part), None)


def asked(run: Run) -> Pipeline | None:
    """The pipeline whose finished pictures or videos a run asks for."""
    return of(run.model) if run.mode == "infer" else None


def _how(p: Pipeline, run: Run) -> tuple[int, int, int, bool]:
    """(runs of the denoiser, items in each for one asked for, side in pixels, weights unpacked)."""
    guided = p.guided if run.guidance is None or run.guidance > 1 else "no"
    runs = (run.steps or p.steps) * (1 + (guided == "passes"))
    return runs, 1 + (guided == "batch"), run.img_size or 0, is_quantised(run.precision)


def stages(p: Pipeline, run: Run) -> Lists:
    """The operations of each stage, in the order that they run, for one item."""
    return _stages(p, run.steps or p.steps, *_how(p, run))


def finished(p: Pipeline, run: Run) -> OperationList:
    """All stages as one list. Its parameters are those of all models; ``packed_parameters`` those
    of the denoiser, which alone is held in a run's quantised format."""
    return _joined(stages(p, run))


@functools.lru_cache(maxsize=64)
def _stages(p: Pipeline, steps: int, runs: int, items: int, side: int, packed: bool) -> Lists:
    net = zoo.operation_list(p.denoiser, side or None)
    made = [_encoder(word, runs // steps * items) for word in p.encoders]
    whole = replace(net, meta={"packed_parameters": float(net.parameters)})
    for i in range(p.experts):  # each makes a part of the steps
        times = runs * (i + 1) // p.experts - runs * i // p.experts
        main = _part(whole, times, items=items)
        made.append(_joined((_unpacking(main, net.parameters, times), main)) if packed else main)
    area = (net.img_size / zoo.operation_list(p.denoiser).img_size) ** 2 if p.tiles > 1 else 0.0
    last = zoo.operation_list(p.decoder, None if area else side or None)
    return (*made, _part(last, max(round(p.tiles * area), 1), width=p.decoder_bytes))


def said(p: Pipeline, run: Run, seconds: float) -> str:
    """What one finished item is made of; ``seconds`` : of all runs of the denoiser."""
    (runs, items, *_), steps = _how(p, run), run.steps or p.steps
    first = ", ".join(word.partition("@")[0] for word in p.encoders)
    form = "" if run.precision in WIDE else f" in {run.precision}, computed in 16 bit"
    net = f"{runs} x {p.denoiser}{form}{' with and without the text' * (items - 1)}, {p.decoder}"
    where = "one on the GPU at a time" if run.offload else "all stay on the GPU"
    return f"{p.made}: {first}, {net}; {steps} steps at {steps / seconds:.3g} it/s; {where}"


# -- lists ---------------------------------------------------------------------------------
def _encoder(word: str, times: int) -> OperationList:
    name, _, tokens = word.partition("@")
    many, config = int(tokens), None if zoo.find(name) else decoder.find(name)
    if config is None:
        return _part(zoo.operation_list(name), times, tokens=many)
    return _part(decoder.operations(config, "infer", batch=1, seq_len=many), times, tokens=many)


def _part(
    ops: OperationList, times: int, *, tokens: int = 1, items: int = 1, width: float = 1.0
) -> OperationList:
    """The forward lines of a list, ``times`` over, at one length; ``items`` of each batch item."""
    rows = np.flatnonzero(ops.phase == 0)
    by_batch = np.zeros((len(EXPONENTS), len(EXPONENTS)))
    for i, (batch, seq) in enumerate(EXPONENTS):
        by_batch[i, EXPONENTS.index((batch, 0))] = float(items) ** batch * float(tokens) ** seq
    b, s = ops.dim_exponents[rows, :, 0], ops.dim_exponents[rows, :, 1]
    wide = np.array([width, width, 1.0] * 2)[:, None]
    traffic = (ops.traffic[rows] @ by_batch) * wide
    return replace(
        ops, phase=ops.phase[rows], kind=ops.kind[rows], name=ops.name[rows], seq_len=0,
        count=ops.count[rows] * np.int32(times), traffic=traffic,
        dims=ops.dims[rows] * np.power(float(items), b) * np.power(float(tokens), s),
        dim_exponents=np.stack([b, np.zeros_like(s)], axis=-1),
        saved=(ops.saved[rows] @ by_batch) * wide[:3],
        fused=traffic if ops.fused is None else (ops.fused[rows] @ by_batch) * wide,
        joined=np.zeros(len(rows), bool) if ops.joined is None else ops.joined[rows],
        meta={k: v for k, v in ops.meta.items() if k == "packed_parameters"},
    )  # fmt: skip


def _unpacking(ops: OperationList, parameters: int, runs: int) -> OperationList:
    """Packed weights are unpacked to 16 bit before each pass: read at most a byte, write two."""
    zero: Any = np.zeros(1, np.uint16)
    moved = np.zeros((1, 6, len(EXPONENTS)))
    moved[0, [2, 5], 0] = parameters, 2.0 * parameters
    return replace(
        ops, names=("unpack",), kind=zero + KINDS.index("elementwise"), phase=zero, name=zero,
        count=zero + runs, dims=np.zeros((1, 12)), dim_exponents=np.zeros((1, 12, 2), np.int8),
        traffic=moved, fused=moved, saved=moved[:, :3] * 0.0, joined=zero > 0, parameters=0,
        buffers=0, meta={},
    )  # fmt: skip


def _joined(parts: Lists) -> OperationList:
    """Lists one after the other, called what the denoiser is called."""
    main = max(parts, key=lambda ops: ops.meta.get("packed_parameters", 0.0))
    starts = np.cumsum([0, *(len(ops.names) for ops in parts)])
    named = [ops.name + np.uint16(start) for ops, start in zip(parts, starts, strict=False)]
    rows: Any = {f: np.concatenate([getattr(ops, f) for ops in parts]) for f in _ROWS}
    return replace(
        main, **rows,
        names=tuple(name for ops in parts for name in ops.names), name=np.concatenate(named),
        parameters=sum(ops.parameters for ops in parts), buffers=sum(o.buffers for o in parts),
        meta={"packed_parameters": sum(ops.meta.get("packed_parameters", 0.0) for ops in parts)},
    )  # fmt: skip
