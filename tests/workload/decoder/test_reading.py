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


# -- parts of a configuration ---------------------------------------------------------------
_SIGLIP = {"hidden_size": 1152, "image_size": 896, "intermediate_size": 4304, "patch_size": 14,
           "model_type": "siglip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 27,
           "vision_use_head": False}  # fmt: skip
_PIXTRAL = {"head_dim": 64, "hidden_size": 1024, "intermediate_size": 4096, "patch_size": 14,
            "num_attention_heads": 16, "num_hidden_layers": 24,
            "model_type": "pixtral"}  # fmt: skip
_GLM4V = {"hidden_size": 1536, "depth": 24, "num_heads": 12, "intermediate_size": 13696,
          "patch_size": 14, "temporal_patch_size": 2, "spatial_merge_size": 2,
          "out_hidden_size": 4096}  # fmt: skip
# As their makers published them, which leave out what their family has anyway; weights in billions
# of the safetensors files (pages of huggingface.co, from knowledge).
SPARSE = {
    "gemma-3-4b-it": (4.300, {"model_type": "gemma3", "vision_config": _SIGLIP, "text_config": {
        "hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text",
        "num_hidden_layers": 34, "sliding_window": 1024}}),
    "llava-1.5-7b-hf": (7.063, {"model_type": "llava", "text_config": {
        "max_position_embeddings": 4096, "model_type": "llama", "vocab_size": 32064},
        "vision_config": {
        "hidden_size": 1024, "intermediate_size": 4096, "model_type": "clip_vision_model",
        "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14}}),
    "pixtral-12b": (12.68, {"model_type": "llava", "text_config": {
        "head_dim": 128, "hidden_size": 5120, "intermediate_size": 14336, "model_type": "mistral",
        "num_hidden_layers": 40, "num_key_value_heads": 8, "vocab_size": 131072,
        "sliding_window": None},
        "vision_config": {"head_dim": 64, "model_type": "pixtral", "patch_size": 16}}),
    "mistral-small-3.1-24b": (24.011, {"model_type": "mistral3", "spatial_merge_size": 2,
        "text_config": PLAIN | {
        "head_dim": 128, "hidden_size": 5120, "intermediate_size": 32768, "model_type": "mistral",
        "num_hidden_layers": 40, "vocab_size": 131072}, "vision_config": _PIXTRAL}),
    "glm-4.1v-9b": (10.29, PLAIN | {"model_type": "glm4v", "head_dim": 128, "hidden_size": 4096,
        "intermediate_size": 13696, "num_hidden_layers": 40, "num_key_value_heads": 2,
        "vocab_size": 151552, "attention_bias": True, "vision_config": _GLM4V}),
    "ernie-4.5-vl-28b-a3b": (29.4, {"model_type": "ernie4_5_moe_vl", "hidden_size": 2560,
        "intermediate_size": 12288, "moe_intermediate_size": [1536, 512], "moe_k": 6,
        "moe_layer_interval": 1, "moe_layer_start_index": [1, 1], "moe_num_experts": [64, 64],
        "moe_num_shared_experts": 2, "num_attention_heads": 20, "num_hidden_layers": 28,
        "num_key_value_heads": 4, "tie_word_embeddings": True, "vocab_size": 103424,
        "max_position_embeddings": 131072, "vision_config": {
        "depth": 32, "hidden_size": 1280, "mlp_ratio": 4, "num_heads": 16, "patch_size": 14,
        "spatial_merge_size": 2}}),
}  # fmt: skip


@pytest.mark.parametrize("name", SPARSE)
def test_what_a_part_leaves_out_is_its_familys_own(name):
    published, given = SPARSE[name]
    c = from_dict(given, name)
    assert c.parameters / 1e9 == pytest.approx(published, rel=0.002)
    assert not c.notes


def test_a_gap_is_filled_in_parts_only_and_what_is_said_stays():
    with pytest.raises(InputError, match="num_hidden_layers"):
        from_dict({"model_type": "llama", "hidden_size": 2048, "vocab_size": 32000}, "x")
    text = SPARSE["pixtral-12b"][1]["text_config"]
    assert from_dict(SPARSE["pixtral-12b"][1], "x").attentions[0][0].window == 0
    told = from_dict({"model_type": "llava", "text_config": text | {"sliding_window": 4096}}, "x")
    assert told.attentions[0][0].window == 4096


def test_the_whole_says_whether_both_ends_share_a_table():
    text = PLAIN | {"tie_word_embeddings": True}
    apart = from_dict(
        {"model_type": "llava", "tie_word_embeddings": False, "text_config": text}, ""
    )
    shared = from_dict({"model_type": "llava", "text_config": text}, "")
    assert apart.parameters - shared.parameters == 65536 * 2048


def test_what_speaks_behind_the_language_model_is_told_and_not_counted():
    """As Qwen2.5-Omni nests it: encoders stand beside the text inside the thinker."""
    vision = {"hidden_size": 1280, "depth": 32, "num_heads": 16, "intermediate_size": 3420}
    thinker = {"model_type": "qwen2_5_omni_thinker", "text_config": PLAIN | {"model_type": "qwen2"},
               "vision_config": vision}  # fmt: skip
    given = {"model_type": "qwen2_5_omni", "thinker_config": thinker,
             "talker_config": PLAIN | {"model_type": "qwen2_5_omni_talker"}}  # fmt: skip
    c = from_dict(given, "x")
    alone = from_dict(thinker, "x")
    assert c.parameters == alone.parameters and c.towers == alone.towers > 10**8
    assert c.notes == ("talker_config: its weights are not counted",) and not alone.notes


def test_layers_with_sizes_of_their_own():
    own = {"3": {"head_dim": 128}, "07": {"head_dim": 128}}
    c = from_dict(PLAIN | {"head_dim": 64, "per_layer_config": own}, "x")
    plain = from_dict(PLAIN | {"head_dim": 64}, "x")
    assert c.parameters - plain.parameters == 2 * 64 * 2048 * (32 + 8 + 8 + 32)
    assert c.kv_elements_per_token == (14 * 64 + 2 * 128) * 16


def test_blocks_that_a_search_left_out_hold_nothing():
    """Halves of nvidia/Llama-3_3-Nemotron-Super-49B-v1: groups of heads, widths in units of 256."""
    whole = {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}
    kinds = [
        whole,
        {"attention": {"n_heads_in_group": None, "no_op": True}, "ffn": {"ffn_mult": 2.625}},
        {"attention": {"replace_with_linear": True}, "ffn": {"no_op": True}},
    ]
    given = PLAIN | {"model_type": "nemotron-nas", "hidden_size": 8192, "num_attention_heads": 64,
                     "num_key_value_heads": None, "intermediate_size": None, "block_configs": kinds,
                     "num_hidden_layers": 3}  # fmt: skip
    c = from_dict(given, "x")
    h = 8192
    first = 2 * h * h + 2 * h * h // 8 + 3 * h * 28672 + 2 * h
    rest = (3 * h * 14336 + h) + (h * h + h)
    assert c.parameters == first + rest + 2 * 65536 * h + h
    assert c.kv_elements_per_token == 2 * 8 * 128


def test_a_gate_beside_a_narrow_query_is_a_product_of_its_own():
    given = PLAIN | {"model_type": "hy_v4", "q_lora_rank": 512, "kv_lora_rank": 256, "head_dim": 64,
                     "qk_nope_head_dim": 64, "qk_rope_head_dim": 32, "v_head_dim": 128}  # fmt: skip
    names = {m.name: m for m, _ in from_dict(given, "x").matrices()}
    assert (names["query_gate"].inputs, names["query_gate"].outputs) == (2048, 32 * 128)
    assert names["query_up"].outputs == 32 * 96


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


@pytest.mark.parametrize(
    "family", ["jetmoe", "hrm_text", "inkling2_loop", "zamba2", "recurrent_gemma", "moshi", "git"]
)
def test_layers_that_the_parts_do_not_make_up_are_refused(family):
    with pytest.raises(InputError, match="are not read") as caught:
        from_dict(PLAIN | {"model_type": family}, "x")
    assert "\n" not in str(caught.value)


def test_experts_that_a_configuration_turns_off_are_none():
    given = PLAIN | {"model_type": "doge", "num_experts": 16384, "num_experts_per_tok": 64}
    assert from_dict(given | {"is_moe": False}, "x").experts == 1
    with pytest.raises(InputError, match="product keys"):
        from_dict(given | {"is_moe": True}, "x")


_OWN = {"num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12}


def test_layers_of_an_unknown_part_are_refused_and_one_without_layers_is_a_note():
    whole = {"model_type": "brand_new_vl", "text_config": PLAIN}
    with pytest.raises(InputError, match="qformer_config"):
        from_dict(whole | {"qformer_config": _OWN}, "x")
    bridge = {"hidden_size": 768, "resampler_depth": 3}
    read = from_dict(whole | {"perceiver_config": bridge}, "x")
    assert read.notes == ("perceiver_config: its weights are not counted",)


def test_mamba_alone_is_as_wide_inside_as_it_says():
    given = {"model_type": "mamba", "num_hidden_layers": 8, "hidden_size": 768, "state_size": 16,
             "intermediate_size": 3072, "vocab_size": 1000, "expand": 2,
             "time_step_rank": 48, "num_attention_heads": 1}  # fmt: skip
    # transformers 5.24 on the meta device
    assert from_dict(given, "x").parameters / 1e6 == pytest.approx(61.1, rel=0.005)


def test_windows_of_mimo_have_twice_the_heads_of_keys_where_none_are_said():
    kinds = ["full_attention", "sliding_attention"] * 8
    given = PLAIN | {"model_type": "mimo_v2_flash", "layer_types": kinds, "sliding_window": 128}
    assert {a.kv_heads for a, _ in from_dict(given, "x").attentions} == {8, 16}
    said = from_dict(given | {"swa_num_key_value_heads": 8}, "x")
    assert {a.kv_heads for a, _ in said.attentions} == {8}


def test_heads_may_differ_by_layer():
    given = PLAIN | {"model_type": "laguna", "num_attention_heads_per_layer": [32, 64] * 8}
    assert {a.heads for a, _ in from_dict(given, "x").attentions} == {32, 64}


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
