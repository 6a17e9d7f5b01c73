"""The rooms a builder worries about: what the part needs, what the case has, and who says so."""

from __future__ import annotations

from collections.abc import Sequence

from rigwright.assemble.boxes.frame import Frame
from rigwright.assemble.boxes.geometry import Axis, Clearance
from rigwright.assemble.boxes.stowing import psu_start
from rigwright.spec.build import Build, Finding


def _most(values: Sequence[float | None]) -> float | None:
    """The largest; None when one is not known."""
    known = [v for v in values if v is not None]
    return max(known) if known and len(known) == len(values) else None


def _said(finding: Finding, side: str) -> float | None:
    value = getattr(finding, side)
    return float(value) if isinstance(value, int | float) else None


def clearances(build: Build, findings: Sequence[Finding], f: Frame) -> tuple[Clearance, ...]:
    """One entry per rule on room that was asked; a number the rule had to leave open is taken from
    the part, so that the drawing can show the half that is known."""
    case, cards, cooler, psu = build.case, build.cards, build.cooler, build.psu
    if case is None:
        return ()
    flat = f.psu in ("bottom", "behind", "beside")
    rows: tuple[tuple[str, str, str, float | None, float | None, str, Axis | None, float, int], ...]
    rows = (
        ("gpu_length", "card length", "card", _most([c.length_mm for c in cards]),
         case.gpu_length_mm, "mm", "x", f.rear, 1),
        ("gpu_length_with_radiator", "card length with a front radiator", "card",
         _most([c.length_mm for c in cards]), case.gpu_length_radiator_mm, "mm", None, 0, 1),
        ("cooler_height", "cooler height", "cooler", cooler.height_mm if cooler else None,
         case.cooler_height_mm, "mm", "z", f.board_z, -1),
        ("gpu_height", "card height", "card", _most([c.height_mm for c in cards]),
         case.gpu_height_mm, "mm", "z" if f.cards == "slots" else None, f.board_z, -1),
        ("psu_length", "supply length", "psu", psu.length_mm if psu else None,
         case.psu_length_mm, "mm", "x" if flat else None, psu_start(f), 1),
        ("gpu_case_slots", "card thickness, all cards", "card", None, case.expansion_slots,
         "slots", None, 0, 1),
        ("cooler_ram_clearance", "memory under the cooler", "ram",
         _most([k.height_mm for k in build.ram]), cooler.memory_clearance_mm if cooler else None,
         "mm", None, 0, 1),
    )  # fmt: skip
    said = {found.rule: found for found in findings}
    out = []
    for rule, what, part, need, have, unit, axis, start, sign in rows:
        finding = said.get(rule)
        if finding is None:
            continue
        told_need, told_have = _said(finding, "need"), _said(finding, "have")
        if told_need is None and told_have is None and finding.verdict in ("ok", "warning"):
            continue  # the rule is met in another way, such as a radiator that sits elsewhere
        need = need if told_need is None else told_need
        have = have if told_have is None else told_have
        out.append(
            Clearance(what, part, need, have, unit, finding.verdict, rule, axis or "", start, sign)
        )
    return tuple(out)
