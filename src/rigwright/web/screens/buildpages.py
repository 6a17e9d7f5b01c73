"""Pages about a set of parts: edit any of them, paste a list, the picture of the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from rigwright.assemble import Layout
from rigwright.plan.build.guiding import NEEDED, layout_of
from rigwright.plan.machine.editing import (
    Edited,
    Swap,
    edited,
    ids_of,
    lines_of,
    name_of,
    read_meant,
    read_parts,
    swaps,
)
from rigwright.plan.parts import ownprices
from rigwright.plan.parts.results import OwnPrice
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.web import fields
from rigwright.web.asks import KINDS, TEXT_MAX, BuildQuery
from rigwright.web.errors import Problem
from rigwright.web.screens import pictures
from rigwright.web.screens.pages import Page, answered, asked, posed, render, status_of
from rigwright.web.words import SAID

router = APIRouter(include_in_schema=False)

EXAMPLE = SAID["build"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An edited build, its case, and what else could stand in one slot."""

    edited: Edited
    layout: Layout | None
    swaps: tuple[Swap, ...]


def _answer(query: BuildQuery) -> Answer:
    read, lines = read_parts(query.slots())
    build = replace(read, circuit=query.circuit(), runs=ids_of(read, query.runs))
    found = edited(
        build, lines, query.workload(), query.as_of, used=query.used, prices=query.prices
    )
    others = swaps(build, query.choose, query.as_of, used=query.used) if query.choose else ()
    return Answer(found, layout_of(build, found.findings), others)


@router.get("/build", response_class=HTMLResponse)
async def build_page(request: Request) -> HTMLResponse:
    """A slot for every part; fit, speed and cost of what stands in them."""
    page = await posed(
        request, asked(request, BuildQuery, EXAMPLE), lambda q: ("build", q, q.workload().run()),
        _answer,
    )  # fmt: skip
    found, values = page.found, page.values
    return render(
        request, "build.html", status=page.status, groups=fields.BUILD, values=values,
        problem=page.problem, found=found, example=not request.query_params,
        pictures=pictures.views(found.layout) if found else (),
        meant=_meant(page), slots={k: v for k, v in values.items() if k in SLOTS},
    )  # fmt: skip


def _meant(page: Page[BuildQuery, Answer]) -> dict[str, Any]:
    """Slot -> the line it was read as, for the words under its input."""
    if page.query is None or page.found is None:
        return {}
    names = [name for name in KINDS if getattr(page.query, name)]
    return dict(zip(names, page.found.edited.lines, strict=True))


SLOTS = frozenset(f.name for f in fields.SLOTS)


@router.get("/case.svg")
async def case_picture(request: Request, dark: bool = False) -> Response:
    """The case of a build page's link as a picture."""
    ask = asked(request, BuildQuery, EXAMPLE, leave="dark")
    page = await posed(request, ask, lambda q: ("case", q.slots()), _layout)
    if page.found is None:
        return page.line
    return Response(pictures.sheet(page.found, dark=dark), media_type="image/svg+xml")


def _layout(query: BuildQuery) -> Layout:
    build, _ = read_parts(query.slots())
    made = layout_of(build)
    if made is None:
        given = build.case.name if build.case else "no case that the catalogue has"
        raise InputError("build", "case", given, NEEDED)
    return made


@dataclass(frozen=True, slots=True)
class Pasted:
    """A pasted list as it was understood. link : the query of the page that changes its parts."""

    edited: Edited
    layout: Layout | None
    link: dict[str, str]
    prices: tuple[OwnPrice, ...]


def _pasted(text: str) -> Pasted:
    build, meant = read_meant(text, "list")
    found, prices = edited(build, lines_of(meant)), ownprices.of_list(meant)
    said = {
        "prices": "; ".join(ownprices.names_of(build, meant, prices)),
        "used": "true" if any(p.condition == "used" for p in prices) else "",
    }
    link = slots_of(build) | {k: v for k, v in said.items() if v}
    return Pasted(found, layout_of(build, found.findings), link, prices)


def slots_of(build: Build) -> dict[str, str]:
    """The parts of a build as the query of the build page."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for part in build.parts():
        said = name_of(part.kind, part.id, part.name)
        same = [n for n, text in found.items() if text == said]
        if same:
            counts[part.kind] = counts.get(part.kind, 1) + 1
        elif part.kind not in found or (part.kind == "drive" and "drive_2" not in found):
            found[part.kind if part.kind not in found else "drive_2"] = said
    counted = {f"{k}_count": str(n) for k, n in counts.items() if k in ("card", "ram")}
    return found | counted


@router.get("/paste", response_class=HTMLResponse)
async def paste_page(request: Request) -> HTMLResponse:
    """A place for a list of parts."""
    return render(request, "paste.html", text="", problem=None, found=None, pictures=())


@router.post("/paste", response_class=HTMLResponse)
async def pasted_page(request: Request, text: Annotated[str, Form()] = "") -> HTMLResponse:
    """What each line of a list means, and whether the parts work together."""
    found: Pasted | None = None
    problem: Problem | None
    if len(text) > TEXT_MAX:
        problem = Problem("text", f"list: {len(text):,} letters, allowed: up to {TEXT_MAX:,}")
        text = ""
    else:
        found, problem = await answered(request, ("paste", text), {}, lambda: _pasted(text))
    return render(
        request, "paste.html", status=status_of(problem), text=text, problem=problem, found=found,
        pictures=pictures.views(found.layout) if found else (),
    )  # fmt: skip
