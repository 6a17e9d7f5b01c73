"""The memory that a name says: sizes of shared memory, cards with other memory than sold."""

import pytest

from rigwright.catalog.names.chipnames import find_chip, resolve_chip
from rigwright.catalog.tables import load
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.parts import Chip

CHIPS = load(Chip)
SHARED = [chip for chip in CHIPS if chip.sold_gib]


@pytest.mark.parametrize("chip", SHARED, ids=lambda c: c.id)
@pytest.mark.parametrize("way", ["{name} {size:g}GB", "{name} ({size:g} GB)", "{size:g}GB {name}"])
def test_shared_memory_has_the_size_that_is_said(chip, way):
    for size in chip.sold_gib:
        text = way.format(name=chip.name, size=size)
        for found in (resolve_chip(text, CHIPS), find_chip(text, CHIPS)):
            assert found is not None and (found.id, found.vram_bytes) == (chip.id, size * 2**30)
            # its own name means the same again: pages and links say it
            assert resolve_chip(found.name, CHIPS) == found


@pytest.mark.parametrize("chip", SHARED, ids=lambda c: c.id)
def test_a_size_that_is_not_sold_is_no_chip(chip):
    assert chip.vram_bytes == max(chip.sold_gib) * 2**30
    if "GB" in chip.name:
        return  # its name says the size
    for size in (7, 23, 40, 80, 200, 1024):
        assert find_chip(f"{chip.name} {size}GB", CHIPS) is None
        with pytest.raises(UnknownNameError):
            resolve_chip(f"{chip.name} {size}GB", CHIPS)


REFITTED = [chip for chip in CHIPS if "with other memory" in chip.source]


@pytest.mark.parametrize("chip", REFITTED, ids=lambda c: c.id)
def test_other_memory_is_taken_only_when_the_line_says_it(chip):
    name, size = chip.name.rsplit(" ", 2)[0], chip.vram_bytes / 2**30
    assert find_chip(f"MSI {name} Turbo", CHIPS).vram_bytes < chip.vram_bytes
    for text in (f"{name} {size:g}GB", f"{size:g}G {name}", f"modified {name} {size:g} GB blower"):
        assert find_chip(text, CHIPS) == chip
    assert find_chip(f"{name} {size + 5:g}GB", CHIPS) is None
