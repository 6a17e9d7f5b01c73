"""The embedded zoo, traced beforehand: operation lists by name, from one file."""

import functools
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.operation import KINDS, OperationList
from rigwright.workload.naming import bare, folded, without_format

_TABLES = ("dims", "dim_exponents", "traffic", "saved", "fused", "joined")
_WIDTH = 3 + 12 + 24 + 36 + 18 + 36 + 1
_SCALARS = ("parameters", "trainable", "buffers", "parameter_tensors", "img_size", "seq_len")


def packed(ops: OperationList) -> bytes:
    """Bytes of a traced operation list (float32 counts, equal lines stored once)."""
    n = len(ops.kind)
    head = np.stack([ops.kind, ops.phase, ops.name], axis=1).astype(np.float32)
    wide = np.concatenate(
        [head] + [getattr(ops, t).reshape(n, -1).astype(np.float32) for t in _TABLES], axis=1
    )
    lines, order = np.unique(wide, axis=0, return_inverse=True)
    order = order.reshape(-1)
    start = np.flatnonzero(np.r_[True, order[1:] != order[:-1]])  # equal neighbours are one line
    steps, counts = order[start], np.add.reduceat(ops.count, start)
    about: dict[str, Any] = {
        "model": ops.model, "task": ops.task, "unit": ops.unit, "names": ops.names,
        "meta": ops.meta, "lines": len(lines), "steps": len(steps),
        **{k: int(getattr(ops, k)) for k in _SCALARS},
    }  # fmt: skip
    out = io.BytesIO()
    text = json.dumps(about).encode()
    out.write(len(text).to_bytes(4, "little") + text)
    # Column order keeps the many zeros together, which is what compresses.
    out.write(np.ascontiguousarray(lines.T).astype("<f4").tobytes())
    out.write(steps.astype("<u2").tobytes() + counts.astype("<u2").tobytes())
    return out.getvalue()


def head(data: IO[bytes]) -> dict[str, Any]:
    """What ``packed``'s bytes say of the model before its lines, which stay unread."""
    about: dict[str, Any] = json.loads(data.read(int.from_bytes(data.read(4), "little")))
    return about


def unpacked(data: bytes) -> OperationList:
    """The operation list of ``packed``'s bytes."""
    stream = io.BytesIO(data)
    about, start = head(stream), stream.tell()
    n_lines, n_steps = about.pop("lines"), about.pop("steps")
    end = start + n_lines * _WIDTH * 4
    wide = np.frombuffer(data, "<f4", n_lines * _WIDTH, start).reshape(_WIDTH, n_lines).T
    steps = np.frombuffer(data, "<u2", n_steps, end)
    counts = np.frombuffer(data, "<u2", n_steps, end + 2 * n_steps)
    table = np.ascontiguousarray(wide, np.float64)[steps]
    return OperationList(
        **{**about, "names": tuple(about["names"])},
        kind=table[:, 0].astype(np.uint8),
        phase=table[:, 1].astype(np.uint8),
        name=table[:, 2].astype(np.uint16),
        count=counts.astype(np.int32),
        dims=table[:, 3:15],
        dim_exponents=table[:, 15:39].reshape(-1, 12, 2).astype(np.int8),
        traffic=table[:, 39:75].reshape(-1, 6, 6),
        saved=table[:, 75:93].reshape(-1, 3, 6),
        fused=table[:, 93:129].reshape(-1, 6, 6),
        joined=table[:, 129] > 0,
    )


ARCHIVE = Path(__file__).parents[1] / "data" / "zoo.zip"
_TAG = re.compile(r"\.[a-z]\w{3,}$")

_CONV = [KINDS.index(k) for k in ("conv", "conv_dgrad", "conv_wgrad")]
_ATTENTION = [KINDS.index(k) for k in ("attention", "attention_backward")]
_SPATIAL = [2, 3, 9, 10]  # h, w, p, q of a convolution


@functools.cache
def _archive() -> tuple[zipfile.ZipFile, dict[str, Any]]:
    archive = zipfile.ZipFile(ARCHIVE)
    return archive, json.loads(archive.read("index.json"))


def names() -> tuple[str, ...]:
    """All canonical names, sorted."""
    return tuple(sorted(_archive()[1]["models"]))


def about(name: str) -> dict[str, Any]:
    """``task``, ``parameters`` and the like of a canonical name, without reading its operations."""
    archive, index = _archive()
    with archive.open(f"{name}@{index['models'][name][0]}") as data:
        return head(data)


@functools.cache
def _by_folded() -> dict[str, str]:
    index = _archive()[1]
    table = {folded(alias): target for alias, target in index["aliases"].items()}
    return table | {folded(name): name for name in index["models"]}


def find(name: str) -> str | None:
    """Canonical name, or None (``workload.naming``); timm's tags (``.a1_in1k``) are dropped."""
    models, table, text = _archive()[1]["models"], _by_folded(), bare(name)
    for form in (name, text, _TAG.sub("", text), without_format(text)):
        found = form if form in models else table.get(folded(form))
        if found:
            return found
    return None


def aliases() -> dict[str, str]:
    """Other names that are understood, each with the canonical one it finds."""
    return {alias: found for alias in _archive()[1]["aliases"] if (found := find(alias))}


def resolve(name: str) -> str:
    """Canonical name. Raises UnknownNameError with the nearest names."""
    found = find(name)
    if found is None:
        raise UnknownNameError("model", name, nearest(name))
    return found


def nearest(name: str, others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The three names most like ``name``, of the zoo and of ``others``."""
    from rapidfuzz import fuzz, process

    known = {name: folded(name) for name in (*names(), *others)}
    got = process.extract(folded(bare(name)), known, scorer=fuzz.ratio, limit=3, score_cutoff=40)
    return tuple(near for _, _, near in got)


def sizes(name: str) -> tuple[int, ...]:
    """Image sizes a model was traced at; (0,) when it has none."""
    return tuple(_archive()[1]["models"][resolve(name)])


@functools.lru_cache(maxsize=256)
def _read(name: str, size: int) -> OperationList:
    return unpacked(_archive()[0].read(f"{name}@{size}"))


def operation_list(name: str, img_size: int | None = None) -> OperationList:
    """The operation list of a model at an image size (default: the first size traced).

    A size that was not traced is made from the nearest one: see ``rescaled``.
    Raises UnknownNameError, and InputError for an image size on a model that sees no images.
    """
    name = resolve(name)
    known = sizes(name)
    if not img_size or img_size in known:
        return _read(name, img_size or known[0])
    if known == (0,):
        raise InputError("run", "img_size", img_size, f"nothing: {name} reads no images")
    near = min(known, key=lambda size: abs(np.log(size / img_size)))
    return _resized(name, near, img_size)


@functools.lru_cache(maxsize=128)
def _resized(name: str, near: int, img_size: int) -> OperationList:
    """One object for each size asked for, so that what is worked out from it can be kept."""
    return rescaled(_read(name, near), img_size)


def rescaled(ops: OperationList, img_size: int) -> OperationList:
    """An image model's list at another image size, without tracing again.

    Convolutions: height and width scale with the side; other lines: everything that grows with
    the batch scales with the area, attention by tokens or, windowed, by windows. Class tokens and
    the rounding of odd sizes are neglected: against 231 lists traced at a second size, traffic and
    kept activations differ by 0.02 % (median), 5 % at worst (``tests/workload/test_zoo.py``).
    """
    side = img_size / ops.img_size
    dims, traffic, saved = ops.dims.copy(), ops.traffic.copy(), ops.saved.copy()
    conv, attention = np.isin(ops.kind, _CONV), np.isin(ops.kind, _ATTENTION)
    gemm = ops.kind == KINDS.index("gemm")
    for column in _SPATIAL:
        dims[conv, column] = np.maximum(np.round(dims[conv, column] * side), 1)
    windows = attention & (dims[:, 0] > 1)  # windowed attention gets more windows, not longer ones
    dims[windows, 0] *= side**2
    for column in (2, 3):
        dims[attention & ~windows, column] *= side**2
    _scale_gemm(ops, dims, gemm, side**2)
    other = ~(conv | attention | gemm)
    batch = ops.dim_exponents[..., 0] > 0
    dims[other] = np.where(batch[other], dims[other] * side**2, dims[other])
    moving = traffic[:, :, 1].sum(axis=1) > 0
    # The classifier's rows do not grow with the image; it moves one row per item.
    per_image = gemm & ((dims[:, 1] <= 1) & (ops.dim_exponents[:, 1, 0] > 0))
    grows = moving & ~per_image
    traffic[grows, :, 1] *= side**2
    saved[grows, :, 1] *= side**2
    fused = None if ops.fused is None else ops.fused.copy()
    if fused is not None:
        fused[grows, :, 1] *= side**2
    return replace(ops, dims=dims, traffic=traffic, saved=saved, fused=fused, img_size=img_size)


def _scale_gemm(ops: OperationList, dims: Any, gemm: Any, area: float) -> None:
    """Scale the dimension of each matrix product that counts pixels or tokens."""
    for row in np.flatnonzero(gemm):
        for column in (1, 2, 3):
            if ops.dim_exponents[row, column, 0] > 0 and dims[row, column] > 1:
                dims[row, column] *= area
                break
        else:
            if ops.dim_exponents[row, 0, 0] > 0:  # batched: attention scores by tokens
                sizes = dims[row, 1:4]
                sizes[sizes == sizes.max()] *= area
