"""Image networks that neither timm nor torchvision has, with their published dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from zoo.job import Job, image_inputs


def conv(c_in: int, c_out: int, kernel: int, *, norm: bool = True, **options: Any) -> nn.Sequential:
    """Convolution, batch norm (unless not wanted), ReLU."""
    options.setdefault("padding", kernel // 2)
    layers: list[nn.Module] = [nn.Conv2d(c_in, c_out, kernel, bias=not norm, **options)]
    if norm:
        layers.append(nn.BatchNorm2d(c_out))
    return nn.Sequential(*layers, nn.ReLU(inplace=True))


# -- small networks of Caffe's examples ----------------------------------------------------
def lenet() -> nn.Module:
    """Caffe examples/mnist/lenet_train_test.prototxt: 28 px, one channel."""
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(inplace=True), nn.Linear(500, 10),
    )  # fmt: skip


def cifar10_full() -> nn.Module:
    """Caffe examples/cifar10/cifar10_full_train_test.prototxt: 32 px."""

    def pool(kind: Any) -> nn.Module:
        module: nn.Module = kind(3, 2, ceil_mode=True)
        return module

    return nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), pool(nn.MaxPool2d), nn.ReLU(), nn.LocalResponseNorm(3),
        nn.Conv2d(32, 32, 5, padding=2), nn.ReLU(), pool(nn.AvgPool2d), nn.LocalResponseNorm(3),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), pool(nn.AvgPool2d),
        nn.Flatten(), nn.Linear(1024, 10),
    )  # fmt: skip


def _classifier(features: int, *widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Flatten()]
    for width in widths:
        layers += [nn.Linear(features, width), nn.ReLU(inplace=True), nn.Dropout()]
        features = width
    return [*layers, nn.Linear(features, 1000)]


def alexnet_caffe() -> nn.Module:
    """Krizhevsky 2012 as Caffe's bvlc_alexnet: two groups, response normalisation, 227 px."""
    pool, norm = (lambda: nn.MaxPool2d(3, 2)), (lambda: nn.LocalResponseNorm(5))
    return nn.Sequential(
        conv(3, 96, 11, norm=False, stride=4, padding=0), norm(), pool(),
        conv(96, 256, 5, norm=False, groups=2), norm(), pool(),
        conv(256, 384, 3, norm=False), conv(384, 384, 3, norm=False, groups=2),
        conv(384, 256, 3, norm=False, groups=2), pool(), *_classifier(9216, 4096, 4096),
    )  # fmt: skip


def overfeat_fast() -> nn.Module:
    """Sermanet 2014 table 1 (fast model), 231 px."""
    return nn.Sequential(
        conv(3, 96, 11, norm=False, stride=4, padding=0), nn.MaxPool2d(2),
        conv(96, 256, 5, norm=False, padding=0), nn.MaxPool2d(2), conv(256, 512, 3, norm=False),
        conv(512, 1024, 3, norm=False), conv(1024, 1024, 3, norm=False), nn.MaxPool2d(2),
        *_classifier(1024 * 36, 3072, 4096),
    )  # fmt: skip


# -- Inception -----------------------------------------------------------------------------
class Branches(nn.Module):
    """Parallel paths, concatenated."""

    def __init__(self, *paths: nn.Module) -> None:
        super().__init__()
        self.paths = nn.ModuleList(paths)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([path(x) for path in self.paths], 1)


GOOGLENET = (  # Szegedy 2014 table 1: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
    (64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), "pool",
    (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128), "pool",
    (256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128),
)  # fmt: skip


def googlenet_v1() -> nn.Module:
    """GoogLeNet without batch norm (Caffe's bvlc_googlenet), auxiliary classifiers left out."""

    def one(c_in: int, c_out: int, kernel: int) -> nn.Module:
        return conv(c_in, c_out, kernel, norm=False)

    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    layers = [
        conv(3, 64, 7, norm=False, stride=2), pool(), nn.LocalResponseNorm(5),
        one(64, 64, 1), one(64, 192, 3), nn.LocalResponseNorm(5), pool(),
    ]  # fmt: skip
    width = 192
    for row in GOOGLENET:
        if isinstance(row, str):
            layers.append(pool())
            continue
        a, b_in, b, c_in, c, d = row
        side = nn.Sequential(nn.MaxPool2d(3, 1, 1), one(width, d, 1))
        b_path = nn.Sequential(one(width, b_in, 1), one(b_in, b, 3))
        c_path = nn.Sequential(one(width, c_in, 1), one(c_in, c, 5))
        layers.append(Branches(one(width, a, 1), b_path, c_path, side))
        width = a + b + c + d
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(width, 1000)
    )


INCEPTION_BN = (  # Ioffe 2015 figure 5: 1x1, 3x3 reduce, 3x3, double reduce, double, pool, proj.
    (64, 64, 64, 64, 96, "avg", 32), (64, 64, 96, 64, 96, "avg", 64), (0, 128, 160, 64, 96, "", 0),
    (224, 64, 96, 96, 128, "avg", 128), (192, 96, 128, 96, 128, "avg", 128),
    (160, 128, 160, 128, 160, "avg", 128), (96, 128, 192, 160, 192, "avg", 128),
    (0, 128, 192, 192, 256, "", 0),
    (352, 192, 320, 160, 224, "avg", 128), (352, 192, 320, 192, 224, "max", 128),
)  # fmt: skip


def inception_bn() -> nn.Module:
    """Inception with batch norm, as MXNet's symbol inception-bn (224 px)."""
    layers: list[nn.Module] = [
        conv(3, 64, 7, stride=2), nn.MaxPool2d(3, 2, 1), conv(64, 64, 1), conv(64, 192, 3),
        nn.MaxPool2d(3, 2, 1),
    ]  # fmt: skip
    width = 192
    for a, b_in, b, c_in, c, kind, d in INCEPTION_BN:
        stride = 1 if a else 2
        b_path = nn.Sequential(conv(width, b_in, 1), conv(b_in, b, 3, stride=stride))
        c_path = nn.Sequential(conv(width, c_in, 1), conv(c_in, c, 3), conv(c, c, 3, stride=stride))
        pool = nn.AvgPool2d(3, 1, 1) if kind == "avg" else nn.MaxPool2d(3, stride, 1)
        side = nn.Sequential(pool, conv(width, d, 1)) if d else pool
        layers.append(Branches(*([conv(width, a, 1)] if a else []), b_path, c_path, side))
        width = (a + b + c + d) if a else width + b + c
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 1000))


# -- segmentation --------------------------------------------------------------------------
class UNet(nn.Module):
    """Ronneberger 2015 with padded convolutions and batch norm, two classes."""

    def __init__(self, widths: tuple[int, ...] = (64, 128, 256, 512, 1024)) -> None:
        super().__init__()
        pairs = list(zip((3, *widths), widths, strict=False))
        self.down = nn.ModuleList(nn.Sequential(conv(i, o, 3), conv(o, o, 3)) for i, o in pairs)
        up = list(zip(widths[::-1], widths[-2::-1], strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for i, o in up)
        self.join = nn.ModuleList(nn.Sequential(conv(i, o, 3), conv(o, o, 3)) for i, o in up)
        self.out = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for block in self.down:
            x = block(F.max_pool2d(x, 2) if kept else x)
            kept.append(x)
        for up, join, side in zip(self.up, self.join, kept[-2::-1], strict=True):
            x = join(torch.cat([side, up(x)], 1))
        return self.out(x)


def per_pixel_loss(out: Tensor) -> Tensor:
    """Cross entropy of every pixel."""
    return F.cross_entropy(out, torch.zeros(out.shape[0], *out.shape[2:], dtype=torch.long))


MODELS: tuple[tuple[str, int, Any, int], ...] = (
    ("lenet", 28, lenet, 1),
    ("cifar10-full", 32, cifar10_full, 3),
    ("alexnet-caffe", 227, alexnet_caffe, 3),
    ("overfeat", 231, overfeat_fast, 3),
    ("googlenet-v1", 224, googlenet_v1, 3),
    ("inception_bn", 224, inception_bn, 3),
)


def jobs() -> Iterator[Job]:
    """Classification and segmentation."""
    for name, size, make, channels in MODELS:
        yield Job(name, size, make, image_inputs(size, channels))
    yield Job("unet", 256, UNet, image_inputs(256), task="segmentation", loss=per_pixel_loss)
    yield Job("unet", 512, UNet, image_inputs(512), task="segmentation", loss=per_pixel_loss)
