"""Diffusion models of diffusers by configuration: denoisers and autoencoders.

A training step: the denoiser predicts the noise of given latents; text and latents are made
beforehand, as fine-tuning scripts keep them. Sizes: each model's ``config.json`` on huggingface.co.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zoo.job import Job, without_weights

ALIASES = {
    "sd14": "sd15-unet",
    "sd1.4": "sd15-unet",
    "sd1.5": "sd15-unet",
    "stable-diffusion-v1-4": "sd15-unet",
    "stable-diffusion-v1.5": "sd15-unet",
    "sd2": "sd21-unet",
    "sd2.1": "sd21-unet",
    "sd21": "sd21-unet",
    "stable-diffusion-2": "sd21-unet",
    "stable-diffusion-2-1": "sd21-unet",
    "stable-diffusion-2-1-base": "sd21-unet",
    "sd2.1-unet": "sd21-unet",
    "sdxl": "sdxl-unet",
    "sdxl-base": "sdxl-unet",
    "sdxl-turbo": "sdxl-unet",
    "stable-diffusion-xl": "sdxl-unet",
    "stable-diffusion-xl-base-1.0": "sdxl-unet",
    "sd-vae-ft-mse": "sd-vae",
    "sd-vae-ft-ema": "sd-vae",
    "sdxl-vae": "sd-vae",
    "sdxl-vae-fp16-fix": "sd-vae",
    "flux-vae": "sd3-vae",
    "sd3": "sd3-medium",
    "stable-diffusion-3": "sd3-medium",
    "stable-diffusion-3-medium": "sd3-medium",
    "stable-diffusion-3.5-medium": "sd3.5-medium",
    "stable-diffusion-3.5-large": "sd3.5-large",
    "flux": "flux-dev",
    "flux.1": "flux-dev",
    "flux1-dev": "flux-dev",
    "FLUX.1-dev": "flux-dev",
    "flux1-schnell": "flux-schnell",
    "FLUX.1-schnell": "flux-schnell",
    "dit": "dit-xl-2",
    "DiT-XL/2": "dit-xl-2",
    "DiT-XL-2-256": "dit-xl-2",
    "pixart": "pixart-alpha",
    "PixArt-XL-2-1024-MS": "pixart-alpha",
    "pixart-sigma": "pixart-alpha",
    "controlnet": "controlnet-sd15",
    "sd-controlnet-canny": "controlnet-sd15",
    "controlnet-canny": "controlnet-sd15",
    "wan2.1-1.3b": "wan2.1-t2v-1.3b",
    "wan2.1-14b": "wan2.1-t2v-14b",
    "svd": "svd-unet",
    "stable-video-diffusion": "svd-unet",
    "stable-video-diffusion-img2vid-xt": "svd-unet",
    "ddpm-cifar10-32": "ddpm-cifar10",
    "sana": "sana-1.6b",
}
Inputs = Callable[[int, int], dict[str, Any]]


def _model(kind: str, **options: Any) -> Any:
    import diffusers

    return without_weights(lambda: getattr(diffusers, kind)(**options))


def noise_loss(out: Any) -> Any:
    """Mean squared error of the first output."""
    import torch

    sample = out.sample if hasattr(out, "sample") else out[0]
    return torch.nn.functional.mse_loss(sample.float(), torch.empty_like(sample).float())


def _residuals_loss(out: Any) -> Any:
    """A control network's residuals feed a frozen denoiser; here each gets a gradient."""
    total = out.mid_block_res_sample.float().mean()
    for sample in out.down_block_res_samples:
        total = total + sample.float().mean()
    return total


def _steps(batch: int) -> Any:
    import torch

    return torch.zeros(batch, dtype=torch.long)


def _latents(side: int, words: int, width: int, channels: int, batch: int, seq: int) -> Any:
    """Latents at an eighth of the picture's side, with words."""
    import torch

    return {
        "sample": torch.empty(batch, channels, side // 8, side // 8),
        "timestep": _steps(batch),
        "encoder_hidden_states": torch.empty(batch, words, width),
    }


def _sdxl_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    more = {"text_embeds": torch.empty(batch, 1280), "time_ids": torch.empty(batch, 6)}
    return {**_latents(side, 77, 2048, 4, batch, seq), "added_cond_kwargs": more}


def _control_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    given = _latents(side, 77, 768, 4, batch, seq)
    return {**given, "controlnet_cond": torch.empty(batch, 3, side, side)}


def _sd3_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "hidden_states": torch.empty(batch, 16, side // 8, side // 8),
        "encoder_hidden_states": torch.empty(batch, 333, 4096),  # 77 of CLIP, 256 of T5
        "pooled_projections": torch.empty(batch, 2048),
        "timestep": _steps(batch),
    }


def _flux_inputs(guided: bool, side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    tokens, words = (side // 16) ** 2, 512
    given = {
        "hidden_states": torch.empty(batch, tokens, 64),
        "encoder_hidden_states": torch.empty(batch, words, 4096),
        "pooled_projections": torch.empty(batch, 768),
        "timestep": torch.empty(batch),
        "img_ids": torch.empty(tokens, 3),
        "txt_ids": torch.empty(words, 3),
    }
    return {**given, "guidance": torch.empty(batch)} if guided else given


def _dit_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    latents = torch.empty(batch, 4, side // 8, side // 8)
    return {"hidden_states": latents, "timestep": _steps(batch), "class_labels": _steps(batch)}


def _pixart_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "hidden_states": torch.empty(batch, 4, side // 8, side // 8),
        "encoder_hidden_states": torch.empty(batch, 120, 4096),
        "timestep": _steps(batch),
        "added_cond_kwargs": {
            "resolution": torch.empty(batch, 2), "aspect_ratio": torch.empty(batch, 1),
        },
    }  # fmt: skip


def _pictures(side: int, batch: int, seq: int) -> tuple[Any, ...]:
    import torch

    return (torch.empty(batch, 3, side, side),)


def _wan_inputs(batch: int, seq: int) -> dict[str, Any]:
    """81 frames of 832 x 480: 21 x 60 x 104 latents."""
    import torch

    return {
        "hidden_states": torch.empty(batch, 16, 21, 60, 104),
        "timestep": _steps(batch),
        "encoder_hidden_states": torch.empty(batch, 512, 4096),
    }


def _svd_inputs(batch: int, seq: int) -> dict[str, Any]:
    """25 frames of 1024 x 576."""
    import torch

    return {
        "sample": torch.empty(batch, 25, 8, 72, 128),
        "timestep": _steps(batch),
        "encoder_hidden_states": torch.empty(batch, 1, 1024),
        "added_time_ids": torch.empty(batch, 3),
    }


def _noisy_pictures(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"sample": torch.empty(batch, 3, side, side), "timestep": _steps(batch)}


def _sana_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "hidden_states": torch.empty(batch, 32, side // 32, side // 32),
        "encoder_hidden_states": torch.empty(batch, 300, 2304),
        "timestep": _steps(batch),
    }


SD21 = {"sample_size": 96, "cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20),
        "use_linear_projection": True}  # fmt: skip
SDXL: dict[str, Any] = {
    "sample_size": 128, "cross_attention_dim": 2048, "attention_head_dim": (5, 10, 20),
    "block_out_channels": (320, 640, 1280), "use_linear_projection": True,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10), "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
}  # fmt: skip
VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "sample_size": 512,
    "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
}  # fmt: skip
VAE16 = {**VAE, "latent_channels": 16, "use_quant_conv": False, "use_post_quant_conv": False}
SD3 = {"sample_size": 128, "num_layers": 24, "num_attention_heads": 24, "out_channels": 16,
       "caption_projection_dim": 1536, "pos_embed_max_size": 192}  # fmt: skip
SD35M = {**SD3, "pos_embed_max_size": 384, "dual_attention_layers": tuple(range(13)),
         "qk_norm": "rms_norm"}  # fmt: skip
SD35L = {**SD3, "num_layers": 38, "num_attention_heads": 38, "caption_projection_dim": 2432,
         "qk_norm": "rms_norm"}  # fmt: skip
DIT = {"num_attention_heads": 16, "attention_head_dim": 72, "in_channels": 4, "out_channels": 8,
       "num_layers": 28, "sample_size": 32}  # fmt: skip
PIXART = {"sample_size": 128, "use_additional_conditions": True, "caption_channels": 4096}
DDPM: dict[str, Any] = {
    "sample_size": 32, "block_out_channels": (128, 256, 256, 256), "layers_per_block": 2,
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
    "attention_head_dim": None, "downsample_padding": 0, "flip_sin_to_cos": False,
    "freq_shift": 1, "norm_eps": 1e-6,
}  # fmt: skip
WAN = {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30}
WAN14 = {"num_attention_heads": 40, "ffn_dim": 13824, "num_layers": 40}


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the picture's side in pixels."""
    about: dict[str, Any] = {"task": "diffusion", "unit": "img", "loss": noise_loss}

    def job(name: str, side: int, inputs: Inputs, kind: str, options: dict[str, Any]) -> Job:
        return Job(name, side, partial(_model, kind, **options), inputs, **about)

    unet = "UNet2DConditionModel"
    for side in (768, 512):
        yield job("sd21-unet", side, partial(_latents, side, 77, 1024, 4), unet, SD21)
    for side in (1024, 512):
        yield job("sdxl-unet", side, partial(_sdxl_inputs, side), unet, SDXL)
    coder = {**about, "task": "autoencoder"}
    for name, side, options in (("sd-vae", 512, VAE), ("sd-vae", 1024, VAE),
                                ("sd3-vae", 1024, VAE16)):  # fmt: skip
        make = partial(_model, "AutoencoderKL", **options)
        yield Job(name, side, make, partial(_pictures, side), **coder)
    for name, options in (("sd3-medium", SD3), ("sd3.5-medium", SD35M), ("sd3.5-large", SD35L)):
        yield job(name, 1024, partial(_sd3_inputs, 1024), "SD3Transformer2DModel", options)
    for name, guided in (("flux-dev", True), ("flux-schnell", False)):
        for side in (1024, 512):
            inputs = partial(_flux_inputs, guided, side)
            yield job(name, side, inputs, "FluxTransformer2DModel", {"guidance_embeds": guided})
    yield job("dit-xl-2", 256, partial(_dit_inputs, 256), "DiTTransformer2DModel", DIT)
    yield job(
        "pixart-alpha", 1024, partial(_pixart_inputs, 1024), "PixArtTransformer2DModel", PIXART
    )
    control = partial(_model, "ControlNetModel", cross_attention_dim=768)
    losses = {**about, "loss": _residuals_loss}
    yield Job("controlnet-sd15", 512, control, partial(_control_inputs, 512), **losses)
    yield job("ddpm-cifar10", 32, partial(_noisy_pictures, 32), "UNet2DModel", DDPM)
    yield job("sana-1.6b", 1024, partial(_sana_inputs, 1024), "SanaTransformer2DModel", {})
    video = {**about, "unit": "item"}
    for name, options in (("wan2.1-t2v-1.3b", WAN), ("wan2.1-t2v-14b", WAN14)):
        make = partial(_model, "WanTransformer3DModel", **options)
        yield Job(name, 480, make, _wan_inputs, **video)
    make = partial(_model, "UNetSpatioTemporalConditionModel", num_attention_heads=(5, 10, 20, 20))
    yield Job("svd-unet", 576, make, _svd_inputs, **video)
