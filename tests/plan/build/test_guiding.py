"""The guide: the 2016 machine, settings and software by the parts."""

import configparser
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from rigwright.catalog.buildfile import read_build
from rigwright.catalog.tables import load, toolchain_of
from rigwright.plan.build.guiding import DATA, commands, guide_file, guide_of, settings
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card, Chip, RamKit
from rigwright.spec.software import Toolchain
from rigwright.spec.tables.table import records

STORY = Path(__file__).parents[3] / "examples" / "2016-desktop" / "build.toml"


@pytest.mark.parametrize("order", ["bench", "case-first"])
def test_the_2016_build_takes_as_long_as_it_took(order):
    # The author: about 7 hours for his first machine (posts of 2016-10-29 and 2016-11-01);
    # another first build of that year: "a couple of hours" (navoshta).
    guide = guide_file(STORY, order)
    assert guide.minutes[0] <= 2 * 60 <= 7 * 60 <= guide.minutes[1]


def test_the_2016_build_says_its_clearances():
    said = " ".join(line for s in guide_file(STORY).steps for line in (*s.do, *s.checks))
    assert "280 mm long, the case takes 364 mm" in said
    assert "stands 160 mm, the case takes 161 mm" in said
    assert "XMP profile: on: 2,666 MT/s" in said


def test_pascal_gets_the_last_driver_and_wheel_that_know_it():
    build = read_build(STORY)
    lines = [c.line for c in guide_of(build, "x").commands]
    # NVIDIA: 580 is the last branch for Maxwell to Volta; its open modules start with Turing.
    assert any("nvidia-driver-580 " in line + " " and "-open" not in line for line in lines)
    assert any("torch==2.14.*" in line and "cu126" in line for line in lines)


def chip(name):
    return next(c for c in load(Chip) if c.name == name)


def test_blackwell_gets_open_modules_and_the_wheel_of_pypi():
    lines = [c.line for c in commands(Build(), (chip("GeForce RTX 5090"),))]
    assert any("nvidia-driver-580-open" in line for line in lines)
    assert any(line.endswith("pip install torch") for line in lines)


def test_a_chip_without_a_wheel_is_told_so():
    gk104 = next(c for c in load(Chip) if c.compute_capability == "3.0")
    found = commands(Build(), (gk104,))
    assert any("no PyTorch wheel has kernels" in c.note for c in found)
    assert not any("pip install" in c.line for c in found)


@pytest.mark.parametrize("chip", load(Chip), ids=lambda c: c.id)
def test_every_chip_has_one_row_or_is_said_not_to_be_checked(chip):
    row = toolchain_of(chip)
    if chip.vendor == "nvidia" and chip.compute_capability not in ("8.7",):  # Jetson: own images
        assert row is not None
    if row is not None:
        assert row.source and row.source_date
    else:
        assert "checked" in commands(Build(), (chip,))[0].note


def test_settings_follow_the_parts():
    card = next(c for c in load(Card) if c.chip == chip("GeForce RTX 3090").id)
    one = {s.name for s in settings(Build(cards=(card,)), (chip("GeForce RTX 3090"),))}
    assert {"Above 4G Decoding", "Resizable BAR"} <= one
    assert "PCIe slot widths" not in one
    two = {s.name for s in settings(Build(cards=(card, card)), (chip("GeForce RTX 3090"),))}
    assert "PCIe slot widths" in two
    old = {s.name for s in settings(Build(), (chip("GeForce GTX 1070"),))}
    assert not {"Above 4G Decoding", "Resizable BAR"} & old
    slow = next(k for k in load(RamKit) if k.speed_mt_s and k.speed_mt_s >= 3200)
    assert any("profile" in s.name for s in settings(Build(ram=(slow,)), ()))


def test_wrong_input(tmp_path):
    with pytest.raises(InputError, match="--order"):
        guide_file(STORY, "sideways")
    empty = tmp_path / "list.txt"
    empty.write_text("hello\n")
    with pytest.raises(InputError):
        guide_file(empty)


def test_every_vendor_of_the_toolchains_has_its_commands():
    words = {row["vendor"] for row in records(DATA / "vendor_commands.csv")}
    assert {row.vendor for row in load(Toolchain)} <= words


def test_a_loss_is_to_be_settled_as_well_as_an_impossibility():
    build = read_build(STORY)
    kits = tuple(replace(kit, height_mm=200.0, modules=1, module_gib=4) for kit in build.ram)
    case = replace(build.case, gpu_length_mm=200.0)
    opened = {f.rule: f for f in guide_of(replace(build, ram=kits, case=case), "x").open}
    assert opened["gpu_length"].verdict == "conflict"
    assert opened["cooler_ram_clearance"].loses
    assert "ram_vs_vram" not in opened  # a worth with a price, not a loss
    assert "ram_speed" not in opened and "gpu_height" not in opened


def test_a_cap_that_the_machine_rests_on_is_kept_by_a_service(tmp_path):
    card = next(c for c in load(Card) if c.chip == chip("GeForce RTX 3090").id)
    build = Build(cards=(card, card), gpu_power_cap_w=280)
    (step,) = [s for s in guide_of(build, "x").steps if s.id == "cap"]
    (line,) = step.do
    unit = tmp_path / "gpu-cap.service"
    written = line.partition(" | ")[0]
    unit.write_bytes(
        subprocess.run(["bash", "-c", written], capture_output=True, check=True).stdout
    )
    sections = configparser.ConfigParser(strict=False)
    sections.read(unit)
    assert sections["Service"]["ExecStart"] == "/usr/bin/nvidia-smi -pl 280"
    assert sections["Install"]["WantedBy"] == "multi-user.target"
    assert all(s.id != "cap" for s in guide_of(replace(build, gpu_power_cap_w=None), "x").steps)


def test_secure_boot_is_spoken_of_where_the_driver_is_a_signed_module():
    def said(name):
        card = next(c for c in load(Card) if c.chip == chip(name).id)
        found = guide_of(Build(cards=(card,)), "x").steps
        return " ".join(next(s for s in found if s.id == "driver").do)

    assert "Enroll MOK" in said("GeForce RTX 3090")
    assert "MOK" not in said("Radeon RX 7900 XTX")


def test_a_machine_that_runs_is_opened_and_only_what_is_new_is_put_in():
    whole = read_build(STORY)
    there = tuple(p.id for p in whole.parts() if p.kind not in ("card", "drive"))
    guide, built = guide_of(replace(whole, runs=there), "m"), guide_of(whole, "m")
    names = [step.id for step in guide.steps]
    assert set(names) < {step.id for step in built.steps}
    assert not set(names) & {"cpu", "board", "psu", "cooler", "ram", "bench-test"}
    assert names.index("case") < names.index("card") and guide.minutes < built.minutes
    case = next(step for step in guide.steps if step.id == "case")
    assert case.title.startswith("Open ") and "mains" in " ".join(case.do)
    added = guide_of(replace(whole, runs=there, ram=load(RamKit)[:1]), "m")
    names = [step.id for step in added.steps]
    assert names.index("case") < names.index("ram")


def test_a_card_that_needs_no_plug_gets_none():
    fed_by_slot = next(card for card in load(Card) if card.plugs == ())
    whole = replace(read_build(STORY), cards=(fed_by_slot,))
    assert "card-power" not in {step.id for step in guide_of(whole, "m").steps}
