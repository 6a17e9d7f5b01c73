"""Well-known models under the names people write: found, and with the published number of weights.

Weights in millions as the model's card or paper gives them (huggingface.co, the repository named by
the key's usual owner; papers where named), so a wrong configuration cannot pass.
"""

from __future__ import annotations

import pytest

from rigwright.workload import lookup
from rigwright.workload.zoo import embedded as zoo

WRITTEN = {
    # encoders and sequence to sequence
    "BERT base": 109.5,
    "bert-large": 335.1,
    "FacebookAI/roberta-large": 355.4,
    "distilbert": 66.4,
    "albert-base-v2": 11.7,
    "microsoft/deberta-v3-base": 184,
    "electra-base": 109,
    "xlnet-large-cased": 361,
    "xlm-roberta-base": 278,
    "answerdotai/ModernBERT-base": 149,
    "sentence-transformers/all-MiniLM-L6-v2": 22.7,
    "esm2_t33_650M_UR50D": 651,
    "facebook/bart-large": 406,
    "t5-base": 222.9,
    "T5-3B": 2851.6,
    "google/flan-t5-xl": 2850,
    "mt5-base": 582,
    "facebook/nllb-200-distilled-600M": 615,
    # speech
    "whisper-tiny": 37.8,
    "openai/whisper-small": 242,
    "Whisper large v3": 1543,
    "facebook/wav2vec2-base": 94.4,
    "hubert-large": 316,
    "tacotron2": 28.2,
    "waveglow": 268,
    # pictures
    "openai/clip-vit-base-patch32": 151.3,
    "CLIP ViT-L/14": 427.6,
    "siglip-so400m": 878,
    "vit-base": 86.6,
    "ViT-B/16": 86.6,
    "dinov2-giant": 1136.5,
    "SAM ViT-H": 641.1,
    "facebook/sam3": 848,  # github.com/facebookresearch/sam3, with the tracker's few layers
    "segformer-b5": 84.7,
    "detr-resnet-50": 41.5,
    "swin-base": 87.8,
    "ssd300": 22.9,
    "Mask R-CNN": 44.4,
    # diffusion: the network that runs each step
    "Stable Diffusion 1.5": 859.5,
    "stabilityai/stable-diffusion-2-1": 865.9,
    "SDXL": 2567.5,
    "stable-diffusion-xl-base-1.0": 2567.5,
    "sd3-medium": 2028,
    "stabilityai/stable-diffusion-3.5-large": 8057,
    "FLUX.1 dev": 11901,
    "PixArt-alpha": 611,
    "svd": 1525,
    "sana-1.6b": 1604,
    "wan2.1-t2v-1.3b": 1419,
    "Alpha-VLLM/Lumina-Image-2.0": 2610,
    "HunyuanVideo-1.5": 8327,
    "BAAI/bge-reranker-v2-m3": 560,  # its page says 568 with the classifier
    "controlnet": 361,
    # older tables
    "gnmt": 160.7,
    "transformer-xl-base": 192,
}
DECODERS = {
    "llama-3-8b": 8030,
    "meta-llama/Llama-3.1-70B": 70554,
    "Llama 2 7B": 6738,
    "Qwen2.5-7B": 7616,
    "Qwen/Qwen3-8B": 8191,
    "mpt-7b": 6649,
    "mistralai/Mistral-7B-v0.1": 7242,
    "mixtral-8x7b": 46703,
    "gemma-2-9b": 9242,
    "phi-3-mini": 3821,
    "falcon-7b": 6921.7,  # embeddings tied; the card counts them twice (7.22 B)
    "gpt-j-6b": 6051,
    "gpt-neox-20b": 20554,
    "opt-1.3b": 1316,
    "pythia-1.4b": 1415,
    "bloom-560m": 559,
    "deepseek-v3": 671026,
    "gpt-oss-20b": 20900,
    "starcoder2-7b": 7174,
    "Qwen/Qwen3-Embedding-8B": 7567,
    "Qwen/Qwen3-Reranker-4B": 4022,
    "intfloat/e5-mistral-7b-instruct": 7111,
    "google/embeddinggemma-300m": 303,
    "tinyllama-1.1b": 1100,
}


@pytest.mark.parametrize("written", WRITTEN)
def test_zoo_models(written):
    assert zoo.operation_list(zoo.resolve(written)).parameters / 1e6 == pytest.approx(
        WRITTEN[written], rel=0.01
    )


@pytest.mark.parametrize("written", DECODERS)
def test_decoders(written):
    found = lookup.decoder_of(written).parameters
    assert found / 1e6 == pytest.approx(DECODERS[written], rel=0.01)
