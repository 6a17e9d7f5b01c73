"""Tracing small modules; needs the extra ``trace``."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the extra `trace` (torch) is not installed")

from torch import nn  # noqa: E402

from rigwright.spec.errors import InputError  # noqa: E402
from rigwright.spec.operation import KINDS, OperationList  # noqa: E402
from rigwright.spec.run import Run  # noqa: E402
from rigwright.workload import lookup  # noqa: E402
from rigwright.workload.trace.tracer import Ask, TraceError, trace  # noqa: E402
from rigwright.workload.zoo import embedded as zoofile  # noqa: E402

FORWARD, BACKWARD = 0, 1


def images(batch: int, seq: int) -> tuple[Any]:
    return (torch.empty(batch, 3, 8, 8),)


def steps(batch: int, seq: int) -> tuple[Any]:
    return (torch.empty(batch, seq, 64),)


def image_list(model: Any) -> OperationList:
    ask = Ask(model=model, inputs=images, name="mine", task="image", unit="img", img_size=8)
    return trace(ask)


def text(model: Any) -> Ask:
    return Ask(model=model, inputs=steps, name="mine", task="text", unit="seq", seq_len=50)


def kinds(ops: OperationList, phase: int) -> list[str]:
    return [KINDS[k] for k in ops.kind[ops.phase == phase] if KINDS[k] != "cast"]


def small() -> Any:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)
    )


def test_lines_and_saved_elements_of_a_small_network() -> None:
    ops = image_list(small())
    # The convolution's bias is a kernel of its own; the norm counts batches.
    assert kinds(ops, FORWARD)[:4] == ["conv", "elementwise", "elementwise", "norm"]
    assert "convolution_bias" in ops.names
    assert {"conv_wgrad", "norm_backward", "gemm"} <= set(kinds(ops, BACKWARD))
    assert "conv_dgrad" not in kinds(ops, BACKWARD)
    conv = ops.at(16).dims[ops.kind == KINDS.index("conv")][0]
    assert conv.tolist() == [16, 3, 8, 8, 4, 3, 3, 1, 1, 6, 6, 1]
    # image (conv), convolution's result (norm), the norm's statistics, activation (once), logits
    low, full, _ = ops.at(1).saved.sum(axis=0)
    assert low == 3 * 64 + 144 + 144
    assert full == 2 * 4 + 5 + 1  # mean and deviation, log probabilities, the loss's weight
    assert ops.parameters == 4 * 28 + 8 + 145 * 5


def test_recurrent_and_attention_layers_are_one_line() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = nn.LSTM(64, 128, 2, bidirectional=True, batch_first=True)
            self.look = nn.MultiheadAttention(256, 4, dropout=0.1, batch_first=True)
            self.out = nn.Linear(256, 10)

        def forward(self, x: Any) -> Any:
            y = self.read(x)[0]
            return self.out(self.look(y, y, y, need_weights=False)[0].mean(1))

    ops = trace(text(Model()))
    at = ops.at(8, 100)
    found = {
        kind: at.dims[ops.kind == KINDS.index(kind)].tolist()
        for kind in ("rnn", "rnn_backward", "attention", "attention_backward")
    }
    recurrent = [100, 8, 64, 128, 2, 2, 4, 0, 0, 0, 0, 0]
    attention = [8, 4, 100, 100, 64, 0, 0, 0, 0, 0, 0, 0]
    assert found == {
        "rnn": [recurrent],
        "rnn_backward": [recurrent],
        "attention": [attention],
        "attention_backward": [attention],
    }


def test_dropout_inside_attention_does_not_take_it_apart() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(64, 64)

        def forward(self, x: Any) -> Any:
            q = self.out(x).unsqueeze(1)
            bias = self.out.bias.view(1, 1, 1, 64)[..., : x.shape[1]]
            bias = bias.expand(1, 1, x.shape[1], x.shape[1])
            y = nn.functional.scaled_dot_product_attention(q, q, q, bias, dropout_p=0.1)
            return y.mean((1, 2))

    ops = trace(text(Model()))
    assert kinds(ops, FORWARD).count("attention") == 1
    assert kinds(ops, BACKWARD).count("attention_backward") == 1


def test_unknown_operators_are_counted_and_named() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(192, 4)

        def forward(self, x: Any) -> Any:
            return torch.special.i0(self.out(x.flatten(1)))

    ops = image_list(Model())
    other = ops.kind == KINDS.index("other")
    assert {ops.names[i] for i in ops.name[other & (ops.phase == FORWARD)]} == {"i0"}


def test_value_dependent_code_is_named() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(192, 4)

        def forward(self, x: Any) -> Any:
            y = self.out(x.flatten(1))
            return y if y.sum().item() > 0 else -y

    with pytest.raises(TraceError, match=r"test_tracer\.py:\d+: return y if y\.sum.*try:"):
        image_list(Model())


def test_control_flow_on_batch_size_is_an_error() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(192, 4)

        def forward(self, x: Any) -> Any:
            y = self.out(x.flatten(1))
            return y.relu() if x.shape[0] > 600 else y

    said = r"operations change with batch.*test_tracer\.py:\d+: return y\.relu"
    with pytest.raises(TraceError, match=said):
        image_list(Model())


def test_linear_with_shared_input_keeps_it_once_without_autocast() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.LayerNorm(192)
            self.many = nn.ModuleList(nn.Linear(192, 4) for _ in range(3))

        def forward(self, x: Any) -> Any:
            y = self.norm(x.flatten(1))
            return self.many[0](y) + self.many[1](y) + self.many[2](y)

    ops = image_list(Model())
    casts = ops.kind == KINDS.index("cast")
    low = ops.at(1).saved[:, 0]
    assert low[~casts].sum() == 192 and low[casts].sum() == 2 * 192


def test_norm_of_a_16_bit_tensor_keeps_the_32_bit_copy() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.norm = nn.Linear(192, 64), nn.LayerNorm(64)

        def forward(self, x: Any) -> Any:
            return self.norm(self.one(x.flatten(1)))

    ops = image_list(Model())
    line = (ops.kind == KINDS.index("norm")) & (ops.phase == FORWARD)
    assert ops.at(1).saved[line].tolist() == [[0, 64 + 2, 0]]


def test_a_stored_list_is_the_traced_one() -> None:
    ops = image_list(small())
    again = zoofile.unpacked(zoofile.packed(ops))
    for batch in (1, 7):
        a, b = ops.at(batch), again.at(batch)
        assert (a.traffic * ops.count[:, None]).sum(0) == pytest.approx(
            (b.traffic * again.count[:, None]).sum(0)
        )
        assert (a.saved * ops.count[:, None]).sum(0) == pytest.approx(
            (b.saved * again.count[:, None]).sum(0)
        )
    assert (again.parameters, again.names) == (ops.parameters, ops.names)


USER = """
import torch
def make():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 16 * 16, 4))
def text():
    return torch.nn.Sequential(torch.nn.Embedding(50, 8), torch.nn.Linear(8, 50))
def nothing():
    return 3
"""


def test_users_own_file(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(USER)
    ops = lookup.operations(Run(model=f"{file}:make", img_size=16), user_code=True)
    assert ops.parameters == 769 * 4 - 0 and ops.img_size == 16
    ops = lookup.operations(Run(model=f"{file}:text", seq_len=32), user_code=True)
    assert ops.unit == "seq" and ops.seq_len == 32
    for function, said in (("nothing", "torch.nn.Module"), ("missing", "a callable missing")):
        with pytest.raises(InputError, match=said):
            lookup.operations(Run(model=f"{file}:{function}"), user_code=True)


def test_weights_take_part_in_type_promotion() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(4, 1, 1))
            self.conv, self.out = nn.Conv2d(3, 4, 3), nn.Linear(144, 5)

        def forward(self, x: Any) -> Any:
            return self.out((self.conv(x) * self.scale).flatten(1))

    # Autocast keeps weights in 32 bit: 16-bit activations times a weight give 32 bit.
    ops = image_list(Model())
    product = ops.at(1).traffic[[ops.names[i] == "mul" for i in ops.name]][0]
    assert product.tolist() == [144, 4, 0, 0, 144, 0]


def test_compiled_traffic_drops_what_stays_in_a_kernel() -> None:
    ops = image_list(small())
    forward = ops.phase == FORWARD
    assert ops.fused is not None and ops.joined is not None
    eager, fused = ops.traffic[forward].sum(), ops.fused[forward].sum()
    assert 0.5 * eager < fused < eager
    relu = [ops.names[i] in ("relu", "relu_") for i in ops.name]
    assert ops.joined[relu & forward].all()
