"""A line resolves to one part or to none; a near miss is never taken for a hit."""

from __future__ import annotations

import datetime as dt
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigwright.catalog.names.chipnames import near_chips
from rigwright.catalog.names.resolve import Resolution, resolve, resolve_chip
from rigwright.catalog.tables import by_id, load
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.parts import Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

CHIPS = by_id(Chip)
DAY = dt.date(2016, 10, 29)
GB = 10**9


def made(part_type: type[Part], name: str, brand: str, **facts: typing.Any) -> typing.Any:
    slug = name.lower().replace(" ", "-")
    return part_type(id=slug, name=name, brand=brand, source="test", source_date=DAY, **facts)


def psu(name: str, brand: str, watts: float, efficiency: str | None = None) -> Psu:
    return made(Psu, name, brand, watts=watts, form_factor="ATX", efficiency=efficiency)


def cpu(name: str, cores: int = 4) -> Cpu:
    return made(
        Cpu, name, name.split()[0], generation="x", socket="LGA1151", cores=cores, threads=8,
        tdp_w=91, memory_types=("DDR4",), memory_channels=2, registered_memory="no",
        pcie_lanes=16, pcie_gen=3, has_igpu=True,
    )  # fmt: skip


def ram(name: str, modules: int, module_gib: float, speed: float, cas: int | None = None) -> RamKit:
    return made(
        RamKit, name, name.split()[0], type="DDR4", form="UDIMM", modules=modules,
        module_gib=module_gib, speed_mt_s=speed, cas=cas,
    )  # fmt: skip


def drive(name: str, capacity_gb: float, rpm: int | None = None) -> Drive:
    return made(
        Drive, name, name.split()[0], type="hdd" if rpm else "ssd",
        form_factor="3.5" if rpm else "M.2-2280",
        interface="sata" if rpm else "pcie", capacity_bytes=int(capacity_gb * GB), rpm=rpm,
    )  # fmt: skip


def case(name: str) -> Case:
    return made(Case, name, name.split()[0], form_factor="mid tower", board_form_factors=("ATX",))


def cooler(name: str, brand: str, radiator_mm: int | None = None) -> Cooler:
    kind = "liquid" if radiator_mm else "air"
    return made(Cooler, name, brand, type=kind, radiator_mm=radiator_mm, sockets=("LGA1151",))


PARTS: list[Part] = [
    cpu("Intel Core i7-6700K"),
    cpu("Intel Core i7-6700"),
    cpu("Intel Core i9-9900K", 8),
    cpu("AMD Ryzen 9 5900X", 12),
    cpu("AMD Ryzen 7 5800X", 8),
    cpu("AMD Ryzen 7 5800X3D", 8),
    cpu("Intel Xeon E5-2697 v4", 18),
    psu("Corsair RM850x", "Corsair", 850, "gold"),
    psu("Corsair RM850", "Corsair", 850, "gold"),
    psu("Corsair RM1000x", "Corsair", 1000, "gold"),
    psu("Corsair SF600", "Corsair", 600, "gold"),
    psu("EVGA SuperNOVA 850 G2", "EVGA", 850, "gold"),
    psu("EVGA SuperNOVA 850 P2", "EVGA", 850, "platinum"),
    ram("Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666 CL16", 2, 8, 2666, 16),
    ram("Corsair Vengeance LPX 16GB (1x16GB) DDR4-2666", 1, 16, 2666),
    ram("Corsair Vengeance LPX 32GB (2x16GB) DDR4-2666", 2, 16, 2666),
    ram("Corsair Vengeance LPX 32GB (2x16GB) DDR4-3200", 2, 16, 3200),
    drive("Samsung 990 Pro 1TB", 1000),
    drive("Samsung 990 Pro 2TB", 2000),
    drive("Samsung 990 EVO Plus 2TB", 2000),
    drive("Seagate Barracuda 2TB 7200rpm (ST2000DM001)", 2000, 7200),
    drive("WD Black SN850X 2TB", 2000),
    drive("WD Blue SN580 2TB", 2000),
    case("NZXT S340"),
    case("NZXT S340 Elite"),
    case("Fractal Design Define 7"),
    case("Fractal Design Define 7 XL"),
    cooler("Noctua NH-U14S", "Noctua"),
    cooler("Noctua NH-U14S TR4-SP3", "Noctua"),
    cooler("Scythe Kotetsu", "Scythe"),
    cooler("Cooler Master Hyper 212 EVO", "Cooler Master"),
    cooler("Arctic Liquid Freezer III 360", "Arctic", 360),
    cooler("Arctic Liquid Freezer III 420", "Arctic", 420),
    *load(Card),
]


def found(kind: str, text: str) -> str | None:
    part = resolve(kind, text, PARTS, CHIPS).part
    return part.name if part else None


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("cpu", "Intel - Core i7-6700K 4.0GHz Quad-Core Processor", "Intel Core i7-6700K"),
        ("cpu", "i7 6700k", "Intel Core i7-6700K"),
        ("cpu", "Inter Corei9-9900K", "Intel Core i9-9900K"),
        ("cpu", "Ryzen9 5900X 12 core", "AMD Ryzen 9 5900X"),
        ("cpu", "Ryzen 5800x3D", "AMD Ryzen 7 5800X3D"),
        ("cpu", "Intel(R) Xeon(R) CPU E5-2697v4 @ 2.30GHz", "Intel Xeon E5-2697 v4"),
        ("psu", "Corsair RM850x 850 W 80+ Gold Certified Fully Modular ATX", "Corsair RM850x"),
        ("psu", "Corsair SF 600 W 80+ Gold Certified Fully Modular SFX", None),
        ("psu", "Corsair SF600 600W 80+ Gold", "Corsair SF600"),
        ("psu", "EVGA - SuperNOVA G2 850W 80+ Gold Certified Fully-Modular ATX Power Supply",
         "EVGA SuperNOVA 850 G2"),
        ("ram", "Corsair - Vengeance LPX 16GB (2 x 8GB) DDR4-2666 Memory",
         "Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666 CL16"),
        ("ram", "Corsair Vengeance LPX Black DDR4-3200 CL16 32GB (2x16GB)",
         "Corsair Vengeance LPX 32GB (2x16GB) DDR4-3200"),
        ("drive", "Samsung 990 Pro 2 TB M.2-2280 PCIe 4.0 X4 NVME Solid State Drive",
         "Samsung 990 Pro 2TB"),
        ("drive", "Seagate Barracuda 2TB 3.5\" 7200RPM Internal Hard Drive",
         "Seagate Barracuda 2TB 7200rpm (ST2000DM001)"),
        ("drive", "ST2000DM001 2TB", "Seagate Barracuda 2TB 7200rpm (ST2000DM001)"),
        ("drive", "Western Digital Black SN850X 2 TB M.2-2280 NVME", "WD Black SN850X 2TB"),
        ("case", "NZXT S340 (Black) ATX Mid Tower Case", "NZXT S340"),
        ("case", "S340", "NZXT S340"),
        ("case", "NZXT S340 Elite", "NZXT S340 Elite"),
        ("cooler", "Scythe Kotetsu 79.0 CFM CPU Cooler", "Scythe Kotetsu"),
        ("cooler", "Cooler Master - Hyper 212 EVO 82.9 CFM Sleeve Bearing CPU Cooler",
         "Cooler Master Hyper 212 EVO"),
        ("cooler", "Noctua NH-U14S TR4-SP3", "Noctua NH-U14S TR4-SP3"),
        ("cooler", "ARCTIC Liquid Freezer III 360mm", "Arctic Liquid Freezer III 360"),
        ("card", "Gigabyte GeForce GTX 1070 G1 Gaming 8G", "Gigabyte GTX 1070 G1 Gaming"),
        ("card", "GIGABYTE GTX1070 G1", "Gigabyte GTX 1070 G1 Gaming"),
        ("card", "Asus - GeForce GTX 1080 Ti 11GB Founders Edition Video Card",
         "NVIDIA GeForce GTX 1080 Ti Founders Edition"),
        ("card", "rtx 3090 founder edition", "NVIDIA GeForce RTX 3090 Founders Edition"),
        ("card", "PNY 1080 Ti Founders Edition (or any blower-style 1080ti)",
         "NVIDIA GeForce GTX 1080 Ti Founders Edition"),
        ("card", "PNY RTX A6000 48GB", "NVIDIA RTX A6000"),
        ("card", "NVIDIA P40 GPU", "NVIDIA Tesla P40"),
        ("card", "Titan RTX", "NVIDIA Titan RTX"),
        ("card", "MSI SUPRIM LIQUID X 4090's", "MSI RTX 4090 Suprim Liquid X 24G"),
    ],
)  # fmt: skip
def test_exact(kind: str, text: str, name: str | None) -> None:
    assert found(kind, text) == name


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("cpu", "Intel Core i7-6700T"),
        ("cpu", "Intel Core i5-6700K"),
        ("cpu", "Intel Core i9-9900KF"),
        ("cpu", "Ryzen 9 5900"),
        ("psu", "Corsair RM850x 750 Watt"),
        ("psu", "Corsair RM850e"),
        ("psu", "EVGA SuperNOVA 850"),
        ("psu", "600 W"),
        ("psu", "850W 80+ Gold"),
        ("ram", "Corsair Vengeance LPX 16GB DDR4-2666"),
        ("ram", "Corsair Vengeance LPX 16GB (2x8GB) DDR4-3000"),
        ("ram", "Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666 CL18"),
        ("ram", "Corsair Vengeance 32GB (2 x 16GB) DDR5-2666"),
        ("drive", "Samsung 990 Pro 4TB"),
        ("drive", "Samsung 990 Pro"),
        ("drive", "Samsung 990 EVO 2TB"),
        ("drive", 'Samsung 990 Pro 2TB 2.5" SSD'),
        ("drive", "WD Black SN770 2TB"),
        ("drive", "Seagate Barracuda 2TB 5400RPM"),
        ("drive", "Seagate Barracuda 2TB (ST2000DM006)"),
        ("case", "NZXT S340 Razer"),
        ("case", "Fractal Design Define 7 Compact"),
        ("cooler", "Noctua NH-U12S"),
        ("cooler", "Scythe Kotetsu Mark II"),
        ("cooler", "Cooler Master Hyper 212"),
        ("cooler", "Arctic Liquid Freezer III"),
        ("card", "GTX 1070"),
        ("card", "Gigabyte GTX 1070 Ti Gaming"),
        ("card", "Gigabyte GTX 1070 G1 Gaming Rev 2 Mini"),
        ("card", "NVIDIA GTX 970"),
        ("card", "RTX 2080 Ti 22GB"),
        ("card", "MSI RTX 3060 Ventus 2X 8G OC"),
    ],
)
def test_not_exact(kind: str, text: str) -> None:
    assert found(kind, text) is None


def test_ambiguous_line_offers_all_that_remain() -> None:
    hit = resolve("ram", "Corsair Vengeance LPX 16GB DDR4-2666", PARTS)
    assert {p.name for p in hit.candidates} >= {p.name for p in PARTS[13:15]}


def test_candidates_are_ranked() -> None:
    assert resolve("case", "NZXT S34O", PARTS).near[0].startswith("NZXT S340")
    assert resolve("case", "qqqqq", PARTS).near == ()


def test_a_card_of_unknown_make_gives_its_chip() -> None:
    hit = resolve("card", "Palit GeForce GTX 1070 JetStream 8GB", PARTS, CHIPS)
    assert (hit.part, hit.chip and hit.chip.id) == (None, "geforce-gtx-1070")


@pytest.mark.parametrize("text", ["RTX 2070 Ti", "2080 Ti 21GB", "GTX 1080 or GTX 1070", "a GPU"])
def test_a_doubtful_chip_is_no_chip(text: str) -> None:
    assert resolve("card", text, PARTS, CHIPS).chip is None


@pytest.mark.parametrize(
    ("text", "chip"),
    [
        ("GTX 1070", "geforce-gtx-1070"),
        ("nvidia geforce gtx1070 8gb", "geforce-gtx-1070"),
        ("GTX-1080-Ti", "geforce-gtx-1080-ti"),
        ("GTX 960 4GB", "geforce-gtx-960-4-gb"),
        ("a100_80gb", "a100-sxm4-80-gb"),
        ("A100 80GB PCIe", "a100-pcie-80-gb"),
        ("Tesla V100-SXM2-16GB", "tesla-v100-sxm2-16-gb"),
        ("K80", "tesla-k80"),
        ("RX 7900 XTX", "radeon-rx-7900-xtx"),
        ("RTX 4070 Ti SUPER 16GB", "geforce-rtx-4070-ti-super"),
        ("RTX 6000 Ada Generation", "rtx-6000-ada"),
        ("geforce-rtx-3090", "geforce-rtx-3090"),
    ],
)
def test_chip_names(text: str, chip: str) -> None:
    assert resolve_chip(text, CHIPS.values()).id == chip


@pytest.mark.parametrize("text", ["RTX 2070 Ti", "RTX 2080 Ti 21GB", "GTX 1071", "Banana", ""])
def test_unknown_chip_names_are_errors(text: str) -> None:
    with pytest.raises(UnknownNameError):
        resolve_chip(text, CHIPS.values())


def test_near_chip_names_are_offered() -> None:
    with pytest.raises(UnknownNameError, match="GTX 1070"):
        resolve_chip("GTX 1071", CHIPS.values())


def test_every_chip_name_and_alias_means_its_chip() -> None:
    for chip in CHIPS.values():
        for name in (chip.name, *chip.aliases):
            assert resolve_chip(name, CHIPS.values()).id == chip.id, name


def test_every_card_is_found_by_its_name() -> None:
    for card in load(Card):
        assert found("card", card.name) == card.name


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    for kind in ("card", "cpu", "ram", "psu"):
        assert isinstance(resolve(kind, text, PARTS, CHIPS), Resolution)


def _swapped(name: str) -> str | None:
    """The name with two neighbouring digits of its number exchanged."""
    for at in range(len(name) - 1):
        if name[at : at + 2].isdigit() and name[at] != name[at + 1]:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return None


def test_a_misspelt_chip_is_among_the_nearest_three():
    chips = load(Chip)
    named = {c.name: _swapped(c.name) for c in chips}
    unknown = {}
    for name, other in named.items():
        if other is not None:
            try:
                resolve_chip(other, chips)
            except UnknownNameError as error:
                assert len(error.near) <= 4
                unknown[name] = near_chips(other, chips)
    found = sum(name in near for name, near in unknown.items())
    assert len(unknown) > 200 and found >= 0.9 * len(unknown), found / len(unknown)
    assert near_chips("RTX 3900", chips)[0] == "GeForce RTX 3090"
    assert not any("Radeon" in name for name in near_chips("RTX 3900", chips))
    assert near_chips("zzz", chips) == ()
