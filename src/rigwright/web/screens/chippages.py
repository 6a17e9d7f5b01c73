"""Chips side by side, and names offered while somebody types."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rigwright.plan.parts import modelnames
from rigwright.plan.parts.searching import search
from rigwright.plan.speed.comparing import compare_chips
from rigwright.spec.parts import PART_TYPES
from rigwright.web import fields
from rigwright.web.asks import LETTERS_MAX, CompareAsked
from rigwright.web.screens.pages import answered, asked, posed, render
from rigwright.web.words import SAID

router = APIRouter(include_in_schema=False)

EXAMPLE = SAID["compare"]
OFFERED = 20
KINDS = frozenset(t.kind for t in PART_TYPES)


@router.get("/compare", response_class=HTMLResponse)
async def compare_page(request: Request) -> HTMLResponse:
    """GPUs side by side for one run."""
    page = await posed(
        request, asked(request, CompareAsked, EXAMPLE),
        lambda q: ("compare", q, frozenset(q.model_fields_set)),
        lambda q: compare_chips(
            q.gpu, q.values(), q.as_of.isoformat() if q.as_of else None, q.currency
        ),
    )  # fmt: skip
    return render(
        request, "compare.html", status=page.status, groups=fields.COMPARE, values=page.values,
        problem=page.problem, result=page.found, said=page.found, example=not request.query_params,
    )  # fmt: skip


@router.get("/names/{kind}", response_class=HTMLResponse)
async def names(request: Request, kind: str) -> HTMLResponse:
    """Names that hold what was typed, as options; the input's own value is the only parameter."""
    typed = next(iter(request.query_params.values()), "")[-LETTERS_MAX:]
    before, _, last = typed.rpartition(";")
    key = ("names", kind, last.strip().lower())
    found, _ = await answered(request, lambda: key, {}, lambda: _offered(kind, last))
    start = f"{before.strip()}; " if before else ""
    return render(request, "names.html", names=[start + name for name in found or ()])


def _offered(kind: str, typed: str) -> tuple[str, ...]:
    words = typed.lower().split()
    if kind == "model":
        return tuple(n for n in modelnames.names() if all(w in n.lower() for w in words))[:OFFERED]
    if kind not in KINDS:
        return ()
    return tuple(part.name for part, _ in search(kind, " ".join(words)).rows[:OFFERED])
