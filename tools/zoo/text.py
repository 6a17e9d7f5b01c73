"""Language models of Hugging Face and the first diffusion model, built from configurations alone.

Attention dropout is 0: CUDA's fused attention applies it inside the kernel, the CPU path that is
traced here would fall back to separate operators. Other dropouts keep their published rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo.job import Job, blocks, classify, language, loss_of, token_ids, without_weights

ALIASES = {
    "bert": "bert-base",
    "bert-base-uncased": "bert-base",
    "bert-base-cased": "bert-base",
    "bert-large-uncased": "bert-large",
    "bert-large-cased": "bert-large",
    "bert_basesquad": "bert-base-squad",
    "bert_largesquad": "bert-large-squad",
    "openai-community/gpt2": "gpt2",
    "gpt-2": "gpt2",
    "gpt2-small": "gpt2",
    "gpt2-124m": "gpt2",
    "gpt2-355m": "gpt2-medium",
    "gpt2-774m": "gpt2-large",
    "gpt2-1.5b": "gpt2-xl",
    "t5": "t5-base",
    "distilbert-base-uncased": "distilbert-base",
    "stable-diffusion": "sd15-unet",
    "stable-diffusion-1.5": "sd15-unet",
    "stable-diffusion-v1-5": "sd15-unet",
    "stable-diffusion-unet": "sd15-unet",
    "sd-1.5": "sd15-unet",
}
ENCODERS = {  # layers, hidden, heads, intermediate (arXiv:1810.04805 section 3)
    "bert-base": (12, 768, 12, 3072),
    "bert-large": (24, 1024, 16, 4096),
}
GPT2 = {  # layers, hidden, heads (huggingface.co/openai-community)
    "gpt2": (12, 768, 12),
    "gpt2-medium": (24, 1024, 16),
    "gpt2-large": (36, 1280, 20),
    "gpt2-xl": (48, 1600, 25),
}
T5 = {  # layers each side, width, feed-forward, heads (arXiv:1910.10683 section 3.7)
    "t5-small": (6, 512, 2048, 8),
    "t5-base": (12, 768, 3072, 12),
    "t5-large": (24, 1024, 4096, 16),
}


def squad(batch: int, seq: int) -> dict[str, Any]:
    import torch

    position = torch.zeros(batch, dtype=torch.long)
    return {
        "input_ids": token_ids(batch, seq),
        "start_positions": position,
        "end_positions": position,
    }


def _bert(dims: tuple[int, ...], head: str) -> Any:
    import transformers as hf

    layers, hidden, heads, intermediate = dims
    config = hf.BertConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads,
        intermediate_size=intermediate, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    return without_weights(lambda: getattr(hf, head)(config))


def _roberta(dims: tuple[int, ...]) -> Any:
    import transformers as hf

    layers, hidden, heads, intermediate = dims
    config = hf.RobertaConfig(
        vocab_size=50265, max_position_embeddings=514, type_vocab_size=1,
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads,
        intermediate_size=intermediate, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    return without_weights(lambda: hf.RobertaForSequenceClassification(config))


def _distilbert() -> Any:
    import transformers as hf

    config = hf.DistilBertConfig(attention_dropout=0.0)
    return without_weights(lambda: hf.DistilBertForSequenceClassification(config))


def _xlnet(dims: tuple[int, ...]) -> Any:
    import transformers as hf

    layers, hidden, heads, intermediate = dims
    config = hf.XLNetConfig(n_layer=layers, d_model=hidden, n_head=heads, d_inner=intermediate)
    return without_weights(lambda: hf.XLNetForSequenceClassification(config))


def _gpt2(dims: tuple[int, ...], positions: int = 1024) -> Any:
    import transformers as hf

    layers, hidden, heads = dims
    config = hf.GPT2Config(
        n_layer=layers, n_embd=hidden, n_head=heads, n_positions=positions, attn_pdrop=0.0,
        use_cache=False,
    )  # fmt: skip
    return without_weights(lambda: hf.GPT2LMHeadModel(config))


def _t5(dims: tuple[int, ...]) -> Any:
    import transformers as hf

    layers, width, feed_forward, heads = dims
    config = hf.T5Config(
        vocab_size=32128, num_layers=layers, d_model=width, d_ff=feed_forward, num_heads=heads,
        use_cache=False, decoder_start_token_id=0, pad_token_id=0,
    )  # fmt: skip
    return without_weights(lambda: hf.T5ForConditionalGeneration(config))


def _unet() -> Any:
    """Stable Diffusion 1.5: huggingface.co/runwayml/stable-diffusion-v1-5 unet/config.json."""
    from diffusers import UNet2DConditionModel

    return without_weights(
        lambda: UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
    )


def _latents(size: int, batch: int, seq: int) -> dict[str, Any]:
    import torch

    return {
        "sample": torch.empty(batch, 4, size // 8, size // 8),
        "timestep": torch.zeros(batch, dtype=torch.long),
        "encoder_hidden_states": torch.empty(batch, 77, 768),
    }


def _noise_loss(out: Any) -> Any:
    import torch

    return torch.nn.functional.mse_loss(out.sample.float(), torch.empty_like(out.sample))


def jobs() -> Iterator[Job]:
    """Every model here; ``seq_len`` is the length that is meant when none is given."""
    text = {"task": "text", "unit": "seq", "loss": loss_of}
    spoken = {"task": "language", "unit": "tok", "loss": loss_of, "seq_len": 1024}
    for name, dims in ENCODERS.items():
        make = partial(_bert, dims, "BertForSequenceClassification")
        facts = blocks(*dims[:2])
        yield Job(name, 0, make, classify, seq_len=128, meta=facts, **text)
        make = partial(_bert, dims, "BertForQuestionAnswering")
        yield Job(f"{name}-squad", 0, make, squad, seq_len=384, meta=facts, **text)
    for name, dims3 in GPT2.items():
        facts = blocks(*dims3[:2])
        yield Job(name, 0, partial(_gpt2, dims3), language, meta=facts, **spoken)
    for name, dims4 in T5.items():
        yield Job(name, 0, partial(_t5, dims4), language, **text, seq_len=512)
    unet = {"task": "diffusion", "unit": "img", "loss": _noise_loss}
    yield Job("sd15-unet", 512, _unet, partial(_latents, 512), **unet)
    for name, base in (("roberta-base", "bert-base"), ("roberta-large", "bert-large")):
        yield Job(
            name,
            0,
            partial(_roberta, ENCODERS[base]),
            classify,
            seq_len=128,
            meta=blocks(*ENCODERS[base][:2]),
            **text,
        )
    yield Job("distilbert-base", 0, _distilbert, classify, seq_len=128, **text)
    for name, base in (("xlnet-base", "bert-base"), ("xlnet-large", "bert-large")):
        yield Job(
            name,
            0,
            partial(_xlnet, ENCODERS[base]),
            classify,
            seq_len=128,
            meta=blocks(*ENCODERS[base][:2]),
            **text,
        )
