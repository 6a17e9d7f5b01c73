import json

import pytest

from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.kinds import trained
from rigwright.plan.machine.given.options import step_seconds
from rigwright.plan.speed import predicting
from rigwright.plan.speed.predicting import predict_one
from rigwright.spec.errors import InputError
from rigwright.spec.run import Run

LLAMA = {"model": "llama-3-8b", "gpu": "A100 SXM4 80 GB", "gpu_count": 16, "mode": "train",
         "batch": 32, "micro_batch": 1, "seq_len": 2048, "precision": "bf16",
         "optimizer": "adamw", "sharding": "fsdp"}  # fmt: skip


@pytest.mark.parametrize(
    ("run", "own"),
    [
        (Run(model="llama-3-8b"), True),
        (Run(model="gpt2", mode="forward_backward"), False),
        (Run(model="gpt2", mode="forward_backward", tensor_parallel=4), True),
        (Run(model="gpt2", mode="decode"), False),
        (Run(model="resnet50"), False),
        (Run(model="bert-large"), False),
    ],
)
def test_training_a_decoder_goes_its_own_way(run, own):
    assert trained(run) is own


def test_nodes_and_network_of_a_line_count():
    plain = predict_one(LLAMA).prediction
    slow = predict_one({**LLAMA, "nodes": "4", "network_gbit_s": 10}).prediction
    assert slow.step_s > 2 * plain.step_s and slow.bound == "network"


@pytest.mark.parametrize(
    ("key", "value"),
    [("nodes", 3), ("nodes", -1), ("network_gbit_s", -1), ("network_gbit_s", "fast"),
     ("gpu_count", "many"), ("tensor_parallel", 5)],
)  # fmt: skip
def test_a_bad_layout_is_named(key, value):
    with pytest.raises(InputError, match=key):
        predict_one({**LLAMA, key: value})


@pytest.mark.parametrize(
    "more", [{"tensor_parallel": 2}, {"sharding": "zero1"}, {"nodes": 2}, {"network_gbit_s": 100}]
)
def test_only_language_models_are_split(more):
    vision = {"model": "resnet50", "gpu": "RTX 3090", "gpu_count": 2, "batch": 64, "img_size": 224}
    with pytest.raises(InputError, match=f"{next(iter(more))}.*language models"):
        predict_one({**vision, **more})


def test_batch_lines_with_a_layout(tmp_path):
    lines = tmp_path / "q.jsonl"
    lines.write_text("\n".join(json.dumps(x) for x in (LLAMA, {**LLAMA, "sharding": "zero9"})))
    good, other = map(json.loads, predicting.predict_batch(lines))
    assert good["unit"] == "tok/s" and good["fits"] and good["low_ms"] < good["step_ms"]
    assert not any("sharding" in note for note in good["notes"])
    assert other["step_ms"] and any("zero9" in note for note in other["notes"])


def test_a_goal_with_two_cards_per_layer_asks_for_pairs_only():
    workload = {"model": "llama-3-8b", "method": "lora", "precision": "bf16", "batch": 4,
                "seq_len": 512, "optimizer": "adamw", "tensor_parallel": 2}  # fmt: skip
    goal = Goal.model_validate({"workload": workload, "budget": {"usd": 5000}})
    chip = predicting.chip_named("RTX 3090")
    assert step_seconds(goal, [chip], 1) == {chip.id: None}
    assert (step_seconds(goal, [chip], 2)[chip.id] or 0) > 0
