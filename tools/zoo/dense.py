"""Masks, boxes and depth by transformers' own classes, and nnU-Net by its own plans.

Sizes: the configurations on huggingface.co of the repositories named beside each row. Matching of
queries with targets and the choice of points for the mask loss are left out, as in ``detect``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo.job import Job, image_inputs, without_weights

_DINO = {"s": "small", "b": "base", "l": "large"}
ALIASES = {
    **{
        alias: f"sam2.1-hiera-{size}"
        for size in ("tiny", "small", "base-plus", "large")
        for alias in (f"sam2.1_hiera_{size.replace('-', '_')}", f"sam2.1-{size}")
    },
    **{f"sam2.1_{w}": f"sam2.1-hiera-{s}" for w, s in
       (("t", "tiny"), ("s", "small"), ("b", "base-plus"), ("l", "large"))},
    **{
        f"dinov3-vit{short}16{more}{after}": f"vit_{size}{long}_patch16_dinov3"
        for short, size, more, long in (
            ("s", "small", "", ""), ("s", "small", "plus", "_plus"), ("b", "base", "", ""),
            ("l", "large", "", ""), ("h", "huge", "plus", "_plus"), ("7b", "7b", "", ""),
        )
        for after in ("", "-pretrain-lvd1689m", "-pretrain-sat493m")
    },
    **{
        f"dinov3-convnext-{size}{after}": f"convnext_{size}"
        for size in ("tiny", "small", "base", "large")
        for after in ("", "-pretrain-lvd1689m")
    },
    **{
        f"depth-anything-v2-{size}{after}": f"depth-anything-{size}"
        for size in _DINO.values() for after in ("", "-hf")
    },
    **{f"depth-anything-{size}-hf": f"depth-anything-{size}" for size in _DINO.values()},
    **{f"depth_anything_v2_vit{s}": f"depth-anything-{size}" for s, size in _DINO.items()},
    **{f"rtdetr_r{n}vd_coco_o365": f"rtdetr_r{n}vd" for n in (18, 50, 101)},
    "rt-detr-r18": "rtdetr_r18vd",
    "rt-detr-r34": "rtdetr_r34vd",
    "rt-detr-r50": "rtdetr_r50vd",
    "rt-detr-r101": "rtdetr_r101vd",
    "rt-detr-l": "rtdetr-l",
    "rt-detr-x": "rtdetr-x",
    **{
        f"mask2former-{net}-{data}": f"mask2former-{net}"
        for net in ("swin-tiny", "swin-small", "swin-base", "swin-large")
        for data in ("coco-instance", "coco-panoptic", "ade-semantic", "cityscapes-semantic")
    },
    "mask2former-r50": "mask2former-resnet50",
    "nnunet-3d-fullres": "nnunet-3d_fullres",
    "nnunet-3d": "nnunet-3d_fullres",
    "nnunet-2d": "nnunet-2d",
    "nnU-Net ResEnc L": "nnunet-resenc-l",
    "nnunet-resencl": "nnunet-resenc-l",
    "nnunet-resencm": "nnunet-resenc-m",
}  # fmt: skip


# -- SAM 2 ---------------------------------------------------------------------------------
SAM2 = {  # width, blocks, heads, windows, blocks that see all, side of the position table
    "tiny": (96, (1, 2, 7, 2), (1, 2, 4, 8), (8, 4, 14, 7), (5, 7, 9), 7),
    "small": (96, (1, 2, 11, 2), (1, 2, 4, 8), (8, 4, 14, 7), (7, 10, 13), 7),
    "base-plus": (112, (2, 3, 16, 3), (2, 4, 8, 16), (8, 4, 14, 7), (12, 16, 20), 14),
    "large": (144, (2, 6, 36, 4), (2, 4, 8, 16), (8, 4, 16, 8), (23, 33, 43), 7),
}  # facebook/sam2.1-hiera-*, and sam2/configs/sam2.1 of facebookresearch/sam2


def _sam2(size: str) -> Any:
    """A picture and one point; the memory of videos is there and waits."""
    import torch
    import transformers as hf
    from torch import nn

    width, blocks, heads, windows, whole, table = SAM2[size]
    widths = [width * 2**i for i in range(4)]
    back = hf.Sam2HieraDetConfig(
        hidden_size=width, num_attention_heads=heads[0], blocks_per_stage=list(blocks),
        embed_dim_per_stage=widths, num_attention_heads_per_stage=list(heads),
        window_size_per_stage=list(windows), global_attention_blocks=list(whole),
        window_positional_embedding_background_size=[table, table],
    )  # fmt: skip
    vision = hf.Sam2VisionConfig(backbone_config=back, backbone_channel_list=widths[::-1])
    video = hf.Sam2VideoConfig(vision_config=vision.to_dict())

    class Pictures(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            whole = without_weights(lambda: hf.Sam2VideoModel(video))
            self.net = without_weights(lambda: hf.Sam2Model(hf.Sam2Config(vision_config=vision)))
            self.memory = nn.ModuleList(
                [whole.memory_attention, whole.memory_encoder, whole.object_pointer_proj,
                 whole.mask_downsample]
            )  # fmt: skip

        def forward(self, pictures: Any) -> Any:
            count = pictures.shape[0]
            points, labels = torch.empty(count, 1, 1, 2), torch.ones(count, 1, 1, dtype=torch.long)
            return self.net(pixel_values=pictures, input_points=points, input_labels=labels)

    return Pictures()


def _masks_loss(out: Any) -> Any:
    return out.pred_masks.float().mean() + out.iou_scores.float().mean()


# -- SAM 3 ---------------------------------------------------------------------------------
def _sam3() -> Any:
    """facebook/sam3, the detector: the class's own defaults, a picture of 1008 px and words."""
    import transformers as hf
    from transformers import pytorch_utils

    pytorch_utils.is_torchdynamo_compiling = lambda: True
    made = hf.Sam3Model(hf.Sam3Config())
    for part in made.modules():  # the class reads the side of the map from a tensor
        if hasattr(part, "_get_coords"):
            part._get_coords = _coordinates
    return made


def _coordinates(height: Any, width: Any, dtype: Any, device: Any) -> Any:
    import torch

    return torch.empty(72, dtype=dtype), torch.empty(72, dtype=dtype)


def _words_and_picture(batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"pixel_values": torch.empty(batch, 3, 1008, 1008),
            "input_ids": torch.zeros(batch, 32, dtype=torch.long)}  # fmt: skip


def _sam3_loss(out: Any) -> Any:
    made = out.pred_masks.float().mean() + out.pred_boxes.float().abs().mean()
    return made + out.pred_logits.float().sigmoid().mean()


# -- boxes ---------------------------------------------------------------------------------
RTDETR: dict[str, dict[str, Any]] = {  # PekingU/rtdetr_r*vd
    "rtdetr_r18vd": {"depths": [2, 2, 2, 2], "layer_type": "basic", "decoder_layers": 3,
                     "hidden_expansion": 0.5, "sides": [64, 128, 256, 512]},
    "rtdetr_r34vd": {"depths": [3, 4, 6, 3], "layer_type": "basic", "decoder_layers": 4,
                     "hidden_expansion": 0.5, "sides": [64, 128, 256, 512]},
    "rtdetr_r50vd": {},
    "rtdetr_r101vd": {"depths": [3, 4, 23, 3], "encoder_hidden_dim": 384,
                      "encoder_ffn_dim": 2048, "decoder_in_channels": [384, 384, 384]},
}  # fmt: skip


def _rtdetr(**given: Any) -> Any:
    import transformers as hf
    from transformers import pytorch_utils

    # Position tables are kept between calls, so a second trace would lack how they are made.
    pytorch_utils.is_torchdynamo_compiling = lambda: True

    back = {k: given.pop(k) for k in ("depths", "layer_type") if k in given}
    sides = given.pop("sides", [256, 512, 1024, 2048])
    resnet = hf.RTDetrResNetConfig(
        hidden_sizes=sides, out_features=["stage2", "stage3", "stage4"], **back
    )
    config = hf.RTDetrConfig(
        backbone_config=resnet, num_labels=80, encoder_in_channels=sides[1:], num_denoising=0,
        **given,
    )  # fmt: skip
    return hf.RTDetrForObjectDetection(config)


def _boxes_loss(out: Any) -> Any:
    return out.logits.float().log_softmax(-1).mean() + out.pred_boxes.float().abs().mean()


def _rfdetr() -> Any:
    """Roboflow/rf-detr-base: the class's own defaults, 560 px."""
    import transformers as hf
    from transformers import pytorch_utils

    pytorch_utils.is_torchdynamo_compiling = lambda: True
    return hf.RfDetrForObjectDetection(hf.RfDetrConfig(num_labels=91))


SWIN = {  # depths, width, heads, window (arXiv:2103.14030); facebook/mask2former-swin-*
    "tiny": ((2, 2, 6, 2), 96, (3, 6, 12, 24), 7),
    "small": ((2, 2, 18, 2), 96, (3, 6, 12, 24), 7),
    "base": ((2, 2, 18, 2), 128, (4, 8, 16, 32), 12),
    "large": ((2, 2, 18, 2), 192, (6, 12, 24, 48), 12),
}


def _mask2former(size: str) -> Any:
    import transformers as hf

    stages = ["stage1", "stage2", "stage3", "stage4"]
    if size in SWIN:
        depths, width, heads, window = SWIN[size]
        back: Any = hf.SwinConfig(
            depths=list(depths), embed_dim=width, num_heads=list(heads), window_size=window,
            image_size=384, out_features=stages,
        )  # fmt: skip
    else:
        back = hf.ResNetConfig(out_features=stages)
    queries = 200 if size == "large" else 100
    config = hf.Mask2FormerConfig(backbone_config=back, num_queries=queries, num_labels=80)
    return hf.Mask2FormerForUniversalSegmentation(config)


def _queries_loss(out: Any) -> Any:
    """Every layer's masks and classes, as the auxiliary losses take them."""
    total = out.class_queries_logits.float().log_softmax(-1).mean()
    total = total + out.masks_queries_logits.float().mean()
    for layer in out.auxiliary_logits or ():
        total = total + sum(value.float().mean() for value in layer.values())
    return total


DEPTH = {  # layers, width, heads, neck, fusion (depth-anything/Depth-Anything-V2-*-hf)
    "small": (12, 384, 6, (48, 96, 192, 384), 64),
    "base": (12, 768, 12, (96, 192, 384, 768), 128),
    "large": (24, 1024, 16, (256, 512, 1024, 1024), 256),
}


def _depth(size: str) -> Any:
    import transformers as hf

    layers, width, heads, neck, fusion = DEPTH[size]
    taken = (3, 6, 9, 12) if layers == 12 else (5, 12, 18, 24)
    back = hf.Dinov2Config(
        num_hidden_layers=layers, hidden_size=width, num_attention_heads=heads, image_size=518,
        patch_size=14, out_features=[f"stage{i}" for i in taken], reshape_hidden_states=False,
        apply_layernorm=True,
    )  # fmt: skip
    config = hf.DepthAnythingConfig(
        backbone_config=back, reassemble_hidden_size=width, neck_hidden_sizes=list(neck),
        fusion_hidden_size=fusion, patch_size=14,
    )  # fmt: skip
    return hf.DepthAnythingForDepthEstimation(config)


def _depth_loss(out: Any) -> Any:
    return out.predicted_depth.float().abs().mean()


# -- nnU-Net -------------------------------------------------------------------------------
RESENC = {"m": ((1, 3, 4, 6, 6, 6), 128), "l": ((1, 3, 4, 6, 6, 6), 160)}
"""Blocks and side of the patch of the residual presets for 10 and 24 GB (arXiv:2404.09556)."""


def _nnunet(space: int, residual: bool) -> Any:
    from dynamic_network_architectures.architectures import unet
    from torch import nn

    stages = 8 if space == 2 else 6
    widest = 512 if space == 2 else 320
    more = {"n_blocks_per_stage": (1, 3, 4, 6, 6, 6)} if residual else {"n_conv_per_stage": 2}
    kind = unet.ResidualEncoderUNet if residual else unet.PlainConvUNet
    return kind(
        input_channels=1, n_stages=stages,
        features_per_stage=[min(32 * 2**i, widest) for i in range(stages)],
        conv_op=nn.Conv3d if space == 3 else nn.Conv2d, kernel_sizes=3,
        strides=[1] + [2] * (stages - 1), num_classes=3,
        n_conv_per_stage_decoder=1 if residual else 2, conv_bias=True,
        norm_op=nn.InstanceNorm3d if space == 3 else nn.InstanceNorm2d,
        norm_op_kwargs={"eps": 1e-5, "affine": True}, nonlin=nn.LeakyReLU,
        nonlin_kwargs={"inplace": True}, deep_supervision=True, **more,
    )  # fmt: skip


def _volumes(side: int, batch: int, seq: int) -> Any:
    import torch

    return (torch.empty(batch, 1, side, side, side),)


def _levels_loss(out: Any) -> Any:
    """Cross entropy and soft Dice of every level, as nnU-Net trains."""
    import torch

    total = torch.zeros(())
    for level in out:
        target = torch.zeros(level.shape[0], *level.shape[2:], dtype=torch.long)
        total = total + torch.nn.functional.cross_entropy(level, target)
        share = level.softmax(1)
        axes = tuple(range(2, level.dim()))
        wanted = torch.zeros_like(share)
        total = total - (share * wanted).sum(axes).mean() / share.sum(axes).mean()
    return total


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the side, or the short one."""
    maps: dict[str, Any] = {"task": "segmentation"}
    for size in SAM2:
        make = partial(_sam2, size)
        name = f"sam2.1-hiera-{size}"
        yield Job(name, 1024, make, image_inputs(1024), loss=_masks_loss, **maps)
    yield Job("sam3", 1008, _sam3, _words_and_picture, loss=_sam3_loss, **maps)
    boxes: dict[str, Any] = {"task": "detection", "loss": _boxes_loss}
    for name, options in RTDETR.items():
        yield Job(name, 640, partial(_rtdetr, **options), image_inputs(640), **boxes)
    yield Job("rf-detr-base", 560, _rfdetr, image_inputs(560), **boxes)
    for size in (*SWIN, "resnet50"):
        name = f"mask2former-{'swin-' if size in SWIN else ''}{size}"
        make = partial(_mask2former, size)
        yield Job(name, 800, make, _wide_pictures, loss=_queries_loss, **maps)
    for size in DEPTH:
        make = partial(_depth, size)
        about = {"task": "depth", "loss": _depth_loss}
        yield Job(f"depth-anything-{size}", 518, make, image_inputs(518), **about)
    maps["loss"] = _levels_loss
    yield Job("nnunet-2d", 512, partial(_nnunet, 2, False), image_inputs(512, 1), **maps)
    volumes: dict[str, Any] = {**maps, "unit": "item"}
    for name, side, residual in (
        ("nnunet-3d_fullres", 128, False), ("nnunet-resenc-m", RESENC["m"][1], True),
        ("nnunet-resenc-l", RESENC["l"][1], True),
    ):  # fmt: skip
        make = partial(_nnunet, 3, residual)
        yield Job(name, 0, make, partial(_volumes, side), **volumes)


def _wide_pictures(batch: int, seq: int) -> Any:
    import torch

    return (torch.empty(batch, 3, 800, 1088),)
