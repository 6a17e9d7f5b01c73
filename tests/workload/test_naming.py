"""A written name finds its model under any form, and never a neighbour."""

from __future__ import annotations

import random
import re

import pytest

from rigwright.workload import decoder, lookup, naming
from rigwright.workload.zoo import embedded as zoo

SIZES = ("nano", "tiny", "mini", "small", "base", "medium", "large", "xl", "xxl", "huge", "giant",
         "pro", "lite", "flash", "plus", "air", "max")  # fmt: skip
LETTERS = "abcdefgmklstvx"
KNOWN = {
    **{name: name for name in (*zoo.names(), *decoder.names())},
    **decoder.aliases(),
    **zoo.aliases(),
}


def _found(name: str) -> str | None:
    config = decoder.find(name)
    return zoo.find(name) or (config.name if config else None)


def _changed(name: str, rng: random.Random) -> str | None:
    """The name with another digit, size word or suffix letter."""
    places = [
        *((m.span(), [d for d in "123456789" if d != m[0]]) for m in re.finditer(r"\d", name)),
        *(
            (m.span(), [w for w in SIZES if w != m[0]])
            for m in re.finditer(rf"(?<![a-z])(?:{'|'.join(SIZES)})(?![a-z])", name)
        ),
        *(
            (m.span(1), [c for c in LETTERS if c != m[1]])
            for m in re.finditer(r"\d([a-z])(?![a-z])", name)
        ),
    ]
    if not places:
        return None
    (start, end), words = rng.choice(places)
    return name[:start] + rng.choice(words) + name[end:]


def test_two_thousand_changed_names_never_find_the_neighbour():
    rng, names = random.Random(17), sorted(KNOWN)
    folds = {naming.folded(naming.bare(name)): model for name, model in KNOWN.items()}
    keys = {naming.words(name): model for name, model in KNOWN.items()}
    tried, crossed = 0, []
    while tried < 2000:
        name = rng.choice(names).lower()
        if not (other := _changed(name, rng)) or other in KNOWN:
            continue
        tried += 1
        found = _found(other)
        meant = folds.get(naming.folded(naming.bare(other))) or keys.get(naming.words(other))
        if found is not None and found != meant:
            crossed.append((name, other, found))
    assert crossed == []


def test_every_known_name_is_found_as_written():
    assert {name for name in KNOWN if _found(name) is None} == set()


@pytest.mark.parametrize(
    "suffix", ["-FP8", "-GGUF", "-bnb-4bit", "-Instruct-GGUF", "-AWQ", "-Q4_K_M", "-it-qat-q4_0"]
)
@pytest.mark.parametrize("name", decoder.names()[::7])
def test_hub_names_with_suffixes_find_the_model(name, suffix):
    assert decoder.find(f"someone/{name}{suffix}").name == name


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
