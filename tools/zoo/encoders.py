"""Language models of Hugging Face by configuration: encoders, and encoders with decoders.

Sizes: the ``config.json`` of each model on huggingface.co; ``tests/workload/test_zoo.py`` holds the
number of weights that its page or paper states.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zoo.job import Job, blocks, classify, language, loss_of, without_weights

ALIASES = {
    "albert-base": "albert-base-v2",
    "albert-base-v1": "albert-base-v2",
    "albert-xxlarge": "albert-xxlarge-v2",
    "electra-small-discriminator": "electra-small",
    "electra-base-discriminator": "electra-base",
    "electra-large-discriminator": "electra-large",
    "deberta-v3": "deberta-v3-base",
    "mdeberta-v3-base": "deberta-v3-base",
    "xlm-roberta": "xlm-roberta-base",
    "camembert-base": "roberta-base",
    "modernbert": "modernbert-base",
    "gte-modernbert-base": "modernbert-base",
    "all-mpnet-base-v2": "mpnet-base",
    "multi-qa-mpnet-base-dot-v1": "mpnet-base",
    "all-MiniLM-L6-v2": "minilm-l6",
    "all-MiniLM-L12-v2": "minilm-l12",
    "paraphrase-MiniLM-L6-v2": "minilm-l6",
    "bge-small-en-v1.5": "minilm-l12",
    "bge-small-en": "minilm-l12",
    "e5-small-v2": "minilm-l12",
    "gte-small": "minilm-l12",
    "bge-base-en-v1.5": "bert-base",
    "bge-base-en": "bert-base",
    "e5-base-v2": "bert-base",
    "gte-base": "bert-base",
    "bge-large-en-v1.5": "bert-large",
    "bge-large-en": "bert-large",
    "e5-large-v2": "bert-large",
    "gte-large": "bert-large",
    "mxbai-embed-large-v1": "bert-large",
    "bge-m3": "xlm-roberta-large",
    "multilingual-e5-large": "xlm-roberta-large",
    "multilingual-e5-base": "xlm-roberta-base",
    "bge-reranker-v2-m3": "xlm-roberta-large",
    "bge-reranker-large": "xlm-roberta-large",
    "bge-reranker-base": "xlm-roberta-base",
    "snowflake-arctic-embed-l-v2.0": "xlm-roberta-large",
    "snowflake-arctic-embed-l": "bert-large",
    "snowflake-arctic-embed-m": "bert-base",
    "ms-marco-MiniLM-L6-v2": "minilm-l6",
    "ms-marco-MiniLM-L12-v2": "minilm-l12",
    "bert-base-multilingual-cased": "bert-base",
    "distilbert": "distilbert-base",
    "distilbert-base-cased": "distilbert-base",
    "xlnet-base-cased": "xlnet-base",
    "xlnet-large-cased": "xlnet-large",
    "esm2": "esm2-650m",
    "esm2_t33_650M_UR50D": "esm2-650m",
    "esm2_t30_150M_UR50D": "esm2-150m",
    "t5-v1_1-small": "flan-t5-small",
    "t5-v1_1-base": "flan-t5-base",
    "t5-v1_1-large": "flan-t5-large",
    "t5-v1_1-xl": "flan-t5-xl",
    "t5-v1_1-xxl": "flan-t5-xxl",
    "flan-t5": "flan-t5-base",
    "T0_3B": "flan-t5-xl",
    "T0": "flan-t5-xxl",
    "mt0-small": "mt5-small",
    "mt0-base": "mt5-base",
    "mt0-large": "mt5-large",
    "mt0-xl": "mt5-xl",
    "mt0-xxl": "mt5-xxl",
    "bart": "bart-base",
    "bart-large-cnn": "bart-large",
    "bart-large-mnli": "bart-large",
    "pegasus": "pegasus-large",
    "pegasus-xsum": "pegasus-large",
    "m2m100_418M": "m2m100-418m",
    "nllb-200-distilled-600M": "nllb-600m",
    "nllb-600m-distilled": "nllb-600m",
}
_DEBERTA_V3: dict[str, Any] = {
    "vocab_size": 128100, "relative_attention": True, "position_buckets": 256,
    "norm_rel_ebd": "layer_norm", "share_att_key": True, "pos_att_type": ["p2c", "c2p"],
    "type_vocab_size": 0, "position_biased_input": False,
}  # fmt: skip


def _dims(layers: int, hidden: int, heads: int, inner: int, **more: Any) -> dict[str, Any]:
    return {"num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads,
            "intermediate_size": inner, **more}  # fmt: skip


_XLM = {"vocab_size": 250002, "max_position_embeddings": 514, "type_vocab_size": 1}
_ROBERTA = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
ENCODERS: tuple[tuple[str, str, dict[str, Any]], ...] = (  # name, family, configuration
    ("albert-base-v2", "Albert", _dims(12, 768, 12, 3072)),
    ("albert-xxlarge-v2", "Albert", _dims(12, 4096, 64, 16384)),
    ("electra-small", "Electra", _dims(12, 256, 4, 1024, embedding_size=128)),
    ("electra-base", "Electra", _dims(12, 768, 12, 3072, embedding_size=768)),
    ("electra-large", "Electra", _dims(24, 1024, 16, 4096, embedding_size=1024)),
    ("deberta-v3-xsmall", "DebertaV2", _dims(12, 384, 6, 1536, **_DEBERTA_V3)),
    ("deberta-v3-small", "DebertaV2", _dims(6, 768, 12, 3072, **_DEBERTA_V3)),
    ("deberta-v3-base", "DebertaV2", _dims(12, 768, 12, 3072, **_DEBERTA_V3)),
    ("deberta-v3-large", "DebertaV2", _dims(24, 1024, 16, 4096, **_DEBERTA_V3)),
    ("deberta-base", "Deberta", _dims(12, 768, 12, 3072, vocab_size=50265, type_vocab_size=0,
     relative_attention=True, pos_att_type=["c2p", "p2c"], position_biased_input=False)),
    ("distilroberta-base", "Roberta", _dims(6, 768, 12, 3072, **_ROBERTA)),
    ("xlm-roberta-base", "XLMRoberta", _dims(12, 768, 12, 3072, **_XLM)),
    ("xlm-roberta-large", "XLMRoberta", _dims(24, 1024, 16, 4096, **_XLM)),
    ("modernbert-base", "ModernBert", {}),
    ("modernbert-large", "ModernBert", _dims(28, 1024, 16, 2624)),
    ("mpnet-base", "MPNet", {}),
    ("minilm-l6", "Bert", _dims(6, 384, 12, 1536)),
    ("minilm-l12", "Bert", _dims(12, 384, 12, 1536)),
    ("mobilebert", "MobileBert", {}),
)  # fmt: skip


def _encoder(family: str, options: dict[str, Any]) -> Any:
    import transformers as hf

    config = getattr(hf, f"{family}Config")(**options)
    make = getattr(hf, f"{family}ForSequenceClassification")
    return without_weights(lambda: make(config))


def _esm(layers: int, hidden: int) -> Any:
    import transformers as hf

    config = hf.EsmConfig(
        vocab_size=33, mask_token_id=32, pad_token_id=1, num_hidden_layers=layers,
        hidden_size=hidden, num_attention_heads=20, intermediate_size=4 * hidden,
        max_position_embeddings=1026, position_embedding_type="rotary", emb_layer_norm_before=False,
    )  # fmt: skip
    return without_weights(lambda: hf.EsmForMaskedLM(config))


# -- encoder and decoder -------------------------------------------------------------------
T5_BIG = {  # layers each side, width, feed-forward, heads (arXiv:1910.10683 section 3.7)
    "t5-3b": (24, 1024, 16384, 32),
    "t5-11b": (24, 1024, 65536, 128),
}
T5_GATED = {  # T5 1.1 and FLAN (arXiv:2210.11416), mT5 (arXiv:2010.11934)
    "small": (8, 512, 1024, 6),
    "base": (12, 768, 2048, 12),
    "large": (24, 1024, 2816, 16),
    "xl": (24, 2048, 5120, 32),
    "xxl": (24, 4096, 10240, 64),
}
_MT5_WORDS, _T5_WORDS = 250112, 32128


def _t5(dims: tuple[int, ...], width: int, words: int, gated: bool) -> Any:
    import torch
    import transformers as hf

    layers, model, feed_forward, heads = dims
    config = hf.T5Config(
        vocab_size=words, num_layers=layers, d_model=model, d_ff=feed_forward, num_heads=heads,
        d_kv=width, use_cache=False, decoder_start_token_id=0, pad_token_id=0,
        feed_forward_proj="gated-gelu" if gated else "relu",
    )  # fmt: skip
    made = without_weights(lambda: hf.T5ForConditionalGeneration(config))
    if gated:  # T5 1.1 has an output layer of its own; transformers 5 shares it all the same
        made.lm_head.weight = torch.nn.Parameter(torch.empty(words, model))
    return made


def _pair(family: str, options: dict[str, Any]) -> Any:
    import transformers as hf

    config = getattr(hf, f"{family}Config")(use_cache=False, **options)
    make = getattr(hf, f"{family}ForConditionalGeneration")
    return without_weights(lambda: make(config))


def _sides(layers: int, width: int, heads: int, inner: int, **more: Any) -> dict[str, Any]:
    both = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in
            (("layers", layers), ("attention_heads", heads), ("ffn_dim", inner))}  # fmt: skip
    return {"d_model": width, **both, **more}


PAIRS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("bart-base", "Bart", _sides(6, 768, 12, 3072, vocab_size=50265)),
    ("bart-large", "Bart", _sides(12, 1024, 16, 4096, vocab_size=50265)),
    ("pegasus-large", "Pegasus", _sides(16, 1024, 16, 4096, vocab_size=96103,
     max_position_embeddings=1024)),
    ("m2m100-418m", "M2M100", _sides(12, 1024, 16, 4096, vocab_size=128112)),
    ("nllb-600m", "M2M100", _sides(12, 1024, 16, 4096, vocab_size=256206)),
)  # fmt: skip


def jobs() -> Iterator[Job]:
    """Every model here; ``seq_len`` is the length that is meant when none is given."""
    text = {"task": "text", "unit": "seq", "loss": loss_of}
    for name, family, options in ENCODERS:
        layers, hidden = options.get("num_hidden_layers", 0), options.get("hidden_size", 0)
        meta = blocks(layers, hidden) if layers else ()
        make = partial(_encoder, family, options)
        yield Job(name, 0, make, classify, seq_len=128, meta=meta, **text)
    for name, layers, hidden in (("esm2-150m", 30, 640), ("esm2-650m", 33, 1280)):
        make = partial(_esm, layers, hidden)
        yield Job(name, 0, make, language, seq_len=512, meta=blocks(layers, hidden), **text)
    for name, dims in T5_BIG.items():
        make = partial(_t5, dims, 128, _T5_WORDS, gated=False)
        yield Job(name, 0, make, language, seq_len=512, **text)
    for size, dims in T5_GATED.items():
        for family, words in (("flan-t5", _T5_WORDS), ("mt5", _MT5_WORDS)):
            make = partial(_t5, dims, 64, words, gated=True)
            yield Job(f"{family}-{size}", 0, make, language, seq_len=512, **text)
    for name, family, options in PAIRS:
        make = partial(_pair, family, options)
        yield Job(name, 0, make, language, seq_len=512, **text)
