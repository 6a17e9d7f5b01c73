"""Words of software as people write them, and labels as published tables write them."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.catalog.tables import by_id
from rigwright.plan.ask import software as reader
from rigwright.plan.ask.questions import row_of, run_of
from rigwright.plan.ask.software import Said, said, said_in_table, software_of
from rigwright.plan.speed.predicting import predict_one
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict import memory
from rigwright.predict.engines import engines
from rigwright.predict.memory.trainers import trainers
from rigwright.spec import software as names
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder

CARD = by_id(Chip)["geforce-rtx-4090"]


def step_ms(framework: str, **more: object) -> float:
    question = {"gpu": "RTX 4090", "model": "resnet50", "batch": 64, "precision": "amp"}
    return predict_one(question | {"framework": framework} | more).prediction.step_s * 1e3


# -- what the words mean -------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "pytorch", "PyTorch", "torch", "pytorch cuda 12.4"])
def test_nothing_said_is_a_present_day_pytorch(text):
    assert said(text) == Said(Software())


@pytest.mark.parametrize(
    ("text", "framework", "cudnn", "fused", "text_fused", "tf32"),
    [
        ("pytorch 2.4.0 cuda 12.4", "pytorch", 9, True, True, True),
        ("pytorch 2.1", "pytorch", 8, True, False, True),
        ("pytorch 1.13.1+cu117", "pytorch", 8, False, False, True),
        ("PyTorch 0.3.0", "pytorch", 6, False, False, False),
        ("pytorch 1.0 cudnn 8", "pytorch", 8, False, False, False),
        ("pytorch 2", "pytorch", 9, True, True, True),
        ("torch7 cuda8 cudnn 5110", "torch7", 5, False, False, False),
        ("torch7 no-cudnn", "torch7", 0, False, False, False),
        ("Tensorflow 1.4.0", "tensorflow", 7, False, False, False),
        ("mxnet", "mxnet", 7, False, False, False),
        ("caffe", "caffe", 7, False, False, False),
    ],
)
def test_releases_decide_kernel_library_and_attention(
    text, framework, cudnn, fused, text_fused, tf32
):
    got = software_of(text)
    assert (got.framework, got.cudnn, got.conv_tf32) == (framework, cudnn, tf32)
    assert got.attention_is_fused(text=False) == fused
    assert got.attention_is_fused(text=True) == text_fused


def test_a_release_is_stated_only_where_it_is_said_as_precisely_as_it_matters():
    stated = [t for t in ("pytorch", "pytorch 2", "pytorch ~2.4", "tensorflow 1.4", "vllm 0.6",
                          "pytorch 2.4", "torch7 cudnn 5") if said(t).software.stated]  # fmt: skip
    assert stated == ["pytorch 2.4", "torch7 cudnn 5"]


def test_a_version_belongs_to_the_word_it_stands_beside():
    assert software_of("torchtune 0.3") == Software(trainer="torchtune")
    assert software_of("pytorch (cuda 10.1)") == Software()
    got = software_of("vllm 0.6.3 pytorch 2.4 cudnn 8 nccl 2.19")
    assert (got.engine_version, got.framework_version, got.cudnn) == ((0, 6, 3), (2, 4), 8)
    old, new = software_of("litgpt bitsandbytes-0.41"), software_of("litgpt bitsandbytes 0.43.1")
    assert old.keeps_inputs and not new.keeps_inputs


def test_a_word_that_stands_higher_in_the_table_decides():
    assert software_of("pytorch+composer FSDP").trainer == "llm-foundry"
    assert software_of("fsdp_qlora").trainer == "fsdp_qlora"
    assert software_of("megatron flash").masked_softmax is False
    assert software_of("flash megatron").masked_softmax is False
    assert software_of("Megatron-LM").masked_softmax is True
    assert said("DeepSpeed ZeRO-2 fsdp").run == said("fsdp ZeRO-2").run


ADAM = {"optimizer": "adam"}
ONE_KERNEL = {"fused_attention": True, "fused_text_attention": True}


@pytest.mark.parametrize(
    ("words", "software", "run"),
    [
        ("nemo", {"trainer": "megatron", "fused_kernels": True}, ADAM),
        ("Megatron-Bridge", {"trainer": "megatron", "fused_kernels": True}, ADAM),
        ("megatron core 0.8", {"trainer": "megatron"}, ADAM),
        ("Megatron-LM", {"trainer": "megatron", "masked_softmax": True}, ADAM),
        ("unsloth 2025.3", {"trainer": "unsloth", "fused_kernels": True}, {}),
        ("MosaicML composer", {"trainer": "llm-foundry", "flash": 1}, {}),
        ("LLM-Foundry", {"trainer": "llm-foundry", "flash": 1}, {}),
        ("DeepSpeed", {"trainer": "sharded"}, ADAM),
        ("FSDP2", {"trainer": "sharded"}, ADAM | {"sharding": "zero3"}),
        ("ZeRO-1", {"trainer": "sharded"}, ADAM | {"sharding": "zero1"}),
        ("ZeRO-3", {"trainer": "sharded"}, ADAM | {"sharding": "zero3"}),
        ("fsdp_qlora", {"trainer": "fsdp_qlora"}, ADAM | {"sharding": "zero3"}),
        ("liger kernel", {"loss": "linear", "fused_kernels": True}, {}),
        ("cut-cross-entropy", {"loss": "linear"}, {}),
        ("chunked-loss", {"loss": "chunked"}, {}),
        ("no-sequence-parallel", {"sequence_parallel": False}, {}),
        ("fast-norm", {"fast_norm": True}, {}),
        ("apex O2", {"apex_o2": True}, {}),
        ("torch.compile", {}, {"compile": "dynamo"}),
        ("eager attention", {"fused_attention": False, "fused_text_attention": False}, {}),
        ("pytorch 1.13 + xformers", ONE_KERNEL, {}),
        ("pytorch 1.13 + flash-attn", ONE_KERNEL, {}),
        ("pytorch 2.1 + flash-attention-2 2.5.6", ONE_KERNEL | {"flash": 2}, {}),
        ("flash attention 1", ONE_KERNEL | {"flash": 1}, {}),
        ("pytorch 2.1 + sdpa", {"fused_text_attention": True}, {}),
        ("ollama", {"engine": "llama.cpp"}, {}),
        ("LM Studio", {"engine": "llama.cpp"}, {}),
        ("mlx-lm", {"engine": "llama.cpp"}, {}),
        ("gpt-fast", {"engine": "gpt-fast"}, {}),
        ("exllamav2", {"engine": "exllama"}, {}),
        ("caffe + 1.0", {"framework_version": (1, 0)}, {}),
        ("torch7 + 5", {"framework_version": (5,)}, {}),
    ],
)
def test_what_a_word_says(words, software, run):
    before = words.rpartition(" + ")[0]
    got = said(words)
    assert got.software == replace(said(before).software, **software)
    assert dict(got.run) == run and not got.unknown


@pytest.mark.parametrize(
    "spellings",
    [
        "torch7 / torch-7 / Lua Torch",
        "tensorflow 2.1 / tf 2.1",
        "caffe / Caffe2 / caffe-2",
        "pytorch 2.1 / torch 2.1 / torch2.1 / PyTorch-2.1.0+cu118",
        "no-cudnn / without cudnn",
        "cut cross entropy / CCE",
        "bitsandbytes 0.41 / bnb-0.41",
        "activation-offload / activation offloading",
        "optimizer-in-backward / optimizer_in_bwd",
        "litgpt / lit-gpt",
        "torchtitan / titan / torchao",
        "flash attention 1 / flash-attn 1 / FlashAttention-1",
        "flash attention / flash-attn / flashattention / flash",
        "flash attention 2 / flash-attn 2 / FlashAttention-2 / FA2 / FA3 / flash attention 3",
        "eager attention / attn eager / eager-attn",
        "Megatron-DeepSpeed / DeepSpeed Megatron",
        "llm-foundry / llmfoundry / foundry / composer / mosaicml",
        "llama-factory / LLaMAFactory",
        "zero 1 / ZeRO stage 1",
        "zero 2 / ZeRO stage 2",
        "zero 3 / ZeRO stage 3",
        "deepspeed / zero",
        "llama.cpp 2024 / llamacpp-2024 / llama cpp 2024",
        "llama.cpp / llamacpp / llama-cpp / llama-cpp-python / llama-bench / ggml / gguf",
        "lm studio / LMStudio",
        "exllama / exllamav2 / exllama v3 / exllamav3 / exllama-v2 / tabbyapi",
        "tensorrt-llm / TensorRTLLM / trt-llm / trtllm",
        "transformers / huggingface transformers / hf-transformers",
        "torch.compile / inductor / torchinductor",
    ],
)
def test_spellings_of_one_word_say_the_same(spellings):
    first, *others = spellings.split(" / ")
    for other in others:
        got = said(other)
        assert replace(got.software, framework_version=None) == replace(
            said(first).software, framework_version=None
        ), other
        assert (got.run, got.unknown) == (said(first).run, ()), other


def test_options_overrule_the_trainer():
    got = software_of("torchtune plain-loss activation-offload optimizer-in-backward")
    assert (got.trainer, got.loss) == ("torchtune", "upcast")
    assert got.activation_offload and got.optimizer_in_backward
    assert software_of("unsloth").loss is None and software_of("pytorch liger").loss == "linear"


# -- words that no row knows ---------------------------------------------------------------
def test_an_unknown_word_is_refused_with_the_nearest_ones():
    with pytest.raises(InputError, match=r"run: framework: got 'unslot'.*try: unsloth"):
        software_of("pytorch 2.4 unslot")
    with pytest.raises(InputError, match="banana"):
        run_of({"model": "resnet50", "framework": "banana"})


def test_a_table_is_told_of_an_unknown_word():
    run, notes = row_of({"model": "resnet50", "framework": "pytorch 2.4 banana 3"})
    assert run.software == software_of("pytorch 2.4")
    assert len(notes) == 1 and "'banana 3'" in notes[0]


def _stranger(text: str) -> bool:
    """No piece of it is a word of the table, and it has no version for a word before it."""
    pieces = reader._pieces(text)
    firsts = reader._firsts()
    return bool(pieces) and not any(p in firsts or reader._VERSION.fullmatch(p) for p in pieces)


STRANGERS = st.one_of(
    st.text(min_size=1, max_size=24),
    st.from_regex(r"[a-z]{2,10}[-_ .]?[a-z0-9]{0,6}", fullmatch=True),
).filter(_stranger)
TEXTS = ("pytorch 2.4", "pytorch 1.10", "unsloth", "Megatron-DeepSpeed", "vllm 0.6.3", "")
CLAIMS = (
    Run(model="resnet50", batch=8, img_size=224, precision="amp"),
    Run(model="llama-2-7b", seq_len=512, precision="bf16", method="lora", optimizer="adamw"),
    Run(model="llama-2-7b", mode="decode", seq_len=512, gen_len=64, precision="q4_k_m"),
)


@settings(deadline=None)
@given(st.data(), st.sampled_from(TEXTS), st.sampled_from(CLAIMS), st.booleans())
def test_a_word_that_is_not_in_the_table_moves_no_number_and_is_said(data, text, run, before):
    word = data.draw(STRANGERS)
    both = f"{word} {text}" if before else f"{text} {word}"
    got = said(both).software
    assert got == software_of(text) and said(both).run == said(text).run
    assert said(both).errors()  # refused on a command, notes in a table
    plain, moved = (replace(run, software=s) for s in (software_of(text), got))
    assert predict_run(moved, Machine(chip=CARD)) == predict_run(plain, Machine(chip=CARD))


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    got = said(text)
    assert isinstance(got.software, Software)
    assert all(piece and piece in " ".join(reader._pieces(text)) for piece in got.unknown)


# -- the faults of substrings --------------------------------------------------------------
def test_a_communication_library_is_no_opencl():
    assert step_ms("pytorch 2.4 nccl-2.19") == step_ms("pytorch 2.4")


def test_a_trainers_version_is_not_pytorchs():
    llama = {"model": "llama-3-8b", "seq_len": 1024, "batch": 1, "precision": "bf16"}
    assert step_ms("torchtune 0.3", **llama) == step_ms("torchtune", **llama)


@pytest.mark.parametrize("mode", ["prefill", "decode", "infer"])
@pytest.mark.parametrize("count", [1, 2])
def test_engines_with_the_same_constants_give_the_same_numbers(mode, count):
    asked = {"model": "llama-3-8b", "seq_len": 512, "gen_len": 128, "precision": "bf16",
             "batch": 4, "gpu": "H100 SXM", "gpu_count": count, "mode": mode}  # fmt: skip
    got = {
        engine: predict_one(asked | {"framework": engine}).prediction
        for engine in ("vllm", "vllm 0.6.3", "sglang", "tensorrt-llm", "TRT-LLM 0.15")
    }
    # TensorRT-LLM sends more operations of a prompt from Python (data/engines.csv).
    kinds = {e: "tensorrt" if "T" in e or "tensorrt" in e else "vllm" for e in got}
    assert len({(kinds[e], p.step_s) for e, p in got.items()}) == 2
    assert len({p.memory_bytes for p in got.values()}) == 1


def test_an_engine_serves_decoders_and_moves_nothing_else():
    one_pass = {"mode": "infer", "batch": 8}
    assert step_ms("vllm", **one_pass) == step_ms("pytorch", **one_pass)


# -- the tables ----------------------------------------------------------------------------
def test_every_row_of_the_table_is_read_and_has_a_source():
    lines = list(csv.DictReader((reader.DATA / "software.csv").open(encoding="utf-8")))
    for line in lines:
        got = said(line["word"])
        assert not got.unknown, line
        assert line["field"] == "word" or line["source"], line
    assert len({(r["word"], r["field"], r["since"]) for r in lines}) == len(lines)


def test_of_one_fact_later_versions_stand_below():
    for rows in reader._rows().values():
        for field in {row.field for row in rows}:
            since = [row.since for row in rows if row.field == field]
            assert since == sorted(since)


def test_each_release_of_pytorch_has_all_that_the_ones_before_have():
    versions = ("0.3", "0.4", "1.6", "1.7", "1.13", "2.0", "2.1", "2.2", "2.4", "2.10")
    releases = [software_of(f"pytorch {version}") for version in versions]
    gained = ("conv_tf32", "grouped_nhwc", "foreach", "fused_attention", "fused_text_attention")
    for name in (*gained, "cudnn"):
        values = [getattr(release, name) for release in releases]
        assert values == sorted(values) and values[0] < values[-1], name
    first = {name: next(i for i, r in enumerate(releases) if getattr(r, name)) for name in gained}
    assert list(first.values()) == [3, 5, 5, 5, 7]
    assert [r.cudnn for r in releases] == [6, 7, 7, 8, 8, 8, 8, 8, 9, 9]
    assert [r.flash for r in releases] == [2, 2, 2, 2, 2, 1, 1, 2, 2, 2]
    assert [r.keeps_gathered for r in releases] == [True] * 7 + [False] * 3


def test_names_of_the_types_are_those_of_prediction():
    assert set(names.ENGINES) == set(engines())
    assert {*names.TRAINERS, "transformers"} == set(trainers())
    said_somewhere = {said(word).software.trainer for word in reader._names()}
    assert said_somewhere - {""} == set(names.TRAINERS)


def test_every_trainer_trains():
    config = decoder.find("llama-2-7b")
    for name in names.TRAINERS:
        run = Run(model="llama-2-7b", seq_len=512, software=Software(trainer=name))
        assert memory.decoder_peak(config, run, Machine(chip=CARD)).bytes > 0


# -- labels of published tables ------------------------------------------------------------
@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("timm+pytorch 2.4.0 cuda 12.4", "pytorch 2.4.0 fast-norm"),
        ("timm+pytorch 1.13 cuda 11.7", "pytorch 1.13 fast-norm"),
        ("NGC PyTorch DeepLearningExamples", "pytorch ~1.7 apex-o2"),
        ("NGC PyTorch 20.01", "pytorch ~1.7 apex-o2"),
        ("pytorch (cuda 10.1)", "pytorch"),
        ("torch7 cuda8 nn (no cudnn)", "torch7 no-cudnn"),
        ("torch7 cuda8 cudnn 4007", "torch7 cudnn 4"),
        ("CuDNN[R3]-fp16 (Torch)", "torch7 cudnn 3"),
        ("CuDNN[R2] *", "pytorch cudnn ~2"),
        ("CL-nn (Torch)", "torch7 no-cudnn"),
        ("cl-nn", "torch7 no-cudnn"),
        ("Torch-7 (native)", "torch7 no-cudnn"),
        ("Caffe (native)", "torch7 no-cudnn"),
        ("fbfft (Torch)", "torch7 cudnn ~4"),
        ("Nervana-neon-fp16", "torch7"),
        ("Chainer", "torch7 cudnn ~4"),
        ("Caffe-CLGreenTea", "caffe"),
        ("cudaconvnet2*", "pytorch"),
        ("Caffe2 0.8.1", "caffe 0.8.1"),
        ("TensorFlow (cuda 8)", "tensorflow"),
        ("pytorch+composer FSDP", "llm-foundry fsdp"),
        ("Megatron-DeepSpeed", "megatron deepspeed"),
        ("llama.cpp llama-bench", "llama.cpp-2024"),
        ("llama.cpp CUDA b6918 fa=1 ub=2048", "llama.cpp"),
        ("llama.cpp ROCm (Jan 2024)", "llama.cpp-2024"),
        ("llama.cpp CUDA (Jan/Feb 2026 master)", "llama.cpp"),
        ("litgpt generate (PyTorch eager)", "transformers"),
        ("TensorRT-LLM/vLLM (MLPerf)", "tensorrt-llm"),
    ],
)
def test_labels_keep_their_meaning_in_tables(label, words):
    assert said_in_table(label) == replace(said(words), unknown=())
    assert not said(words).unknown


def test_a_label_is_no_word_of_people():
    assert said("CuDNN[R3]-fp16 (Torch)").unknown and said("cl-nn").unknown


def test_every_published_label_is_known():
    measured = pytest.importorskip("rigwright_accuracy.measured")
    try:
        tables = (*measured.SOURCES, "vtrain_megatron", "llm_foundry_mpt", "llm_infer")
        labels = {
            row.get("framework") or row["engine"] for name in tables for row in measured.read(name)
        }
    except measured.SharedDataMissingError as missing:
        pytest.skip(str(missing))
    assert labels and not [label for label in labels if said_in_table(label).unknown]
