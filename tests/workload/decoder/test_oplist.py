"""Decoders against published sizes and formulas."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from rigwright.spec.errors import InputError
from rigwright.spec.operation import KINDS
from rigwright.workload import decoder
from rigwright.workload.decoder.names import TABLE

# Name, weights, where the number is published.
PUBLISHED = (
    ("gpt2", 124_439_808, "huggingface.co/openai-community/gpt2 (124M)"),
    ("llama-2-7b", 6_738_415_616, "huggingface.co/meta-llama/Llama-2-7b-hf, safetensors"),
    ("llama-3-8b", 8_030_261_248, "huggingface.co/meta-llama/Meta-Llama-3-8B, safetensors"),
    ("mistral-7b", 7_241_732_096, "huggingface.co/mistralai/Mistral-7B-v0.1, safetensors"),
    ("mixtral-8x7b", 46_702_792_704, "huggingface.co/mistralai/Mixtral-8x7B-v0.1, safetensors"),
    ("pythia-1.4b", 1_414_647_808, "arXiv:2304.01373 table 1"),
    ("opt-125m", 125_239_296, "huggingface.co/facebook/opt-125m"),
    ("mpt-7b", 6_649_286_656, "huggingface.co/mosaicml/mpt-7b, safetensors (6.65 B)"),
    ("falcon-7b", 6_921_720_704, "huggingface.co/tiiuae/falcon-7b, PEFT's count of all weights"),
    ("qwen2.5-7b", 7_615_616_512, "huggingface.co/Qwen/Qwen2.5-7B, safetensors"),
    ("gemma-2b", 2_506_172_416, "huggingface.co/google/gemma-2b, safetensors"),
    ("phi-2", 2_779_683_840, "huggingface.co/microsoft/phi-2, safetensors"),
    ("bloom-560m", 559_214_592, "huggingface.co/bigscience/bloom-560m, safetensors"),
)
GEMM, CAST = KINDS.index("gemm"), KINDS.index("cast")
FORWARD, BACKWARD = 0, 1


def config(name):
    found = decoder.find(name)
    assert found is not None, name
    return found


def gemm_flop(ops, batch, seq, phase):
    rows = (ops.kind == GEMM) & (ops.phase == phase)
    dims = ops.at(batch, seq).dims[rows, :4]
    return float((2.0 * dims.prod(axis=1) * ops.count[rows]).sum())


def saved_bytes(ops, batch, seq, low=2.0, full=2.0):
    """Kept for backward; conversions exist under autocast only."""
    rows = (ops.phase == FORWARD) & (ops.kind != CAST)
    kept = ops.at(batch, seq).saved @ np.array([low, full, 1.0])
    return float((kept * ops.count)[rows].sum())


@pytest.mark.parametrize(("name", "weights", "source"), PUBLISHED)
def test_published_totals(name, weights, source):
    assert config(name).parameters == weights, source


def test_every_row_of_the_table():
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 120
    for row in rows:
        assert row["source"] and len(row["date"]) == 7, row["name"]
        found = config(row["name"])
        assert found.name == row["name"]
        for alias in filter(None, row["aliases"].split("|")):
            assert config(alias).name == row["name"], alias
        if row["parameters"]:
            # StableLM Alpha's card states 0.03 % more than its configuration gives.
            slack = 5e-4 if row["name"].startswith("stablelm-alpha") else 0.0
            assert found.parameters == pytest.approx(int(row["parameters"]), rel=slack), row["name"]


def test_active_weights_of_mixtures():
    # Mistral AI, "Mixtral of Experts", 2023-12: 46.7 B in total, 12.9 B per token.
    assert config("mixtral-8x7b").active_parameters == pytest.approx(12.9e9, rel=0.005)
    # OpenAI, gpt-oss model card, 2025-08 (without the embedding): 3.61 B and 5.13 B.
    for name, active in (("gpt-oss-20b", 3.61e9), ("gpt-oss-120b", 5.13e9)):
        c = config(name)
        assert c.active_parameters - c.vocab * c.hidden == pytest.approx(active, rel=0.01)
    # arXiv:2412.19437: DeepSeek-V3 activates 37 B of 671 B.
    assert config("deepseek-v3").active_parameters == pytest.approx(37e9, rel=0.02)
    dense = config("llama-3-8b")
    assert dense.active_parameters == dense.parameters


@pytest.mark.parametrize("name", decoder.names())
def test_products_do_two_flop_per_weight_and_token(name):
    c = config(name)
    ops = decoder.operations(c, "train")
    batch, seq = 3, 640
    tied = c.tied and not c.embeds  # a model that embeds multiplies by no table
    table = (0 if tied else c.vocab * c.words) + c.learned_positions * c.hidden + c.looked_up
    forward = gemm_flop(ops, batch, seq, FORWARD)
    assert forward == pytest.approx(2 * (c.active_parameters - table) * batch * seq, rel=0.015)
    assert gemm_flop(ops, batch, seq, BACKWARD) == pytest.approx(2 * forward)  # 3x in all


def widest_of_a_token(ops):
    """Elements that a line writes for one token, weights' gradients aside."""
    return float((ops.at(1, 1).traffic - ops.traffic[:, :, 0])[:, 3:].max())


@pytest.mark.parametrize("name", [n for n in decoder.names() if config(n).embeds])
@pytest.mark.parametrize("mode", ["infer", "train"])
def test_a_model_that_embeds_makes_no_logits(name, mode):
    ops, c = decoder.operations(config(name), mode), config(name)
    assert widest_of_a_token(ops) < c.vocab
    assert ops.parameters == c.parameters
    assert widest_of_a_token(decoder.operations(config("qwen3-4b"), mode)) >= 151936


def test_attention_is_one_fused_line_per_layer():
    c = config("llama-3-8b")
    ops = decoder.operations(c, "infer")
    at = ops.at(4, 1024)
    (row,) = np.flatnonzero(ops.kind == KINDS.index("attention"))
    assert ops.count[row] == 32
    assert list(at.dims[row, :6]) == [4, 32, 1024, 1024, 128, 1]
    # q and output 4096 wide, keys and values 1024 (8 of 32 heads), per token, 16 bit
    assert at.traffic[row, 0] == 4 * 1024 * (4096 + 2 * 1024)


def test_math_attention_does_four_products_of_scores():
    c = config("llama-2-7b")
    fused = decoder.operations(c, "infer")
    stored = decoder.operations(c, "infer", fused_attention=False)
    batch, seq = 2, 512
    extra = gemm_flop(stored, batch, seq, FORWARD) - gemm_flop(fused, batch, seq, FORWARD)
    assert extra == pytest.approx(4.0 * batch * seq * seq * c.hidden * c.layers)


@pytest.mark.parametrize(("seq", "batch"), [(2048, 1), (1024, 4)])
def test_activations_of_gpt3_follow_korthikanti(seq, batch):
    """arXiv:2205.05198 equation 1: s b h (34 + 5 a s / h) bytes per layer in 16 bit."""
    c = replace(config("gpt3-175b"), activation="gelu")
    one, two = (
        decoder.operations(c.cut(n), "train", dropout=True, fused_attention=False) for n in (1, 2)
    )
    layer = saved_bytes(two, batch, seq) - saved_bytes(one, batch, seq)
    published = seq * batch * c.hidden * (34 + 5 * c.heads * seq / c.hidden)
    assert layer == pytest.approx(published, rel=0.005)


def test_fused_attention_and_no_dropout_keep_less():
    c = config("llama-2-7b")
    stored = decoder.operations(c, "train", fused_attention=False)
    fused = decoder.operations(c, "train")
    seq = 2048
    scores = c.layers * c.heads * seq * seq * 2
    assert saved_bytes(stored, 1, seq) - saved_bytes(fused, 1, seq) == pytest.approx(
        scores, rel=0.05
    )
    gpt2 = config("gpt2")
    assert saved_bytes(decoder.operations(gpt2, "train"), 1, 1024) > saved_bytes(
        decoder.operations(gpt2, "train", dropout=False), 1, 1024
    )


def test_logits_are_kept_in_float32():
    c = config("llama-3-8b")
    ops = decoder.operations(c, "train")
    (row,) = [i for i, n in enumerate(ops.name) if ops.names[n] == "_log_softmax"]
    assert ops.at(2, 4096).saved[row, 2] == 4 * 2 * 4096 * 128256
    assert "_log_softmax" not in decoder.operations(c, "infer").names


def test_prefill_makes_logits_of_the_last_token_only():
    c = config("llama-3-8b")
    every = gemm_flop(decoder.operations(c, "forward"), 2, 512, FORWARD)
    last = gemm_flop(decoder.operations(c, "prefill"), 2, 512, FORWARD)
    assert every - last == pytest.approx(2.0 * c.vocab * c.hidden * 2 * 511)


def test_weight_traffic_does_not_grow_with_the_batch():
    c = config("llama-2-7b")
    ops = decoder.operations(c, "infer")
    gemms = (ops.kind == GEMM) & (ops.phase == FORWARD)
    weights = (ops.traffic[gemms, 0, 0] * ops.count[gemms]).sum()
    assert weights == c.weight_elements_read(1) - (2 * c.layers + 1) * c.hidden  # without norms


@pytest.mark.parametrize(
    ("name", "kib"),
    # fp16: Llama-2-7B 2 * 32 layers * 4096 * 2 B; Llama-3-8B and Mistral share keys 4 : 1;
    # DeepSeek-V3 keeps 512 + 64 numbers per layer (arXiv:2412.19437 section 2.1.1).
    [("llama-2-7b", 512), ("llama-3-8b", 128), ("mistral-7b", 128), ("deepseek-v3", 68.625)],
)
def test_cache_per_token(name, kib):
    c = config(name)
    assert decoder.operations(c).meta["kv_bytes_per_token"] == kib * 1024
    assert 2 * c.kv_elements(1) == kib * 1024


def test_sliding_windows_cap_cache_and_attention():
    mistral, gemma = config("mistral-7b"), config("gemma-3-27b")
    step = mistral
    assert 2 * step.kv_elements(32768) == 2 * step.kv_elements(4096) == 4096 * 128 * 1024
    # arXiv:2503.19786: five local layers (1024 tokens) to one global layer
    assert {a.window: n for a, n in gemma.attentions} == {1024: 52, 0: 10}
    full, capped = gemma.kv_elements_per_token * 32768, gemma.kv_elements(32768)
    assert capped / full == pytest.approx((10 + 52 / 32) / 62)
    ops = decoder.operations(gemma, "prefill", seq_len=32768)
    rows = ops.kind == KINDS.index("attention")
    assert (ops.count[rows & (ops.phase == FORWARD)] == [52, 10]).all()
    assert ops.at(1, 32768).dims[rows & (ops.phase == FORWARD), 3].tolist() == [1024, 32768]


def test_experts_read_grow_with_the_batch():
    c = config("mixtral-8x7b")
    step = c
    looked_up = c.vocab * c.hidden
    assert step.weight_elements_read(1) == c.active_parameters - looked_up
    assert step.weight_elements_read(1000) == pytest.approx(c.parameters - looked_up)
    # two of eight, twice: each expert is missed with (6/8)**2
    ((mixture, layers),) = c.mixtures
    expert = 3 * c.hidden * mixture.each.width * layers
    two = step.weight_elements_read(2) - step.weight_elements_read(1)
    assert two == pytest.approx(expert * (8 * (1 - 0.75**2) - 2))
    one = decoder.operations(c, "prefill", batch=1, seq_len=1)
    many = decoder.operations(c, "prefill")
    assert gemm_flop(one, 1, 1, FORWARD) == pytest.approx(gemm_flop(many, 1, 1, FORWARD))
    read = [(o.traffic[o.kind == GEMM, 0, 0] * o.count[o.kind == GEMM]).sum() for o in (one, many)]
    assert read[0] < 0.3 * read[1]


def test_each_chosen_expert_keeps_its_rows():
    """Rows gathered, gate, silu(gate), up, their product, and the row before its weight."""
    c = config("mixtral-8x7b")
    ((layer, layers),) = c.stack
    attention, (mixture,) = layer.branches

    def kept(n):
        branches = (attention, (replace(mixture, per_token=n),))
        stack = ((replace(layer, branches=branches), layers),)
        return saved_bytes(decoder.operations(replace(c, stack=stack), "train"), 2, 1024)

    two, three = kept(2), kept(3)
    rows = 2 * c.hidden + 4 * mixture.each.width
    assert three - two == 2 * rows * 2 * 1024 * c.layers


def test_decode_arithmetic():
    c = config("llama-2-7b")
    step = c
    dense = 2 * (c.parameters - c.vocab * c.hidden)
    assert step.flop(1000) == pytest.approx(dense + 1000 * 4 * 4096 * 32)


def test_meta_for_memory():
    c = config("llama-3-8b")
    meta = decoder.operations(c).meta
    assert (meta["layers"], meta["hidden"]) == (32, 4096)
    assert meta["embedding_parameters"] == 2 * 128256 * 4096
    # Unsloth's Llama-3 8B notebook prints 41,943,040 trainable weights at rank 16 on all seven.
    assert meta["adapter_parameters"] == 41_943_040
    assert meta["active_parameters"] == c.parameters
    ops = decoder.operations(c)
    outside = saved_bytes(ops, 1, 2048) - saved_bytes(decoder.operations(c.cut(1)), 1, 2048)
    assert meta["block_saved_share"] == pytest.approx(
        outside * 32 / 31 / saved_bytes(ops, 1, 2048), rel=1e-6
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("meta-llama/Llama-2-7b-chat-hf", "llama-2-7b"),
        ("llama3-70B Q4_K_M", "llama-3-70b"),
        ("LLaMA-1-7B", "llama-7b"),
        ("Llama 33B", "llama-30b"),
        ("LLAMA3.1_405B", "llama-3.1-405b"),
        ("Qwen/Qwen2.5-7B-Instruct", "qwen2.5-7b"),
        ("qwen2.5-7b-instruct-q8_0.gguf", "qwen2.5-7b"),
        ("Qwen3_30B_a3B", "qwen3-30b-a3b"),
        ("unsloth/mistral-7b-instruct-v0.3-bnb-4bit", "mistral-7b-v0.3"),
        ("google/gemma-2-9b-it", "gemma-2-9b"),
        ("hf:gpt2", "gpt2"),
        ("GPT-2 124M", "gpt2"),
        ("gptj", "gpt-j-6b"),
        ("gpt3_xl", "gpt3-xl"),
        ("GPT OSS 120B", "gpt-oss-120b"),
        ("StableLM Alpha 3B", "stablelm-alpha-3b"),
        ("phi-1.5 1.3B", "phi-1.5"),
        ("bigscience/bloomz-7b1", "bloom-7.1b"),
        ("vicuna-13b-v1.5", "llama-2-13b"),
        ("alpaca-7b", "llama-7b"),
    ],
)
def test_names_as_people_write_them(written, name):
    assert config(written).name == name


@pytest.mark.parametrize(
    "written",
    ["", "llama", "llama-27b", "llama-3-80b", "qwen2.5-70b", "mixtral-8x70b", "pythia-14b",
     "gemma-29b", "phi-15", "opt-13m", "resnet50", "bert-base", "Qwen2.5-VL-8B", "7b"],
)  # fmt: skip
def test_numbers_must_agree(written):
    assert decoder.find(written) is None


def test_no_name_shadows_another():
    assert {name: config(name).name for name in decoder.names()} == {n: n for n in decoder.names()}


def test_megatron_names():
    c = config("gpt-h1024-l24-a16")
    assert (c.hidden, c.layers, c.heads, c.inner_width, c.vocab) == (1024, 24, 16, 4096, 51200)
    with pytest.raises(InputError, match="heads"):
        decoder.find("gpt-h1000-l2-a16")


LLAMA = {
    "model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "vocab_size": 128256, "max_position_embeddings": 8192, "tie_word_embeddings": False,
}  # fmt: skip


def written(folder, value):
    path = folder / "config.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_reads_a_configuration(tmp_path):
    c = decoder.read_config(written(tmp_path, LLAMA))
    assert c.parameters == 8_030_261_248
    assert not decoder.read_config(written(tmp_path, LLAMA)).tied
    tied = decoder.read_config(written(tmp_path, LLAMA | {"tie_word_embeddings": True}))
    assert c.parameters - tied.parameters == 128256 * 4096
    inside = {"model_type": "llama", "text_config": LLAMA, "vision_config": {"hidden_size": 1}}
    assert decoder.read_config(written(tmp_path, inside)).parameters == c.parameters


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("not json", "no JSON"),
        ("[1, 2]", "JSON object"),
        (LLAMA | {"model_type": "bert", "type_vocab_size": 2}, "architectures"),
        (LLAMA | {"model_type": "t5", "is_encoder_decoder": True}, "writes text by itself"),
        ({"hidden_size": 768}, "model_type"),
        ({k: v for k, v in LLAMA.items() if k != "hidden_size"}, "hidden_size"),
        ({k: v for k, v in LLAMA.items() if k != "vocab_size"}, "vocab_size"),
        ({k: v for k, v in LLAMA.items() if k != "intermediate_size"}, "intermediate_size"),
        (LLAMA | {"hidden_size": -1}, "hidden_size"),
        (LLAMA | {"hidden_size": "wide"}, "hidden_size"),
        (LLAMA | {"num_attention_heads": 0}, "num_attention_heads"),
        (LLAMA | {"num_key_value_heads": 7}, "num_key_value_heads"),
        (LLAMA | {"num_key_value_heads": "x"}, "x"),
        (LLAMA | {"model_type": "deepseek_v3"}, "kv_lora_rank"),
    ],
)
def test_bad_configurations_say_what_is_wrong(tmp_path, value, words):
    with pytest.raises(InputError, match=words) as caught:
        decoder.read_config(written(tmp_path, value))
    assert "config.json" in str(caught.value) and "\n" not in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="readable"):
        decoder.read_config(tmp_path / "config.json")


def test_unknown_mode():
    with pytest.raises(InputError, match="mode"):
        decoder.operations(config("gpt2"), "dream")
