"""Feeds of machines for rent: known shapes, names without a form, wrong units, pages."""

import datetime as dt

import pytest

from rigwright.catalog.prices.offerfile import chips_named, feed_name, read_feed
from rigwright.spec.errors import InputError

DAY = dt.date(2026, 8, 1)
SKY = """\
InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice,\
Region,AvailabilityZone
g6.xlarge,4.0,16.0,L4,1.0,"{'Gpus': [{'SizeInMiB': 80}]}",0.8,0.35,us-east-1,a
g6.xlarge,4.0,16.0,L4,1.0,"{'Gpus': []}",0.8,0.31,us-east-1,b
m5.large,2.0,8.0,,,,0.1,0.03,us-east-1,a
p5.48xlarge,192.0,2048.0,H100,8.0,,55.04,0.00,us-east-1,a
other.h100,192.0,2048.0,H100,8.0,,55.04,,eu,a
bad,4.0,16.0,L4,1.0,,-0.8,,us-east-1,a
tpu,4.0,16.0,tpu-v5e,8.0,,9.8,,us-east-1,a
"""
HUNT = """\
instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,\
gpu_vendor,flags,cpu_arch,provider_data
a100,eu,1.29,22,120.0,1,A100,80.0,False,,nvidia,,x86,{}
a100,eu,0.65,22,120.0,1,A100,80.0,True,,nvidia,,x86,{}
wrong,eu,1.0,22,120.0,1,L4,24576,False,,nvidia,,x86,{}
"""


def read(text, name="feed"):
    offers, refused = read_feed(text, name, DAY)
    return {o.instance: o for o in offers}, refused


def test_skypilot_rows_of_zones_are_one_offer_at_the_lower_price():
    offers, refused = read(SKY, "aws")
    l4 = offers["g6.xlarge"]
    assert (l4.chip, l4.usd_per_hour, l4.spot_usd_per_hour, l4.date) == ("l4", 0.8, 0.31, DAY)
    assert (l4.provider, l4.vcpus, l4.ram_bytes) == ("aws", 4, 16 * 2**30)
    assert offers["p5.48xlarge"].spot_usd_per_hour is None
    assert refused["no GPU"] == 1 and sum(refused.values()) == 3
    assert any("-0.8" in reason for reason in refused) and any("tpu" in r for r in refused)


def test_a_form_that_is_not_said_stays_so_unless_the_machine_is_known():
    offers, _ = read(SKY, "aws")
    assert offers["p5.48xlarge"].chip == "h100-sxm"
    assert offers["other.h100"].chip == "H100"
    assert {c.id for c in chips_named("H100")} >= {"h100-sxm", "h100-pcie"}
    assert [c.id for c in chips_named("H100 PCIe")] == ["h100-pcie"]
    assert [c.id for c in chips_named("RTXA6000")] == ["rtx-a6000"]


def test_gpuhunt_spot_rows_join_and_a_memory_in_another_unit_is_refused():
    offers, refused = read(HUNT)
    assert (offers["a100"].usd_per_hour, offers["a100"].spot_usd_per_hour) == (1.29, 0.65)
    assert set(offers) == {"a100"} and "another unit" in next(iter(refused))


def test_a_price_of_one_gpu_is_of_all_of_a_machine():
    text = "seen,provider,gpu,gpu_count,tier,usd_per_gpu_hour\n"
    text += "2026-07-01,DataCrunch,L40S,4,on_demand,1.5\n"
    [offer] = read(text)[0].values()
    assert (offer.provider, offer.usd_per_hour) == ("verda", 6.0)
    assert offer.date == dt.date(2026, 7, 1)


@pytest.mark.parametrize("price", ["nan", "inf", "0", "", "-1", "1e9", "0.00001", "ten"])
def test_no_offer_has_a_price_that_cannot_be(price):
    offers, refused = read(f"provider,gpu,gpu_count,usd_per_hour\na,L4,1,{price}\n")
    assert not offers and sum(refused.values()) == 1


@pytest.mark.parametrize(
    "text",
    ["", "<!doctype html><p>", "  <html>", '{"a": 1}', "a,b\n1,2\n", "gpu,gpu_count\nL4,1\n"],
)
def test_what_is_no_feed_says_so(text):
    with pytest.raises(InputError, match="allowed: a CSV of SkyPilot"):
        read_feed(text, "x", DAY)


def test_a_feed_is_named_by_its_file_or_folder():
    assert feed_name("https://host/catalogs/v8/aws/vms.csv") == "aws"
    assert feed_name("runpod.csv") == "runpod"
