"""YOLO of Ultralytics by its own model files, and the first YOLOv5 with its anchors.

Sizes: ``ultralytics/cfg/models``, each with the weights it counts. As in ``detect``, the assignment
of targets and the suppression of boxes are left out; both branches of a head without suppression
run, as they do in training.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo.job import Job, image_inputs

SIZES = "nsmlx"
TASKS = {  # kind of head -> (what follows the name, task, side in pixels)
    "detect": ("", "detection", 640),
    "seg": ("-seg", "segmentation", 640),
    "pose": ("-pose", "detection", 640),
    "obb": ("-obb", "detection", 1024),
    "cls": ("-cls", "image", 224),
}
FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {  # name -> (sizes, kinds of heads)
    "yolov8": (SIZES, tuple(TASKS)),
    "yolo11": (SIZES, tuple(TASKS)),
    "yolo12": (SIZES, ("detect", "seg")),
    "yolo26": (SIZES, tuple(TASKS)),
    "yolov10": ("nsmblx", ("detect",)),
    "yolov9": ("tsmce", ("detect",)),
    "yolov6": (SIZES, ("detect",)),
}
ALIASES = {
    f"{other}{size}{TASKS[kind][0]}": f"{name}{size}{TASKS[kind][0]}"
    for name, others in (
        ("yolov8", ("yolo8",)), ("yolo11", ("yolov11",)), ("yolo12", ("yolov12",)),
        ("yolo26", ("yolov26",)), ("yolov10", ("yolo10",)), ("yolov9", ("yolo9",)),
    )
    for other in others
    for size in FAMILIES[name][0]
    for kind in FAMILIES[name][1]
} | {"yolov3": "yolov3u", "yolov3-tiny": "yolov3-tinyu", "yolov3-spp": "yolov3-sppu"}  # fmt: skip
ANCHORS, CLASSES = 3, 80


def _quiet() -> Any:
    """Ultralytics' models; they print, and count FLOPs, only when told to."""
    from ultralytics.nn import tasks

    return tasks


def _built(file: str) -> Any:
    tasks = _quiet()
    word = next((w for w in ("seg", "pose", "obb", "cls") if f"-{w}" in file), "detect")
    kind = {"seg": "Segmentation", "pose": "Pose", "obb": "OBB", "cls": "Classification"}
    return getattr(tasks, f"{kind.get(word, 'Detection')}Model")(file, verbose=False)


def _anchored(size: str) -> Any:
    """YOLOv5 6.0 as first published: a 1 x 1 convolution per level for three anchors."""
    from torch import nn

    model = _quiet().DetectionModel(f"yolov5{size}.yaml", nc=CLASSES, verbose=False)
    old = model.model[-1]

    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = [branch[0].conv.in_channels for branch in old.cv2]
            out = ANCHORS * (CLASSES + 5)
            self.m = nn.ModuleList(nn.Conv2d(width, out, 1) for width in widths)
            self.i, self.f, self.type = old.i, old.f, "Heads"

        def forward(self, maps: list[Any]) -> dict[str, Any]:
            made = [conv(x) for conv, x in zip(self.m, maps, strict=True)]
            apart = [x.view(x.shape[0], ANCHORS, CLASSES + 5, -1) for x in made]
            return {f"level{i}": x.transpose(2, 3).contiguous() for i, x in enumerate(apart)}

    model.model[-1] = Heads()
    return model


def yolo_loss(out: Any) -> Any:
    """Cross entropy of the box bins, binary cross entropy of every score, a mean of the rest."""
    import torch
    import torch.nn.functional as F  # noqa: N812

    if isinstance(out, torch.Tensor):
        return F.cross_entropy(out, torch.zeros(out.shape[0], dtype=torch.long))
    total = torch.zeros(())
    for name, value in out.items():
        if name == "feats":
            continue
        if isinstance(value, dict):
            total = total + yolo_loss(value)
        elif name == "boxes" and value.shape[1] > 4:
            bins = value.unflatten(1, (4, -1)).permute(0, 1, 3, 2).flatten(0, 2)
            total = total + F.cross_entropy(bins, torch.zeros(bins.shape[0], dtype=torch.long))
        elif isinstance(value, torch.Tensor):
            target = torch.zeros_like(value)
            total = total + F.binary_cross_entropy_with_logits(value, target)
        else:
            total = total + sum(v.float().mean() for v in value if isinstance(v, torch.Tensor))
    return total


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the side that the published figures hold for."""
    more: dict[str, Any] = {"loss": yolo_loss}
    for size in SIZES:
        make = partial(_anchored, size)
        yield Job(f"yolov5{size}", 640, make, image_inputs(640), task="detection", **more)
    for size in SIZES:
        made = partial(_built, f"yolov5{size}.yaml")
        yield Job(f"yolov5{size}u", 640, made, image_inputs(640), task="detection", **more)
    for name in ("yolov3", "yolov3-spp", "yolov3-tiny"):
        made = partial(_built, f"{name}.yaml")
        yield Job(f"{name}u", 640, made, image_inputs(640), task="detection", **more)
    for family, (sizes, kinds) in FAMILIES.items():
        for kind in kinds:
            after, task, side = TASKS[kind]
            for size in sizes:
                made = partial(_built, f"{family}{size}{after}.yaml")
                name = f"{family}{size}{after}"
                yield Job(name, side, made, image_inputs(side), task=task, **more)
