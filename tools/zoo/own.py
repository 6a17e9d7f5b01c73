"""Models written here with published dimensions, because no library we trace has them."""

from __future__ import annotations

from collections.abc import Iterator

from zoo.job import Job

ALIASES = {
    "cifar10": "cifar10-full",
    "caffe-lenet": "lenet",
    "mnist": "lenet",
    "alexnet-bvlc": "alexnet-caffe",
    "Overfeat [fast]": "overfeat",
    "overfeat-fast": "overfeat",
    "bvlc_googlenet": "googlenet-v1",
    "inceptionv1": "googlenet-v1",
    "inception_v1": "googlenet-v1",
    "GoogleNet V1": "googlenet-v1",
    "bn-inception": "inception_bn",
    "inception-v2": "inception_bn",
    "u-net": "unet",
    "ssd": "ssd300",
    "ssd300-resnet50": "ssd300",
    "ssd300_vgg": "ssd300-vgg16",
    "faster-rcnn": "fasterrcnn-vgg16",
    "faster_rcnn_vgg16": "fasterrcnn-vgg16",
    "maskrcnn": "maskrcnn-resnet50-fpn",
    "mask-rcnn": "maskrcnn-resnet50-fpn",
    "transformerxl": "transformer-xl-base",
    "transformerxlbase": "transformer-xl-base",
    "transformerxllarge": "transformer-xl-large",
    "transfo-xl-wt103": "transformer-xl-large-adaptive",
}


def jobs() -> Iterator[Job]:
    """Every model of this group."""
    from zoo import detect, sequence, tacotron, transformerxl, vision

    yield from vision.jobs()
    yield from detect.jobs()
    yield from sequence.jobs()
    yield from transformerxl.jobs()
    yield from tacotron.jobs()
