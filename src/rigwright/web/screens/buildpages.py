"""Pages about a set of parts: edit any of them, paste a list, the picture of the case."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from rigwright.assemble import Layout
from rigwright.catalog.buildfile import Meant
from rigwright.catalog.prices.rates import Rate
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
from rigwright.plan.parts.results import OwnPrice, money_of
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.web import fields
from rigwright.web.asks import GPUS_MAX, KINDS, LETTERS_MAX, LINES_MAX, TEXT_MAX, BuildQuery
from rigwright.web.errors import Problem
from rigwright.web.screens.pages import (
    Page,
    answered,
    asked,
    posed,
    render,
    sheet,
    status_of,
    views,
)
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
    runs, cap = ids_of(read, query.runs), query.power_cap_w
    build = replace(read, circuit=query.circuit(), runs=runs, gpu_power_cap_w=cap)
    found = edited(
        build, lines, query.workload(), query.as_of, used=query.used, prices=query.prices
    )
    told = ownprices.of_list(tuple((line, None) for line in query.lines()), found.as_of)
    found = replace(found, prices=(*found.prices, *told))
    slot, day, work = query.choose, query.as_of, query.workload()
    others = swaps(build, slot, day, work, used=query.used) if slot else ()
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
        problem=page.problem, found=found, said=page.query, example=not request.query_params,
        pictures=views(found.layout) if found else (),
        meant=_meant(page), slots={k: v for k, v in values.items() if k in SLOTS},
    )  # fmt: skip


def _meant(page: Page[BuildQuery, Answer]) -> dict[str, Any]:
    """Slot -> the line it was read as, for the words under its input."""
    if page.query is None or page.found is None:
        return {}
    names = [name for name in KINDS if getattr(page.query, name)]
    lines = page.found.edited.lines
    return dict(zip(names, lines, strict=False)) | {"rest": lines[len(names) :]}


SLOTS = frozenset(f.name for f in fields.SLOTS)


@router.get("/case.svg")
async def case_picture(request: Request, dark: bool = False) -> Response:
    """The case of a build page's link as a picture."""
    ask = asked(request, BuildQuery, EXAMPLE, leave="dark")
    page = await posed(request, ask, lambda q: ("case", q.slots()), _layout)
    if page.found is None:
        return page.line
    return Response(sheet(page.found, dark=dark), media_type="image/svg+xml")


def _layout(query: BuildQuery) -> Layout:
    build, _ = read_parts(query.slots())
    made = layout_of(build)
    if made is None:
        given = build.case.name if build.case else "no case that the catalogue has"
        raise InputError("build", "case", given, NEEDED)
    return made


class Pasted(NamedTuple):
    """A pasted list as understood. link : its query for /build; places : the field of each line."""

    edited: Edited
    layout: Layout | None
    link: dict[str, str]
    places: tuple[str, ...]
    prices: tuple[OwnPrice, ...]

    @property
    def money(self) -> Rate:
        """The currency that its page says amounts in."""
        return money_of(self.prices)


def _pasted(text: str) -> Pasted:
    build, meant = read_meant(text, "list")
    found, prices = edited(build, lines_of(meant)), ownprices.of_list(meant)
    said = {
        "prices": "; ".join(ownprices.names_of(build, meant, prices)),
        "used": "true" if any(p.condition == "used" for p in prices) else "",
        "currency": money_of(prices).currency.removeprefix("USD"),
    }
    slots, places = _kept(build, meant)
    link = slots | {k: v for k, v in said.items() if v}
    return Pasted(found, layout_of(build, found.findings), link, places, prices)


def _kept(build: Build, meant: Meant) -> tuple[dict[str, str], tuple[str, ...]]:
    """The lines of a list for a link; those of which no part is in the build keep their price."""
    if not meant:  # a build file
        equal = Counter((p.kind, name_of(p.kind, p.id, p.name)) for p in build.parts())
        return placed((*part, count, "") for part, count in equal.items())
    told = {line.text: line.part.name for line in build.possible}
    held = {part.name for part in build.parts()}
    said = []
    for line, hit in meant:
        part = hit.part if hit else None
        name = name_of(part.kind, part.id, part.name) if part else line.text
        known = hit and ";" not in name and (part.name if part else told.get(hit.text)) in held
        price = f" {line.price:.2f} {line.currency}" if line.price and not known else ""
        said.append((line.kind or (hit.kind if hit else None), name, line.quantity, price))
    return placed(said)


def placed(
    lines: Iterable[tuple[str | None, str, int, str]],
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Kind, name, count, price to keep -> query of the build page, and the field of each line."""
    found: dict[str, str] = {}
    places, rest = [], []
    for kind, name, count, price in lines:
        place = next((n for n in KINDS if n.removesuffix("_2") == kind and n not in found), "rest")
        if price or count > (GPUS_MAX if kind in ("card", "ram") else 1):
            place = "rest"
        times = f"{count}x " if count > 1 else ""
        if place == "rest":
            text = f"{kind}: {times}{name}" if kind else f"{times}{name}"
            rest.append(text.replace(";", ",")[: LETTERS_MAX - len(price)] + price)
        else:
            found |= {place: name} | ({f"{place}_count": str(count)} if times else {})
        places.append(place)
    return found | ({"rest": "; ".join(rest[:LINES_MAX])} if rest else {}), tuple(places)


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
        found, problem = await answered(request, lambda: ("paste", text), {}, lambda: _pasted(text))
    return render(
        request, "paste.html", status=status_of(problem), text=text, problem=problem, found=found,
        said=found, pictures=views(found.layout) if found else (),
    )  # fmt: skip
