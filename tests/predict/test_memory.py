"""Peak memory: what it is made of, what changes it, how sure it is."""

import math
from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.plan.ask.questions import run_of
from rigwright.plan.ask.software import software_of
from rigwright.predict import memory, step
from rigwright.predict.memory.formats import kv_bytes
from rigwright.predict.memory.state import serving_state
from rigwright.predict.parallel import slot_bytes_per_s
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload.decoder import find
from rigwright.workload.zoo import embedded as zoo

GIB = 1024**3
CHIP = by_id(Chip)["geforce-rtx-3090"]
ONE = Machine(chip=CHIP)
CNN = Run(model="resnet50", batch=32, precision="fp32", img_size=224)
LLAMA = Run(model="llama-3-8b", batch=2, seq_len=2048, precision="bf16", optimizer="adamw")


def peak(run: Run, machine: Machine = ONE) -> memory.Peak:
    config = find(run.model)
    if config is not None:
        return memory.decoder_peak(config, run, machine)
    return memory.model_peak(zoo.operation_list(run.model, run.img_size), run, machine)


@pytest.mark.parametrize("run", [
    CNN, replace(CNN, precision="amp"), replace(CNN, mode="infer"), replace(CNN, batch=1),
    replace(CNN, grad_checkpointing=True), LLAMA, replace(LLAMA, method="lora"),
    replace(LLAMA, method="qlora", grad_checkpointing=True), replace(LLAMA, optimizer="adafactor"),
])  # fmt: skip
def test_shares_add_up_and_none_is_negative(run):
    got = peak(run)
    assert sum(got.shares.values()) == pytest.approx(got.bytes)
    assert min(got.shares.values()) > 0
    assert got.allocated <= got.reserved < got.bytes
    assert got.moment.phase in ("forward", "backward", "optimizer step", "inference")
    assert str(got.moment)


def test_state_is_counted_per_weight():
    # Adam keeps two moments of 4 bytes, 8-bit Adam two of 1 byte and a 32-bit scale per 256.
    assert memory.state_bytes("adamw") == 8
    assert memory.state_bytes("adamw_8bit") == pytest.approx(2 * (1 + 4 / 256))
    assert memory.state_bytes("sgd") == 4 and memory.state_bytes("sgd_plain") == 0
    assert memory.state_bytes("adafactor", width=1024) == pytest.approx(8 / 1024)
    assert memory.state_bytes("galore_adamw", width=4096) < 0.1 * memory.state_bytes("adamw")
    weights = zoo.operation_list("resnet50", 224).trainable
    assert peak(replace(CNN, optimizer="adam")).shares["optimizer"] == pytest.approx(8 * weights)
    with pytest.raises(InputError, match="optimizer"):
        peak(replace(CNN, optimizer="newton"))


def test_adapters_stand_beside_weights_in_the_format_that_is_said():
    whole = replace(LLAMA, model="llama-7b", batch=1, seq_len=200)
    run = replace(whole, method="lora")
    eight = [peak(replace(run, method=m, precision=p)) for m in ("lora", "qlora")
             for p in ("int8", "fp8")]  # fmt: skip
    # LoRA on a 7-billion LLaMA loaded in 8 bit: weights of about 6.6 GiB (alpaca-lora), of which
    # the two ends in 16 bit are half as large as PEFT's preparation makes them.
    ends = 2 * 32000 * 4096
    assert all(p.shares["weights"] == pytest.approx(6.6 * GIB + 2 * ends, rel=0.03) for p in eight)
    plain = peak(replace(run, precision="int8", software=software_of("torchtune")))
    assert plain.shares["weights"] == pytest.approx(6.6 * GIB, rel=0.03)
    four, wide = (peak(replace(run, method=m)).shares["weights"] for m in ("qlora", "lora"))
    assert four < 0.65 * eight[0].shares["weights"] < 0.4 * wide
    assert peak(replace(whole, precision="int8")).shares["weights"] > 0.98 * wide  # all is trained


@pytest.mark.parametrize("model", ["llama-7b", "qwen3-8b", "gemma-2-9b", "mixtral-8x7b"])
@pytest.mark.parametrize(("batch", "seq"), [(15, 200), (4, 2048)])
def test_what_an_8_bit_product_read_stays_though_its_block_is_recomputed(model, batch, seq):
    run = replace(LLAMA, model=model, method="lora", batch=batch, seq_len=seq,
                  grad_checkpointing=True)  # fmt: skip
    eight, other = (replace(run, precision=p) for p in ("int8", "fp8"))
    more = peak(eight).shares["activations"] - peak(other).shares["activations"]
    # 16-bit inputs of attention, of its output product and of the MLP, in every layer
    config = find(model)
    assert more > 2.0 * batch * seq * config.layers * 2.5 * config.hidden
    ranges = [memory.range_of(memory.decoder_parts(config, r, ONE)) for r in (eight, other)]
    assert ranges == ["range_buffers", "range_written"]  # nothing published measures the first


def test_adapters_beside_a_denoiser_leave_its_weights_frozen():
    flux = Run(model="flux-dev", batch=1, precision="bf16", img_size=1024, optimizer="adamw",
               grad_checkpointing=True)  # fmt: skip
    weights = zoo.about("flux-dev")["parameters"]
    full, lora = peak(flux), peak(replace(flux, method="lora"))
    assert lora.shares["weights"] == pytest.approx(2 * weights, rel=0.02)
    assert lora.shares["optimizer"] < 0.02 * full.shares["optimizer"]
    packed = peak(replace(flux, method="lora", precision="fp8")).shares["weights"]
    assert packed == pytest.approx(weights, rel=0.03)
    asked = run_of({"model": "flux-dev", "mode": "train", "method": "qlora"})
    assert (asked.method, asked.precision) == ("qlora", "bf16")
    with pytest.raises(InputError, match="adapters"):  # their places are known of decoders only
        run_of({"model": "flux-dev", "mode": "train", "method": "lora", "adapters": "mlp"})
    with pytest.raises(InputError, match="denoisers"):
        run_of({"model": "resnet50", "mode": "train", "method": "lora"})


@pytest.mark.parametrize("model", ["flux-dev", "sdxl-unet", "sd3.5-medium", "bert-base"])
@pytest.mark.parametrize("method", ["lora", "full"])
def test_blocks_that_are_swapped_leave_the_weights_in_main_memory(model, method):
    run = Run(model=model, batch=1, precision="bf16", optimizer="adamw", method=method,
              grad_checkpointing=True, img_size=zoo.about(model)["img_size"] or None)  # fmt: skip
    ops = zoo.operation_list(model, run.img_size)
    kept, swapped = (peak(replace(run, offload=o)) for o in (False, True))
    weights = 2.0 * zoo.about(model)["parameters"]
    assert swapped.bytes < kept.bytes - 0.8 * weights
    assert "weights" not in swapped.shares and swapped.shares["gathered weights"] > 0
    took = [step(ops, replace(run, offload=o), ONE).step_s for o in (False, True)]
    passes = 3 if method == "full" else 2  # gradients come back too
    assert took[1] - took[0] == pytest.approx(passes * weights / slot_bytes_per_s(ONE), rel=0.05)
    parts = memory.model_parts(ops, replace(run, offload=True), ONE)
    assert memory.range_of(parts) == "range_buffers"  # nothing published measures it


def test_what_is_meant_to_save_memory_does():
    large = replace(LLAMA, batch=8)
    full = peak(large).bytes
    for less in (
        {"grad_checkpointing": True}, {"optimizer": "adamw_8bit"}, {"method": "lora"},
        {"micro_batch": 1}, {"offload": True}, {"seq_len": 1024},
    ):  # fmt: skip
        assert peak(replace(large, **less)).bytes < 0.95 * full, less
    adapted = [replace(LLAMA, method=method) for method in ("lora", "qlora")]
    assert peak(adapted[1]).bytes < peak(adapted[0]).bytes
    assert peak(replace(CNN, grad_checkpointing=True)).bytes < peak(CNN).bytes
    assert peak(replace(CNN, precision="amp", batch=64)).bytes < peak(replace(CNN, batch=64)).bytes


def test_autocast_keeps_no_copies_of_packed_weights():
    packed = replace(LLAMA, method="qlora", precision="amp", grad_checkpointing=True)
    assert peak(packed).shares["weight copies"] < 0.2 * GIB
    assert peak(packed).bytes < 1.2 * peak(replace(packed, precision="bf16")).bytes
    config = find("llama-3-8b")
    kept = memory.decoder_parts(config, replace(LLAMA, precision="amp"), ONE).state.copies
    assert kept == pytest.approx(2 * (config.parameters - 128256 * 4096), rel=0.01)


def test_checkpointing_makes_copies_of_a_block_at_a_time():
    config, run = find("llama-3-8b"), replace(LLAMA, precision="amp", grad_checkpointing=True)
    held = memory.decoder_parts(config, run, ONE).state
    block, output = (config.parameters - 2 * 128256 * 4096) / 32, 128256 * 4096
    assert held.recast == pytest.approx(2 * (block + output), rel=0.01)
    assert held.copies > 5 * held.recast  # until the forward pass ends
    frozen = memory.decoder_parts(config, replace(run, method="lora"), ONE).state
    assert frozen.copies == frozen.recast < 0.2 * held.copies


def test_memory_grows_with_the_batch_by_the_activations():
    small, large = peak(CNN), peak(replace(CNN, batch=64))
    assert large.shares["activations"] == pytest.approx(2 * small.shares["activations"], rel=0.02)
    assert large.shares["weights"] == small.shares["weights"]


def test_sharding_divides_the_state():
    two, four = (replace(ONE, gpu_count=n) for n in (2, 4))
    run = replace(LLAMA, batch=4)
    for sharding, divided in (("zero1", ("optimizer",)), ("zero3", ("optimizer", "weights"))):
        sharded = replace(run, sharding=sharding, software=software_of("fsdp"))
        half, quarter = peak(sharded, two).shares, peak(sharded, four).shares
        for name in divided:
            assert quarter[name] == pytest.approx(half[name] / 2)
    assert peak(run, two).shares["weights"] == peak(run, four).shares["weights"]


def test_context_is_that_of_the_generation():
    chips = by_id(Chip)
    sizes = {name: memory.driver_bytes(chips[name]) for name in
             ("geforce-gtx-1070", "geforce-rtx-2080-ti", "geforce-rtx-3090")}  # fmt: skip
    assert memory.generation(chips["geforce-gtx-1070"]) == "before_volta"
    assert len(set(sizes.values())) == 2 and all(0.1 * GIB < s < 1.5 * GIB for s in sizes.values())


def test_cache_of_pages_wastes_the_rest_of_the_last_one():
    config = find("llama-3-8b")
    token = 2 * 32 * 8 * 128 * 2  # keys and values, layers, grouped heads, width, 16 bit
    assert kv_bytes(config, 3, 100, paged=False) == 3 * 100 * token
    assert kv_bytes(config, 3, 100, paged=True) == 3 * 112 * token
    windowed = find("gemma-3-4b") or find("gemma-2-9b")
    long = 4 * max(a.window for a, _ in windowed.attentions)
    whole = long * 2 * windowed.kv_elements_per_token
    assert kv_bytes(windowed, 1, long, paged=False) < whole


@pytest.mark.parametrize("width", [0.02, 0.054, 0.2])
def test_chance_rises_with_room_and_fits_is_said_where_least_room_says(width):
    rooms = [0.5, 0.9, 0.99, 1.0, 1.01, 1.1, 2.0]
    chances = [memory.probability(10.0, 10.0 * room, width) for room in rooms]
    assert chances == sorted(chances) and 0 < chances[0] < 0.02 and 0.98 < chances[-1] < 1
    assert chances[3] == pytest.approx(0.5)
    least = memory.least_room(10.0, width)
    assert memory.verdict(memory.probability(10.0, least * 1.001, width)) == "fits"
    assert memory.verdict(memory.probability(10.0, least * 0.999, width)) == "tight"
    assert memory.verdict(memory.probability(10.0, 100 / least * 0.99, width)) == "too small"


def test_chance_at_the_edges():
    assert memory.probability(0.0, 1.0, 0.1) == 1.0
    assert memory.probability(1.0, 0.0, 0.1) == 0.0
    assert math.isclose(memory.probability(1.0, math.e, 1e9), 0.5, abs_tol=1e-3)


def test_ranges_say_what_they_were_measured_on():
    parts = memory.model_parts(zoo.operation_list("resnet50", 224), CNN, ONE)
    assert memory.range_of(parts) == "range_traced"
    assert memory.measured_on("range_traced") == "vision_train_memory"
    seen = memory.model_parts(zoo.operation_list("resnet50", 224), replace(CNN, mode="infer"), ONE)
    assert memory.range_of(seen) == "range_inference"
    bert = replace(CNN, model="bert-base", img_size=None, seq_len=128)
    assert (
        memory.range_of(memory.model_parts(zoo.operation_list("bert-base"), bert, ONE))
        == "range_written"
    )
    assert memory.range_of(memory.decoder_parts(find("llama-3-8b"), LLAMA, ONE)) == "range_written"


@pytest.mark.parametrize(("precision", "bits"), [("q4_0", 4.5), ("q6_k", 6.5625), ("awq", 4.25)])
def test_every_block_format_stores_its_bits(precision, bits):
    """One table of formats: the memory of traced models once knew fewer than serving did."""
    ops, run = zoo.operation_list("bert-base"), replace(CNN, model="bert-base", mode="infer")
    run = replace(run, img_size=None, seq_len=128, precision=precision)
    assert serving_state(ops, run).weights == pytest.approx(ops.parameters * bits / 8)


def test_bitsandbytes_leaves_experts_in_16_bit_and_trainers_with_kernels_for_them_do_not():
    mixed = find("qwen3-30b-a3b")
    asked = {"model": "qwen3-30b-a3b", "method": "qlora", "seq_len": 512, "batch": 1}
    held = {
        name: memory.decoder_peak(
            mixed, run_of(asked | {"framework": name}), Machine(chip=by_id(Chip)["h200-nvl"])
        ).shares["weights"]
        for name in ("peft", "unsloth")
    }
    assert held["peft"] > 2.0 * mixed.expert_parameters > 2.5 * held["unsloth"]


def test_streams_that_gather_and_reduce_keep_buffers_of_their_own():
    config = find("llama-3-8b")
    asked = {"model": "llama-3-8b", "method": "full", "seq_len": 2048, "batch": 8,
             "precision": "bf16", "framework": "torchtitan", "sharding": "zero3"}  # fmt: skip
    run, chip = run_of(asked), by_id(Chip)["h100-sxm"]
    many = memory.decoder_peak(config, run, Machine(chip=chip, gpu_count=8))
    one = memory.decoder_peak(config, run, Machine(chip=chip, gpu_count=1))
    flat, reduced = 2 * config.head_parameters, 4 * config.block_parameters / config.layers
    kept = many.reserved - many.allocated
    assert kept > flat + reduced > one.reserved - one.allocated - 0.1 * one.allocated
