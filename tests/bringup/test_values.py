"""Numbers as tools print them."""

import pytest

from rigwright.bringup.values import READERS, nothing, number, redacted, size


@pytest.mark.parametrize(
    ("text", "value"),
    [("629.45 W", 629.45), ("223,6G", 223.6), ("1,024", 1024), ("4,293,918,720", 4293918720),
     ("16x", 16), ("-2 C", -2), ("", None), ("None", None), ("1.2.3", None)],
)  # fmt: skip
def test_numbers(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "gib"),
    [("32 GB", 32), ("16384 MB", 16), ("1,8T", 1.8 * 1024), ("65777256 kB", 62.73), ("2 GiB", 2),
     ("17179869184", 16), ("No Module Installed", 0)],
)  # fmt: skip
def test_sizes(text, gib):
    assert size(text) / 2**30 == pytest.approx(gib, rel=1e-3)


def test_tools_say_in_many_words_that_they_do_not_know():
    for text in ("N/A", "[N/A]", "[Not Supported]", "Unknown", "Not Specified", "", "--",
                 "Requested functionality has been deprecated"):  # fmt: skip
        assert nothing(text)
    assert not nothing("Enabled") and not nothing("0")


def test_addresses_and_links():
    read = READERS["address"]
    assert read("00000000:0C:00.0") == read("0c:00.0") == "0c:00.0"
    assert read("0000000F:01:00.0") == "000f:01:00.0"
    assert READERS["link"]("Port #0, Speed 16GT/s, Width x8, ASPM L1") == (4, 8)
    assert READERS["gen"]("16.0 GT/s PCIe") == 4 == READERS["gen"]("4")
    assert READERS["flag"]("Not Active") is False and READERS["flag"]("Active") is True


def test_what_names_a_person_or_a_piece_is_hidden():
    said = "bob@host.example 10.0.0.7 /home/bob aa:bb:cc:dd:ee:ff S/N: 12345678"
    said += " GPU-3b1f6c9e-0000-4000-8000-000000000001"
    hidden = redacted(said)
    assert not any(word in hidden for word in ("bob", "10.0", "aa:bb", "12345678", "3b1f6c9e"))
