"""What only one kind of part says in its name."""

from __future__ import annotations

import pytest

from rigwright.catalog.names.claims import claims_of


@pytest.mark.parametrize(
    ("kind", "text", "field", "value"),
    [
        ("board", "Zubo B450M Micro-ATX AM4", "form", "matx"),
        ("board", "Zubo X570 I Mini ITX", "form", "itx"),
        ("board", "Zubo X399 AM4", "amd_socket", "am4"),
        ("case", "Zubo C6-ITX", "form", None),
        ("case", "Zubo O11 EVO XL ATX Full Tower", "form", "atx"),
        ("case", "Zubo S2 with Tempered Glass Side Panel", "panel", "glass"),
        ("psu", "Zubo 850 fully modular ATX 3.1", "atx", "3.1"),
        ("psu", "Zubo 850 semi-modular", "modular", "semi"),
        ("psu", "Zubo 850 modular", "modular", "some"),
        ("psu", "Zubo SF600 SFX-L", "form", "sfxl"),
        ("cooler", "Zubo Air 157mm 66.5 CFM", "height_mm", 157.0),
        ("cooler", "Zubo Air 157mm 66.5 CFM", "cfm", 66.5),
        ("drive", "Zubo 1TB SSD M.2-2230 PCIe 4.0 X4 NVMe", "drive_form", "M.2-2230"),
        ("drive", "Zubo 1TB SSD M.2-2230 PCIe 4.0 X4 NVMe", "pcie_gen", 4.0),
        ("drive", "Zubo 1TB M.2 SATA", "interface", "sata"),
        ("drive", "Zubo 2TB 7200RPM Internal Hard Drive", "drive_type", "hdd"),
        ("card", "Zubo RTX 3060 Ti 8GB GDDR6X", "vram_type", "gddr6x"),
        ("cpu", "AMD Ryzen 7 2700 OEM/Tray", "tray", True),
        ("case", "Zubo H510 schwarz/rot", "colours", ("black", "red")),
        ("case", "Zubo H630 weiß", "colours", ("white",)),
        ("drive", "WD Black SN850X 2TB", "colours", ()),
        ("card", "Zubo Red Devil RX 5700 XT", "colours", ()),
        ("ram", "Zubo 16GB (2x8GB) DDR4-3200", "modules", 2),
        ("card", "Zubo RTX 4070 Ventus 2X 12G", "modules", None),
    ],
)
def test_claims(kind, text, field, value):
    assert getattr(claims_of(text, kind), field) == value


def test_a_letter_behind_four_digits_is_no_capacity():
    assert "5600g" in claims_of("AMD Ryzen 5 5600G", "cpu").words
    assert claims_of("Zubo 24G", "card").capacities_gb == (24,)


def test_board_numbers_are_names_and_not_codes():
    assert claims_of("Gigabyte GA-AB350M-DS3H", "board").codes == frozenset()
    assert claims_of("Seagate ST2000DM001 2TB", "drive").codes == {"st2000dm001"}


def test_french_and_russian_units():
    assert claims_of("Zubo 16 Go (2 x 8 Go)", "ram").module_gb == 8
    assert claims_of("Zubo 2 To", "drive").capacities_gb == (2000,)
