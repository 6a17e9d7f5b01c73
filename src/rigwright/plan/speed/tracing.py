"""Use case: the operations of a model, traced or known, counted by kind and kept in a file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rigwright.plan.speed.results import Traced, TracedKind, TracedLine, UnknownOperation
from rigwright.predict.kernel.work import ELEMENT_BYTES
from rigwright.spec.errors import InputError
from rigwright.spec.operation import KINDS, PHASES, OperationList
from rigwright.spec.run import Run
from rigwright.workload import lookup
from rigwright.workload.operations import file as opsfile
from rigwright.workload.operations.flop import flop
from rigwright.workload.trace import cached as traced

Tell = Callable[[str], None]


def trace_model(
    model: str,
    *,
    out: Path | None = None,
    img_size: int | None = None,
    seq_len: int | None = None,
    batch: int = 1,
    precision: str = "amp",
    lines: bool = False,
    tell: Tell | None = None,
) -> Traced:
    """Trace ``model`` (or look its embedded list up), write it to ``out``, and count it.

    batch, precision : what FLOP and bytes are given for; the list itself holds for all of them.
    lines : list every operation.  tell : hears of progress.
    Raises InputError, UnknownNameError, and TraceError for a model that cannot be traced.
    """
    for name, value in (("--img-size", img_size), ("--seq-len", seq_len), ("--batch-size", batch)):
        if value is not None and not 1 <= value <= 10**7:
            raise InputError("trace", name, value, "a whole number from 1 to 10,000,000")
    if precision not in ELEMENT_BYTES:
        raise InputError("trace", "--precision", precision, ", ".join(ELEMENT_BYTES))
    if out is not None:
        opsfile.writable(out)
    if traced.is_traceable(model):
        ops = traced.traced(model, img_size=img_size, seq_len=seq_len, tell=tell)
    else:
        ops = lookup.operations(Run(model=model, img_size=img_size, seq_len=seq_len))
    if out is not None:
        opsfile.write(ops, out)
    made = traced.is_traceable(model)
    return _counted(ops, batch, seq_len, precision, (made, str(out) if out else None), lines)


def _counted(
    ops: OperationList, batch: int, seq_len: int | None, precision: str,
    origin: tuple[bool, str | None], lines: bool,
) -> Traced:  # fmt: skip
    tokens = seq_len or ops.seq_len
    at = ops.at(batch, tokens or 1)
    low, full = ELEMENT_BYTES[precision]
    unit = np.array([low, full, 1.0])
    count = ops.count.astype(float)
    if precision != "amp":  # casts are autocast's
        count[ops.kind == KINDS.index("cast")] = 0.0
    each_flop, each_bytes = flop(at), at.traffic @ np.concatenate([unit, unit])
    total_flop, total_bytes = float((each_flop * count).sum()), float((each_bytes * count).sum())
    kinds = [
        TracedKind(
            kind=KINDS[k],
            forward=int(count[rows & (ops.phase == 0)].sum()),
            backward=int(count[rows & (ops.phase == 1)].sum()),
            flop=float((each_flop * count)[rows].sum()),
            traffic_bytes=float((each_bytes * count)[rows].sum()),
        )
        for k in np.unique(ops.kind)
        for rows in [ops.kind == k]
        if count[rows].any()
    ]
    kinds.sort(key=lambda k: (-k.flop, -k.traffic_bytes))
    unknown = []
    for name, times in ops.unknown().items():
        rows = (ops.kind == KINDS.index("other")) & (ops.name == ops.names.index(name))
        moved = float((each_bytes * count)[rows].sum())
        unknown.append(UnknownOperation(name, times, moved / total_bytes if total_bytes else 0.0))
    saved = at.saved @ unit
    return Traced(
        model=ops.model, task=ops.task, unit=ops.unit, traced=origin[0], file=origin[1],
        parameters=ops.parameters, trainable=ops.trainable, img_size=ops.img_size or None,
        seq_len=tokens or None, batch=batch, precision=precision,
        fixed_seq=bool(ops.meta.get("fixed_seq")),
        operations=int(count.sum()), flop=total_flop, traffic_bytes=total_bytes,
        kept_bytes=float((saved * count)[ops.phase == 0].sum()),
        kinds=tuple(kinds), unknown=tuple(unknown), assumptions=ops.assumptions,
        lines=tuple(
            TracedLine(
                PHASES[ops.phase[i]], KINDS[ops.kind[i]], ops.names[ops.name[i]], int(ops.count[i]),
                tuple(float(d) for d in np.trim_zeros(at.dims[i], "b")), float(each_flop[i]),
                float(each_bytes[i]),
            )
            for i in range(len(ops.kind)) if lines
        ),
    )  # fmt: skip
