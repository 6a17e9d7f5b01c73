"""Texts read by indentation alone: old and new drivers, cut, merged, localised and hostile ones."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.bringup.joining import joined
from rigwright.bringup.lines import decoded, lines_of
from rigwright.bringup.reading import part_of, read_texts
from rigwright.plan.found.verifying import verify

TEXTS = [p.read_text() for p in (Path(__file__).parents[1] / "plan/found/texts").iterdir()]
LINES = [line for text in TEXTS for line in text.splitlines()]
HOSTILE = [
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "{{ 7 * 7 }}", "${jndi:x}",
    "$(touch /tmp/x)", "\x1b]0;title\x07", "GPU[" * 90, "<" * 900, "a: " * 400, "\0", "[bold]x[/]",
    "|" * 400, "Size: " + "9" * 400, "Speed 1.2.3GT/s, Width x9999999999", "GPU 0: " + "x" * 3000,
]  # fmt: skip


def test_the_column_of_values_does_not_matter():
    text = (
        "GPU 00000000:01:00.0\n    GPU Power Readings\n        Current Power Limit {}: 300.00 W\n"
    )
    for gap in ("", " " * 5, " " * 60, "\t\t"):
        assert read_texts([text.format(gap)]).one("gpu")["limit_w"] == 300
    assert read_texts([text.format("").replace("    ", "\t")]).one("gpu")["limit_w"] == 300


@pytest.mark.parametrize(
    "block",
    [
        "Power Readings\n        Power Limit : 250.00 W\n        Default Power Limit : 300.00 W",
        "GPU Power Readings\n        Current Power Limit : 250.00 W\n"
        "        Default Power Limit : 300.00 W",
        "GPU Power Readings\n        GPU Ceiling Power Limit\n            Current : 250.00 W\n"
        "            Default : 300.00 W",
    ],
)
def test_limits_of_three_ages_of_drivers(block):
    gpu = read_texts([f"GPU 00000000:01:00.0\n    {block}\n"]).one("gpu")
    assert (gpu["limit_w"], gpu["default_limit_w"]) == (250, 300)


def test_double_bit_errors_of_old_drivers():
    text = "GPU 00000000:01:00.0\n    Ecc Errors\n        Volatile\n            Double Bit\n"
    text += "                Device Memory : 2\n                Total : 2\n"
    assert read_texts([text]).one("gpu")["ecc_volatile"] == 2


def test_samples_are_no_limits():
    text = "GPU 00000000:01:00.0\n    Power Samples\n        Max : 27.46 W\n        Min : 8 W\n"
    assert read_texts([text]).one("gpu").facts == {"address": "01:00.0"}


def test_heads_of_drivers_with_new_names():
    head = "| NVIDIA-SMI 610.62   KMD Version: 610.62   CUDA UMD Version: 13.3 |"
    told = "KMD Version : 610.62 [Deprecated; will be removed in CUDA 14.0. Use X]"
    for text in (head, told):
        assert read_texts([text]).one("software")["driver"] == "610.62"
    assert read_texts([head]).one("software")["driver_cuda"] == 13.3


def test_one_card_of_several_texts_is_one():
    table = next(t for t in TEXTS if "GPU 00000000:4E" in t)
    both = read_texts(["GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-1)\n", table, table])
    assert len(both.of("gpu")) == 1 and both.one("gpu")["index"] == 0


def test_powershell_writes_wide_letters():
    text = "Name : NVIDIA GeForce RTX 3060\nAdapterRAM : 4293918720\n"
    assert read_texts([decoded(text.encode("utf-16"))]).one("gpu")["name"].endswith("3060")


def test_facts_that_were_written_are_read_again():
    for text in TEXTS:
        for part in read_texts([text]).parts:
            plain = {k: list(v) if isinstance(v, tuple) else v for k, v in part.facts.items()}
            assert part_of(part.kind, plain) == part


def test_a_megabyte_takes_half_a_second(processor_seconds):
    with processor_seconds(1):  # 0.5 s, and the first call sets patterns up
        read_texts([("\n".join(TEXTS) * 40)[: 1 << 20]])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_takes_no_time(text, processor_seconds):
    with processor_seconds(3):
        read_texts([text * (200_000 // len(text))])


def test_no_entity_is_expanded_and_no_file_read():
    text = HOSTILE[0] + "\n<nvidia_smi_log><gpu id='x'><product_name>&b;</product_name></gpu>"
    assert "root:" not in str(list(lines_of(text))) and read_texts([text]) is not None


def _mixed(draw):
    pieces = []
    for _ in range(draw.randint(1, 6)):
        text = draw.choice(TEXTS)
        start = draw.randrange(len(text))
        pieces.append(draw.choice((
            text[start : start + draw.randint(1, 3000)], draw.choice(LINES), draw.choice(HOSTILE),
            "\n".join(draw.sample(LINES, 12)), draw.choice(LINES).replace(".", ","),
            draw.choice(LINES).replace(":", " : "), draw.choice(LINES).upper(),
            "".join(chr(draw.randrange(1, 0x2FFF)) for _ in range(40)),
        )))  # fmt: skip
    return "\n".join(pieces)


def _told(text):
    found = read_texts([text])
    joined(found)
    result = verify(found)
    assert result.exit_code in (0, 1, 3) and result.verdicts
    for one in result.verdicts:
        assert one.verdict in ("ok", "fault", "unknown")
        assert one.severity in ("error", "warning", "note") and "{{" not in one.fix


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_cut_and_merged_texts_give_an_answer(seed):
    _told(_mixed(random.Random(seed)))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_an_answer(text):
    _told(text)


@pytest.mark.soak
def test_a_hundred_thousand_texts_give_an_answer():
    draw = random.Random(19)
    for _ in range(100_000):
        _told(_mixed(draw))
