"""Configurations of current families: weights, cache and own formats against published figures."""

from __future__ import annotations

import json
import time

import pytest

from rigwright.spec.errors import InputError
from rigwright.workload import decoder
from rigwright.workload.decoder.reading import from_dict

# Weights in billions as the model's card gives them, or as transformers 5.24 counts them for the
# same configuration on the meta device (2026-11-29).
PUBLISHED = {
    "qwen3-next-80b-a3b": 79.67, "qwen3.5-35b-a3b": 35.107, "qwen3-vl-4b": 4.438,
    "gemma-4-26b-a4b": 25.806, "gemma-3n-e4b": 7.85, "llama-4-scout": 108.64,
    "deepseek-v2": 235.74, "deepseek-v3.2": 671.88, "deepseek-v4-flash": 284.33, "glm-5": 743.91,
    "glm-4.5-air": 106.85, "minimax-m2": 228.69, "kimi-k2": 1026.41, "mimo-v2-flash": 308.78,
    "nemotron-3-nano-30b-a3b": 31.578, "nemotron-3-super-120b-a12b": 120.67,
    "granite-4.0-h-tiny": 6.94, "falcon-h1-7b": 7.59, "lfm2-1.2b": 1.17, "lfm2-8b-a1b": 8.34,
    "jamba-1.5-mini": 51.57, "olmo-3-7b": 7.3, "exaone-4.0-32b": 32.0, "hunyuan-a13b": 80.4,
    "ernie-4.5-21b-a3b": 21.83, "seed-oss-36b": 36.15, "step-3.5-flash": 196.8,
    "gpt-oss-120b": 116.83, "minimax-text-01": 456.0, "phi-3.5-moe": 41.87,
}  # fmt: skip
ACTIVE = {"deepseek-v2": 21.4, "qwen3-next-80b-a3b": 3.9, "glm-4.5": 33.6, "kimi-k2": 32.9,
          "nemotron-3-nano-30b-a3b": 3.58, "jamba-1.5-mini": 12.1, "lfm2-8b-a1b": 1.5}  # fmt: skip
PLAIN = {
    "model_type": "llama", "num_hidden_layers": 16, "hidden_size": 2048, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 65536,
    "max_position_embeddings": 8192, "tie_word_embeddings": False,
}  # fmt: skip
EXPERTS = PLAIN | {"model_type": "qwen3_moe", "num_experts": 64, "num_experts_per_tok": 8,
                   "moe_intermediate_size": 1024, "head_dim": 64}  # fmt: skip


def _own(given, **said):
    return from_dict(given | {"quantization_config": said}, "x").stored


@pytest.mark.parametrize("name", PUBLISHED)
def test_weights_are_those_that_are_published(name):
    assert decoder.find(name).parameters / 1e9 == pytest.approx(PUBLISHED[name], rel=0.005)


@pytest.mark.parametrize("name", ACTIVE)
def test_active_weights_are_those_that_are_published(name):
    assert decoder.find(name).active_parameters / 1e9 == pytest.approx(ACTIVE[name], rel=0.05)


# -- caches --------------------------------------------------------------------------------
def test_layers_without_attention_keep_no_keys():
    lfm = decoder.find("lfm2-1.2b")  # six of sixteen layers attend
    assert sum(n for _, n in lfm.attentions) == 6
    assert lfm.kv_elements_per_token == 6 * 2 * 8 * 64
    far, near = lfm.kv_elements(8192), lfm.kv_elements(4096)
    assert far - near == 4096 * lfm.kv_elements_per_token  # states do not grow


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        ("deepseek-v3", 61 * 576),  # arXiv:2412.19437: 512 + 64 a layer
        ("deepseek-v3.2", 61 * 576),
        ("qwen3-next-80b-a3b", 12 * 2 * 2 * 256),  # every fourth layer attends
        ("nemotron-3-nano-30b-a3b", 6 * 2 * 2 * 128),
        ("granite-4.0-h-tiny", 4 * 2 * 4 * 128),
    ],
)
def test_cache_of_a_token_by_the_kind_of_attention(name, elements):
    assert decoder.find(name).kv_elements_per_token == elements


def test_an_indexer_reads_less_than_is_kept():
    c = decoder.find("deepseek-v3.2")
    assert c.kv_elements(100_000) == 100_000 * 61 * (576 + 128)
    assert c.kv_elements_read(100_000) == 61 * (2048 * 576 + 100_000 * 128)


def test_compressed_entries_and_windows_are_what_deepseek_v4_keeps():
    c, context = decoder.find("deepseek-v4-flash"), 128_000
    every = [(0, 2), (4, 21), (128, 20)]
    kept = sum(n * 512 * (128 + (context / e if e else 0)) for e, n in every)
    assert c.kv_elements(context) == kept + 21 * 128 * context / 4


def test_every_decoder_keeps_more_the_longer_and_windows_never_more_than_all():
    for name in decoder.names():
        c = decoder.find(name)
        assert 0 <= c.kv_elements(1000) <= c.kv_elements(20_000)
        assert c.kv_elements_read(500) > 0


@pytest.mark.parametrize("name", decoder.names()[::5])
def test_shares_make_the_whole(name):
    c = decoder.find(name)
    part = c.shared(2)
    assert c.parameters / 2 <= part.parameters + c.towers <= 1.1 * c.parameters + c.towers
    assert c.cut(max(c.layers // 2, 1)).layers == max(c.layers // 2, 1)


# -- unknown families ----------------------------------------------------------------------
def test_an_unknown_family_is_read_by_its_keys_with_a_note():
    c = from_dict(PLAIN | {"model_type": "brand_new"}, "x")
    assert c.parameters == from_dict(PLAIN, "x").parameters
    assert any("brand_new" in note for note in c.notes)
    assert not from_dict(PLAIN, "x").notes


def test_a_recurrence_that_nobody_knows_is_refused_without_a_family_to_write():
    given = PLAIN | {"model_type": "brand_new", "layer_types": ["recurrent"] * 16}
    with pytest.raises(InputError, match="recurrence") as caught:
        from_dict(given, "x")
    assert "llama" not in str(caught.value)


# -- own formats ---------------------------------------------------------------------------
def test_formats_of_configurations():
    blocks = _own(PLAIN, quant_method="fp8", weight_block_size=[128, 128])
    assert blocks.word == "fp8" and blocks.blocks == pytest.approx(1.0, rel=0.01)
    assert (blocks.table, blocks.head) == (2.0, 2.0)
    awq = _own(PLAIN, quant_method="awq", bits=4, group_size=128)
    assert awq.word == "awq" and awq.blocks == pytest.approx((4 + 20 / 128) / 8, rel=0.01)
    assert _own(PLAIN, quant_method="gptq", bits=8, group_size=32).word == "int8"
    assert _own(PLAIN, quant_method="bitsandbytes", load_in_4bit=True).word == "nf4"
    assert _own(PLAIN, quant_method="bitsandbytes", load_in_8bit=True).word == "int8"
    mlx = from_dict(PLAIN | {"quantization": {"bits": 4, "group_size": 32}}, "x").stored
    assert mlx.blocks == pytest.approx(5 / 8, rel=0.01) and mlx.table == 5 / 8


def test_only_what_is_not_ignored_is_packed():
    group = {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "float", "group_size": 16}}
    ignored = ["lm_head", *(f"model.layers.{i}.self_attn*" for i in range(16))]
    got = _own(EXPERTS, quant_method="modelopt", quant_algo="NVFP4", config_groups={"a": group},
               ignore=ignored, kv_cache_scheme={"num_bits": 8, "type": "float"})  # fmt: skip
    assert got.word == "nvfp4" and got.experts == 4.5 / 8
    assert got.blocks == pytest.approx(2.0) and got.cache == 1.0  # attention is what is left
    half = _own(EXPERTS, quant_method="fp8", weight_block_size=[128, 128],
                modules_to_not_convert=[f"model.layers.{i}" for i in range(8)])  # fmt: skip
    assert half.experts == pytest.approx(1.5)


def test_mixed_by_layer():
    layers = {f"model.layers.{i}.mlp.experts": {"quant_algo": "NVFP4"} for i in range(16)}
    layers |= {f"model.layers.{i}.self_attn.q_proj": {"quant_algo": "FP8"} for i in range(16)}
    got = _own(
        EXPERTS, quant_method="modelopt", quant_algo="MIXED_PRECISION", quantized_layers=layers
    )
    assert got.word == "nvfp4" and got.experts == 4.5 / 8 and 1.0 < got.blocks < 2.0


def test_a_format_that_nobody_knows_is_told():
    c = from_dict(PLAIN | {"quantization_config": {"quant_method": "future"}}, "x")
    assert c.stored is None and any("quantization_config" in note for note in c.notes)


def test_the_file_beside_says_the_format(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(PLAIN))
    said = {"quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]}}
    (tmp_path / "hf_quant_config.json").write_text(json.dumps(said))
    assert decoder.read_config(tmp_path / "config.json").stored.word == "fp8"


def test_a_long_list_of_modules_is_read_quickly(tmp_path):
    names = [f"model.layers.{i}.mlp.experts.{e}.{m}" for i in range(16) for e in range(1500)
             for m in ("gate_proj", "up_proj")]  # fmt: skip
    path = tmp_path / "config.json"
    said = {"quant_method": "fp8", "weight_block_size": [128, 128], "modules_to_not_convert": names}
    path.write_text(json.dumps(EXPERTS | {"quantization_config": said}))
    assert path.stat().st_size > 1.9e6
    start = time.process_time()
    json.loads(path.read_text())
    parsing = time.process_time() - start
    start = time.process_time()
    decoder.read_config(path)
    assert time.process_time() - start < parsing + 0.15
