"""Lists of machines that exist: whole ones, two supplies or processors, frames, boxes outside."""

import itertools

import pytest

import rigwright.fit as fit
from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.paste import read_list
from rigwright.catalog.systems import ENCLOSURE, TABLE, System, system_of, whole_of
from rigwright.catalog.tables import by_id, load
from rigwright.plan.speed.runs import chip_named
from rigwright.spec.parts import Card, Case, Chip, Cpu
from rigwright.spec.tables.table import table

SYSTEMS = table(System, TABLE)
CHIPS = load(Chip)
CLOSED = [s for s in SYSTEMS if s.chip]
DESKTOP = """CPU: Intel Core i7-6700K
CPU Cooler: Noctua NH-D15
Motherboard: MSI Z170A Gaming Pro Carbon
Memory: Corsair Vengeance LPX 32GB (2 x 16GB) DDR4-2666 CL16
GPU: Gigabyte GTX 1070 G1 Gaming
Storage: Samsung 850 EVO 500GB
"""


def build(text: str):
    return read_lines(read_list(text))[0]


def found(text: str) -> dict[str, str]:
    return {f.rule: f.verdict for f in fit.check(build(text))}


def test_rows_are_consistent():
    assert len({s.id for s in SYSTEMS}) == len(SYSTEMS)
    for s in SYSTEMS:
        assert s.kind in ("desktop", "laptop", "server", "enclosure")
        assert not s.chip or (s.chip in by_id(Chip) and s.chip_count)
        for name in (s.name, *s.aliases):
            assert system_of(name)[0] == s, name


@pytest.mark.parametrize("system", CLOSED, ids=lambda s: s.id)
@pytest.mark.parametrize("way", ["{}", "{}\n", "- {}", "System: {}", "1x {}", "{} $3,999"])
def test_a_whole_machine_alone_has_nothing_to_fit(system, way):
    for name in (system.name, *system.aliases):
        read = build(way.format(name))
        (machine,) = read.machines
        assert (machine.chip.id, machine.chip_count) == (system.chip, system.chip_count)
        assert not read.unresolved and not read.cards
        (one,) = fit.check(read)
        assert (one.rule, one.verdict) == ("parts_present", "ok") and "nothing to fit" in one.why
        assert chip_named(name).id == system.chip


@pytest.mark.parametrize("count", [2, 3, 4])
def test_several_machines_are_never_two_cards(count):
    for system in CLOSED:
        read = build(f"{count}x {system.name}")
        assert len(read.machines) == count and not read.cards


APPLE = [c for c in CHIPS if c.vendor == "apple"]
SHELLS = ("Mac Studio", "MacBook Pro 16", "Apple Mac mini", "iMac")


@pytest.mark.parametrize("chip", APPLE, ids=lambda c: c.id)
def test_a_mac_is_its_chip_with_the_memory_that_is_said(chip):
    for shell, size in itertools.product(SHELLS, chip.sold_gib):
        text = f"{shell} {chip.name.removeprefix('Apple ')} {size:g}GB"
        (machine,) = build(text).machines
        assert (machine.chip.id, machine.chip.vram_bytes) == (chip.id, size * 2**30), text
        assert chip_named(text) == machine.chip


def test_a_shell_without_its_chip_guesses_none():
    for shell in SHELLS:
        (machine,) = build(f"System: {shell}").machines
        assert machine.chip is None


@pytest.mark.parametrize("chip", [c for c in CHIPS if c.segment == "laptop"], ids=lambda c: c.id)
def test_a_laptop_chip_is_a_machine_and_never_a_card(chip):
    for text in (f"GPU: {chip.name}", f"Laptop: Acme Blade with {chip.name}"):
        read = build(text)
        assert [m.chip.id for m in read.machines] == [chip.id] and not read.cards


def test_no_part_of_the_catalogue_is_a_machine():
    for part in (*load(Case), *load(Cpu), *load(Card)):
        assert system_of(part.name) is None, part.name
        chip = by_id(Chip).get(getattr(part, "chip", ""))
        if chip is None:
            assert whole_of(part.name, CHIPS) is None, part.name


def test_cards_in_a_server_are_not_said_to_fit():
    for server in (s for s in SYSTEMS if s.kind == "server" and not s.chip):
        text = f"System: {server.name}\nGPU: 2x Gigabyte GTX 1070 G1 Gaming"
        assert found(text)["parts_present"] == "unknown"


SUPPLIES = ("Corsair RM850x", "EVGA SuperNOVA 650 G3", "500 W")


@pytest.mark.parametrize("second", SUPPLIES)
@pytest.mark.parametrize("way", ["PSU: {0}\nPSU: {1}", "PSU 1: {0}\nPSU 2: {1}", "PSU: 2x {0}"])
def test_two_supplies_give_together_what_they_give_and_prove_nothing_else(second, way):
    """Which feeds what is not told: enough together holds on a condition."""
    for cards in (1, 4):
        text = DESKTOP.replace("GPU: ", f"GPU: {cards}x ") + way.format("500 W", second)
        said = found(text)
        for rule, verdict in said.items():
            if rule.startswith("psu_"):
                assert verdict in ("unknown", "warning"), rule
        assert said["psu_wattage"] == "warning" or "650" in second  # one of no known watts


def test_what_is_open_of_a_sharing_out_that_no_list_tells_stops_nothing():
    """Two cards of three plugs each, and a second supply of which nobody knows the plugs."""
    text = DESKTOP.replace("GPU: ", "GPU: 2x ") + "PSU: Corsair RM850x\nPSU: Nobody 750W silver"
    open_ = [f for f in fit.check(build(text)) if f.rule[:4] == "psu_" and f.verdict == "unknown"]
    assert open_ and {f.severity for f in open_} <= {"warning", "note"}


def test_two_supplies_that_are_too_small_together_are_a_conflict():
    text = DESKTOP.replace("GPU: ", "GPU: 4x ") + "PSU: 2x 300 W"
    assert found(text)["psu_wattage"] == "conflict"


@pytest.mark.parametrize("way", ["CPU: 2x {}", "CPU: {} (x2)", "CPU: {}\nCPU: {}"])
def test_a_second_processor_is_no_unknown_part(way):
    name = "AMD EPYC 7642"
    read = build(way.format(name, name) + "\nMotherboard: ASRock Rack ROMED8-2T\nPSU: 1600 W")
    assert read.cpu.name == name and not read.unresolved
    verdicts = {f.rule: f.verdict for f in fit.check(read)}
    assert verdicts["cpu_socket"] == verdicts["psu_wattage"] == "ok"
    drawn = [w for what, w in fit.draw_shares_w(read) if what == "processor"]
    assert len(drawn) == 2 and drawn[0] == drawn[1] > 0


FRAMES = ("open frame", "Open Air Frame", "eBay GPU frame", "mining frame 8 GPU", "Open frame case")


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_limits_nothing(frame):
    with_frame, without = (
        found(f"{DESKTOP}PSU: 850 W\nCase: {frame}"),
        found(f"{DESKTOP}PSU: 850 W"),
    )
    assert build(f"{DESKTOP}PSU: 850 W\nCase: {frame}").unresolved == build(DESKTOP).unresolved
    assert without.pop("parts_present") == "warning" and with_frame.pop("parts_present") == "ok"
    assert with_frame == without


BOXES = [s.name for s in SYSTEMS if s.kind == "enclosure"] + ["eGPU enclosure Thunderbolt 3"]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("label", ["", "eGPU: ", "Other: ", "Enclosure: "])
def test_a_card_in_a_box_outside_asks_nothing_of_the_case(box, label):
    text = f"{DESKTOP}PSU: 300 W\nCase: NZXT S340\n{label}{box}"
    if label == "Other: ":
        pytest.skip("what a list calls other is read by nobody")
    read = build(text)
    assert read.enclosures == 1 and len(read.cards) == 1
    verdicts = found(text)
    for rule in ("gpu_length", "gpu_slots", "psu_pcie_connectors", "psu_suggested"):
        assert rule not in verdicts, rule
    assert verdicts["pcie_link"] == "warning"  # four lanes, as Thunderbolt has


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.id)
def test_every_machine_of_the_table_is_one_line_by_any_of_its_names(system: System) -> None:
    for name in (system.name, *system.aliases):
        for text in (name, name.upper(), f"1x {name}", f"- {name} - $1,999.00"):
            made = build(text)
            if system.kind == ENCLOSURE:
                assert made.enclosures == 1 and not made.machines, text
                continue
            (machine,) = made.machines
            assert not made.unresolved and made.enclosures == 0, text
            assert (machine.chip.id if machine.chip else "") == system.chip, text


@pytest.mark.parametrize("cooler", ["stock", "Stock cooler", "boxed", "Intel stock", "included"])
def test_a_cooler_out_of_the_processors_box_is_no_part_of_its_own(cooler):
    read = build(f"CPU: Intel Core i7-6700\nCPU Cooler: {cooler}\nMotherboard: ASUS Z170-A")
    assert read.cooler is None and not read.unresolved and not read.possible


@pytest.mark.parametrize(("line", "risers"), [("risers", 8), ("4x riser", 4), ("a riser", 1)])
def test_risers_without_a_count_are_as_many_as_it_takes(line, risers):
    assert build(f"{DESKTOP}PSU: 750 W\nRiser: {line}").risers == risers
