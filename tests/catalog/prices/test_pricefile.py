"""Price files of the known shapes, and hostile ones."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.catalog.prices import pricefile
from rigwright.catalog.prices.pricefile import Observation, read_prices
from rigwright.spec.errors import InputError

PARTS = "category,opendb_id,name,price_usd,source,date\n"
ID = "0cc5ca24-c9e0-4ed3-8cd8-7f032b1927ec"


def named(kind, name):
    return {"RTX 3090": "geforce-rtx-3090", "Acme 850": "acme-850"}.get(name)


def read(tmp_path, text, name="p.csv"):
    path = tmp_path / name
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return list(read_prices(path, named))


@pytest.mark.parametrize("name", ["p.csv", "p.csv.gz"])
def test_parts_by_the_catalogues_id(tmp_path, name):
    text = PARTS + f"CPU,{ID},AMD A10-7700K,128.02,a shop,2025-07-23\n"
    day = dt.date(2025, 7, 23)
    want = Observation("cpu", ID, day, 128.02, "USD", "new", "shop", "a shop")
    assert read(tmp_path, text, name) == [(2, want, "")]


def test_our_own_keys_with_currency_and_condition(tmp_path):
    text = (
        "part,date,price,currency,condition,basis,source\n"
        "psu:corsair-rm850x,2026-01-02,119.90,eur,used,shop,flea market\n"
    )
    day = dt.date(2026, 1, 2)
    want = Observation("psu", "corsair-rm850x", day, 119.9, "EUR", "used", "shop", "flea market")
    assert read(tmp_path, text) == [(2, want, "")]


def test_used_cards_by_chip_and_month(tmp_path):
    text = "gpu,month,ebay_avg_sold_usd,source\nRTX 3090,2023-02,817.0,eBay\nNobody,2023-02,1,x\n"
    (_, good, _), (_, bad, reason) = read(tmp_path, text)
    assert (good.kind, good.part_id, good.condition) == ("chip", "geforce-rtx-3090", "used")
    assert good.date == dt.date(2023, 2, 28)
    assert bad is None and "names no one chip" in reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"CPU,{ID},x,0,s,2025-01-01", "between 0"),
        (f"CPU,{ID},x,-5,s,2025-01-01", "between 0"),
        (f"CPU,{ID},x,nan,s,2025-01-01", "between 0"),
        (f"CPU,{ID},x,inf,s,2025-01-01", "between 0"),
        (f"CPU,{ID},x,1e300,s,2025-01-01", "between 0"),
        (f"CPU,{ID},x,twelve,s,2025-01-01", "not a number"),
        (f"CPU,{ID},x,,s,2025-01-01", "not a number"),
        (f"CPU,{ID},x,5,s,01/02/2025", "not YYYY-MM-DD"),
        (f"CPU,{ID},x,5,s,2999-01-01", "today"),
        (f"CPU,{ID},x,5,s,1970-01-01", "today"),
        (f"CaseFan,{ID},x,5,s,2025-01-01", "none of ours"),
        ("CPU,../../etc,x,5,s,2025-01-01", "is not an id"),
        ("CPU,,Nobody,5,s,2025-01-01", "names no one cpu"),
        ("CPU,,,5,s,2025-01-01", "names no one cpu"),
        (f"CPU,{ID},x,5,s,2025-01-01,more", "more cells"),
        (f"CPU,{ID},x,5,\x1b[31m,2025-01-01", "not printable"),
    ],
)
def test_a_bad_row_is_listed_and_the_next_one_read(tmp_path, row, reason):
    good = f"CPU,{ID},x,5,s,2025-01-01\n"
    first, second = read(tmp_path, PARTS + row + "\n" + good)
    assert first[1] is None and reason in first[2]
    assert second[1] is not None


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1,2\n", b"\xff\xfe\x00\x01", "price,\x00\n1,2\n"])
def test_files_that_are_no_price_list(tmp_path, text):
    with pytest.raises(InputError):
        for _, observation, reason in read(tmp_path, text):
            assert observation is None and reason
        raise InputError("nothing", "was", "used", "")


def test_a_packed_bomb_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(pricefile, "BYTES_MAX", 1_000_000)
    with pytest.raises(InputError, match="too large"):
        read(tmp_path, PARTS.encode() + b"CPU,x,y,5,s,2025-01-01\n" * 100_000, "p.csv.gz")


def test_a_missing_or_cut_file(tmp_path):
    with pytest.raises(InputError):
        list(read_prices(tmp_path / "none.csv", named))
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress((PARTS * 500).encode())[:-20])
    with pytest.raises(InputError):
        list(read_prices(path, named))


@settings(max_examples=300, deadline=None)
@given(
    header=st.sampled_from([PARTS, "part,date,price,currency\n", "gpu,month,usd\n"]),
    body=st.text(max_size=300) | st.lists(st.text(max_size=20), max_size=12).map(",".join),
)
def test_any_text_is_rows_and_reasons_or_one_error(tmp_path_factory, header, body):
    path = tmp_path_factory.mktemp("fuzz") / "p.csv"
    path.write_bytes((header + body).encode("utf-8", "surrogatepass"))
    try:
        for _, observation, reason in read_prices(path, named):
            assert (observation is None) == bool(reason)
    except InputError:
        pass
