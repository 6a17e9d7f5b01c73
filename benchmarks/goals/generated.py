"""Goals made by rule: eight kinds of run, five years, budgets drawn from a seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

LM = {"precision": "amp", "optimizer": "adamw", "grad_checkpointing": True}
CNN = {"mode": "train", "batch": 64, "img_size": 224}
RUNS: dict[str, dict[str, Any]] = {
    "cnn": {"workload": {**CNN, "model": "resnet50"}, "data": {"name": "imagenet-1k"}},
    "small-cnn": {"workload": {**CNN, "model": "alexnet", "batch": 128},
                  "data": {"name": "imagenet-1k"}},
    "large-set": {"workload": {**CNN, "model": "resnet101", "batch": 32},
                  "data": {"name": "open-images-v7"}},
    "vit": {"workload": {**CNN, "model": "vit_base_patch16_224", "optimizer": "adamw"}},
    "bert": {"workload": {"model": "bert-large", "mode": "train", "batch": 8, "seq_len": 384,
                          "optimizer": "adamw"}},
    "gpt2": {"workload": {"model": "gpt2", "mode": "train", "batch": 4, "seq_len": 1024,
                          "optimizer": "adamw"}, "data": {"name": "openwebtext"}},
    "qlora": {"workload": {**LM, "model": "llama-3-8b", "mode": "train", "method": "qlora",
                           "batch": 1, "seq_len": 1024}},
    "chat": {"workload": {"model": "qwen3-14b", "mode": "decode", "precision": "q4_k_m",
                          "batch": 1, "seq_len": 4096, "gen_len": 512}},
}  # fmt: skip
DAYS = (dt.date(2016, 11, 20), dt.date(2019, 5, 1), dt.date(2022, 3, 1), dt.date(2024, 6, 1),
        dt.date(2026, 11, 1))  # fmt: skip
BUDGETS = (800, 1200, 1800, 2500, 4000, 7000, 12_000)
TENSOR_CORES = 2018
"""From here on people train in mixed precision."""


def goals(seed: int = 0, each: int = 3) -> Iterator[dict[str, Any]]:
    """Entries as in ``goals.toml``, ``each`` budgets for every kind and day."""
    r = random.Random(seed)
    for kind, made in RUNS.items():
        for day in DAYS:
            for usd in sorted(r.sample(BUDGETS, each)):
                used = r.random() < 0.3
                workload = dict(made["workload"])
                if workload["mode"] == "train":
                    mixed = day.year >= TENSOR_CORES or kind == "qlora"
                    workload["precision"] = "amp" if mixed else "fp32"
                yield {
                    "id": f"{kind}-{day.year}-{usd}{'-used' if used else ''}",
                    "said": f"{kind}, ${usd:,}, {day}",
                    "as_of": day,
                    "budget": {"usd": usd},
                    **made,
                    "workload": workload,
                    "limits": {"used": used},
                    "machine": None,
                }
