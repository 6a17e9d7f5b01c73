"""Speech models of Hugging Face by configuration."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo.job import Job, loss_of, token_ids, without_weights

SECONDS, RATE = 10, 16_000
ALIASES = {
    "whisper": "whisper-small",
    "openai/whisper-small": "whisper-small",
    "whisper-large-v1": "whisper-large",
    "whisper-large-v2": "whisper-large",
    "whisper-large-v3-turbo": "whisper-turbo",
    "whisper-tiny.en": "whisper-tiny",
    "whisper-base.en": "whisper-base",
    "whisper-small.en": "whisper-small",
    "whisper-medium.en": "whisper-medium",
    "distil-whisper-large-v3": "distil-large-v3",
    "wav2vec2": "wav2vec2-base",
    "wav2vec2-base-960h": "wav2vec2-base",
    "wav2vec2-large-960h": "wav2vec2-large",
    "wav2vec2-large-xlsr-53": "wav2vec2-large",
    "wav2vec2-xls-r-300m": "wav2vec2-large",
    "hubert-base-ls960": "hubert-base",
    "hubert-large-ll60k": "hubert-large",
    "hubert-large-ls960-ft": "hubert-large",
    "ast": "ast-base",
    "ast-finetuned-audioset-10-10-0.4593": "ast-base",
}
WHISPER = {  # layers, width, heads, mel bins, decoder layers where fewer (arXiv:2212.04356, cards)
    "whisper-tiny": (4, 384, 6, 80),
    "whisper-base": (6, 512, 8, 80),
    "whisper-small": (12, 768, 12, 80),
    "whisper-medium": (24, 1024, 16, 80),
    "whisper-large-v3": (32, 1280, 20, 128),
    "whisper-large": (32, 1280, 20, 80, 32),
    "whisper-turbo": (32, 1280, 20, 128, 4),
    "distil-large-v3": (32, 1280, 20, 128, 2),
}
_LARGE: dict[str, Any] = {
    "num_hidden_layers": 24, "hidden_size": 1024, "num_attention_heads": 16,
    "intermediate_size": 4096, "feat_extract_norm": "layer", "conv_bias": True,
    "do_stable_layer_norm": True,
}  # fmt: skip
HEARD: tuple[tuple[str, str, dict[str, Any]], ...] = (  # arXiv:2006.11477, arXiv:2106.07447
    ("wav2vec2-base", "Wav2Vec2", {}),
    ("wav2vec2-large", "Wav2Vec2", _LARGE),
    ("hubert-base", "Hubert", {}),
    ("hubert-large", "Hubert", _LARGE),
)


def whisper(dims: tuple[int, ...]) -> Any:
    """Layers, width, heads, mel bins, and the decoder's layers where it has fewer."""
    import transformers as hf

    layers, width, heads, mels, *fewer = dims
    config = hf.WhisperConfig(
        vocab_size=51866 if mels == 128 else 51865, num_mel_bins=mels, d_model=width,
        encoder_layers=layers, decoder_layers=fewer[0] if fewer else layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width, use_cache=False,
    )  # fmt: skip
    return without_weights(lambda: hf.WhisperForConditionalGeneration(config))


def sounds(mels: int, batch: int, seq: int) -> dict[str, Any]:
    """Thirty seconds with their text."""
    import torch

    return {
        "input_features": torch.empty(batch, mels, 3000),  # 30 s at 10 ms per frame
        "decoder_input_ids": token_ids(batch, seq),
        "labels": token_ids(batch, seq),
    }


def _heard(family: str, options: dict[str, Any]) -> Any:
    import transformers as hf

    # Skipping layers and masking time at random are left out: every step runs all of it.
    config = getattr(hf, f"{family}Config")(
        vocab_size=32, layerdrop=0.0, apply_spec_augment=False, **options
    )
    make = getattr(hf, f"{family}ForCTC")
    return without_weights(lambda: make(config))


def _recording(batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {"input_values": torch.empty(batch, SECONDS * RATE)}


def _letters_loss(out: Any) -> Any:
    return out.logits.float().log_softmax(-1).mean()


def _ast() -> Any:
    import transformers as hf

    return without_weights(lambda: hf.ASTForAudioClassification(hf.ASTConfig(num_labels=527)))


def _spectrogram(batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "input_values": torch.empty(batch, 1024, 128),
        "labels": torch.zeros(batch, dtype=torch.long),
    }


def jobs() -> Iterator[Job]:
    """Recordings of ten seconds; Whisper: thirty."""
    about = {"task": "speech", "unit": "item"}
    for name, dims in WHISPER.items():
        inputs = partial(sounds, dims[3])
        yield Job(name, 0, partial(whisper, dims), inputs, loss=loss_of, seq_len=128, **about)
    for name, family, options in HEARD:
        make = partial(_heard, family, options)
        yield Job(name, 0, make, _recording, loss=_letters_loss, **about)
    yield Job("ast-base", 0, _ast, _spectrogram, loss=loss_of, **about)
