import json

import pytest

from rigwright.plan.batch import answers, chip_from, run_of
from rigwright.spec.errors import InputError


def test_table_cells_become_a_run():
    run = run_of({"model": "resnet50", "batch": "56.0", "img_size": 224.0, "precision": "AMP",
                  "seq_len": "", "compile": None, "grad_checkpointing": "yes"})  # fmt: skip
    assert (run.batch, run.img_size, run.precision, run.seq_len) == (56, 224, "amp", None)
    assert run.grad_checkpointing and run.compile == "eager"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "model"),
        ({"model": "m", "batch": 0}, "batch"),
        ({"model": "m", "batch": 1.5}, "whole number"),
        ({"model": "m", "batch": "nan"}, "whole number"),
        ({"model": "m", "precision": "fp4"}, "precision"),
        ({"model": "m", "grad_checkpointing": "maybe"}, "true or false"),
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
