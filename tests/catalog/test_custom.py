import pytest

from rigwright.catalog.custom import chip_of
from rigwright.spec.errors import InputError

GIVEN = {
    "architecture": "pascal",
    "sm_count": 15,
    "boost_mhz": 1683,
    "fp32_tflops": 6.46,
    "bandwidth_gb_s": 256.3,
    "vram_gib": 8,
}


def test_human_and_si_units_give_the_same_chip():
    si = {k: v for k, v in GIVEN.items() if k not in ("fp32_tflops", "vram_gib")}
    chip = chip_of(GIVEN)
    assert chip == chip_of({**si, "fp32_flop_per_s": 6.46e12, "vram_bytes": 8 * 2**30})
    assert (chip.vendor, chip.bandwidth_bytes_per_s) == ("nvidia", pytest.approx(256.3e9))


def test_missing_and_misspelt_values_are_named():
    with pytest.raises(InputError, match="bandwidth_gb_s"):
        chip_of({k: v for k, v in GIVEN.items() if k != "bandwidth_gb_s"})
    with pytest.raises(InputError, match="try: fp32_tflops"):
        chip_of({**GIVEN, "fp32_tflop": 1})
    with pytest.raises(InputError, match="fp32_tflops"):
        chip_of({**GIVEN, "fp32_tflops": "fast"})
