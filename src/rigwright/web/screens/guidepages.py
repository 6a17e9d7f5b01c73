"""The guide of a build with tick boxes; what is ticked stays in the reader's browser."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rigwright.plan.build.guiding import Guide, guide_of
from rigwright.plan.machine.editing import read_parts
from rigwright.report.pages.guide import span
from rigwright.spec.errors import InputError
from rigwright.web import fields
from rigwright.web.asks import GuideQuery
from rigwright.web.screens import buildpages
from rigwright.web.screens.pages import answered, asked, render, status_of

router = APIRouter(include_in_schema=False)
EXAMPLE = {k: v for k, v in buildpages.EXAMPLE.items() if k in buildpages.SLOTS}


def _guide(query: GuideQuery) -> Guide:
    build, _ = read_parts(query.slots())
    if build.board is None and build.case is None and not build.cards:
        raise InputError("guide", "parts", "no part that is known", "a board, a case or a card")
    return guide_of(build, "This machine", query.order)


@router.get("/guide", response_class=HTMLResponse)
async def guide_page(request: Request) -> HTMLResponse:
    """From boxes to the first training run."""
    ask = asked(request.query_params, GuideQuery, EXAMPLE)
    found, problem = None, ask.problem
    if ask.query is not None:
        query = ask.query
        found, problem = await answered(
            request, ("guide", query), ask.values, lambda: _guide(query)
        )
    phases = (
        [(name, list(group)) for name, group in groupby(found.steps, lambda s: s.phase)]
        if found
        else []
    )
    slots = {k: v for k, v in ask.values.items() if k != "order"}
    return render(
        request, "guide.html", status=status_of(problem), values=ask.values, slots=slots,
        problem=problem, guide=found, phases=phases, span=span, shown=fields.SLOTS,
        example=not request.query_params,
        ticks="|".join(f"{k}={v}" for k, v in sorted(slots.items())),
    )  # fmt: skip
