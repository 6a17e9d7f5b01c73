"""Step times and memory of questions drawn by seed, the same each time.

Chips, models and words are listed here and not read from the tables: a new row there must not
change what is asked.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.reference.pins.leaves import Leaves

from rigwright.plan.speed.predicting import predict_one
from rigwright.predict.engines import engines
from rigwright.spec.errors import InputError

CHIPS = (
    "tesla-k80", "geforce-gtx-970", "geforce-gtx-titan-x", "tesla-m60", "geforce-gtx-1070",
    "geforce-gtx-1080-ti", "tesla-p100-sxm2", "tesla-p4", "titan-v", "tesla-v100-sxm2-16-gb",
    "geforce-rtx-2080-ti", "tesla-t4", "geforce-gtx-1660-ti", "geforce-rtx-3090",
    "geforce-rtx-3060", "a100-sxm4-80-gb", "a100-pcie-40-gb", "a10", "rtx-a6000",
    "geforce-rtx-4090", "geforce-rtx-4060-ti-16-gb", "l4", "l40s", "h100-sxm", "h100-pcie",
    "h200-sxm", "geforce-rtx-5090", "rtx-pro-6000-blackwell-max-q", "b200", "geforce-rtx-5070-ti",
    "radeon-rx-5700", "radeon-rx-6800", "radeon-rx-7900-xtx", "instinct-mi300x", "radeon-780m",
)  # fmt: skip
SEVERAL = ("gpu_count", "tensor_parallel", "pipeline_parallel", "sharding")
ALONE = ("radeon-780m",)
"""Of these a machine has one; that several are refused is tested with the machines."""
VISION = (
    "resnet50", "resnet18", "vgg16", "alexnet", "densenet161", "googlenet", "inception_v3",
    "mobilenet_v3_small", "convnext_base", "vit_base_patch16_224", "swin_tiny_patch4_window7_224",
    "efficientnet_b2", "regnety_040", "resnext50_32x4d", "ssd300", "mixer_b32_224",
    "deeplabv3_resnet101", "sd21-unet", "xcit_tiny_12_p8_224", "nfnet_f4",
)  # fmt: skip
TEXT = ("bert-base", "bert-large", "gpt2", "transformer-xl-base", "tacotron2", "bart-large")
DECODERS = (
    "llama-3-8b", "llama-2-13b", "llama-3-70b", "mistral-7b", "qwen2.5-0.5b", "qwen3-30b-a3b",
    "gemma-2-9b", "phi-3-mini", "gpt-oss-20b", "mixtral-8x7b", "gpt3-6.7b", "falcon-7b",
    "deepseek-v2-lite", "mpt-7b", "tinyllama-1.1b", "bloom-3b",
)  # fmt: skip
FRAMEWORKS = (
    "pytorch", "pytorch 2.4", "pytorch 1.4", "pytorch 0.3", "tensorflow 1.12", "caffe2", "mxnet",
    "torch7 cudnn 5.1", "torch7 without cudnn", "pytorch 2.4 fast norm", "pytorch 1.7 apex o2",
)  # fmt: skip
ENGINES = ("llama.cpp", "llama.cpp-2024", "vllm", "sglang", "tensorrt-llm", "exllama",
           "transformers", "gpt-fast")  # fmt: skip
FORMATS = ("fp16", "bf16", "fp8", "int8", "q4_k_m", "q4_0", "q4_1", "q5_0", "q6_k", "q8_0",
           "awq", "nf4", "int4", "mxfp4", "fp32")  # fmt: skip
TRAINERS = (
    "pytorch", "unsloth", "litgpt", "torchtune", "llm-foundry", "megatron", "megatron flash",
    "torchtitan", "axolotl", "fsdp", "torchtune chunked loss", "torchtune liger",
)  # fmt: skip


def _stepped(dice: random.Random) -> dict[str, Any]:
    text = dice.random() < 0.25
    asked: dict[str, Any] = {
        "model": dice.choice(TEXT if text else VISION),
        "mode": dice.choice(("train", "train", "infer", "forward", "forward_backward")),
        "batch": dice.choice((1, 8, 12, 32, 64, 256)),
        "precision": dice.choice(("fp32", "tf32", "amp", "amp", "fp16", "bf16", "fp64", "int8")),
        "framework": dice.choice(FRAMEWORKS),
        "optimizer": dice.choice(("sgd", "adam", "adamw", "rmsprop", "lamb")),
    }
    if asked["mode"] != "train":
        del asked["optimizer"]
    elif dice.random() < 0.3:
        asked["grad_checkpointing"] = True
    if not text:
        asked["layout"] = dice.choice(("nchw", "nhwc"))
        asked["img_size"] = dice.choice((None, None, 192, 320))
    else:
        asked["seq_len"] = dice.choice((None, 128, 384))
    if dice.random() < 0.2:
        asked["compile"] = "dynamo"
    if dice.random() < 0.3:
        asked["gpu_count"] = dice.choice((2, 4, 8, 16))
        asked["batch"] *= asked["gpu_count"]
    if asked["mode"] == "train" and asked["batch"] >= 32 and dice.random() < 0.3:
        asked["micro_batch"] = dice.choice((1, 3, 8))
    return asked


def _served(dice: random.Random) -> dict[str, Any]:
    asked = {
        "model": dice.choice(DECODERS),
        "mode": dice.choice(("prefill", "decode", "decode")),
        "batch": dice.choice((1, 1, 4, 16, 64)),
        "precision": dice.choice(FORMATS),
        "seq_len": dice.choice((128, 1024, 4096, 16384)),
        "gen_len": dice.choice((1, 128, 512)),
        "framework": dice.choice(ENGINES),
        "gpu_count": dice.choice((1, 1, 1, 2, 4, 8)),
    }  # fmt: skip
    reads = engines()[asked["framework"]].reads
    if not reads(asked["precision"]):  # it would be refused; what is refused has tests of its own
        asked["precision"] = dice.choice([p for p in FORMATS if reads(p)])
    return asked


def _trained(dice: random.Random) -> dict[str, Any]:
    count = dice.choice((1, 1, 2, 8, 8, 16, 64))
    asked: dict[str, Any] = {
        "model": dice.choice(DECODERS),
        "mode": "train",
        "method": dice.choice(("full", "full", "lora", "qlora")),
        "batch": count * dice.choice((1, 4, 32)),
        "seq_len": dice.choice((512, 2048, 8192)),
        "precision": dice.choice(("amp", "bf16", "fp32", "fp16", "fp8")),
        "optimizer": dice.choice(("adamw", "adamw", "sgd", "adafactor", "adamw_8bit")),
        "framework": dice.choice(TRAINERS),
        "gpu_count": count,
        "grad_checkpointing": dice.random() < 0.5,
    }
    if asked["method"] != "full":
        asked["precision"] = "bf16"
    if count > 1:
        asked["sharding"] = dice.choice(("none", "zero1", "zero2", "zero3"))
        asked["micro_batch"] = dice.choice((None, 1, 2))
        asked["network_gbit_s"] = dice.choice((None, 100, 400))
    if count >= 8 and asked["method"] == "full":
        asked["tensor_parallel"] = dice.choice((1, 2, 4))
        asked["pipeline_parallel"] = dice.choice((1, 2))
        if asked["tensor_parallel"] * asked["pipeline_parallel"] > 1:
            asked["sharding"] = dice.choice(("none", "zero1"))
    elif dice.random() < 0.2:
        asked["offload"] = True
    return asked


def answer(asked: dict[str, Any]) -> Leaves:
    """What is pinned of a prediction; small shares are left out."""
    try:
        p = predict_one(asked).prediction
    except InputError as error:
        return {"refused": error.field}
    large = {f"time.{k}": v for k, v in p.shares.items() if v > 0.001}
    held = {f"memory.{k}": v for k, v in p.memory_shares.items() if v > 0.001}
    chance = {} if p.fit_chance is None else {"fit_chance": round(p.fit_chance, 4)}
    return {
        "step_s": p.step_s, "low": p.low_s / p.step_s, "high": p.high_s / p.step_s,
        "throughput": p.throughput, "unit": p.unit, "bound": p.bound,
        "memory_gib": p.memory_bytes / 2**30, **chance, **large, **held,
    }  # fmt: skip


def cases() -> Iterator[tuple[str, Leaves]]:
    """Every question with its answer."""
    for name, asked in questions():
        yield name, answer(asked)


def questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Named questions in the keys of ``predict --batch``; every chip is asked of in each way."""
    for kind, make, rounds in (("step", _stepped, 6), ("serve", _served, 4), ("tune", _trained, 5)):
        for number in range(rounds * len(CHIPS)):
            chip = CHIPS[number % len(CHIPS)]
            dice = random.Random(f"{kind} {number}")
            asked = {k: v for k, v in make(dice).items() if v is not None and v is not False}
            if chip in ALONE:
                asked = {k: v for k, v in asked.items() if k not in SEVERAL}
            yield f"{kind} {number:03}", {"gpu": chip, **asked}
