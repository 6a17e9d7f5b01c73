"""One record: hostile JSON is refused with a reason, odd values become unknown facts."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.catalog.opendb.made import CHIPS, RECORDS, record

from rigwright import fit
from rigwright.catalog.opendb.importing import mend
from rigwright.catalog.opendb.record import (
    KINDS,
    RULES,
    RefusedError,
    checked,
    clean_text,
    number_key,
    part_numbers,
)
from rigwright.catalog.store.codec import decode, encode
from rigwright.spec.build import Build


def refused(data: bytes, path: str = "PSU/x.json") -> str:
    with pytest.raises(RefusedError) as caught:
        found = checked(path, data)
        assert found is not None
        mend(found, CHIPS)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8|not JSON"),
        (b"[]", "list, not an object"),
        (b'"text"', "str, not an object"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "nested too deeply"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"{}", "no metadata"),
        (b'{"metadata": []}', "no metadata"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(data, reason):
    import re

    assert re.search(reason, refused(data))


@pytest.mark.parametrize("id_", [None, 7, "", "../../etc/passwd", "x' OR 1=1 --", "a" * 300, []])
def test_an_id_must_be_an_identifier(id_):
    assert "identifier" in refused(json.dumps(record("PSU", {"opendb_id": id_})).encode())


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "   ",
        5,
        ["PSU"],
        "<script>alert(1)</script> 850W",
        'x <img src="y" onerror=z>',
        "&lt;b&gt;",
        "javascript:alert(1)",
        "bell \x07",
        "escape \x1b[31m",
        "zero\u200bwidth",
        "right\u202eleft",
        "n" * 301,
    ],
)
def test_a_name_must_be_a_plain_line(name):
    assert "name" in refused(json.dumps(record("PSU", name=name)).encode())


def test_a_name_may_hold_a_stray_bracket_and_any_letters():
    assert clean_text("Trident <etallic") == "Trident <etallic"
    assert clean_text(" G.Skill\u00a0 DDR5 — 海盗船™ ") == "G.Skill DDR5 — 海盗船™"


def test_a_record_with_only_a_name_is_refused():
    raw = {"opendb_id": record("PSU")["opendb_id"], "metadata": {"name": "Acme"}}
    assert refused(json.dumps(raw).encode()) == "holds nothing but a name"


def test_what_makes_a_part_of_its_kind_must_be_there():
    assert refused(json.dumps(record("PSU", {"wattage": 0})).encode()) == (
        "says nothing on watts (zero-is-missing)"
    )


def test_other_folders_are_passed_over():
    assert checked("open-db/CaseFan/x.json", b"not even JSON") is None
    assert checked("x.json", b"{}") is None


def test_part_numbers_that_tell_nothing_are_dropped():
    found = part_numbers(["CP-9020133-NA", "16", "BLK", "RTX3090", "850W", "A" * 50, 7, None])
    assert found == ("cp9020133na",)
    packed = "R-AK500S-BKADMN-G          AK500S DIGITAL          AK500S Digital-AMAZON"
    assert part_numbers([packed])[0] == "rak500sbkadmng"
    assert number_key("DDR4-3200") == "" and number_key("ST2000DM001") == "st2000dm001"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [0, -1, 1e308, -1e308, 10**30, "", "0", "none", "NaN", "<b>", "PCIe 9.0 x64"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def _paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _paths(inner, (*path, i))


@st.composite
def broken_records(draw):
    """A good record with some values replaced by anything at all."""
    folder = draw(st.sampled_from(sorted(RECORDS)))
    made = record(folder)
    for _ in range(draw(st.integers(1, 4))):
        *steps, last = draw(st.sampled_from([p for p in _paths(made) if p]))
        place = made
        for step in steps:
            place = place[step]
        place[last] = draw(VALUES)
    return folder, made


FIELDS = {"ram": "ram", "card": "cards", "drive": "drives"}


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_records())
def test_any_record_becomes_a_part_that_survives_storage_and_rules_or_is_refused(case):
    folder, made = case
    try:
        raw = checked(f"{folder}/x.json", json.dumps(made).encode())
        assert raw is not None and raw.kind == KINDS[folder]
        part = mend(raw, CHIPS)
    except RefusedError as reason:
        assert str(reason)
        return
    assert all(n.rule in RULES for n in raw.notes)
    assert decode(part.kind, [encode(part)]) == [part]
    many = part.kind in FIELDS
    fit.check(Build(**{FIELDS.get(part.kind, part.kind): (part, part) if many else part}))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_refused_with_a_reason(data):
    assert refused(data)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_json_is_refused_or_a_record(value):
    try:
        checked("GPU/x.json", json.dumps(value).encode())
    except RefusedError as reason:
        assert str(reason)
