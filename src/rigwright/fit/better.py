"""Which way a measure of a part can only help: what lets a search set worse parts aside.

More room, plugs or capacity, less size or power never makes the verdict of any rule worse. It is a
statement about the rules, tested against all of them; a measure that is not here may matter
either way (memory speed, slot positions) and is left out at no cost but time.
"""

from collections.abc import Mapping
from typing import Literal

Direction = Literal["more", "less"]

BETTER: Mapping[str, Mapping[str, Direction]] = {
    "board": {"memory_max_gib": "more", "sata_ports": "more"},
    "cpu": {
        "max_power_w": "less",
        "memory_max_gib": "more",
        "tdp_w": "less",
        "threads": "more",
    },
    "ram": {"height_mm": "less"},
    "case": {
        "bays_2_5": "more",
        "bays_3_5": "more",
        "cooler_height_mm": "more",
        "expansion_slots": "more",
        "fans_included": "more",
        "gpu_length_mm": "more",
        "gpu_length_radiator_mm": "more",
        "gpu_thickness_slots": "more",
        "psu_length_mm": "more",
    },
    "cooler": {
        "capacity_w": "more",
        "height_mm": "less",
        "memory_clearance_mm": "more",
        "radiator_thickness_mm": "less",
    },
    "psu": {
        "eps_plugs": "more",
        "length_mm": "less",
        "pcie_16pin_plugs": "more",
        "pcie_8pin_plugs": "more",
        "sata_plugs": "more",
        "watts": "more",
    },
    "card": {"length_mm": "less", "thickness_slots": "less"},
}
"""Kind -> attribute -> the better direction, all other attributes being equal and known."""
