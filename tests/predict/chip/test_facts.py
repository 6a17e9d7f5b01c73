"""What is known of architectures and their libraries."""

from __future__ import annotations

import pytest

from rigwright.catalog.tables import by_id, load
from rigwright.predict import constants
from rigwright.predict.chip.facts import library, process
from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.spec.parts import Chip

CHIPS = by_id(Chip)


def rate(name: str, field: str) -> float:
    return float(getattr(sustained(chip_table([CHIPS[name]]), constants.shipped()), field)[0])


def test_every_chip_of_the_catalogue_has_its_library_and_sizes() -> None:
    for chip in load(Chip):
        assert library(chip).vendor == chip.vendor, chip.name
        assert 2 < process(chip).process_nm < 41, chip.name


@pytest.mark.parametrize(
    ("name", "peak"),
    # fp32 matrix peak of the CDNA white papers, one die.
    [("instinct-mi100", 46.1e12), ("instinct-mi210", 45.3e12), ("instinct-mi300x", 163.4e12)],
)
def test_matrix_instructions_of_instinct_do_fp32_products(name: str, peak: float) -> None:
    vector, products = rate(name, "simt"), rate(name, "products")
    assert 1.3 * vector < products <= peak * 1.003


def test_printed_peaks_that_count_pairs_are_not_taken_at_their_word() -> None:
    chip = CHIPS["radeon-rx-7800-xt"]
    assert rate(chip.id, "simt") <= 0.52 * chip.fp32_flop_per_s
    assert rate("tesla-k80", "simt") < 0.9 * CHIPS["tesla-k80"].fp32_flop_per_s


def test_sixteen_bit_needs_packed_kernels_where_there_are_no_matrix_units() -> None:
    assert rate("radeon-rx-6800", "half") > 1.2 * rate("radeon-rx-6800", "simt")
    assert rate("geforce-gtx-1080", "half") == rate("geforce-gtx-1080", "simt")


def test_what_was_hardly_measured_has_a_wide_range() -> None:
    wide = [library(CHIPS[n]).range for n in ("radeon-rx-5700", "apple-m2", "arc-a770")]
    assert min(wide) >= 0.3 and library(CHIPS["geforce-rtx-4090"]).range == 0
