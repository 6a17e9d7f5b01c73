"""Use case: where the parts of a build sit in its case, to scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rigwright.fit as fit
from rigwright.assemble import Layout, Seat, layout
from rigwright.catalog.buildfile import read_build
from rigwright.spec.build import Build, Finding
from rigwright.spec.errors import InputError

NEEDED = "a case whose outer sizes are known"


def layout_of(build: Build, findings: Sequence[Finding] | None = None) -> Layout | None:
    """The layout with the rules' verdicts; None where the case or its size is not known."""
    said = fit.check(build) if findings is None else findings
    seats = [Seat(*seat) for seat in fit.seats(build)]
    return layout(build, said, seats, fit.radiator_place(build))


def layout_of_file(path: Path) -> Layout:
    """The layout of a build file or pasted list.

    Raises InputError when it cannot be read, or names no case whose size is known.
    """
    build = read_build(path)
    made = layout_of(build)
    if made is None:
        given = build.case.name if build.case else "no case that the catalogue has"
        hint = "depth_mm, height_mm and width_mm of the case in the file's own [[case]] table"
        raise InputError(str(path), "case", given, NEEDED, hint if build.case else "")
    return made
