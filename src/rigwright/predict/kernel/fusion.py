"""What a compiler saves: neighbours that stream the same tensor become one kernel."""

from dataclasses import replace

import numpy as np

from rigwright.predict.kernel.work import CLASSES, Work

_STREAMS = frozenset({
    "norm", "norm_backward", "batch_norm", "batch_norm_backward", "softmax", "elementwise",
    "reduction", "copy", "cast",
})  # fmt: skip
_FUSIBLE = np.array([name in _STREAMS for name in CLASSES])


def fuse(w: Work) -> Work:
    """Work (in execution order) after fusing neighbouring streaming operations.

    Between two fusible neighbours the tensor in the middle is neither written nor read again
    (written still when the backward pass keeps it); the second launch disappears.
    """
    if len(w) < 2:
        return w
    able = _FUSIBLE[w.cls]
    pair = able[:-1] & able[1:] & (w.backward[:-1] == w.backward[1:])
    middle = np.where(pair, np.minimum(w.write[:-1], w.read[1:]), 0.0)
    kept = np.minimum(np.maximum(w.saved[:-1], w.saved[1:]), middle)
    read, write = w.read.copy(), w.write.copy()
    read[1:] -= middle
    write[:-1] -= middle - kept
    launches = 1.0 - np.concatenate([[0.0], pair.astype(float)])
    return replace(
        w, read=read, write=write, kernels=w.kernels * launches, dispatches=w.dispatches * launches
    )
