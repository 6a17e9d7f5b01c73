"""The 2016 story: every claim is decided by computation; the verdict stands beside it.

Source: ChunML, "Building up my own machine for Deep Learning", 2016-10-29, and the claims of that
time it leans on. Bands are wide where a prediction decides, because constants are fitted again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rigwright import cost, fit
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.tables import by_id
from rigwright.plan.ask.hosts import of_build, of_chip
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.planning import plan
from rigwright.plan.money.renting import rent_build
from rigwright.plan.speed.comparing import compare_chips
from rigwright.plan.speed.runs import chip_named
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict.feed import storage_items_per_s
from rigwright.spec.data import DataSet
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run

STORY = Path(__file__).parents[2] / "examples/2016-desktop"
BUILD, GOAL = STORY / "build.toml", STORY / "goal.toml"
DAY = "2016-10-29"
CONFIRMED, REFUTED, UNKNOWN = "confirmed", "refuted", "unknown"


def finding(rule: str):
    return next(f for f in fit.check(read_build(BUILD)) if f.rule == rule)


def step(gpu: str, **run: object) -> float:
    values = {"model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32", **run}
    return predict_run(Run(**values), of_chip(chip_named(gpu))).step_s  # type: ignore[arg-type]


def fits(model: str, batch: int) -> bool:
    run = Run(model=model, mode="train", batch=batch, precision="fp32")
    return predict_run(run, of_chip(by_id(Chip)["geforce-gtx-1070"])).fits


def word(true: bool) -> str:
    return CONFIRMED if true else REFUTED


# -- the build fits --------------------------------------------------------------------------
def the_28_cm_card_fits() -> str:
    f = finding("gpu_length")
    assert (f.need, f.have, f.margin) == (280, 364, 84)
    return word(f.verdict == "ok")


def the_tall_cooler_fits_by_1_mm() -> str:
    f = finding("cooler_height")
    assert (f.need, f.have, f.margin, f.verdict) == (160, 161, 1, "warning")
    return word(f.verdict != "conflict")


def processor_board_and_memory_match() -> str:
    rules = ("cpu_socket", "cpu_generation", "ram_type", "ram_slots", "ram_capacity")
    return word(all(finding(r).verdict == "ok" for r in rules))


def at_least_600_w_are_needed() -> str:
    draw = fit.draw_w(read_build(BUILD))
    assert draw is not None and 300 < draw < 350  # rules.md works it out as 321 W
    return word(draw > 450)


def the_whole_build_has_no_conflict() -> str:
    return word(fit.verdict(fit.check(read_build(BUILD))) in ("ok", "warning"))


# -- 8 GB hold a CNN -------------------------------------------------------------------------
def eight_gb_hold_vgg16_at_batch_16() -> str:
    return word(fits("vgg16", 16))


def eight_gb_hold_resnet50_at_batch_32() -> str:
    return word(fits("resnet50", 32))


def eight_gb_hold_vgg16_at_batch_128() -> str:
    return word(fits("vgg16", 128))


# -- which card ------------------------------------------------------------------------------
def the_970_is_not_much_faster_than_the_960() -> str:
    ratio = step("GTX 960") / step("GTX 970")
    return word(ratio < 1.2)  # what sets it apart is memory: the next claim


def the_970_has_trouble_with_its_memory() -> str:
    values = {"model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32"}
    rows = compare_chips(["GTX 960 4 GB", "GTX 970"], values, DAY).rows
    return word(any("3.5" in note for note in rows[1].notes) and not rows[0].notes)


def the_1070_costs_only_slightly_more_than_the_980() -> str:
    values = {"model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32"}
    old, new = compare_chips(["GTX 980", "GTX 1070"], values, DAY).rows
    assert old.usd is not None and new.usd is not None
    return word(new.usd <= old.usd * 1.15)  # at list prices it is even cheaper


def a_1080_gives_more_speed_per_dollar_than_a_1070() -> str:
    values = {"model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32"}
    small, large = compare_chips(["GTX 1070", "GTX 1080"], values, DAY).rows
    assert small.usd_per_speed is not None and large.usd_per_speed is not None
    return word(large.usd_per_speed < small.usd_per_speed)


def a_1080_is_three_times_a_g2_2xlarge() -> str:
    return word(2.0 < step("GRID K520") / step("GTX 1080") < 4.8)


def a_gpu_is_32_times_a_cpu_on_lenet() -> str:
    return UNKNOWN  # training on a CPU is not predicted


def the_plan_for_that_money_is_a_gtx_1070() -> str:
    chosen = plan(goal_of(GOAL, {}, None).goal).chosen
    return word(chosen is not None and chosen.gpu == "GeForce GTX 1070")


# -- rent or own, the disk -------------------------------------------------------------------
def a_desktop_pays_after_1900_hours_against_g2_2xlarge() -> str:
    hours = cost.break_even_hours(1200, 0.65, cost.energy_usd_per_hour(250, 0.124))
    assert hours == pytest.approx(1939, abs=1)
    return CONFIRMED


def a_desktop_pays_after_470_hours_against_g2_8xlarge() -> str:
    hours = cost.break_even_hours(1200, 2.60, cost.energy_usd_per_hour(250, 0.124))
    assert hours == pytest.approx(467, abs=1)
    return CONFIRMED


def counting_speed_the_desktop_pays_twice_as_early() -> str:
    rows = {
        r.offer: r
        for r in rent_build(goal_of(GOAL, {}, None).goal, BUILD).rows
        if "us-east-1" in r.offer
    }
    g2 = rows["aws g2.2xlarge (us-east-1)"]
    assert g2.break_even_h is not None and g2.break_even_clock_h is not None
    return word(g2.break_even_h < 0.6 * g2.break_even_clock_h)


def a_p2_xlarge_epoch_is_cheaper_than_a_g2_2xlarge_epoch() -> str:
    rows = {r.offer: r for r in rent_build(goal_of(GOAL, {}, None).goal, BUILD).rows}
    p2, g2 = rows["aws p2.xlarge (us-east-1)"], rows["aws g2.2xlarge (us-east-1)"]
    assert p2.usd_per_job is not None and g2.usd_per_job is not None
    return word(p2.usd_per_job < g2.usd_per_job)


def one_hard_disk_starves_alexnet_on_imagenet() -> str:
    machine = of_build(read_build(BUILD), by_id(Chip)["geforce-gtx-1070"])
    imagenet = DataSet(items=1_281_167, item_bytes=138e9 / 1_281_167)
    disk = storage_items_per_s(imagenet, machine.disk_read_bytes_per_s, machine.disk_random_iops)
    run = Run(model="alexnet", mode="train", batch=128, precision="fp32")
    assert disk is not None
    return word(disk < predict_run(run, machine).throughput)


CLAIMS: tuple[tuple[Callable[[], str], str], ...] = (
    (the_28_cm_card_fits, CONFIRMED),
    (the_tall_cooler_fits_by_1_mm, CONFIRMED),
    (processor_board_and_memory_match, CONFIRMED),
    (at_least_600_w_are_needed, REFUTED),
    (the_whole_build_has_no_conflict, CONFIRMED),
    (eight_gb_hold_vgg16_at_batch_16, CONFIRMED),
    (eight_gb_hold_resnet50_at_batch_32, CONFIRMED),
    (eight_gb_hold_vgg16_at_batch_128, REFUTED),
    (the_970_is_not_much_faster_than_the_960, REFUTED),
    (the_970_has_trouble_with_its_memory, CONFIRMED),
    (the_1070_costs_only_slightly_more_than_the_980, CONFIRMED),
    (a_1080_gives_more_speed_per_dollar_than_a_1070, REFUTED),
    (a_1080_is_three_times_a_g2_2xlarge, CONFIRMED),
    (a_gpu_is_32_times_a_cpu_on_lenet, UNKNOWN),
    (the_plan_for_that_money_is_a_gtx_1070, CONFIRMED),
    (a_desktop_pays_after_1900_hours_against_g2_2xlarge, CONFIRMED),
    (a_desktop_pays_after_470_hours_against_g2_8xlarge, CONFIRMED),
    (counting_speed_the_desktop_pays_twice_as_early, CONFIRMED),
    (a_p2_xlarge_epoch_is_cheaper_than_a_g2_2xlarge_epoch, CONFIRMED),
    (one_hard_disk_starves_alexnet_on_imagenet, CONFIRMED),
)


@pytest.mark.parametrize(("decide", "verdict"), CLAIMS, ids=lambda c: getattr(c, "__name__", c))
def test_claim(decide, verdict):
    assert decide() == verdict
