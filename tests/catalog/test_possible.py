"""What a line may be: every product it fits, whichever edition."""

import datetime as dt
from dataclasses import replace

import pytest

from rigwright.catalog import possible
from rigwright.catalog.buildfile import build_of_parts
from rigwright.catalog.identify import identify
from rigwright.catalog.names.resolve import Resolution
from rigwright.catalog.tables import load
from rigwright.spec.parts import Board


def _editions() -> tuple[Board, ...]:
    """Boards of one maker and chipset: four for DDR5, one called by its older memory."""
    like = next(b for b in load(Board) if b.chipset == "B760" or b.chipset == "Z690")
    like = replace(like, brand="Zubo", source_date=dt.date(2026, 1, 1))
    models = [(f"Model{i}A", "DDR5", "") for i in range(5)] + [("Model7A", "DDR4", " DDR4")]
    return tuple(
        replace(like, id=f"b{i}", name=f"Zubo {like.chipset} {model}{end}", memory_type=memory)
        for i, (model, memory, end) in enumerate(models)
    )


@pytest.mark.parametrize(("says", "memories"), [("", {"DDR4", "DDR5"}), (" DDR4", {"DDR4"})])
def test_a_line_that_names_no_memory_may_be_a_board_for_either(monkeypatch, says, memories):
    """Told as for one product, `ASRock B760M` was only for DDR5: a wrong ok with such a kit."""
    boards = _editions()
    monkeypatch.setattr(possible, "holding", lambda *_: boards)
    line = possible.possible(Resolution("board", f"Zubo {boards[0].chipset}{says}"))
    assert line is not None
    assert {p.memory_type for p in line.parts if p.memory_type} == memories


@pytest.mark.parametrize(("kind", "text"), [("case", "Thermaltake case"), ("case", "NZXT case")])
def test_a_makers_word_alone_fits_whatever_it_makes(market, kind, text):
    (line,) = build_of_parts([{"category": kind.title(), "name": text, "qty": 1}]).lines()
    assert line.wish and len(line.parts) > 20


@pytest.mark.parametrize(
    "text", ["64GB Corsair Vengeance 3466", "64GB Corsair Vengeance at 3466 MHz"]
)
def test_a_series_of_another_speed_does_not_tell_the_type_of_memory(text):
    """Our own tables have Vengeance of DDR5 alone; at 3,466 MT/s it is DDR4."""
    line = possible.possible(identify("ram", text))
    assert line is not None and "DDR5" not in {part.type for part in line.parts}
