"""The builds of ``tests.fit.story`` in cases whose outer sizes are known."""

from __future__ import annotations

from dataclasses import replace

from tests.fit import story

# NZXT S340 manual: 200 x 445 x 432 mm.
CASE = replace(story.CASE, width_mm=200.0, height_mm=445.0, depth_mm=432.0)
STORY = replace(story.STORY, case=CASE)
FOUR = replace(
    story.FOUR, case=replace(story.FOUR.case, width_mm=235.0, height_mm=533.0, depth_mm=536.0)
)
