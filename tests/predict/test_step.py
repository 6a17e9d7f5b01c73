"""Step time: what must hold whatever the constants are."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.predict.toy import gemm, ops_of, small_cnn, stream

from rigwright.catalog import tables
from rigwright.predict import chip_table, prepare, step, times
from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import clock_under, knee_w
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload.zoo import embedded as zoo

CHIPS = tables.by_id(Chip)
RUN = Run(model="toy", mode="train", batch=32, precision="fp32")
COMMON = ("geforce-gtx-1070", "tesla-t4", "geforce-rtx-3090", "l4", "radeon-rx-7900-xtx")


def predicted(run: Run, chip: Chip, **machine: object) -> float:
    return step(small_cnn(), run, Machine(chip=chip, **machine)).step_s  # type: ignore[arg-type]


@pytest.mark.parametrize("chip", COMMON)
@pytest.mark.parametrize("precision", ["fp32", "tf32", "amp", "fp16", "bf16", "fp64"])
def test_shares_add_up_and_range_holds_the_value(chip: str, precision: str) -> None:
    run = dataclasses.replace(RUN, precision=precision)
    got = step(small_cnn(), run, Machine(chip=CHIPS[chip]))
    assert math.isclose(sum(got.shares.values()), 1.0, rel_tol=1e-9)
    assert all(v >= 0 for v in got.shares.values())
    assert 0 < got.low_s < got.step_s < got.high_s
    assert got.throughput == pytest.approx(run.batch / got.step_s)
    assert got.bound in {"arithmetic", "memory traffic", "launch", "host", "network", "pcie"}


@settings(max_examples=60, deadline=None)
@given(
    chip=st.sampled_from(COMMON),
    field=st.sampled_from(["bandwidth_bytes_per_s", "power_limit_w", "l2_bytes"]),
    factor=st.floats(1.0, 4.0),
    precision=st.sampled_from(["fp32", "amp"]),
)
def test_a_better_chip_is_never_slower(
    chip: str, field: str, factor: float, precision: str
) -> None:
    base = CHIPS[chip]
    value = getattr(base, field)
    if field == "bandwidth_bytes_per_s":  # memory power grows along: keep what arithmetic has
        better = dataclasses.replace(
            base, bandwidth_bytes_per_s=value * factor, power_limit_w=base.power_limit_w * factor
        )
    else:
        better = dataclasses.replace(base, **{field: type(value)(value * factor)})
    run = dataclasses.replace(RUN, precision=precision)
    assert predicted(run, better) <= predicted(run, base) * (1 + 1e-9)


MODELS = (
    "alexnet",
    "resnet50",
    "mobilenet_v2",
    "convnext_base",
    "vit_base_patch16_224",
    "bert-base",
)


@settings(max_examples=80, deadline=None)
@given(
    model=st.sampled_from(MODELS),
    chip=st.sampled_from(sorted(CHIPS)),
    count=st.sampled_from([1, 2, 4, 8]),
    link=st.sampled_from(["pcie-host", "pcie", "nvlink"]),
    batch=st.integers(1, 64),
    precision=st.sampled_from(["fp32", "amp", "bf16"]),
    field=st.sampled_from(["boost_mhz", "power_limit_w", "vram_bytes"]),
)
def test_modes_are_ordered_and_a_faster_chip_helps_several_too(
    model: str, chip: str, count: int, link: str, batch: int, precision: str, field: str
) -> None:
    ops = zoo.operation_list(model, None)
    run = Run(model=model, batch=batch * count, precision=precision, optimizer="adamw")
    machine = Machine(chip=CHIPS[chip], gpu_count=count, gpu_link=link)
    value = getattr(machine.chip, field)
    better = dataclasses.replace(machine.chip, **{field: type(value)(value * 1.3)})
    longest = 0.0
    for mode in ("forward", "forward_backward", "train"):
        asked = dataclasses.replace(run, mode=mode)
        took = step(ops, asked, machine).step_s
        assert took >= longest * (1 - 1e-9), mode
        longest = took
        faster = step(ops, asked, dataclasses.replace(machine, chip=better)).step_s
        assert faster <= took * (1 + 1e-9), mode


@settings(max_examples=60, deadline=None)
@given(
    chip=st.sampled_from(COMMON),
    batch=st.integers(1, 512),
    more=st.integers(1, 64),
    precision=st.sampled_from(["fp32", "amp"]),
    mode=st.sampled_from(["train", "infer"]),
)
def test_a_larger_batch_never_takes_less_time(
    chip: str, batch: int, more: int, precision: str, mode: str
) -> None:
    small = dataclasses.replace(RUN, batch=batch, precision=precision, mode=mode)
    large = dataclasses.replace(small, batch=batch + more)
    assert predicted(small, CHIPS[chip]) <= predicted(large, CHIPS[chip]) * (1 + 1e-9)


def test_modes_nest() -> None:
    chip = CHIPS["geforce-rtx-3090"]
    times = [
        predicted(dataclasses.replace(RUN, mode=m), chip)
        for m in ("forward", "forward_backward", "train")
    ]
    assert times == sorted(times)


def test_many_chips_at_once_equal_one_by_one() -> None:
    chips = [CHIPS[c] for c in COMMON]
    at_once = times(prepare(small_cnn(), RUN), chip_table(chips)).total
    np.testing.assert_allclose(at_once, [predicted(RUN, c) for c in chips], rtol=1e-12)


def test_small_batches_wait_for_the_cpu() -> None:
    many = ops_of([stream() for _ in range(300)])
    run = Run(model="toy", mode="infer", batch=1, precision="fp32")
    chip = CHIPS["geforce-rtx-4090"]
    got = step(many, run, Machine(chip=chip))
    faster = step(many, run, Machine(chip=chip, cpu_mhz=10000.0))
    assert got.bound == "host"
    assert faster.step_s < got.step_s


def test_compiling_fuses_streams_but_not_products() -> None:
    chip = Machine(chip=CHIPS["geforce-rtx-4090"])
    run = Run(model="toy", mode="infer", batch=4096, precision="fp16")
    fused = dataclasses.replace(run, compile="dynamo")
    streams = ops_of([stream(), stream(), stream()])
    products = ops_of([gemm(), gemm()])
    assert step(streams, fused, chip).step_s < 0.6 * step(streams, run, chip).step_s
    assert step(products, fused, chip).step_s == pytest.approx(step(products, run, chip).step_s)


def test_amp_without_tensor_cores_saves_traffic_only() -> None:
    # GP104 runs fp16 vector arithmetic at 1/64: frameworks compute in fp32 (GTX 1080 white paper).
    chip = CHIPS["geforce-gtx-1070"]
    amp = predicted(dataclasses.replace(RUN, precision="amp"), chip)
    full = predicted(RUN, chip)
    assert 0.45 * full < amp < full


def test_several_gpus_exchange_gradients_faster_over_nvlink() -> None:
    chip = CHIPS["tesla-v100-sxm2-16-gb"]
    run = dataclasses.replace(RUN, batch=128)
    one = predicted(RUN, chip)
    links = [predicted(run, chip, gpu_count=4, gpu_link=k) for k in ("nvlink", "pcie", "pcie-host")]
    assert one < links[0] <= links[1] <= links[2]


def test_a_power_cap_slows_arithmetic() -> None:
    chip = CHIPS["geforce-rtx-3090"]
    assert predicted(RUN, chip, power_cap_w=180.0) > predicted(RUN, chip)


def test_unknown_operations_widen_the_range_and_are_named() -> None:
    known = step(ops_of([stream(), stream()]), RUN, Machine(chip=CHIPS["tesla-t4"]))
    odd = step(ops_of([stream(), stream("other", "odd")]), RUN, Machine(chip=CHIPS["tesla-t4"]))
    assert odd.high_s / odd.step_s > known.high_s / known.step_s
    assert any("unknown kind" in note for note in odd.notes)


def test_what_was_never_measured_widens_the_range() -> None:
    """Several cards, software that is not stated, kinds of network that no published step is of."""

    def wide(run: Run = RUN, task: str = "image", **machine: object) -> float:
        ops = dataclasses.replace(small_cnn(), task=task)
        got = step(ops, run, Machine(chip=CHIPS["geforce-rtx-3090"], **machine))  # type: ignore[arg-type]
        return math.log(got.high_s / got.step_s)

    stated = dataclasses.replace(RUN, software=Software(stated=True))
    assert wide(stated) < wide() < wide(gpu_count=2) < wide(gpu_count=8)
    assert wide(task="speech") > wide()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"mode": "decode"}, "mode"), ({"precision": "fp4"}, "precision"), ({"batch": 0}, "batch")],
)
def test_bad_runs_are_refused(change: dict[str, object], field: str) -> None:
    run = dataclasses.replace(RUN, **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=field):
        step(small_cnn(), run, Machine(chip=CHIPS["tesla-t4"]))


def test_power_and_clock_follow_voltage() -> None:
    chip = CHIPS["geforce-rtx-3090"]
    c = constants_table.shipped()
    clocks = [clock_under(chip, cap, 0.0, c) for cap in (150, 200, 250, 300, 350)]
    assert clocks == sorted(clocks) and clocks[-1] == pytest.approx(1.0)
    # Above the knee a tenth of the clock costs more than a tenth of the power; below, the rest.
    assert (clocks[-1] - clocks[-2]) < (clocks[1] - clocks[0])
    assert clock_under(chip, 250, 500e9, c) < clock_under(chip, 250, 0.0, c)
    assert clock_under(chip, None, 500e9, c) == 1.0
    assert 150 < knee_w(chip, c) < 350
