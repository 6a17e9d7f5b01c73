"""Memory speed by family and modules per channel; memory beside the card's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fit.story import STORY, change

from rigwright.catalog.source import by_id
from rigwright.fit.facts.speeds import official_mt_s
from rigwright.fit.rules import BY_ID
from rigwright.spec.parts import Cpu

CPUS = tuple(by_id(Cpu).values())


def test_families_agree_with_the_makers_pages_of_the_catalogue():
    """What a family is promised holds for each of its processors that has a figure of its own."""
    told = 0
    for cpu in CPUS:
        for memory in cpu.memory_types:
            family = official_mt_s(replace(cpu, memory_mt_s=None), memory, 1)
            if family is None or not cpu.memory_mt_s or memory != max(cpu.memory_types):
                continue
            told += 1
            assert family[0] <= cpu.memory_mt_s <= family[1], (cpu.id, family)
    assert told > 100


@pytest.mark.parametrize("cpu", CPUS, ids=lambda c: c.id)
def test_more_modules_never_run_faster(cpu):
    for memory in cpu.memory_types:
        for known in (cpu, replace(cpu, memory_mt_s=None)):
            each = [official_mt_s(known, memory, n) for n in (1, 2, 4, 8, 16)]
            pairs = [e for e in each if e]
            assert all(least <= most for least, most in pairs)
            assert pairs == sorted(pairs, reverse=True)
            # A count that nobody gives promises no more than any count does.
            assert not pairs or official_mt_s(known, memory, None)[0] <= min(p[0] for p in pairs)


@pytest.mark.parametrize(("modules", "verdict"), [(2, "ok"), (4, "warning")])
def test_two_modules_per_channel_are_slower(modules, verdict):
    """amd.com, Ryzen 7000: 2x DDR5-5200, 4x DDR5-3600."""
    edits = {"cpu__memory_mt_s": None, "cpu__generation": "zen4", "cpu__socket": "AM5"}
    ram = {"ram__type": "DDR5", "ram__speed_mt_s": 5200, "ram__modules": modules}
    found = BY_ID["ram_speed"].check(change(STORY, **edits, **ram))
    assert found.verdict == verdict and (found.need, found.have) == (
        5200,
        5200 - 1600 * (modules > 2),
    )


def test_between_the_slowest_and_the_fastest_of_a_family_the_model_decides():
    edits = {"cpu__generation": "raptor-lake", "cpu__socket": "LGA1700", "cpu__name": "Core i5"}
    rule = BY_ID["ram_speed"]
    for speed, verdict in ((4800, "ok"), (5200, "unknown"), (6000, "warning")):
        ram = {"ram__type": "DDR5", "ram__speed_mt_s": speed, "ram__modules": 2}
        found = rule.check(change(STORY, cpu__memory_mt_s=None, **edits, **ram))
        assert found.verdict == verdict, found.why


def test_a_card_with_more_memory_than_the_machine_is_a_note():
    found = BY_ID["ram_vs_vram"].check(change(STORY, ram__module_gib=2))
    assert (found.verdict, found.severity) == ("warning", "note")
    assert "too much" not in found.why


@pytest.mark.parametrize(
    ("generation", "socket", "gib"),
    [("zen4", "AM5", 256), ("zen5", "AM5", 256), ("coffee-lake", "LGA1151-v2", 128)],
)
def test_larger_modules_came_after_the_makers_page(generation, socket, gib):
    edits = {"cpu__generation": generation, "cpu__socket": socket, "ram__modules": 4}
    rule = BY_ID["cpu_ram_capacity"]
    for printed in (64, gib, None):
        for size, verdict in ((gib / 4, "ok"), (gib / 2, "warning")):
            ram = {"ram__module_gib": size, "cpu__memory_max_gib": printed}
            assert rule.check(change(STORY, **edits, **ram)).verdict == verdict
