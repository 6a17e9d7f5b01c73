"""One question for every way to name a model."""

import json
from pathlib import Path

import pytest

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.operation import KINDS
from rigwright.spec.run import Run
from rigwright.workload import lookup
from rigwright.workload.trace import userfile

GPT2 = {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257}


def test_zoo_decoder_and_config(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({**GPT2, "n_positions": 1024}))
    assert lookup.operations(Run(model="ResNet-50")).model == "resnet50"
    assert lookup.operations(Run(model="hf:meta-llama/Llama-3.1-8B")).parameters == 8_030_261_248
    assert lookup.operations(Run(model=str(file))).parameters == 124_439_808


def test_serving_takes_the_list_that_knows_the_cache() -> None:
    train = lookup.operations(Run(model="gpt2", mode="train"))
    decode = lookup.operations(Run(model="gpt2", mode="decode", seq_len=512))
    heads = [int(ops.count[ops.kind == KINDS.index("attention")].sum()) for ops in (train, decode)]
    assert heads == [12, 12]
    assert decode.meta["kv_bytes_per_token"] == 2 * 2 * 12 * 768  # keys and values, 16 bit
    assert decode.parameters == train.parameters


def test_serving_something_else_is_an_error() -> None:
    with pytest.raises(InputError, match="resnet50 is no decoder"):
        lookup.operations(Run(model="resnet50", mode="decode"))


def test_unknown_names_get_zoo_and_decoder_names() -> None:
    with pytest.raises(UnknownNameError, match="llama-3-8b"):
        lookup.operations(Run(model="lama-3-8b-x"))


def test_user_code_runs_only_where_allowed(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("raise SystemExit('must not run')\n")
    with pytest.raises(InputError, match="a name or a config"):
        lookup.operations(Run(model=f"{file}:make"))


@pytest.mark.parametrize(
    ("name", "yes"), [("net.py:make", True), ("timm:resnet50", False), ("a.py", False)]
)
def test_shape_of_user_files(name: str, yes: bool) -> None:
    assert userfile.is_user_file(name) is yes
