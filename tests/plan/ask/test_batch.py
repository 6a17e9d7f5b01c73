import json

import pytest

from rigwright.plan.ask.questions import chip_from, row_of, run_of
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import answers


def test_table_cells_become_a_run():
    cells = {"model": "resnet50", "batch": "56.0", "img_size": 224.0, "precision": "AMP",
             "seq_len": "", "compile": None, "grad_checkpointing": "yes"}  # fmt: skip
    run, notes = row_of(cells)
    assert (run.batch, run.img_size, run.precision, run.seq_len) == (56, 224, "amp", None)
    assert run.grad_checkpointing and run.compile == "eager" and notes == ()


def test_layout_keys_and_words_of_frameworks_become_a_run():
    given = {"model": "mpt-7b", "tensor_parallel": "2", "pipeline_parallel": 4.0, "micro_batch": 1,
             "sharding": "FULL_SHARD", "offload": "no"}  # fmt: skip
    run = run_of(given)
    assert (run.tensor_parallel, run.pipeline_parallel, run.micro_batch) == (2, 4, 1)
    assert run.sharding == "zero3" and not run.offload
    fsdp = run_of({"model": "m", "framework": "pytorch+composer FSDP"})
    assert (fsdp.sharding, fsdp.optimizer, fsdp.grad_checkpointing) == ("zero3", "adam", False)
    megatron = run_of({"model": "m", "framework": "Megatron-DeepSpeed"})
    assert (megatron.sharding, megatron.grad_checkpointing) == ("none", True)
    assert run_of({"model": "m", "framework": "DeepSpeed ZeRO-2"}).sharding == "zero2"
    said = {"model": "m", "framework": "Megatron-DeepSpeed", "grad_checkpointing": False,
            "optimizer": "sgd"}  # fmt: skip
    assert (run_of(said).grad_checkpointing, run_of(said).optimizer) == (False, "sgd")


@pytest.mark.parametrize(("flag", "name"), [("batch_size", "batch"), ("resolution", "img_size")])
def test_a_key_spelt_as_on_the_command_line_is_noted_unless_it_says_nothing(flag, name):
    run, notes = row_of({"model": "resnet50", flag: 64})
    assert run == row_of({"model": "resnet50"})[0]
    assert notes == (f"not used: line: {flag}: no such key; nearest: {name}",)
    assert row_of({"model": "resnet50", flag: None, "adapter": "none"})[1] == ()
    assert row_of({"model": "resnet50", flag: 64, name: 64})[1] == ()


def test_a_number_that_is_too_large_is_told_the_bound():
    with pytest.raises(InputError, match=r"below 10\^12"):
        row_of({"model": "resnet50", "seq_len": 10**12})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "model"),
        ({"model": "m", "batch": 0}, "batch"),
        ({"model": "m", "batch": 1.5}, "whole number"),
        ({"model": "m", "batch": "nan"}, "whole number"),
        ({"model": "m", "precision": "fp4"}, "precision"),
        ({"model": "m", "grad_checkpointing": "maybe"}, "true or false"),
        ({"model": "m", "offload": "perhaps"}, "true or false"),
        ({"model": "m", "tensor_parallel": -1}, "tensor_parallel"),
        ({"model": "m", "tensor_parallel": 1.5}, "tensor_parallel"),
        ({"model": "m", "sharding": "zero4"}, "zero3"),
    ],
)
def test_bad_values_are_named(data, words):
    with pytest.raises(InputError, match=words):
        run_of(data)


def test_one_answer_per_line_in_order_and_bad_lines_do_not_stop():
    lines = ['{"n": 1}', "", "not json", "[1]", '{"n": 2}', "[" * 100_000]
    got = [json.loads(a) for a in answers(lines, lambda d: {"n": d["n"]})]
    assert [g.get("n") for g in got] == [1, None, None, 2, None]
    assert all("error" in g for g in (got[1], got[2], got[4]))


def test_gpu_must_be_a_name_or_an_object():
    with pytest.raises(InputError, match="gpu"):
        chip_from(None, lambda name: None)  # type: ignore[arg-type,return-value]
