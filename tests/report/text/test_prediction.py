import pytest

from rigwright.report.text.prediction import duration, gib, largest


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0452, "45.2 ms"), (3.14, "3.14 s"), (600, "10 min"), (7200 * 2, "4.0 h"), (None, "?"),
     (float("nan"), "?"), (3600 * 240, "10.0 days")],
)  # fmt: skip
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_memory_and_shares():
    assert gib(8 * 2**30) == "8.0 GiB" and gib(None) == "?"
    assert largest({"a": 0.6, "b": 0.396, "c": 0.004}) == "a 60%, b 40%"
