from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.plan.ask.software import software_of
from rigwright.predict import constants, serving
from rigwright.predict.memory import weight_bytes
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder

CHIPS = by_id(Chip)
CHIP = CHIPS["geforce-rtx-3090"]
LLAMA = decoder.find("llama-2-7b")
MIXTRAL = decoder.find("mixtral-8x7b")
RUN = Run(model="llama-2-7b", mode="decode", precision="q4_k_m", seq_len=512, gen_len=512)


def served(run=RUN, chip=CHIP, config=LLAMA, count=1, **machine):
    return serving.serve(config, run, Machine(chip=chip, gpu_count=count, **machine))


def tokens_per_s(run=RUN, chip=CHIP, config=LLAMA, count=1):
    return served(run, chip, config, count).throughput


@pytest.mark.parametrize("chip", CHIPS.values(), ids=CHIPS)
def test_fewer_bits_and_more_bandwidth_are_never_slower(chip):
    speed = [tokens_per_s(replace(RUN, precision=p), chip) for p in ("q4_k_m", "q8_0", "fp16")]
    assert speed == sorted(speed, reverse=True)
    faster = replace(chip, bandwidth_bytes_per_s=1.2 * chip.bandwidth_bytes_per_s)
    assert tokens_per_s(chip=faster) >= tokens_per_s(chip=chip)


@pytest.mark.parametrize("chip", CHIPS.values(), ids=CHIPS)
@pytest.mark.parametrize("mode", serving.MODES)
def test_no_chip_reads_weights_faster_than_its_memory(chip, mode):
    p = served(replace(RUN, mode=mode, precision="fp16"), chip)
    read = LLAMA.weight_elements_read() * 2
    assert p.step_s > read / chip.bandwidth_bytes_per_s
    assert sum(p.shares.values()) == pytest.approx(1) and min(p.shares.values()) > 0
    assert p.low_s < p.step_s < p.high_s and p.unit == "tok/s"


def test_large_memory_bandwidth_is_not_all_used_by_quantised_weights():
    share = {
        name: tokens_per_s(chip=CHIPS[name]) / CHIPS[name].bandwidth_bytes_per_s
        for name in ("geforce-rtx-4090", "a100-sxm4-80-gb", "h100-pcie")
    }
    assert share["geforce-rtx-4090"] > 1.3 * max(share["a100-sxm4-80-gb"], share["h100-pcie"])


def test_a_longer_context_and_a_second_card_in_turn_are_not_faster():
    assert tokens_per_s(replace(RUN, seq_len=4096)) < tokens_per_s()
    assert tokens_per_s(count=2) <= tokens_per_s()


def test_cards_that_share_every_layer_are_faster_and_pay_for_the_exchange():
    run = replace(RUN, precision="fp16", software=software_of("vllm"))
    chip = CHIPS["a100-sxm4-80-gb"]
    four = served(run, chip, count=4, gpu_link="nvlink")
    assert 2 < four.throughput / tokens_per_s(run, chip) < 4
    assert four.shares["communication"] > 0 and "tensor parallel" in " ".join(four.notes)


def test_a_long_prompt_keeps_cards_in_turn_busy_and_a_short_one_does_not():
    long, short = (replace(RUN, mode="prefill", seq_len=n) for n in (8192, 256))
    assert tokens_per_s(long, count=4) > 1.5 * tokens_per_s(long)
    assert tokens_per_s(short, count=4) <= tokens_per_s(short)


def test_engines_differ_by_what_they_launch():
    speed = {
        name: tokens_per_s(
            replace(RUN, precision="fp16", software=software_of(name)), CHIPS["h100-pcie"]
        )
        for name in ("vllm", "llama.cpp", "llama.cpp-2024", "transformers")
    }
    assert list(speed.values()) == sorted(speed.values(), reverse=True)
    run = replace(RUN, software=software_of("transformers"))
    assert served(run, CHIPS["h100-pcie"]).bound == "launch"


def test_one_token_of_a_mixture_reads_its_active_experts_only():
    one = serving.serving_step(MIXTRAL, RUN).read
    many = serving.serving_step(MIXTRAL, replace(RUN, batch=64)).read
    size = weight_bytes("q4_k_m")
    assert 12.5e9 * size < one < 12.9e9 * size  # 12.9 B active (arXiv:2401.04088), table not read
    assert many > 46e9 * size  # 46.7 B in all


def test_many_sequences_share_the_weights_until_arithmetic_binds():
    run = replace(RUN, precision="fp16", seq_len=16, gen_len=0)
    alone, eight = tokens_per_s(run), tokens_per_s(replace(run, batch=8))
    assert 5 * alone < eight < 8 * alone
    crowd = served(replace(run, batch=4096), CHIPS["geforce-rtx-3090"])
    assert crowd.bound == "arithmetic"


def test_memory_is_weights_cache_workspace_and_context():
    run = replace(RUN, precision="fp16", seq_len=1024, gen_len=0)
    total, shares = serving.serving_memory(LLAMA, run, Machine(chip=CHIP))
    assert sum(shares.values()) == pytest.approx(total)
    assert shares["weights"] / 2**30 == pytest.approx(12.55, abs=0.01)  # 6,738,415,616 x 2 B
    assert shares["kv cache"] == 1024 * 2**19  # 2 x 32 layers x 4096 x 2 B = 0.5 MiB a token


def test_formats_that_leave_the_output_in_16_bit_are_larger_where_the_vocabulary_is():
    gemma, run = decoder.find("gemma-7b"), replace(RUN, precision="awq")
    shares = serving.serving_memory(gemma, run, Machine(chip=CHIP))[1]
    table = 256_000 * 3072  # tied, huggingface.co/google/gemma-7b config.json
    expected = (gemma.parameters - table) * weight_bytes("awq") + table * 2
    assert shares["weights"] == pytest.approx(expected)


def test_whole_layers_go_to_a_card():
    run = replace(RUN, precision="fp16")
    three = serving.serving_memory(LLAMA, run, Machine(chip=CHIP, gpu_count=3))[1]
    blocks = LLAMA.parameters - LLAMA.embedding_parameters - LLAMA.head_parameters
    assert three["weights"] == pytest.approx(2 * (blocks * 11 / 32 + 32000 * 4096))


def test_a_model_fits_on_two_cards_where_one_is_too_small():
    llama = decoder.find("llama-3-70b")
    assert not served(config=llama).fits
    assert served(config=llama, count=2).fits  # 2 x 3090 hold 70B Q4_K_M: XiongjieDai's table


def test_macos_keeps_a_part_of_unified_memory():
    chip = CHIPS["apple-m3"]
    config = decoder.find("llama-2-13b")
    run = replace(RUN, precision="q8_0", seq_len=8192)
    p = served(run, chip, config)
    assert 0.75 * chip.vram_bytes < p.memory_bytes < chip.vram_bytes and not p.fits
    assert "macOS" in " ".join(p.notes)


def test_a_prompt_is_arithmetic():
    p = served(replace(RUN, mode="prefill", seq_len=2048))
    assert p.bound == "arithmetic" and p.throughput > 10 * tokens_per_s()


def test_an_unpublished_tensor_rate_is_told():
    assert "tensor rate" in " ".join(served(chip=CHIPS["gb10"]).notes)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"precision": "q3_k"}, "q3_k"), ({"mode": "train"}, "prefill"), ({"batch": 0}, "batch")],
)
def test_what_cannot_be_served_is_named(change, named):
    with pytest.raises(InputError, match=named):
        served(replace(RUN, **change))


def test_constants_are_few_and_plausible():
    rows = constants.read(serving.TABLE)
    assert len(rows) <= 17 and all(r.low < r.value < r.high for r in rows)


@pytest.mark.parametrize("chip", ["geforce-rtx-3090", "rtx-a6000", "a100-pcie-80-gb"])
@pytest.mark.parametrize("mode", ["decode", "prefill"])
def test_a_faster_link_between_cards_is_never_slower(chip, mode):
    run = Run(model="qwen3-32b", mode=mode, batch=4, precision="int4", seq_len=1024,
              gen_len=128, tensor_parallel=4, software=software_of("vllm"))  # fmt: skip
    machine = Machine(chip=CHIPS[chip], gpu_count=4)
    config = decoder.find("qwen3-32b")
    steps = [
        serving.serve(config, run, replace(machine, gpu_link=link)).step_s
        for link in ("pcie-host", "pcie", "nvlink")
    ]
    assert steps == sorted(steps, reverse=True)
    narrow = replace(machine, gpu_link="pcie-host", pcie_bytes_per_s=4e9)
    assert serving.serve(config, run, narrow).step_s > steps[0]


def test_tokens_wait_for_the_start_of_an_exchange_and_prompts_for_its_bytes():
    run = Run(model="qwen3-32b", mode="decode", batch=1, precision="int4", seq_len=1024,
              gen_len=128, tensor_parallel=4, software=software_of("vllm"))  # fmt: skip
    config = decoder.find("qwen3-32b")
    machine = Machine(chip=CHIPS["geforce-rtx-3090"], gpu_count=4, gpu_link="pcie-host")
    shares = []
    for mode in ("decode", "prefill"):
        case = serving.case_of(config, replace(run, mode=mode), machine)
        parts = serving.seconds(case, constants.shipped("serving"))
        shares.append(case["wire"] / parts["communication"])
    assert shares[0] < 0.2 < 0.8 < shares[1]
