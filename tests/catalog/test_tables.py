import datetime as dt

import pytest

from rigwright.catalog.cells import read_m2, read_plans, read_slots
from rigwright.catalog.tables import load, parse
from rigwright.spec.errors import CatalogError
from rigwright.spec.market import Offer, Price
from rigwright.spec.parts import PART_TYPES, Cooler, M2Slot, Slot

HEADER = "id,name,type,height_mm,sockets,source,source_date"


def cooler(row: str) -> Cooler:
    return next(parse(Cooler, [HEADER, row], "coolers.csv"))


def test_empty_cell_is_unknown_and_a_number_is_read():
    known = cooler("a,A,air,160,LGA1151|AM4,maker page,2016-01-01")
    assert known.height_mm == 160 and known.sockets == ("LGA1151", "AM4")
    assert cooler("a,A,air,,AM4,maker page,2016-01-01").height_mm is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,A,air,160,AM4,,2016-01-01", ("coolers.csv:2", "source", "required")),
        ("a,A,air,tall,AM4,maker,2016-01-01", ("height_mm", "'tall'")),
        ("a,A,air,nan,AM4,maker,2016-01-01", ("height_mm", "finite")),
        ("a,A,air,160,AM4,maker,2016-13-01", ("source_date", "'2016-13-01'")),
        ("a,A,air,160,AM4,maker,2016-01-01,extra", ("more cells",)),
    ],
)
def test_bad_row_names_file_line_and_column(row, words):
    with pytest.raises(CatalogError) as error:
        cooler(row)
    assert all(w in str(error.value) for w in words)


def test_missing_and_unknown_columns_are_named():
    with pytest.raises(CatalogError, match=r"missing column.*source"):
        next(parse(Cooler, ["id,name,type,sockets,source_date", "a,A,air,AM4,x"], "c.csv"))
    with pytest.raises(CatalogError, match=r"unknown column.*colour"):
        next(parse(Cooler, [HEADER + ",colour"], "c.csv"))


def test_duplicate_id_is_refused(tmp_path):
    row = "a,A,air,160,AM4,maker,2016-01-01\n"
    (tmp_path / "coolers.csv").write_text(HEADER + "\n" + row + row)
    with pytest.raises(CatalogError, match="'a' is used twice"):
        load(Cooler, tmp_path)


def test_slot_grammar():
    assert read_slots("2/16/3.0/cpu;6/16/3.0/chipset", 1) == (
        Slot(2, 16, 3.0, "cpu"),
        Slot(6, 16, 3.0, "chipset"),
    )
    assert read_plans("16+0+4|8+8+4", 1) == ((16, 0, 4), (8, 8, 4))
    assert read_m2("2242,2280/3.0x4+sata/chipset/sata5-6 off;2280/sata/chipset/", 1) == (
        M2Slot((2242, 2280), 3.0, 4, True, "chipset", "sata5-6 off"),
        M2Slot((2280,), None, 0, True, "chipset", ""),
    )
    assert read_m2("none", 1) == ()


def test_every_embedded_table_reads():
    counts = {t.__name__: len(load(t)) for t in (*PART_TYPES, Price, Offer)}
    assert counts["Chip"] >= 120 and counts["Card"] >= 90
    assert counts["Cpu"] >= 60 and counts["Board"] >= 60
    assert counts["Offer"] >= 40 and all(counts.values())


def test_prices_are_dated_in_the_past_of_the_release():
    assert all(dt.date(2012, 1, 1) < p.date and p.usd > 0 for p in load(Price))
