"""Diffusion transformers of 2024-26 by diffusers' own classes: pictures and video.

As in ``diffusion``: one pass of the denoiser over given latents and text, trained to predict the
noise. The classes' defaults are the first published model of each; what differs is beside its row,
from the ``transformer/config.json`` of the named repository on huggingface.co. A video is as long
and wide as its pipeline makes it by default; ``img_size`` is its short side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zoo.diffusion import WAN14, _model, _steps, noise_loss
from zoo.job import Job

ALIASES = {
    "FLUX.1-Krea-dev": "flux-dev",
    "flux-krea-dev": "flux-dev",
    "FLUX.2-dev": "flux2-dev",
    "flux.2": "flux2-dev",
    "FLUX.2-klein-4B": "flux2-klein-4b",
    "FLUX.2-klein-base-4B": "flux2-klein-4b",
    "FLUX.2-klein-9B": "flux2-klein-9b",
    "FLUX.2-klein-base-9B": "flux2-klein-9b",
    "Qwen-Image-2512": "qwen-image",
    "Qwen-Image-Edit": "qwen-image-edit",
    "Qwen-Image-Edit-2509": "qwen-image-edit",
    "Qwen-Image-Edit-2511": "qwen-image-edit",
    "Z-Image-Turbo": "z-image",
    "Z-Image-Base": "z-image",
    "HunyuanVideo": "hunyuan-video",
    "HunyuanVideo-1.5": "hunyuan-video-1.5",
    "HunyuanVideo-1.5-Diffusers-480p_t2v": "hunyuan-video-1.5",
    "Lumina-Image-2.0": "lumina2",
    "lumina-2": "lumina2",
    "LTX-Video": "ltx-video-2b",
    "LTX-Video-0.9.5": "ltx-video-2b",
    "LTX-Video-0.9.7": "ltx-video-13b",
    "LTX-Video-0.9.7-dev": "ltx-video-13b",
    "LTX-Video-0.9.8-13B-distilled": "ltx-video-13b",
    "LTX-2": "ltx2-19b",
    "LTX-2-19B": "ltx2-19b",
    "LTX-2-19B-dev": "ltx2-19b",
    "Wan2.2-T2V-A14B": "wan2.2-t2v-a14b",
    "Wan2.2-T2V-A14B-Diffusers": "wan2.2-t2v-a14b",
    "wan2.2-14b": "wan2.2-t2v-a14b",
    "wan2.2-t2v-14b": "wan2.2-t2v-a14b",
    "Wan2.2-TI2V-5B-Diffusers": "wan2.2-ti2v-5b",
    "wan2.2-5b": "wan2.2-ti2v-5b",
    "Wan2.2-I2V-A14B-Diffusers": "wan2.2-i2v-a14b",
    "wan2.2-i2v-14b": "wan2.2-i2v-a14b",
    "Wan2.1-T2V-14B-Diffusers": "wan2.1-t2v-14b",
    "Wan2.1-T2V-1.3B-Diffusers": "wan2.1-t2v-1.3b",
    "Wan2.1-I2V-14B-480P": "wan2.1-i2v-14b",
    "Wan2.1-I2V-14B-480P-Diffusers": "wan2.1-i2v-14b",
    "CogVideoX": "cogvideox-5b",
    "PixArt-Sigma-XL-2-1024-MS": "pixart-sigma",
    "Chroma1-HD": "chroma",
    "chroma1-base": "chroma",
    "mochi-1-preview": "mochi-1",
    "auraflow-v0.3": "auraflow",
}
Inputs = Callable[[int, int], Any]


def _empty(*shape: int) -> Any:
    import torch

    return torch.empty(*shape)


# -- pictures ------------------------------------------------------------------------------
def _flux2_inputs(side: int, width: int, guided: bool, batch: int, seq: int) -> dict[str, Any]:
    tokens, words = (side // 16) ** 2, 512
    given = {
        "hidden_states": _empty(batch, tokens, 128),
        "encoder_hidden_states": _empty(batch, words, width),
        "timestep": _empty(batch),
        "img_ids": _empty(tokens, 4),
        "txt_ids": _empty(words, 4),
    }
    return {**given, "guidance": _empty(batch)} if guided else given


KLEIN4 = {"num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24,
          "joint_attention_dim": 7680, "guidance_embeds": False}  # fmt: skip
KLEIN9 = {"num_layers": 8, "num_single_layers": 24, "num_attention_heads": 32,
          "joint_attention_dim": 12288, "guidance_embeds": False}  # fmt: skip


def _qwen_inputs(side: int, pictures: int, batch: int, seq: int) -> dict[str, Any]:
    """One picture's tokens, and those of each picture it is edited from."""
    edge = side // 16
    return {
        "hidden_states": _empty(batch, pictures * edge * edge, 64),
        "encoder_hidden_states": _empty(batch, 256, 3584),
        "timestep": _empty(batch),
        "img_shapes": [[(1, edge, edge)] * pictures],
    }


def _qwen() -> Any:
    """Its rotary tables are kept between calls, so a second trace would lack how they are made."""
    import torch
    from torch import nn

    class Turns(nn.Module):
        def forward(self, shapes: Any, **more: Any) -> Any:
            pictures, words = sum(f * h * w for f, h, w in shapes[0]), more["max_txt_seq_len"]
            return tuple(torch.empty(n, 64, dtype=torch.complex64) for n in (pictures, words))

    made = _model("QwenImageTransformer2DModel")
    made.pos_embed = Turns()
    return made


def _chroma_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    tokens, words = (side // 16) ** 2, 512
    return {
        "hidden_states": _empty(batch, tokens, 64),
        "encoder_hidden_states": _empty(batch, words, 4096),
        "timestep": _empty(batch),
        "img_ids": _empty(tokens, 3),
        "txt_ids": _empty(words, 3),
    }


def _zimage(**options: Any) -> Any:
    """Z-Image over a batch: the class takes lists of pictures and loops over them."""
    import torch
    from torch import nn

    class ZImage(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = _model("ZImageTransformer2DModel", **options)

        def forward(self, x: Any, t: Any, words: Any) -> Any:
            net, known = self.net, t.shape[0]
            made = net.t_embedder(t * net.t_scale)

            def turns(rows: int) -> Any:
                return torch.empty(known, rows, 64, dtype=torch.complex64)

            x = net.all_x_embedder["2-1"](x)
            for layer in net.noise_refiner:
                x = layer(x, None, turns(x.shape[1]), made)
            words = net.cap_embedder(words)
            for layer in net.context_refiner:
                words = layer(words, None, turns(words.shape[1]))
            joined = torch.cat([x, words], 1)
            for layer in net.layers:
                joined = layer(joined, None, turns(joined.shape[1]), made)
            return (net.all_final_layer["2-1"](joined, made)[:, : x.shape[1]],)

    return ZImage()


def _zimage_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    return {"x": _empty(batch, (side // 16) ** 2, 64), "t": _empty(batch),
            "words": _empty(batch, 256, 2560)}  # fmt: skip


def _lumina2() -> Any:
    """Lumina 2 over a batch: the class copies each picture's tokens behind its own words."""
    import torch
    from torch import nn

    class Lumina2(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = _model("Lumina2Transformer2DModel", cap_feat_dim=2304)

        def forward(self, x: Any, t: Any, words: Any) -> Any:
            net, known = self.net, t.shape[0]

            def turns(rows: int) -> Any:
                return torch.empty(known, rows, 48, dtype=torch.complex64)

            made, words = net.time_caption_embed(x, t, words)
            x = net.x_embedder(x)
            for layer in net.context_refiner:
                words = layer(words, None, turns(words.shape[1]))
            for layer in net.noise_refiner:
                x = layer(x, None, turns(x.shape[1]), made)
            joined = torch.cat([words, x], 1)
            for layer in net.layers:
                joined = layer(joined, None, turns(joined.shape[1]), made)
            return (net.norm_out(joined, made)[:, -x.shape[1] :],)

    return Lumina2()


def _lumina2_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    return {"x": _empty(batch, (side // 16) ** 2, 64), "t": _empty(batch),
            "words": _empty(batch, 256, 2304)}  # fmt: skip


def _pixart_sigma_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    return {
        "hidden_states": _empty(batch, 4, side // 8, side // 8),
        "encoder_hidden_states": _empty(batch, 300, 4096),
        "timestep": _steps(batch),
        "added_cond_kwargs": {"resolution": None, "aspect_ratio": None},
    }


def _aura_inputs(side: int, batch: int, seq: int) -> dict[str, Any]:
    return {
        "hidden_states": _empty(batch, 4, side // 8, side // 8),
        "encoder_hidden_states": _empty(batch, 256, 2048),
        "timestep": _empty(batch),
    }


PIXART_SIGMA = {"sample_size": 128, "use_additional_conditions": False, "caption_channels": 4096}


# -- video ---------------------------------------------------------------------------------
def _wan_inputs(
    channels: int, frames: int, height: int, width: int, batch: int, seq: int
) -> dict[str, Any]:
    return {
        "hidden_states": _empty(batch, channels, frames, height, width),
        "timestep": _steps(batch),
        "encoder_hidden_states": _empty(batch, 512, 4096),
    }


def _wan_picture_inputs(batch: int, seq: int) -> dict[str, Any]:
    given = _wan_inputs(36, 21, 60, 104, batch, seq)
    return {**given, "encoder_hidden_states_image": _empty(batch, 257, 1280)}


def _hunyuan_inputs(batch: int, seq: int) -> dict[str, Any]:
    """129 frames of 1280 x 720: 33 x 90 x 160 latents; 256 tokens of text."""
    import torch

    return {
        "hidden_states": _empty(batch, 16, 33, 90, 160),
        "timestep": _steps(batch),
        "encoder_hidden_states": _empty(batch, 256, 4096),
        "encoder_attention_mask": torch.ones(batch, 256, dtype=torch.bool),
        "pooled_projections": _empty(batch, 768),
        "guidance": _empty(batch),
    }


def _hunyuan15() -> Any:
    """HunyuanVideo-1.5 from text: the class sorts words before padding, one item at a time."""
    import torch
    from torch import nn

    class Hunyuan15(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = _model("HunyuanVideo15Transformer3DModel", **HUNYUAN15)

        def forward(self, x: Any, t: Any, words: Any, glyphs: Any, picture: Any) -> Any:
            net = self.net
            turns, made = net.rope(x), net.time_embed(t)
            x = net.x_embedder(x)
            known = torch.ones(words.shape[:2], dtype=torch.bool)
            parts = (net.image_embedder(picture), net.context_embedder_2(glyphs),
                     net.context_embedder(words, t, known))  # fmt: skip
            kind = [part + net.cond_type_embed(torch.zeros(part.shape[:2], dtype=torch.long))
                    for part in parts]  # fmt: skip
            words = torch.cat(kind, 1)
            known = torch.ones(words.shape[:2], dtype=torch.bool)
            for block in net.transformer_blocks:
                x, words = block(x, words, made, known, turns)
            return (net.proj_out(net.norm_out(x, made)),)

    return Hunyuan15()


def _hunyuan15_inputs(batch: int, seq: int) -> dict[str, Any]:
    """121 frames of 848 x 480: 31 x 30 x 53 latents; words, glyphs, and no picture."""
    return {
        "x": _empty(batch, 65, 31, 30, 53), "t": _steps(batch), "words": _empty(batch, 1000, 3584),
        "glyphs": _empty(batch, 256, 1472), "picture": _empty(batch, 729, 1152),
    }  # fmt: skip


def _ltx_inputs(batch: int, seq: int) -> dict[str, Any]:
    """161 frames of 704 x 512: 21 x 16 x 22 latents."""
    import torch

    return {
        "hidden_states": _empty(batch, 21 * 16 * 22, 128),
        "encoder_hidden_states": _empty(batch, 128, 4096),
        "timestep": _steps(batch),
        "encoder_attention_mask": torch.ones(batch, 128),
        "num_frames": 21, "height": 16, "width": 22,
    }  # fmt: skip


def _ltx2_inputs(batch: int, seq: int) -> dict[str, Any]:
    """121 frames of 768 x 512 with 5 s of sound: 16 x 16 x 24 and 126 latents."""
    import torch

    return {
        "hidden_states": _empty(batch, 16 * 16 * 24, 128),
        "audio_hidden_states": _empty(batch, 126, 128),
        "encoder_hidden_states": _empty(batch, 1024, 3840),
        "audio_encoder_hidden_states": _empty(batch, 1024, 3840),
        "timestep": _empty(batch),
        "encoder_attention_mask": torch.ones(batch, 1024),
        "audio_encoder_attention_mask": torch.ones(batch, 1024),
        "num_frames": 16, "height": 16, "width": 24, "audio_num_frames": 126,
    }  # fmt: skip


def _cog_inputs(batch: int, seq: int) -> dict[str, Any]:
    """49 frames of 720 x 480: 13 x 60 x 90 latents."""
    return {
        "hidden_states": _empty(batch, 13, 16, 60, 90),
        "encoder_hidden_states": _empty(batch, 226, 4096),
        "timestep": _steps(batch),
    }


def _cog_turned_inputs(batch: int, seq: int) -> dict[str, Any]:
    """The same with the rotary tables that the pipeline makes."""
    tokens = 13 * 30 * 45
    tables = (_empty(tokens, 64), _empty(tokens, 64))
    return {**_cog_inputs(batch, seq), "image_rotary_emb": tables}


def _mochi_inputs(batch: int, seq: int) -> dict[str, Any]:
    """Latents of 84 frames of 848 x 480: 14 x 60 x 106."""
    import torch

    return {
        "hidden_states": _empty(batch, 12, 14, 60, 106),
        "encoder_hidden_states": _empty(batch, 256, 4096),
        "timestep": _steps(batch),
        "encoder_attention_mask": torch.ones(batch, 256, dtype=torch.bool),
    }


WAN_PICTURE = {**WAN14, "in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
WAN_PICTURE2 = {**WAN14, "in_channels": 36}  # Wan-AI/Wan2.2-I2V-A14B: no picture encoder
WAN5 = {"in_channels": 48, "out_channels": 48, "num_attention_heads": 24, "ffn_dim": 14336,
        "num_layers": 30}  # fmt: skip
LTX13 = {"attention_head_dim": 128, "cross_attention_dim": 4096, "num_layers": 48}
COG5 = {"num_attention_heads": 48, "num_layers": 42, "use_rotary_positional_embeddings": True}
HUNYUAN15 = {"task_type": "t2v", "target_size": 640}
WANS: dict[str, tuple[dict[str, Any], Inputs]] = {
    "wan2.2-t2v-a14b": (WAN14, partial(_wan_inputs, 16, 21, 60, 104)),
    "wan2.2-i2v-a14b": (WAN_PICTURE2, partial(_wan_inputs, 36, 21, 60, 104)),
    "wan2.1-i2v-14b": (WAN_PICTURE, _wan_picture_inputs),
}


def _picture_jobs() -> Iterator[Job]:
    about: dict[str, Any] = {"task": "diffusion", "unit": "img", "loss": noise_loss}

    def job(name: str, inputs: Callable[..., Any], kind: str, **options: Any) -> Job:
        return Job(name, 1024, partial(_model, kind, **options), inputs, **about)

    flux = "Flux2Transformer2DModel"
    yield job("flux2-dev", partial(_flux2_inputs, 1024, 15360, True), flux)
    yield job("flux2-klein-4b", partial(_flux2_inputs, 1024, 7680, False), flux, **KLEIN4)
    yield job("flux2-klein-9b", partial(_flux2_inputs, 1024, 12288, False), flux, **KLEIN9)
    for name, pictures in (("qwen-image", 1), ("qwen-image-edit", 2)):
        yield Job(name, 1024, _qwen, partial(_qwen_inputs, 1024, pictures), **about)
    yield Job("z-image", 1024, _zimage, partial(_zimage_inputs, 1024), **about)
    yield Job("lumina2", 1024, _lumina2, partial(_lumina2_inputs, 1024), **about)
    yield job("chroma", partial(_chroma_inputs, 1024), "ChromaTransformer2DModel")
    sigma = partial(_pixart_sigma_inputs, 1024)
    yield job("pixart-sigma", sigma, "PixArtTransformer2DModel", **PIXART_SIGMA)
    yield job("auraflow", partial(_aura_inputs, 1024), "AuraFlowTransformer2DModel")


def _video_jobs() -> Iterator[Job]:
    about: dict[str, Any] = {"task": "diffusion", "unit": "item", "loss": noise_loss}

    def job(name: str, side: int, inputs: Inputs, kind: str, **options: Any) -> Job:
        return Job(name, side, partial(_model, kind, **options), inputs, **about)

    yield job("hunyuan-video", 720, _hunyuan_inputs, "HunyuanVideoTransformer3DModel")
    wan = "WanTransformer3DModel"
    for name, (options, inputs) in WANS.items():
        yield job(name, 480, inputs, wan, **options)
    # 121 frames of 1280 x 704 at a sixteenth: 31 x 44 x 80
    yield job("wan2.2-ti2v-5b", 704, partial(_wan_inputs, 48, 31, 44, 80), wan, **WAN5)
    yield job("ltx-video-2b", 512, _ltx_inputs, "LTXVideoTransformer3DModel")
    yield job("ltx-video-13b", 512, _ltx_inputs, "LTXVideoTransformer3DModel", **LTX13)
    yield job("cogvideox-5b", 480, _cog_turned_inputs, "CogVideoXTransformer3DModel", **COG5)
    yield job("cogvideox-2b", 480, _cog_inputs, "CogVideoXTransformer3DModel")
    yield Job("hunyuan-video-1.5", 480, _hunyuan15, _hunyuan15_inputs, **about)
    yield job("ltx2-19b", 512, _ltx2_inputs, "LTX2VideoTransformer3DModel")
    yield job("mochi-1", 480, _mochi_inputs, "MochiTransformer3DModel")


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the picture's side, or the short side of a video."""
    yield from _picture_jobs()
    yield from _video_jobs()
