from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.predict import constants, serving
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder

CHIP = by_id(Chip)["geforce-rtx-3090"]
LLAMA = decoder.find("llama-2-7b")
RUN = Run(model="llama-2-7b", mode="decode", precision="q4_k_m", seq_len=512, gen_len=512)


def tokens_per_s(run=RUN, chip=CHIP, config=LLAMA, count=1):
    return serving.serve(config, run, Machine(chip=chip, gpu_count=count)).throughput


def test_fewer_bits_and_more_bandwidth_are_faster():
    assert tokens_per_s() > tokens_per_s(replace(RUN, precision="q8_0"))
    assert tokens_per_s(replace(RUN, precision="q8_0")) > tokens_per_s(
        replace(RUN, precision="fp16")
    )
    faster = replace(CHIP, bandwidth_bytes_per_s=2 * CHIP.bandwidth_bytes_per_s)
    assert tokens_per_s(chip=faster) > tokens_per_s()


def test_a_longer_context_and_a_second_card_in_turn_are_not_faster():
    assert tokens_per_s(replace(RUN, seq_len=4096)) < tokens_per_s()
    assert tokens_per_s(count=2) <= tokens_per_s()


def test_one_token_of_a_mixture_reads_its_active_experts_only():
    mixtral = decoder.find("mixtral-8x7b")
    one = serving.work_of(mixtral, RUN).weights_read
    many = serving.work_of(mixtral, replace(RUN, batch=64)).weights_read
    size = serving.weight_bytes("q4_k_m")
    assert one < 13.5e9 * size  # 12.9 B active (arXiv:2401.04088)
    assert many > 40e9 * size


def test_memory_is_weights_cache_and_context():
    run = replace(RUN, precision="fp16", seq_len=1024, gen_len=0)
    total, shares = serving.serving_memory(LLAMA, run, Machine(chip=CHIP))
    assert sum(shares.values()) == pytest.approx(total)
    assert shares["weights"] / 2**30 == pytest.approx(12.55, abs=0.01)  # 6,738,415,616 x 2 B
    assert shares["kv cache"] == 1024 * 2**19  # 2 x 32 layers x 4096 x 2 B = 0.5 MiB a token


def test_shares_add_up_and_the_range_holds_the_step():
    p = serving.serve(LLAMA, RUN, Machine(chip=CHIP))
    assert sum(p.shares.values()) == pytest.approx(1)
    assert p.low_s < p.step_s < p.high_s and p.unit == "tok/s"


def test_a_prompt_is_arithmetic():
    p = serving.serve(LLAMA, replace(RUN, mode="prefill", seq_len=2048), Machine(chip=CHIP))
    assert p.bound == "arithmetic" and p.throughput > 10 * tokens_per_s()


def test_unknown_format_and_mode_are_named():
    with pytest.raises(InputError, match="q3_k"):
        serving.serve(LLAMA, replace(RUN, precision="q3_k"), Machine(chip=CHIP))
    with pytest.raises(InputError, match="prefill"):
        serving.serve(LLAMA, replace(RUN, mode="train"), Machine(chip=CHIP))


def test_constants_are_plausible():
    assert all(r.low <= r.value <= r.high for r in constants.read(serving.TABLE))
