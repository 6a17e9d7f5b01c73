"""torchvision's compiled operators are not always there; tracing shapes does not need them."""

from __future__ import annotations

import importlib.util

_DEFINED = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, "
    "SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor",
)


def have_torchvision() -> bool:
    """Whether torchvision's Python files are installed."""
    return importlib.util.find_spec("torchvision") is not None


def install() -> None:
    """Let torchvision import beside a torch that its binaries were not built for."""
    import torch

    if getattr(install, "done", False) or not have_torchvision():
        return
    install.done = True  # type: ignore[attr-defined]
    library = torch.library.Library("torchvision", "DEF")
    for schema in _DEFINED:
        try:
            library.define(schema)
        except RuntimeError:
            continue
    install.library = library  # type: ignore[attr-defined]
    register = torch.library.register_fake

    def tolerant(op: object, func: object = None, **options: object) -> object:
        def wrap(f: object) -> object:
            try:
                return register(op, f, **options)  # type: ignore[arg-type]
            except RuntimeError:
                return f

        return wrap if func is None else wrap(func)

    torch.library.register_fake = tolerant  # type: ignore[assignment]
