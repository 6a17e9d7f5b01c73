"""What lies on the drive and in main memory: sums that grow with what is in them, and bind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.catalog.source import by_id
from rigwright.plan.ask.datasets import Job
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import GB, GIB, Sizes, disk_words, total
from rigwright.plan.speed.runs import chip_named
from rigwright.spec.data import DataSet
from rigwright.spec.parts import Drive, RamKit
from rigwright.spec.run import Run

CHIP = chip_named("RTX 4090")
RUNS = (
    Run(model="resnet50", mode="train", batch=64, img_size=224),
    Run(model="resnet50", mode="infer", batch=64, img_size=224),
    Run(model="bert-large", mode="train", batch=8, seq_len=384, optimizer="adamw"),
    Run(model="llama-3-8b", mode="train", method="qlora", batch=4, seq_len=1024),
    Run(model="llama-3-8b", mode="train", precision="amp", batch=4, seq_len=1024,
        optimizer="adamw"),
    Run(model="llama-3-70b", mode="decode", precision="q4_k_m", seq_len=2048, gen_len=512),
)  # fmt: skip
runs = st.sampled_from(RUNS)
sets = st.builds(
    DataSet, items=st.integers(1, 10**9), item_bytes=st.floats(1, 1e6),
    lies=st.sampled_from(("files", "packed", "memory")), workers=st.integers(1, 64),
)  # fmt: skip


def of(terms, what):
    """The term of a name; nothing where there is none."""
    return next((term.bytes for term in terms if term.what == what), 0.0)


@settings(deadline=None)
@given(runs, sets, st.integers(1, 4))
def test_a_sum_is_that_of_its_terms_and_never_below_one(run, data, cards):
    job = Job(data)
    for terms in (sizing.disk_sum(run, job), sizing.ram_sum(run, job, cards, CHIP)):
        assert all(term.bytes > 0 for term in terms)
        assert total(terms) == pytest.approx(sum(t.bytes for t in terms))
        assert total(terms) >= max(t.bytes for t in terms)


@settings(deadline=None)
@given(runs, sets, st.integers(2, 9))
def test_more_data_needs_so_much_more_room_and_its_free_share(run, data, times):
    small, large = (total(sizing.disk_sum(run, Job(d)))
                    for d in (data, replace(data, items=data.items * times)))  # fmt: skip
    more = data.bytes * (times - 1)
    assert large - small == pytest.approx(more / (1 - 0.12), rel=1e-6, abs=1)
    assert total(sizing.disk_sum(run, Job())) <= small


def test_data_that_lies_in_memory_is_a_need_and_a_cache_is_none():
    run, data = RUNS[0], DataSet(items=10**6, item_bytes=1e5, lies="memory", workers=8)
    held = total(sizing.ram_sum(run, Job(data), 1, CHIP))
    read = total(sizing.ram_sum(run, Job(replace(data, lies="files")), 1, CHIP))
    assert held - read == pytest.approx(data.bytes)


@pytest.mark.parametrize("run", [r for r in RUNS if r.mode == "train"])
def test_checkpoints_are_weights_with_what_the_optimizer_keeps(run):
    plain = replace(run, optimizer="sgd_plain")
    kept = {name: sizing.checkpoint_bytes(replace(run, optimizer=name))
            for name in ("sgd_plain", "sgd", "adamw")}  # fmt: skip
    assert 0 < kept["sgd_plain"] < kept["sgd"] < kept["adamw"]
    assert kept["adamw"] == pytest.approx(3 * sizing.checkpoint_bytes(plain))
    terms = sizing.disk_sum(run, Job())
    assert of(terms, "checkpoints") == 3 * sizing.checkpoint_bytes(run)
    assert not of(sizing.disk_sum(replace(run, mode="forward_backward"), Job()), "checkpoints")


def test_adapters_are_saved_alone_and_originals_are_fetched_in_16_bit():
    full, qlora = RUNS[4], RUNS[3]
    assert sizing.model_bytes(full) == sizing.model_bytes(qlora) == pytest.approx(16.06e9, rel=1e-3)
    assert sizing.checkpoint_bytes(qlora) < sizing.checkpoint_bytes(full) / 100
    assert sizing.checkpoint_bytes(full) == pytest.approx(12 * 8.03e9, rel=1e-3)


def test_a_served_model_takes_its_own_format_twice():
    q4, run = RUNS[5], replace(RUNS[5], precision="fp16")
    (model,) = (t for t in sizing.disk_sum(q4, Job()) if t.what == "model")
    assert model.count == 2 and model.bytes == pytest.approx(2 * 42.5e9, rel=0.02)  # the GGUF
    assert sizing.model_bytes(run) == pytest.approx(2 * 70.55e9, rel=1e-3)


@settings(deadline=None)
@given(runs, st.integers(1, 3))
def test_more_cards_need_more_main_memory_where_they_train(run, cards):
    few, many = (total(sizing.ram_sum(run, Job(), n, CHIP)) for n in (cards, cards + 1))
    assert many > few if run.mode == "train" else many >= few


def test_offload_and_gathered_weights_lie_in_main_memory():
    run = RUNS[4]
    plain = total(sizing.ram_sum(run, Job(), 2, CHIP))
    assert total(sizing.ram_sum(replace(run, sharding="zero3"), Job(), 2, CHIP)) > plain + 20e9
    lora = replace(run, method="lora")
    off = sizing.ram_sum(replace(lora, offload=True), Job(), 1, CHIP)
    assert of(off, "offload") > 14e9


def test_words_add_up_on_one_line():
    terms = sizing.disk_sum(RUNS[4], Job())
    words = "model 16 GB + checkpoints 3 x 96 GB + system 50 GB + free 12% = 404 GB"
    assert disk_words(terms) == words
    ram = sizing.ram_sum(RUNS[4], Job(), 1, CHIP)
    sizes = Sizes(terms, ram, 500 * GB, 8 * GIB)
    assert sizes.words[0] == f"disk 500 GB: {words}"
    assert len(sizes.too_small) == 1 and "RAM 8 GiB" in sizes.too_small[0]
    assert not replace(sizes, ram_bytes=16 * GIB).too_small


# -- a plan ---------------------------------------------------------------------------------
def planned(**goal):
    return plan(parse_goal({"as_of": "2026-11-20", **goal}, "goal"))


def held(result):
    """Bytes of the drives and of the memory that a plan buys."""
    parts = [p for p in result.chosen.parts for _ in range(p.count)]
    disk = sum(by_id(Drive)[p.id].capacity_bytes for p in parts if p.kind == "drive")
    kits = [by_id(RamKit)[p.id] for p in parts if p.kind == "ram"]
    return disk, sum(k.modules * k.module_gib for k in kits) * GIB


CNN = {"model": "resnet50", "mode": "train", "batch": 64, "precision": "amp"}
LM = {"model": "llama-3-8b", "mode": "train", "method": "qlora", "precision": "amp",
      "grad_checkpointing": True, "batch": 4, "seq_len": 1024}  # fmt: skip


@pytest.mark.parametrize("usd", [1500, 4000, 9000])
@pytest.mark.parametrize(
    ("workload", "data"),
    [(CNN, {"name": "imagenet-1k"}), (CNN, {"name": "open-images-v7"}), (LM, {}),
     (CNN, {"items": 10**6, "item_bytes": 4e4, "lies": "memory"})],
)  # fmt: skip
def test_a_planned_machine_holds_both_sums(workload, data, usd):
    result = planned(workload=workload, data=data, budget={"usd": usd})
    sizes = result.chosen.sizes
    assert held(result) == (sizes.disk_bytes, sizes.ram_bytes)
    assert sizes.disk_bytes >= total(sizes.disk) and sizes.ram_bytes >= total(sizes.ram)
    assert not any("too small" in note for note in result.notes)
    assert sizes.disk_bytes >= 500 * GB and sizes.ram_bytes >= 16 * GIB


def test_what_is_said_of_the_size_holds_and_is_told_to_be_too_small():
    asked = {"workload": CNN, "data": {"name": "imagenet-21k"}, "budget": {"usd": 2000}}
    free = planned(**asked)
    said = planned(**asked, limits={"storage_gb_min": 500})
    assert free.chosen.sizes.disk_bytes >= 1.5e12 > said.chosen.sizes.disk_bytes
    assert any(n.startswith("too small for its sum: disk") for n in said.notes)
    much = planned(**asked, limits={"storage_gb_min": 3900})
    assert much.chosen.sizes.disk_bytes >= 3.9e12


def test_an_owned_drive_counts_and_another_is_bought_for_the_rest():
    own = {"drives": ("Samsung 9100 Pro 1TB",)}
    small = planned(workload=LM, budget={"usd": 3000}, own=own)
    assert [p.owned for p in small.chosen.parts if p.kind == "drive"] == [True]
    large = planned(workload=CNN, data={"name": "imagenet-21k"}, budget={"usd": 3000}, own=own)
    assert sorted(p.owned for p in large.chosen.parts if p.kind == "drive") == [False, True]
    assert large.chosen.sizes.disk_bytes >= total(large.chosen.sizes.disk)


def test_memory_for_many_cards_is_asked_of_many_cards_only():
    asked = {"workload": CNN, "budget": {"usd": 6000}}
    four = planned(**asked, limits={"gpu_count_min": 4})
    assert total(four.chosen.sizes.ram) > 16 * GIB
    assert four.chosen.sizes.ram_bytes >= total(four.chosen.sizes.ram)
    one = planned(workload=CNN, budget={"usd": 900}, limits={"gpu_count_max": 4})
    assert one.chosen.gpu_count == 1 and one.chosen.sizes.ram_bytes < 26 * GIB
