"""How a build sits in its case, is put together and started."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import rigwright.fit as fit
from rigwright.assemble import ORDERS, Layout, Order, Seat, Step, layout, steps
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.source import by_id
from rigwright.plan.build.firstboot import Command, Setting, boot_steps, commands, settings
from rigwright.spec.build import Build, Finding
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip

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


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything somebody needs at the table.

    minutes : least (often done) and most (a first machine) of all steps together, breaks not
    counted.  open : conflicts, losses and unknowns to settle before buying or starting.
    """

    name: str
    order: Order
    steps: tuple[Step, ...]
    settings: tuple[Setting, ...]
    commands: tuple[Command, ...]
    tools: Words
    minutes: tuple[int, int]
    open: tuple[Finding, ...]
    notes: Words = ()


def guide_of(build: Build, name: str, order: Order = "bench") -> Guide:
    """The guide of a build; parts that nobody identified are named in the notes."""
    chips = tuple(
        by_id(Chip)[c] for c in dict.fromkeys(x.chip for x in build.cards) if c in by_id(Chip)
    )
    shares = [len(one.cards) for one in fit.fed(build)]
    found = steps(_put_in(build), order, fit.seats(build), boot_steps(build, chips), shares)
    tools = tuple(dict.fromkeys(tool for step in found for tool in step.tools))
    return Guide(
        name=name,
        order=order,
        steps=found,
        settings=settings(build, chips),
        commands=commands(build, chips),
        tools=tools,
        minutes=(sum(s.minutes[0] for s in found), sum(s.minutes[1] for s in found)),
        open=tuple(filter(_to_settle, fit.check(build))),
        notes=tuple(f"not recognised, so no step for it: {text}" for _, text in build.unresolved),
    )


def _put_in(build: Build) -> Build:
    """A build without what is together already: a machine that runs is opened, not built."""
    there = frozenset(build.runs)
    one = {k: None for k in ("cpu", "cooler", "board", "psu") if _of(build, k) in there}
    many = {
        k: tuple(p for p in getattr(build, k) if p.id not in there)
        for k in ("ram", "drives", "cards")
    }
    return replace(build, **one, **many)  # type: ignore[arg-type]


def _of(build: Build, kind: str) -> str:
    return getattr(getattr(build, kind), "id", "")


def _to_settle(finding: Finding) -> bool:
    doubt = finding.verdict == "unknown" and finding.severity != "note"
    return finding.verdict == "conflict" or finding.loses or doubt


def order_named(text: str) -> Order:
    """Raises InputError for an order that there is not."""
    for order in ORDERS:
        if text == order:
            return order
    raise InputError("guide", "--order", text, ", ".join(ORDERS))


def guide_file(path: Path, order: str = "bench") -> Guide:
    """The guide of a build file or pasted list. Raises InputError."""
    chosen = order_named(order)
    build = read_build(path)
    if build.board is None and build.case is None and not build.cards:
        raise InputError(str(path), "parts", "no part that is known", "a board, a case or a card")
    return guide_of(build, build.name or path.stem, chosen)
