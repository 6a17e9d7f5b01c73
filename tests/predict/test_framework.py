"""Framework strings as published tables write them."""

from __future__ import annotations

import pytest

from rigwright.predict.framework import framework_of


@pytest.mark.parametrize(
    ("text", "family", "cudnn", "fused"),
    [
        ("timm+pytorch 2.4.0 cuda 12.4", "pytorch", 9, True),
        ("timm+pytorch 1.13 cuda 11.7", "pytorch", 8, False),
        ("PyTorch 0.3.0", "pytorch", 6, False),
        ("pytorch", "pytorch", 9, True),
        ("torch7 cuda8 cudnn 5110", "torch7", 5, False),
        ("torch7 cuda8 nn (no cudnn)", "torch7", 0, False),
        ("Tensorflow 1.4.0", "tensorflow", 7, False),
        ("NGC PyTorch DeepLearningExamples", "pytorch", 8, False),
        ("mxnet", "mxnet", 7, False),
    ],
)
def test_framework(text: str, family: str, cudnn: int, fused: bool) -> None:
    got = framework_of(text)
    assert (got.family, got.cudnn, got.fused_attention("image")) == (family, cudnn, fused)


def test_tf32_convolutions_are_a_pytorch_default_since_1_7() -> None:
    assert framework_of("pytorch 2.1").conv_tf32
    assert not framework_of("PyTorch 1.0.0").conv_tf32
    assert not framework_of("torch7 cuda8 cudnn 7004").conv_tf32


def test_text_models_use_fused_attention_later_than_image_models() -> None:
    # transformers 4.36 (December 2023) brought it to the first language models; PyTorch 2.1 is
    # of October 2023, 2.2 of January 2024.
    assert framework_of("pytorch 2.1").fused_attention("image")
    assert not framework_of("pytorch 2.1").fused_attention("language")
    assert framework_of("pytorch 2.2").fused_attention("text")
