"""The guide of a build with tick boxes, and the check of what was built; neither is kept here."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from rigwright.plan.build.guiding import Guide, guide_of
from rigwright.plan.found.probing import found_in
from rigwright.plan.found.verifying import verify
from rigwright.plan.machine.editing import read_parts
from rigwright.spec.errors import InputError
from rigwright.web import fields
from rigwright.web.asks import REPORT_MAX, GuideQuery
from rigwright.web.errors import Problem
from rigwright.web.screens import buildpages
from rigwright.web.screens.pages import asked, posed, render, status_of

router = APIRouter(include_in_schema=False)
EXAMPLE = {k: v for k, v in buildpages.EXAMPLE.items() if k in buildpages.SLOTS}


def _guide(query: GuideQuery) -> Guide:
    build, _ = read_parts(query.slots())
    if build.board is None and build.case is None and not build.cards:
        raise InputError("guide", "parts", "no part that is known", "a board, a case or a card")
    capped = replace(build, gpu_power_cap_w=query.power_cap_w)
    return guide_of(capped, "This machine", query.order)


@router.get("/guide", response_class=HTMLResponse)
async def guide_page(request: Request) -> HTMLResponse:
    """From boxes to the first training run."""
    page = await posed(request, asked(request, GuideQuery, EXAMPLE), lambda q: ("guide", q), _guide)
    slots = {k: v for k, v in page.values.items() if k != "order"}
    return render(
        request, "guide.html", status=page.status, values=page.values, slots=slots,
        problem=page.problem, guide=page.found, shown=fields.SLOTS,
        example=not request.query_params,
        ticks="|".join(f"{k}={v}" for k, v in sorted(slots.items())),
    )  # fmt: skip


@router.api_route("/verify", methods=["GET", "POST"], response_class=HTMLResponse)
def verify_page(request: Request, text: Annotated[str, Form()] = "") -> HTMLResponse:
    """What pasted texts of nvidia-smi, dmidecode ... say of a machine; nothing is kept."""
    long = f"text: {len(text):,} letters, allowed: up to {REPORT_MAX:,}"
    problem = Problem("text", long) if len(text) > REPORT_MAX else None
    result = verify(found_in([text])) if text.strip() and problem is None else None
    return render(request, "verify.html", status=status_of(problem), problem=problem,
                  text="" if problem else text, result=result)  # fmt: skip
