"""Detectors, with a fixed number of proposals: sorting and suppression of boxes is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from zoo.job import Job
from zoo.vision import conv

ANCHORS = (4, 6, 6, 6, 4, 4)
BOXES = 8732  # 38*38*4 + 19*19*6 + 10*10*6 + 5*5*6 + 3*3*4 + 1*4 (Liu 2016 section 3.1)


class SsdHeads(nn.Module):
    """Box and class predictions over six feature maps."""

    def __init__(self, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        pairs = list(zip(widths, ANCHORS, strict=True))
        self.classes = classes
        self.boxes = nn.ModuleList(nn.Conv2d(w, 4 * n, 3, padding=1) for w, n in pairs)
        self.labels = nn.ModuleList(nn.Conv2d(w, classes * n, 3, padding=1) for w, n in pairs)

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, Tensor]:
        n = maps[0].shape[0]
        boxes = [f(x).view(n, 4, -1) for f, x in zip(self.boxes, maps, strict=True)]
        labels = [f(x).view(n, self.classes, -1) for f, x in zip(self.labels, maps, strict=True)]
        return torch.cat(boxes, 2).contiguous(), torch.cat(labels, 2).contiguous()


class SsdResnet(nn.Module):
    """NVIDIA DeepLearningExamples PyTorch/Detection/SSD: ResNet-50 up to conv4, stride 8, COCO."""

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import resnet50

        net = resnet50(weights=None)
        for module in (net.layer3[0].conv1, net.layer3[0].conv2, net.layer3[0].downsample[0]):
            module.stride = (1, 1)
        self.backbone = nn.Sequential(
            net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2, net.layer3
        )
        widths, middles = (1024, 512, 512, 256, 256, 256), (256, 256, 128, 128, 128)
        self.extra = nn.ModuleList(
            nn.Sequential(
                conv(c_in, mid, 1),
                conv(mid, c_out, 3, **({"stride": 2} if i < 3 else {"padding": 0})),
            )
            for i, (c_in, c_out, mid) in enumerate(zip(widths, widths[1:], middles, strict=False))
        )
        self.heads = SsdHeads(widths, 81)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        maps = [self.backbone(x)]
        for block in self.extra:
            maps.append(block(maps[-1]))
        out: tuple[Tensor, Tensor] = self.heads(maps)
        return out


class SsdVgg(nn.Module):
    """Liu 2016 (arXiv:1512.02325) figure 2, 21 classes of VOC."""

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import vgg16

        layers = list(vgg16(weights=None).features)
        layers[16].ceil_mode = True
        self.first, self.second = nn.Sequential(*layers[:23]), nn.Sequential(*layers[23:30])
        self.scale = nn.Parameter(torch.ones(512))

        def plain(*args: int, **options: int) -> nn.Module:
            return conv(*args, norm=False, **options)

        self.third = nn.Sequential(
            nn.MaxPool2d(3, 1, 1), plain(512, 1024, 3, padding=6, dilation=6), plain(1024, 1024, 1)
        )
        self.extra = nn.ModuleList(
            nn.Sequential(plain(c, mid, 1), plain(mid, out, 3, stride=s, padding=p))
            for c, mid, out, s, p in (
                (1024, 256, 512, 2, 1), (512, 128, 256, 2, 1), (256, 128, 256, 1, 0),
                (256, 128, 256, 1, 0),
            )
        )  # fmt: skip
        self.heads = SsdHeads((512, 1024, 512, 256, 256, 256), 21)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.first(x)
        maps = [F.normalize(x) * self.scale.view(1, -1, 1, 1)]
        maps.append(self.third(self.second(x)))
        for block in self.extra:
            maps.append(block(maps[-1]))
        out: tuple[Tensor, Tensor] = self.heads(maps)
        return out


def ssd_loss(out: tuple[Tensor, Tensor]) -> Tensor:
    """Smooth L1 of boxes, cross entropy of labels with the hardest negatives."""
    boxes, labels = out
    target = torch.zeros(labels.shape[0], BOXES, dtype=torch.long)
    mask = (target > 0).float()
    box = (F.smooth_l1_loss(boxes, torch.empty_like(boxes), reduction="none").sum(1) * mask).sum(1)
    each = F.cross_entropy(labels, target, reduction="none")
    _, order = each.detach().sort(1, descending=True)
    _, rank = order.sort(1)
    negative = rank < 3 * mask.sum(1, keepdim=True)
    return (box + (each * (mask + negative.float())).sum(1)).mean()


def pick(x: Tensor, rois: int, cells: int) -> Tensor:
    """[rois, channels, cells, cells] values gathered from a feature map, as RoI pooling does."""
    flat = x.flatten(2).transpose(1, 2).reshape(-1, x.shape[1])
    where = torch.zeros(rois * cells * cells, dtype=torch.long)
    picked = flat.index_select(0, where)
    return picked.view(rois, cells * cells, -1).transpose(1, 2).reshape(rois, -1, cells, cells)


class FasterRcnnVgg(nn.Module):
    """Ren 2015 with VGG16 on VOC: 600 px short side, 256 anchors, 128 proposals per image."""

    rois = 128

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import vgg16

        net = vgg16(weights=None)
        self.features = net.features[:30]
        for layer in self.features[:10]:  # the first two blocks stay as pretrained
            for parameter in layer.parameters():
                parameter.requires_grad = False
        self.rpn = conv(512, 512, 3, norm=False)
        self.score, self.shift = nn.Conv2d(512, 18, 1), nn.Conv2d(512, 36, 1)
        self.head = net.classifier[:6]
        self.label, self.box = nn.Linear(4096, 21), nn.Linear(4096, 84)

    def forward(self, x: Tensor) -> list[Tensor]:
        n = x.shape[0]
        x = self.features(x)
        near = self.rpn(x)
        y = self.head(pick(x, n * self.rois, 7).flatten(1))
        return [self.label(y), self.box(y), self.score(near), self.shift(near)]


def _frozen(net: nn.Module) -> nn.Module:
    """Batch norm with fixed statistics as one scale and one shift, as detectors train."""
    from torchvision.ops.misc import FrozenBatchNorm2d

    for name, child in net.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(net, name, FrozenBatchNorm2d(child.num_features))
        else:
            _frozen(child)
    return net


class MaskRcnn(nn.Module):
    """He 2017 with ResNet-50-FPN on COCO: 512 box and 128 mask proposals per image."""

    boxes, masks = 512, 128

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import resnet50

        net = _frozen(resnet50(weights=None))
        self.stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        self.stages = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])
        for part in (self.stem, self.stages[0]):
            for parameter in part.parameters():
                parameter.requires_grad = False
        self.side = nn.ModuleList(nn.Conv2d(c, 256, 1) for c in (256, 512, 1024, 2048))
        self.smooth = nn.ModuleList(nn.Conv2d(256, 256, 3, padding=1) for _ in range(4))
        self.rpn = conv(256, 256, 3, norm=False)
        self.score, self.shift = nn.Conv2d(256, 3, 1), nn.Conv2d(256, 12, 1)
        self.head = nn.Sequential(
            nn.Linear(256 * 49, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU()
        )
        self.label, self.box = nn.Linear(1024, 81), nn.Linear(1024, 324)
        self.mask = nn.Sequential(
            *[conv(256, 256, 3, norm=False) for _ in range(4)],
            nn.ConvTranspose2d(256, 256, 2, 2), nn.ReLU(), nn.Conv2d(256, 81, 1),
        )  # fmt: skip

    def pyramid(self, x: Tensor) -> list[Tensor]:
        """Five feature maps, finest first."""
        x, sides = self.stem(x), []
        for stage, side in zip(self.stages, self.side, strict=True):
            x = stage(x)
            sides.append(side(x))
        for i in (2, 1, 0):
            sides[i] = sides[i] + F.interpolate(sides[i + 1], sides[i].shape[2:])
        maps = [f(x) for f, x in zip(self.smooth, sides, strict=True)]
        return [*maps, F.max_pool2d(maps[-1], 1, 2)]

    def forward(self, x: Tensor) -> list[Tensor]:
        n, maps = x.shape[0], self.pyramid(x)
        near = [self.rpn(m) for m in maps]
        proposals = [self.score(m) for m in near] + [self.shift(m) for m in near]
        share = self.boxes // 4
        box = torch.cat([pick(m, n * share, 7) for m in maps[:4]])
        mask = torch.cat([pick(m, n * self.masks // 4, 14) for m in maps[:4]])
        y = self.head(box.flatten(1))
        return [self.label(y), self.box(y), self.mask(mask), *proposals]


def detector_loss(out: list[Tensor]) -> Tensor:
    """Cross entropy of proposal classes; every other output as a plain regression."""
    label, *rest = out
    loss = F.cross_entropy(label, torch.zeros(label.shape[0], dtype=torch.long))
    for value in rest:
        loss = loss + F.smooth_l1_loss(value, torch.empty_like(value))
    return loss


def wide_images(height: int, width: int) -> Any:
    """(batch, seq) -> images that are not square; img_size is the short side."""
    return lambda batch, seq: (torch.empty(batch, 3, height, width),)


def jobs() -> Iterator[Job]:
    """Detectors; sizes are the short side."""
    boxes = {"task": "detection"}
    square = wide_images(300, 300)
    yield Job("ssd300", 300, SsdResnet, square, loss=ssd_loss, **boxes)
    yield Job("ssd300-vgg16", 300, SsdVgg, square, loss=ssd_loss, **boxes)
    wide = wide_images(600, 1000)
    yield Job("fasterrcnn-vgg16", 600, FasterRcnnVgg, wide, loss=detector_loss, **boxes)
    wide = wide_images(800, 1088)  # mean COCO shape after resizing to 800 (at most 1333)
    yield Job("maskrcnn-resnet50-fpn", 800, MaskRcnn, wide, loss=detector_loss, **boxes)
