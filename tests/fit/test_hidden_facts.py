"""A fact that is taken away leaves a question, never the opposite answer."""

import importlib.util
import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fit.generated import build as generated

from rigwright import fit

BUILDS = 300
_found = importlib.util.spec_from_file_location(
    "lists_score", Path(__file__).parents[2] / "tools" / "lists_score.py"
)
score = importlib.util.module_from_spec(_found)
_found.loader.exec_module(score)


@pytest.mark.parametrize("start", range(0, BUILDS, 50))
def test_what_is_hidden_is_never_contradicted(start):
    wrong = []
    for seed in range(start, start + 50):
        dice = random.Random(seed)
        build = replace(generated(seed), unresolved=())
        if not build.parts():
            continue
        told = fit.check(build)
        for _ in range(10):
            less, fact = score.hidden(build, dice)
            wrong += [(seed, fact, rule) for rule in score.turned(told, fit.check(less))]
    assert not wrong
