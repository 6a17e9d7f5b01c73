"""A written name finds its model under any form, and never a neighbour."""

from __future__ import annotations

import pytest

from rigwright.workload import decoder, lookup, naming
from rigwright_accuracy.models import score

KNOWN, _found = score.known(), score.found


def test_two_thousand_changed_names_never_find_the_neighbour():
    assert score.crossed() == []


def test_every_known_name_is_found_as_written():
    assert {name for name in KNOWN if _found(name) is None} == set()


@pytest.mark.parametrize(
    "suffix", ["-FP8", "-GGUF", "-bnb-4bit", "-Instruct-GGUF", "-AWQ", "-Q4_K_M", "-it-qat-q4_0"]
)
@pytest.mark.parametrize("name", decoder.names()[::7])
def test_hub_names_with_suffixes_find_the_model(name, suffix):
    if name.endswith("thinking") and suffix.startswith(("-Instruct", "-it")):
        pytest.skip("a model that thinks is not published as an instructed one")
    assert decoder.find(f"someone/{name}{suffix}").name == name


def test_one_file_of_several_is_the_model():
    for end in ("-00001-of-00003.gguf", "-00001-of-00003", ".gguf"):
        written = f"someone/Qwen3.5-122B-A10B-Q4_K_M{end}"
        assert decoder.find(written).name == "qwen3.5-122b-a10b"
        assert naming.format_of(written) == "q4_k_m"


@pytest.mark.parametrize(
    ("written", "precision"),
    [
        ("unsloth/Qwen3-8B-unsloth-bnb-4bit", "nf4"),
        ("Qwen/Qwen3-32B-FP8", "fp8"),
        ("unsloth/Qwen3-30B-A3B-GGUF/Qwen3-30B-A3B-UD-Q4_K_XL.gguf", "ud_q4_k_xl"),
        ("bartowski/Llama-3.2-1B-Instruct-IQ4_XS", "iq4_xs"),
        ("nvidia/Qwen3-235B-A22B-NVFP4", "nvfp4"),
        ("mlx-community/gemma-3-27b-it-4bit-DWQ", "mlx_4bit"),
        ("turboderp/Llama-3-8B-exl2-4.65bpw", "4.65bpw"),
        ("Qwen/Qwen3-8B", ""),
    ],
)
def test_a_name_says_its_format(written, precision):
    assert naming.format_of(written) == precision


@pytest.mark.parametrize(
    ("written", "name"),
    [("deepseek-ai/DeepSeek-V3-0324", "deepseek-v3"), ("Qwen3 8B", "Qwen3 8B"), ("gpt-2", "gpt-2")],
)
def test_resolved_says_what_was_not_taken_as_written(written, name):
    assert lookup.resolved(written) == name


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("flux.2-dev", "flux-dev"),
        ("flux.2-klein-4b", "flux-dev"),
        ("sd3.5-large", "sd3-medium"),
        ("deepseek-v2", "deepseek-v3"),
        ("qwen3-4b-2504", "qwen3-4b"),
        ("mistral-large-2509", "mistral-large-123b"),
    ],
)
def test_a_neighbour_is_never_meant(written, other):
    assert _found(written) != other
