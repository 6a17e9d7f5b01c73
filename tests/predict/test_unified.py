"""What a GPU process may hold of shared memory."""

import pytest

from rigwright.catalog.tables import load
from rigwright.predict.memory import unified
from rigwright.spec.parts import Chip

CHIPS = load(Chip)


@pytest.mark.parametrize("chip", CHIPS, ids=lambda c: c.id)
def test_only_shared_memory_is_shared(chip):
    used = unified.usable_bytes(chip)
    assert 0.5 * chip.vram_bytes <= used <= chip.vram_bytes
    assert (used < chip.vram_bytes) == bool(unified.told(chip))
    if not chip.unified_memory and chip.memory_type not in ("GDDR6", "GDDR5"):
        assert used == chip.vram_bytes
    if chip.vendor == "apple":
        assert used < 0.8 * chip.vram_bytes


def test_more_memory_never_holds_less():
    for chip in (c for c in CHIPS if c.sold_gib):
        sizes = [chip_of(chip, size) for size in sorted(chip.sold_gib)]
        held = [unified.usable_bytes(c) for c in sizes]
        assert held == sorted(held)


def chip_of(chip, size):
    from rigwright.catalog.names.chipnames import with_memory

    return with_memory(chip, size)


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        ("tesla-t4", 15.0),
        ("a10g", 22.5),
        ("l4", 22.5),
        ("l40s", 45.0),
        ("a40", 45.0),
        ("quadro-rtx-8000", 45.0),
        ("tesla-k80", 11441 / 1024),
        ("tesla-p4", 7611 / 1024),
    ],
)
def test_ecc_takes_its_part(name, gib):
    chip = next(c for c in CHIPS if c.id == name)
    assert unified.usable_bytes(chip) / 2**30 == pytest.approx(gib, abs=0.02)


def test_the_shares_are_those_that_were_seen():
    seen = {"apple-m4": (16, 10922 / 16384), "apple-m3-pro": (18, 13640 / 18432)}
    for name, (size, share) in seen.items():
        chip = chip_of(next(c for c in CHIPS if c.id == name), size)
        assert unified.usable_bytes(chip) / chip.vram_bytes == pytest.approx(share, abs=0.005)
