"""Networks that see and are neither in timm nor image classifiers: pairs, masks, boxes, video."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo import stubs
from zoo.job import Job, image_inputs, without_weights

ALIASES = {
    "clip": "clip-vit-b-32",
    "clip-vit-base-patch32": "clip-vit-b-32",
    "clip-vit-base-patch16": "clip-vit-b-16",
    "clip-vit-large-patch14": "clip-vit-l-14",
    "clip-vit-large-patch14-336": "clip-vit-l-14-336",
    "clip-vit-h-14-laion2b-s32b-b79k": "clip-vit-h-14",
    "siglip-base": "siglip-base-patch16-224",
    "siglip-so400m": "siglip-so400m-patch14-384",
    "sam": "sam-vit-base",
    "sam-vit-b": "sam-vit-base",
    "sam-vit-l": "sam-vit-large",
    "sam-vit-h": "sam-vit-huge",
    "sam2": "sam2_hiera_base_plus",
    "sam2-hiera-base-plus": "sam2_hiera_base_plus",
    "sam2-hiera-large": "sam2_hiera_large",
    "sam2-hiera-small": "sam2_hiera_small",
    "sam2-hiera-tiny": "sam2_hiera_tiny",
    "mae-vit-base": "vit-mae-base",
    "mae": "vit-mae-base",
    "detr": "detr-resnet-50",
    "segformer": "segformer-b2",
    "mit-b0": "segformer-b0",
    "mit-b5": "segformer-b5",
    "deeplabv3": "deeplabv3_resnet50",
    "fcn": "fcn_resnet50",
    "videomae": "videomae-base",
    "vit-tiny": "vit_tiny_patch16_224",
    "vit-small": "vit_small_patch16_224",
    "vit-huge": "vit_huge_patch14_224",
    "vit-l-14": "vit_large_patch14_clip_224",
    "vit-base-patch16-224-in21k": "vit_base_patch16_224",
    "vit-large-patch16-224-in21k": "vit_large_patch16_224",
    "vit-base-patch32-384": "vit_base_patch32_384",
    "deit-tiny": "deit_tiny_patch16_224",
    "deit-small": "deit_small_patch16_224",
    "deit-base": "deit_base_patch16_224",
    "beit-base": "beit_base_patch16_224",
    "beit-large": "beit_large_patch16_224",
    "swin-small": "swin_small_patch4_window7_224",
    "swin-base": "swin_base_patch4_window7_224",
    "swin-large": "swin_large_patch4_window7_224",
    "swinv2-base": "swinv2_base_window8_256",
    "swinv2-base-patch4-window8-256": "swinv2_base_window8_256",
    "convnext-tiny-224": "convnext_tiny",
    "convnext-base-224": "convnext_base",
    "convnext-large-224": "convnext_large",
    "dinov2-small": "vit_small_patch14_dinov2",
    "dinov2-base": "vit_base_patch14_dinov2",
    "dinov2-large": "vit_large_patch14_dinov2",
    "dinov2-giant": "vit_giant_patch14_dinov2",
    "dinov2-vits14": "vit_small_patch14_dinov2",
    "dinov2-vitb14": "vit_base_patch14_dinov2",
    "dinov2-vitl14": "vit_large_patch14_dinov2",
    "dinov2-vitg14": "vit_giant_patch14_dinov2",
    "dinov3-vits16": "vit_small_patch16_dinov3",
    "dinov3-vitb16": "vit_base_patch16_dinov3",
    "dinov3-vitl16": "vit_large_patch16_dinov3",
}


# -- pictures with captions ----------------------------------------------------------------
def _tower(layers: int, hidden: int, heads: int, **more: Any) -> dict[str, Any]:
    return {"num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads,
            "intermediate_size": 4 * hidden, **more}  # fmt: skip


CLIP: dict[str, tuple[int, int, dict[str, Any], dict[str, Any]]] = {  # pixels, projection, towers
    "clip-vit-b-32": (224, 512, _tower(12, 512, 8), _tower(12, 768, 12, patch_size=32)),
    "clip-vit-b-16": (224, 512, _tower(12, 512, 8), _tower(12, 768, 12, patch_size=16)),
    "clip-vit-l-14": (224, 768, _tower(12, 768, 12), _tower(24, 1024, 16, patch_size=14)),
    "clip-vit-l-14-336": (336, 768, _tower(12, 768, 12), _tower(24, 1024, 16, patch_size=14)),
    "clip-vit-h-14": (224, 1024, _tower(24, 1024, 16), _tower(32, 1280, 16, patch_size=14)),
}  # arXiv:2103.00020 table 20; H/14: github.com/mlfoundations/open_clip model_configs


def _clip(side: int, width: int, text: dict[str, Any], vision: dict[str, Any]) -> Any:
    import transformers as hf

    config = hf.CLIPConfig(
        text_config={**text, "projection_dim": width},
        vision_config={**vision, "projection_dim": width, "image_size": side},
        projection_dim=width,
    )
    return without_weights(lambda: hf.CLIPModel(config))


def _siglip(side: int, patch: int, tower: dict[str, Any]) -> Any:
    import transformers as hf

    text = {**tower, "vocab_size": 32000}
    config = hf.SiglipConfig(
        text_config=text, vision_config={**tower, "image_size": side, "patch_size": patch}
    )
    return without_weights(lambda: hf.SiglipModel(config))


SIGLIP: dict[str, tuple[int, int, dict[str, Any]]] = {  # arXiv:2303.15343
    "siglip-base-patch16-224": (224, 16, _tower(12, 768, 12)),
    "siglip-so400m-patch14-384": (384, 14, {**_tower(27, 1152, 16), "intermediate_size": 4304}),
}


def _captioned(side: int, words: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "input_ids": torch.zeros(batch, words, dtype=torch.long),
        "pixel_values": torch.empty(batch, 3, side, side),
        "return_loss": True,
    }


def _own_loss(out: Any) -> Any:
    return out.loss


# -- masks and boxes -----------------------------------------------------------------------
SAM = {  # layers, width, heads, layers that see the whole picture (arXiv:2304.02643)
    "sam-vit-base": (12, 768, 12, (2, 5, 8, 11)),
    "sam-vit-large": (24, 1024, 16, (5, 11, 17, 23)),
    "sam-vit-huge": (32, 1280, 16, (7, 15, 23, 31)),
}


def _sam(layers: int, hidden: int, heads: int, whole: tuple[int, ...]) -> Any:
    import transformers as hf

    vision = hf.SamVisionConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads,
        global_attn_indexes=list(whole), mlp_dim=4 * hidden,
    )  # fmt: skip
    config = hf.SamConfig(vision_config=vision.to_dict())
    return without_weights(lambda: hf.SamModel(config))


SEGFORMER = {  # depths, widths, decoder (arXiv:2105.15203 table 6)
    "segformer-b0": ((2, 2, 2, 2), (32, 64, 160, 256), 256),
    "segformer-b1": ((2, 2, 2, 2), (64, 128, 320, 512), 256),
    "segformer-b2": ((3, 4, 6, 3), (64, 128, 320, 512), 768),
    "segformer-b3": ((3, 4, 18, 3), (64, 128, 320, 512), 768),
    "segformer-b4": ((3, 8, 27, 3), (64, 128, 320, 512), 768),
    "segformer-b5": ((3, 6, 40, 3), (64, 128, 320, 512), 768),
}


def _segformer(depths: tuple[int, ...], widths: tuple[int, ...], decoder: int) -> Any:
    import transformers as hf

    config = hf.SegformerConfig(
        depths=list(depths), hidden_sizes=list(widths), decoder_hidden_size=decoder, num_labels=150
    )
    return without_weights(lambda: hf.SegformerForSemanticSegmentation(config))


def _with_map(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "pixel_values": torch.empty(batch, 3, side, side),
        "labels": torch.zeros(batch, side, side, dtype=torch.long),
    }


def _mae() -> Any:
    import transformers as hf

    return without_weights(lambda: hf.ViTMAEForPreTraining(hf.ViTMAEConfig()))


def _detr() -> Any:
    import transformers as hf

    config = hf.DetrConfig(num_labels=91)
    return without_weights(lambda: hf.DetrForObjectDetection(config))


def _boxes_loss(out: Any) -> Any:
    """Class scores and boxes; matching with the targets runs on the CPU."""
    return out.logits.log_softmax(-1).mean() + out.pred_boxes.abs().mean()


# -- torchvision ---------------------------------------------------------------------------
SEGMENTATION = "deeplabv3_resnet50 deeplabv3_resnet101 fcn_resnet50 lraspp_mobilenet_v3_large"
VIDEO = "r3d_18 r2plus1d_18"
FRAMES = 16


def _map_loss(out: Any) -> Any:
    import torch

    """Cross entropy of every pixel; half weight on the auxiliary head, as torchvision trains."""
    main = out["out"]
    target = torch.zeros(main.shape[0], *main.shape[2:], dtype=torch.long)
    loss = torch.nn.functional.cross_entropy(main, target)
    if "aux" in out:
        loss = loss + 0.5 * torch.nn.functional.cross_entropy(out["aux"], target)
    return loss


def _torchvision_jobs() -> Iterator[Job]:
    from torchvision import models

    for name in SEGMENTATION.split():
        aux = {} if name.startswith("lraspp") else {"aux_loss": True}
        make = partial(models.get_model, name, weights=None, weights_backbone=None, **aux)
        maps = {"task": "segmentation", "loss": _map_loss}
        yield Job(name, 520, make, image_inputs(520), **maps)
    for name in VIDEO.split():
        make = partial(models.get_model, name, weights=None)
        yield Job(name, 112, make, partial(_clip_of_frames, 112), task="video", unit="item")


def _clip_of_frames(side: int, batch: int, seq: int) -> Any:
    import torch

    return (torch.empty(batch, 3, FRAMES, side, side),)


def _videomae() -> Any:
    import transformers as hf

    config = hf.VideoMAEConfig(num_labels=400)
    return without_weights(lambda: hf.VideoMAEForVideoClassification(config))


def _frames_first(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "pixel_values": torch.empty(batch, FRAMES, 3, side, side),
        "labels": torch.zeros(batch, dtype=torch.long),
    }


def _only(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"pixel_values": torch.empty(batch, 3, side, side)}


def _wide(height: int, width: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"pixel_values": torch.empty(batch, 3, height, width)}


def _masks_loss(out: Any) -> Any:
    return out.pred_masks.float().mean() + out.iou_scores.float().mean()


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the image side, or the short one."""
    for name, (side, *rest) in CLIP.items():
        make = partial(_clip, side, *rest)
        yield Job(name, side, make, partial(_captioned, side, 77), loss=_own_loss)
    for name, (side, patch, tower) in SIGLIP.items():
        make = partial(_siglip, side, patch, tower)
        yield Job(name, side, make, partial(_captioned, side, 64), loss=_own_loss)
    maps = {"task": "segmentation"}
    for name, dims in SAM.items():
        yield Job(name, 1024, partial(_sam, *dims), partial(_only, 1024), loss=_masks_loss, **maps)
    for name, dims2 in SEGFORMER.items():
        make = partial(_segformer, *dims2)
        yield Job(name, 512, make, partial(_with_map, 512), loss=_own_loss, **maps)
    yield Job("vit-mae-base", 224, _mae, partial(_only, 224), loss=_own_loss)
    boxes = {"task": "detection", "loss": _boxes_loss}
    yield Job("detr-resnet-50", 800, _detr, partial(_wide, 800, 1066), **boxes)
    video = {"task": "video", "unit": "item", "loss": _own_loss}
    yield Job("videomae-base", 224, _videomae, partial(_frames_first, 224), **video)
    if stubs.have_torchvision():
        yield from _torchvision_jobs()
