"""The embedded operation lists against published sizes, and what every list must obey."""

import numpy as np
import pytest

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.operation import KINDS, OperationList
from rigwright.workload.zoo import embedded as zoo

KIND = {name: index for index, name in enumerate(KINDS)}
FORWARD, BACKWARD = 0, 1
TRAFFIC_FULL_WRITE = 4

# Millions of weights and billions of multiply-adds per image as published by
# https://pytorch.org/vision/stable/models.html (table of all classification weights).
TORCHVISION = {
    "alexnet": (61.1, 0.71),
    "vgg11": (132.9, 7.61),
    "vgg16": (138.4, 15.47),
    "vgg16_bn": (138.4, 15.47),
    "vgg19": (143.7, 19.63),
    "resnet18": (11.7, 1.81),
    "resnet34": (21.8, 3.66),
    "resnet50": (25.6, 4.09),
    "resnet101": (44.5, 7.8),
    "resnet152": (60.2, 11.51),
    "densenet121": (8.0, 2.83),
    "densenet161": (28.7, 7.73),
    "densenet169": (14.1, 3.36),
    "densenet201": (20.0, 4.29),
    "squeezenet1_0": (1.2, 0.82),
    "squeezenet1_1": (1.2, 0.35),
    "mobilenet_v2": (3.5, 0.30),
    "mobilenet_v3_large": (5.5, 0.22),
    "mnasnet1_0": (4.4, 0.31),
    "shufflenet_v2_x1_0": (2.3, 0.14),
    "resnext50_32x4d": (25.0, 4.23),
    "wide_resnet50_2": (68.9, 11.4),
    "efficientnet_b0": (5.3, 0.39),
}
# Other sources, each beside its row.
OTHERS = {
    "alexnet-caffe": (61.0, 0.724),  # dgschwend.github.io/netscope bvlc_alexnet: 60.97 M, 725 M
    "googlenet-v1": (7.0, 1.58),  # netscope GoogLeNet: 6.99 M, 1.60 G without auxiliary heads
    "inception_bn": (11.3, 2.03),  # arXiv:1602.07261 family; MXNet model gallery 11.3 M
    "ssd300-vgg16": (26.3, 31.4),  # arXiv:1512.02325 network, VOC: 26.28 M, 31.4 G
    "unet": (31.04, 48.2),  # milesial/Pytorch-UNet: 31.04 M; 48.2 G at 256 px
    "overfeat": (145.9, 2.80),  # Torch's overfeat-fast of convnet-benchmarks: 145.9 M
}
WEIGHTS = {  # exact or published to the digit given, in weights
    "fasterrcnn-vgg16": (137_078_239, 0.001),  # py-faster-rcnn on VOC (21 classes)
    "bert-base": (110e6, 0.01),  # arXiv:1810.04805: 110 M with pooler
    "bert-large": (335e6, 0.01),  # huggingface.co/bert-large-uncased: 335 M
    "gpt2": (124_439_808, 0),  # huggingface.co/openai-community/gpt2
    "gpt2-xl": (1_557_611_200, 0),  # huggingface.co/openai-community/gpt2-xl
    "t5-base": (222_903_552, 0),  # huggingface.co/google-t5/t5-base: 223 M
    "whisper-small": (244e6, 0.02),  # arXiv:2212.04356 table 1
    "sd15-unet": (859_520_964, 0),  # huggingface.co/runwayml/stable-diffusion-v1-5: 860 M
    "transformer-xl-base": (192e6, 0.01),  # NVIDIA DeepLearningExamples: base 192 M
    "gnmt": (160.7e6, 0.01),  # NVIDIA DeepLearningExamples GNMT v2: 160.7 M
    "tacotron2": (28.2e6, 0.01),  # NVIDIA Tacotron 2: 28.2 M
    "waveglow": (268e6, 0.01),  # NVIDIA WaveGlow with 512 channels: 268 M
    "ncf": (31.8e6, 0.01),  # NVIDIA NCF on ml-20m: 31.8 M
    "lenet": (431_080, 0),  # Caffe examples/mnist
    "cifar10-full": (89_578, 0),  # Caffe examples/cifar10
    "maskrcnn-resnet50-fpn": (44.4e6, 0.01),  # torchvision docs: 44.4 M
}


def rows(ops: OperationList, kind: str, phase: int = FORWARD) -> np.ndarray:
    return (ops.kind == KIND[kind]) & (ops.phase == phase)


def multiply_adds(ops: OperationList, batch: float = 1.0, seq: float = 1.0) -> float:
    """Of the forward pass: matrix products, convolutions and attention."""
    dims, count = ops.at(batch, seq).dims, ops.count
    gemm, conv, attention = (rows(ops, kind) for kind in ("gemm", "conv", "attention"))
    n, c_in, _, _, c_out, r, s, _, groups, p, q, _ = dims[conv].T
    total = (dims[gemm, :4].prod(axis=1) * count[gemm]).sum()
    total += (n * c_out * p * q * c_in / np.maximum(groups, 1) * r * s * count[conv]).sum()
    return float(total + (2 * dims[attention, :5].prod(axis=1) * count[attention]).sum())


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision_sizes(name: str) -> None:
    weights, adds = TORCHVISION[name]
    ops = zoo.operation_list(name)
    assert ops.parameters / 1e6 == pytest.approx(weights, abs=0.06)
    assert multiply_adds(ops) / 1e9 == pytest.approx(adds, rel=0.03, abs=0.0055)


@pytest.mark.parametrize("name", OTHERS)
def test_sizes_of_models_written_here(name: str) -> None:
    weights, adds = OTHERS[name]
    ops = zoo.operation_list(name)
    assert ops.parameters / 1e6 == pytest.approx(weights, rel=0.005)
    assert multiply_adds(ops) / 1e9 == pytest.approx(adds, rel=0.03)


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(name: str) -> None:
    weights, within = WEIGHTS[name]
    assert zoo.operation_list(name).parameters == pytest.approx(weights, rel=within)


def test_vision_transformers() -> None:
    # torchvision docs: vit_b_16 86.6 M, vit_l_16 304.3 M (17.56 and 61.55 G with attention).
    for name, weights, adds in (("vit_base_patch16_224", 86.6, 17.56), ("vit-l", 304.3, 61.55)):
        ops = zoo.operation_list(name)
        assert ops.parameters / 1e6 == pytest.approx(weights, abs=0.06)
        assert multiply_adds(ops) / 1e9 == pytest.approx(adds, rel=0.03)


def test_language_models_do_two_flops_per_weight_and_token() -> None:
    ops, seq = zoo.operation_list("gpt2"), 1024
    attention = ops.at(1, seq).dims[rows(ops, "attention"), :5]
    linear = multiply_adds(ops, 1, seq) - 2 * attention.prod(axis=1).sum()
    positions = 1024 * 768  # the position table is only looked up; the token table multiplies
    assert linear == pytest.approx(seq * (ops.parameters - positions), rel=0.002)
    assert attention[:, [2, 3]].tolist() == [[seq, seq]] * 12


def test_every_convolution_has_its_gradients() -> None:
    ops = zoo.operation_list("resnet50")
    forward, weight, data = (
        int(ops.count[rows(ops, kind, phase)].sum())
        for kind, phase in (("conv", FORWARD), ("conv_wgrad", BACKWARD), ("conv_dgrad", BACKWARD))
    )
    assert (forward, weight, data) == (53, 53, 52)  # the image needs no gradient
    assert int(ops.count[rows(ops, "norm")].sum()) == 53


def test_autocast_classes() -> None:
    """PyTorch's lists: products read and write 16 bit, layer norm and losses 32 bit."""
    ops = zoo.operation_list("vit_base_patch16_224")
    traffic = ops.at(8).traffic
    for kind in ("gemm", "conv", "attention"):
        moved = traffic[rows(ops, kind)]
        assert moved[:, 0].min() > 0 and not moved[:, 1].any() and not moved[:, 4].any(), kind
    norms = traffic[rows(ops, "norm")]
    assert norms[:, TRAFFIC_FULL_WRITE].min() > 0 and not norms[:, 3].any()
    loss = traffic[rows(ops, "softmax")]
    assert len(loss) == 1 and loss[0, TRAFFIC_FULL_WRITE] == 8 * 1000
    casts = rows(ops, "cast")
    matrices = [n for n in traffic[casts, 1] if n >= 768 * 768]
    assert len(matrices) >= 12 * 4  # four weight matrices a block become 16 bit once a step


def test_batch_norm_networks_keep_activations_in_16_bit() -> None:
    ops = zoo.operation_list("resnet50")
    low, full, _ = ops.at(32).saved[ops.phase == FORWARD].sum(axis=0)
    assert full < 0.02 * low


def test_saved_bytes_of_a_known_network() -> None:
    """VGG16 keeps every convolution's input once: the sum of its feature maps (224 px)."""
    ops = zoo.operation_list("vgg16")
    maps = 64 * 224**2 * 2 + 128 * 112**2 * 2 + 256 * 56**2 * 3 + 512 * 28**2 * 3 + 512 * 14**2 * 3
    image, pooled = 3 * 224**2, 64 * 112**2 + 128 * 56**2 + 256 * 28**2 + 512 * 14**2 + 512 * 49
    kept = ops.at(1).saved[:, :2].sum() - ops.saved[:, :2, 0].sum()
    assert kept == pytest.approx(maps + image + pooled, rel=0.01)


@pytest.mark.parametrize("name", ["resnet50", "vit_base_patch16_224", "bert-base", "gnmt", "unet"])
def test_work_is_linear_in_batch(name: str) -> None:
    ops = zoo.operation_list(name)
    one, many = (multiply_adds(ops, b, ops.seq_len or 1) for b in (1, 64))
    assert many == pytest.approx(64 * one, rel=1e-6)
    fixed = ops.traffic[:, :, 0].sum()
    traffic = [ops.at(b, ops.seq_len or 1).traffic.sum() for b in (1, 64)]
    assert traffic[1] - fixed > 60 * (traffic[0] - fixed) > 0


def test_attention_is_quadratic_in_sequence() -> None:
    ops = zoo.operation_list("bert-base")
    attention = rows(ops, "attention")
    short, long = (ops.at(4, seq).dims[attention, :5].prod(axis=1).sum() for seq in (128, 256))
    assert long == pytest.approx(4 * short)


def test_rescaled_size_agrees_with_a_traced_one() -> None:
    small = zoo.rescaled(zoo.operation_list("unet", 256), 512)
    traced = zoo.operation_list("unet", 512)
    assert multiply_adds(small) == pytest.approx(multiply_adds(traced), rel=0.001)
    assert small.at(4).traffic.sum() == pytest.approx(traced.at(4).traffic.sum(), rel=0.01)
    assert small.at(4).saved.sum() == pytest.approx(traced.at(4).saved.sum(), rel=0.01)


WITH_TEXT = ("flux-dev", "flux-schnell")
"""Their 512 text tokens stay when the picture grows: halving a side is too much for rescaling."""


def test_rescaling_every_model_that_was_traced_twice() -> None:
    errors = []
    for name in zoo.names():
        for size in zoo.sizes(name)[1:]:
            made, traced = (
                zoo.rescaled(zoo.operation_list(name), size),
                zoo.operation_list(name, size),
            )
            for ops in ("traffic", "saved"):
                a, b = (
                    (getattr(o.at(32), ops).sum(axis=1) * o.count).sum() for o in (made, traced)
                )
                errors.append(abs(a / b - 1))
                within = 0.3 if name in WITH_TEXT else 0.06
                assert errors[-1] < within, (name, size, ops)
    assert len(errors) > 400 and np.median(errors) < 0.001


def test_unknown_image_size_is_scaled_by_area() -> None:
    base, larger = zoo.operation_list("resnet50"), zoo.operation_list("resnet50", 320)
    assert larger.img_size == 320 and larger.parameters == base.parameters
    assert multiply_adds(larger) / multiply_adds(base) == pytest.approx((320 / 224) ** 2, rel=0.02)


@pytest.mark.parametrize("given", ["ResNet-50", "resnet_50", "timm:resnet50", "resnet50.a1_in1k"])
def test_names_fold(given: str) -> None:
    assert zoo.resolve(given) == "resnet50"


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("googlenet-v1", "googlenet-v1"),
        ("inception-v3", "inception_v3"),
        ("bert_large_squad", "bert-large-squad"),
        ("hf:gpt2", "gpt2"),
        ("ssd", "ssd300"),
        ("Overfeat [fast]", "overfeat"),
        ("transformerxlbase", "transformer-xl-base"),
        ("ViT-B/16", "vit_b_16"),
        ("stable-diffusion-1.5", "sd15-unet"),
    ],
)
def test_aliases(given: str, canonical: str) -> None:
    assert zoo.resolve(given) == canonical


def test_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="resnet50"):
        zoo.resolve("resnet-5O")


def test_no_image_size_for_text() -> None:
    with pytest.raises(InputError, match="reads no images"):
        zoo.operation_list("bert-base", 224)


def test_every_list_is_sound() -> None:
    """Finite, non-negative, every phase there, and little of unknown kind."""
    broken = []
    for name in zoo.names():
        ops = zoo.operation_list(name)
        at = ops.at(4, ops.seq_len or 1)
        moved = at.traffic.sum(axis=1) * ops.count
        sound = np.isfinite(at.traffic).all() and (at.traffic >= 0).all() and (at.saved >= 0).all()
        unknown = moved[ops.kind == KIND["other"]].sum() / moved.sum()
        if not (sound and set(ops.phase) == {0, 1, 2} and unknown < 0.05 and ops.parameters > 0):
            broken.append((name, round(float(unknown), 3)))
    assert not broken


def test_the_archive_stays_small() -> None:
    assert zoo.ARCHIVE.stat().st_size <= 9_000_000
