"""What stands before and behind a denoiser: encoders of text, and decoders of latents.

Sizes: ``text_encoder*/config.json`` and ``vae/config.json`` of the named repositories on
huggingface.co. A decoder's list holds the weights of the whole autoencoder: they lie in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zoo.diffusion import VAE, VAE16, _model
from zoo.job import Job

ALIASES = {
    "t5xxl": "t5-xxl-encoder",
    "t5-v1_1-xxl-encoder": "t5-xxl-encoder",
    "umt5-xxl": "umt5-xxl-encoder",
    "clip-l": "clip-l-text",
    "clip-g": "clip-bigg-text",
    "clip-bigG": "clip-bigg-text",
    "clip-h": "clip-h-text",
    "flux-vae-decoder": "sd3-vae-decoder",
    "qwen-image-vae-decoder": "wan-vae-decoder-picture",
}
CLIP = {  # layers, width, heads, activation
    "clip-l-text": (12, 768, 12, "quick_gelu"),
    "clip-h-text": (23, 1024, 16, "gelu"),  # stabilityai/stable-diffusion-2-1
    "clip-bigg-text": (32, 1280, 20, "gelu"),  # stabilityai/stable-diffusion-xl-base-1.0
}


def _clip(layers: int, width: int, heads: int, activation: str) -> Any:
    import transformers as hf

    config = hf.CLIPTextConfig(
        num_hidden_layers=layers, hidden_size=width, num_attention_heads=heads,
        intermediate_size=4 * width, hidden_act=activation, projection_dim=width,
    )  # fmt: skip
    with_projection = width == 1280
    return (hf.CLIPTextModelWithProjection if with_projection else hf.CLIPTextModel)(config)


def _t5(words: int, family: str) -> Any:
    import transformers as hf

    config = getattr(hf, f"{family}Config")(
        vocab_size=words, num_layers=24, d_model=4096, d_ff=10240, num_heads=64, d_kv=64,
        feed_forward_proj="gated-gelu",
    )  # fmt: skip
    return getattr(hf, f"{family}EncoderModel")(config)


def _byt5() -> Any:
    """google/byt5-small, whose encoder reads the words that are to be seen."""
    import transformers as hf

    config = hf.T5Config(
        vocab_size=384, num_layers=12, d_model=1472, d_ff=3584, num_heads=6, d_kv=64,
        feed_forward_proj="gated-gelu",
    )  # fmt: skip
    return hf.T5EncoderModel(config)


def _words(batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"input_ids": torch.zeros(batch, seq, dtype=torch.long)}


def _hidden_loss(out: Any) -> Any:
    return (out.last_hidden_state if hasattr(out, "last_hidden_state") else out[0]).float().mean()


def _decoder(kind: str, **options: Any) -> Any:
    """The half of an autoencoder that makes pictures, with the other half's weights beside it."""
    from torch import nn

    class Decoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = _model(kind, **options)

        def forward(self, latents: Any) -> Any:
            return self.net.decode(latents).sample

    return Decoder()


def _frames(kind: str, steps: int, **options: Any) -> Any:
    """A causal decoder of so many latent frames, one after the other, each kept by itself."""
    from torch import nn

    class Decoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = _model(kind, **options)

        def forward(self, latents: Any) -> Any:
            net, made = self.net, 0.0
            net.clear_cache()
            for i in range(steps):
                net._conv_idx = [0]
                first = {"first_chunk": True} if i == 0 else {}
                frame = net.post_quant_conv(latents)
                out = net.decoder(frame, feat_cache=net._feat_map, feat_idx=net._conv_idx, **first)
                made = made + out.float().abs().mean()
            return made

    return Decoder()


def _latents(*shape: int) -> Callable[[int, int], Any]:
    import torch

    return lambda batch, seq: (torch.empty(batch, *shape),)


def _mean_loss(out: Any) -> Any:
    return out.float().abs().mean()


def _own(out: Any) -> Any:
    return out


WAN = "AutoencoderKLWan"
WAN22: dict[str, Any] = {  # Wan-AI/Wan2.2-TI2V-5B-Diffusers vae/config.json
    "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True, "in_channels": 12,
    "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16, "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}  # fmt: skip


def jobs() -> Iterator[Job]:
    """Every model here; sizes are the picture's side, or the short side of a video."""
    text: dict[str, Any] = {"task": "text encoder", "unit": "seq", "loss": _hidden_loss}
    for name, dims in CLIP.items():
        yield Job(name, 0, partial(_clip, *dims), _words, seq_len=77, **text)
    for name, words, family in (("t5-xxl-encoder", 32128, "T5"),
                                ("umt5-xxl-encoder", 256384, "UMT5")):  # fmt: skip
        yield Job(name, 0, partial(_t5, words, family), _words, seq_len=512, **text)
    yield Job("byt5-small-encoder", 0, _byt5, _words, seq_len=256, **text)
    about: dict[str, Any] = {"task": "decoder", "unit": "img", "loss": _mean_loss}

    def job(name: str, side: int, latents: tuple[int, ...], kind: str, **options: Any) -> Job:
        return Job(name, side, partial(_decoder, kind, **options), _latents(*latents), **about)

    plain = "AutoencoderKL"
    yield job("sd-vae-decoder", 1024, (4, 128, 128), plain, **VAE)
    yield job("sd-vae-decoder", 512, (4, 64, 64), plain, **VAE)
    yield job("sd3-vae-decoder", 1024, (16, 128, 128), plain, **VAE16)
    yield job("flux2-vae-decoder", 1024, (32, 128, 128), "AutoencoderKLFlux2")
    yield job("wan-vae-decoder-picture", 1024, (16, 1, 128, 128), WAN)
    about["task"], about["unit"] = "video decoder", "item"
    yield job("ltx-video-vae-decoder", 512, (128, 21, 16, 22), "AutoencoderKLLTXVideo")
    # what enable_tiling() decodes at a time: 256 px and 17 latent frames
    tile = (16, 17, 32, 32)
    yield job("hunyuan-video-vae-decoder-tile", 0, tile, "AutoencoderKLHunyuanVideo")
    # the same with 15 tiles of 256 px over all 31 latent frames
    tile, newer = (32, 31, 16, 16), "AutoencoderKLHunyuanVideo15"
    yield job("hunyuan-video-1.5-vae-decoder-tile", 0, tile, newer)
    yield job("cogvideox-vae-decoder", 480, (16, 13, 60, 90), "AutoencoderKLCogVideoX")
    looped: dict[str, Any] = {**about, "loss": _own}
    made, video = partial(_frames, WAN), _latents(16, 1, 60, 104)
    yield Job("wan-vae-decoder", 480, made, video, loops=21, **looped)
    made, video = partial(_frames, WAN, **WAN22), _latents(48, 1, 44, 80)
    yield Job("wan2.2-vae-decoder", 704, made, video, loops=31, **looped)
