import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigwright.predict.feed import fed, feed, needed_items, remedies
from rigwright.spec.data import DataSet, Feed
from rigwright.spec.run import Machine, Prediction, Run

IMAGENET = DataSet(
    name="imagenet-1k", items=1_281_167, item_bytes=138e9 / 1_281_167, item_pixels=469 * 387,
    epochs=90,
)  # fmt: skip
RUN = Run(model="resnet50", batch=64, img_size=224)
STEP = Prediction(
    step_s=0.5, low_s=0.4, high_s=0.6, throughput=128.0, unit="img/s", memory_bytes=1e9, fits=True,
    bound="arithmetic", shares={"convolution": 0.75, "launch": 0.25},
)  # fmt: skip
UNKNOWN = Machine(chip=None)  # type: ignore[arg-type]
DISK = replace(
    UNKNOWN, cpu="Quad", cpu_cores=4, cpu_mhz=4200.0, drive="Disk", disk_read_bytes_per_s=156e6,
    disk_random_iops=79.0, pcie_bytes_per_s=15.75e9, ram_bytes=16 * 2**30,
)  # fmt: skip
SSD = replace(DISK, drive="Flash", disk_read_bytes_per_s=550e6, disk_random_iops=90e3)


def test_a_hard_disk_binds_on_imagenet_and_flash_leaves_it_to_the_cores():
    disk, ssd = feed(IMAGENET, RUN, DISK), feed(IMAGENET, RUN, SSD)
    assert (disk.bound, ssd.bound) == ("disk", "cpu")
    assert 70 < disk.items_per_s < 80 < 400 < ssd.items_per_s < 800
    assert "Disk reads shuffled files, 79 accesses/s" in disk.why and "3 loader workers" in ssd.why


def test_unknown_stages_are_named_and_bind_nothing():
    found = feed(IMAGENET, RUN, UNKNOWN)
    assert found.items_per_s is None and found.bound == "" and found.why == ""
    assert set(found.unknown) == {"disk", "cpu", "pcie"}
    assert any("--drive" in n for n in found.notes) and any("--cpu" in n for n in found.notes)
    half = feed(IMAGENET, RUN, replace(DISK, cpu_cores=None, cpu_mhz=None))
    assert half.bound == "disk" and "cpu" in half.unknown
    assert fed(STEP, found, 64).step_s == STEP.step_s


def test_memory_that_holds_the_set_is_asked_from_the_second_epoch_on():
    large = replace(DISK, ram_bytes=256 * 2**30)
    later, once = feed(IMAGENET, RUN, large), feed(replace(IMAGENET, epochs=1), RUN, large)
    assert later.cached == 1.0 and later.bound == "cpu" and math.isinf(later.stages["disk"])
    assert once.bound == "disk" and once.cached == 0.0
    assert later.first_items_per_s == pytest.approx(once.items_per_s)


@given(
    cores=st.integers(1, 128), mhz=st.floats(800, 6000), rate=st.floats(1e6, 2e10),
    iops=st.floats(10, 2e6), ram=st.floats(1, 2**42), gpus=st.integers(1, 8),
    lies=st.sampled_from(["files", "packed", "memory"]), pixels=st.floats(1, 1e8),
)  # fmt: skip
def test_the_slowest_stage_binds_and_better_parts_never_slow_it(
    cores, mhz, rate, iops, ram, gpus, lies, pixels
):
    data = replace(IMAGENET, lies=lies, item_pixels=pixels)
    host = replace(
        DISK, gpu_count=gpus, cpu_cores=cores, cpu_mhz=mhz, disk_read_bytes_per_s=rate,
        disk_random_iops=iops, ram_bytes=ram,
    )  # fmt: skip
    found = feed(data, RUN, host)
    assert found.items_per_s == min(found.stages.values()) == found.stages[found.bound]
    assert found.first_items_per_s <= found.items_per_s * (1 + 1e-9) and 0 <= found.cached <= 1
    for better in (
        replace(host, cpu_cores=cores + 1), replace(host, cpu_mhz=mhz * 1.1),
        replace(host, disk_read_bytes_per_s=rate * 1.1), replace(host, ram_bytes=ram * 1.1),
    ):  # fmt: skip
        assert feed(data, RUN, better).items_per_s >= found.items_per_s * (1 - 1e-9)


def test_every_node_reads_and_decodes_for_itself():
    many = replace(DISK, gpu_count=16, nodes=2)
    one, two = feed(IMAGENET, RUN, replace(many, gpu_count=8, nodes=1)), feed(IMAGENET, RUN, many)
    assert two.stages["cpu"] == pytest.approx(2 * one.stages["cpu"])
    assert two.stages["disk"] == pytest.approx(2 * one.stages["disk"])


def test_eight_lanes_copy_half_of_sixteen():
    x8 = replace(SSD, pcie_bytes_per_s=SSD.pcie_bytes_per_s / 2)
    whole, half = feed(IMAGENET, RUN, SSD), feed(IMAGENET, RUN, x8)
    assert half.stages["pcie"] == pytest.approx(whole.stages["pcie"] / 2)
    assert half.items_per_s == whole.items_per_s  # neither binds one card


def test_tokenised_text_never_waits_for_a_drive():
    tokens = DataSet(items=8_013_769, item_bytes=2255.0, item_tokens=1127.5, format="tokens",
                     lies="packed", epochs=1)  # fmt: skip
    run = Run(model="gpt2", batch=12, seq_len=1024)
    found = feed(tokens, run, DISK)
    assert found.items_per_s == pytest.approx(156e6 / 2048) and found.bound == "disk"
    assert needed_items(tokens, run) == pytest.approx(8_013_769 * 1127.5 / 1024)
    assert needed_items(replace(tokens, format="text", epochs=3), run) == 3 * 8_013_769


def test_a_slow_feed_paces_the_step_and_a_fast_one_changes_nothing():
    slow = Feed(items_per_s=64.0, bound="disk", why="the drive")
    found = fed(STEP, slow, 64)
    assert (found.step_s, found.bound, found.throughput) == (1.0, "disk", 64.0)
    assert found.shares["input"] == pytest.approx(0.5) and sum(found.shares.values()) == 1.0
    assert found.low_s < 1.0 < found.high_s and any("the drive" in n for n in found.notes)
    assert fed(STEP, Feed(items_per_s=1e4, bound="cpu"), 64) == STEP
    assert fed(STEP, Feed(items_per_s=math.inf, bound="disk"), 64) == STEP


@given(st.floats(1, 1e5), st.sampled_from(["disk", "cpu", "pcie"]))
def test_the_range_holds_the_step(rate, bound):
    found = fed(STEP, Feed(items_per_s=rate, bound=bound), 64)
    assert found.low_s <= found.step_s <= found.high_s and found.step_s >= STEP.step_s
    assert sum(found.shares.values()) == pytest.approx(1.0)


def test_remedies_deliver_more_and_are_of_the_stage_that_binds():
    for machine, words in ((DISK, ("packed", "sata")), (SSD, ("torchvision", "opencv"))):
        found = feed(IMAGENET, RUN, machine)
        said = remedies(IMAGENET, RUN, machine, found)
        assert all(word in said for word in words)
        for rate in re.findall(r"([\d,]+) items/s", said):
            assert float(rate.replace(",", "")) > 1.2 * found.items_per_s
    dali = replace(IMAGENET, decoder="dali")
    assert remedies(dali, RUN, SSD, feed(dali, RUN, SSD)) == ""
