"""What the zoo holds: a job per model and image size, in the order of importance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zoo import stubs
from zoo.job import Job, image_inputs

TORCHVISION = (
    "alexnet vgg11 vgg13 vgg16 vgg19 vgg11_bn vgg13_bn vgg16_bn vgg19_bn resnet18 resnet34 "
    "resnet50 resnet101 resnet152 densenet121 densenet161 densenet169 densenet201 squeezenet1_0 "
    "squeezenet1_1 inception_v3 googlenet shufflenet_v2_x0_5 shufflenet_v2_x1_0 "
    "shufflenet_v2_x1_5 shufflenet_v2_x2_0 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large "
    "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 resnext50_32x4d resnext101_32x8d "
    "resnext101_64x4d wide_resnet50_2 wide_resnet101_2 efficientnet_b0 efficientnet_b4 "
    "convnext_tiny convnext_base vit_b_16 vit_l_16 swin_t"
)
FIRST_TIMM = "resnet200 vit_base_patch16_224 vit_large_patch16_224 swin_tiny_patch4_window7_224"
ALIASES = {
    "googlenet-v1": "googlenet",
    "inceptionv1": "googlenet",
    "mobilenetv3": "mobilenet_v3_large",
    "mobilenetv2": "mobilenet_v2",
    "vit-b": "vit_base_patch16_224",
    "vit-l": "vit_large_patch16_224",
    "vit-b/16": "vit_base_patch16_224",
    "vit-l/16": "vit_large_patch16_224",
    "vit_base": "vit_base_patch16_224",
    "vit_large": "vit_large_patch16_224",
    "swin-t": "swin_t",
    "swin_tiny": "swin_tiny_patch4_window7_224",
    "convnext-t": "convnext_tiny",
    "convnext-b": "convnext_base",
    "resnext50": "resnext50_32x4d",
    "OxfordNet [Model-A]": "vgg11",
    "vgg_a": "vgg11",
    "GoogleNet V1": "googlenet",
    "AlexNet (One Weird Trick paper)": "alexnet",
    "efficientnet-b0": "efficientnet_b0",
    "efficientnet-b4": "efficientnet_b4",
    "densenet": "densenet121",
    # timm's own table of renamed models sends all four to the smallest.
    "ig_resnext101_32x16d": "resnext101_32x16d",
    "ig_resnext101_32x32d": "resnext101_32x32d",
    "ig_resnext101_32x48d": "resnext101_32x48d",
    # Left timm; the named network differs by a norm's place or a few tokens.
    "convnext_nano_hnf": "convnext_nano",
    "convnext_tiny_hnfd": "convnext_tiny_hnf",
    "vit_base_patch16_reg8_gap_256": "vit_base_patch16_reg4_gap_256",
    "vit_medium_patch16_reg4_256": "vit_medium_patch16_reg4_gap_256",
}


def torchvision_jobs() -> Iterator[Job]:
    """Classification models under their torchvision names."""
    if not stubs.have_torchvision():
        return
    from torchvision import models

    for name in TORCHVISION.split():
        size = 299 if name == "inception_v3" else 224
        options = {"aux_logits": False} if name in ("inception_v3", "googlenet") else {}
        if options:
            options["init_weights"] = False

        def make(name: str = name, options: dict[str, Any] = options) -> Any:
            return models.get_model(name, weights=None, **options)

        yield Job(name, size, make, image_inputs(size))


def _timm_sizes(name: str) -> list[int]:
    import timm

    config = timm.get_pretrained_cfg(name) or timm.models.model_entrypoint(name)
    sizes = []
    for field in ("input_size", "test_input_size"):
        value = getattr(config, field, None)
        if value and value[-1] not in sizes and value[0] == 3:
            sizes.append(int(value[-1]))
    return sizes or [224]


def timm_jobs(names: list[str], *, extra_sizes: bool) -> Iterator[Job]:
    """timm models at their default (and test) image sizes."""
    import timm

    for name in names:
        for size in _timm_sizes(name)[: 2 if extra_sizes else 1]:

            def make(name: str = name, size: int = size) -> Any:
                try:
                    return timm.create_model(name, img_size=size)
                except TypeError:
                    return timm.create_model(name)

            yield Job(name, size, make, image_inputs(size))


def left_timm_jobs() -> Iterator[Job]:
    """Names that timm no longer builds: DenseNets of timm 0.6 and the widest WSL ResNeXt."""
    from timm.models.densenet import DenseNet
    from timm.models.resnet import Bottleneck, ResNet

    small = {"growth_rate": 32, "block_config": (6, 12, 24, 16), "stem_type": "deep"}
    large = {"growth_rate": 48, "block_config": (6, 12, 64, 48)}
    deep = {"block": Bottleneck, "layers": [3, 4, 23, 3], "cardinality": 32, "base_width": 48}
    for name, make in (
        ("densenet121d", partial(DenseNet, **small)),
        ("densenet264", partial(DenseNet, **large)),
        ("densenet264d_iabn", partial(DenseNet, **large, stem_type="deep")),
        ("resnext101_32x48d", partial(ResNet, **deep)),
    ):
        yield Job(name, 224, make, image_inputs(224))


def first_sizes() -> dict[str, int]:
    """Model -> the size that is meant when none is given."""
    first: dict[str, int] = {}
    for job in all_jobs(""):
        first.setdefault(job.name, job.size)
    return first


def aliases() -> dict[str, str]:
    """Other names in use -> canonical name; includes timm's table of renamed models."""
    import timm.models._registry as registry

    renamed = getattr(registry, "_deprecated_models", {})
    table = {old: str(new).split(".")[0] for old, new in renamed.items() if new}
    return {**table, **ALIASES, **_own_aliases()}


def _rooms() -> dict[str, Any]:
    """Group -> module with ``jobs`` and ``ALIASES``: models that are written out one by one."""
    from zoo import (
        conditioning,
        denoisers,
        dense,
        diffusion,
        encoders,
        own,
        pictures,
        speech,
        text,
        yolo,
    )

    return {"own": own, "text": text, "encoders": encoders, "speech": speech,
            "pictures": pictures, "diffusion": diffusion, "denoisers": denoisers,
            "dense": dense, "yolo": yolo, "conditioning": conditioning}  # fmt: skip


def _own_aliases() -> dict[str, str]:
    tables = [room.ALIASES for room in _rooms().values()]
    return {alias: name for table in tables for alias, name in table.items()}


def all_jobs(only: str) -> Iterator[Job]:
    """Every job; ``only`` limits it to groups, as ``text,timm``."""
    stubs.install()
    import timm

    taken = set(TORCHVISION.split())
    first = FIRST_TIMM.split()
    rest = [n for n in timm.list_models() if n not in taken and n not in first]
    groups: dict[str, Callable[[], Iterator[Job]]] = {
        "torchvision": torchvision_jobs,
        "first": lambda: timm_jobs(first, extra_sizes=True),
        "timm": lambda: timm_jobs(rest, extra_sizes=False),
        "left": left_timm_jobs,
        "sizes": lambda: timm_jobs(rest, extra_sizes=True),
    }
    groups = {name: room.jobs for name, room in _rooms().items()} | groups
    seen = set()
    for name, make in groups.items():
        if only and name not in only.split(","):
            continue
        for job in make():
            if (job.name, job.size) not in seen:
                seen.add((job.name, job.size))
                yield job
