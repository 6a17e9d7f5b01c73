"""What every page needs: its question read from the link, its answer, its template."""

import functools
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from rigwright.assemble import Layout
from rigwright.catalog.prices.ledger import said_in
from rigwright.catalog.prices.rates import DOLLARS
from rigwright.report.charts import drawing, palette
from rigwright.report.pages import pages
from rigwright.report.pages.pages import picture
from rigwright.spec.errors import RigwrightError
from rigwright.web import words
from rigwright.web.answers import Answers
from rigwright.web.asks import with_budget
from rigwright.web.errors import Problem, on_page, problem_of
from rigwright.web.guards import site_of

Q = TypeVar("Q", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q]):
    """A question as the link tells it. values : of the form, as text; query : when it is valid."""

    values: dict[str, str]
    query: Q | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Q, T]):
    """A question with its answer, or with the problem that it has."""

    values: dict[str, str]
    query: Q | None
    found: T | None
    problem: Problem | None

    @property
    def status(self) -> int:
        """200, or that of the problem."""
        return status_of(self.problem)

    @property
    def line(self) -> Response:
        """The problem as plain text, for who asked for a picture or a file."""
        line = self.problem.line if self.problem else "nothing to draw"
        return Response(f"{line}\n", status_code=self.status, media_type="text/plain")


@functools.cache
def environment() -> jinja2.Environment:
    """Templates of the pages, with what those of the report have."""
    made = pages.environment("rigwright.web")
    made.filters.update(words.FILTERS)
    made.globals.update(nav=words.SAID["nav"], link=words.link, starts=words.SAID["starts"])
    return made


def render(
    request: Request, template: str, *, status: int = 200, said: Any = None, **values: Any
) -> HTMLResponse:
    """A page. said : an answer in whose money it says amounts."""
    with said_in(said.money if said else DOLLARS):
        text = environment().get_template(template).render(path=request.url.path, **values)
    return HTMLResponse(text, status_code=status)


def plain_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A query as the form shows it: empty fields dropped, repeated ones joined by ``;``."""
    found: dict[str, str] = {}
    for name, text in pairs:
        if text.strip():
            found[name] = f"{found[name]}; {text.strip()}" if name in found else text.strip()
    return found


def read(values: dict[str, str], model: type[Q]) -> Asked[Q]:
    """Check a question; a wrong one keeps its values and says what is wrong."""
    values = with_budget(values) if "usd" in model.model_fields else values
    try:
        return Asked(values, model.model_validate(values))
    except (ValidationError, RigwrightError) as error:
        return Asked(values, None, on_page(problem_of(error, values, model.model_fields)))


def asked(request: Request, model: type[Q], example: dict[str, str], leave: str = "") -> Asked[Q]:
    """The question of a link but for the key ``leave``; the example where it asks nothing."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != leave]
    return read(plain_values(pairs) or dict(example), model)


QUICK = ("/predict", "/check", "/parts", "/names", "/build", "/paste", "/verify")
"""Pages and API that search nothing."""


async def worked(request: Request, key: Hashable, make: Callable[[], T]) -> T:
    """The answer to a question of this request. Raises what ``make`` raises, or BusyError."""
    answers: Answers = request.app.state.answers
    site = site_of(request.client.host) if request.client else ""
    quick = request.url.path.removeprefix("/api").startswith(QUICK)
    return await answers.get(key, make, site, quick=quick, gone=request.is_disconnected)


async def answered(
    request: Request, key: Callable[[], Hashable], values: dict[str, str], make: Callable[[], T]
) -> tuple[T | None, Problem | None]:
    """The answer, or the one line that says why there is none."""
    try:
        return await worked(request, key(), make), None
    except RigwrightError as error:
        return None, on_page(problem_of(error, values))


async def posed(
    request: Request, ask: Asked[Q], key: Callable[[Q], Hashable], make: Callable[[Q], T]
) -> Page[Q, T]:
    """The answer that ``make`` gives to a valid question; ``key`` : equal for equal ones."""
    query, found, problem = ask.query, None, ask.problem
    if query is not None:
        told = (functools.partial(key, query), ask.values, functools.partial(make, query))
        found, problem = await answered(request, *told)
    return Page(ask.values, query, found, problem)


def status_of(problem: Problem | None) -> int:
    """200, or that of the problem."""
    return 200 if problem is None else problem.status


# -- the case to scale: inside a page in its colours, or as a file -------------------------
WIDTH_PX = 760
"""Room for both views beside a form."""
_SIZE = re.compile(r' width="([0-9.]+)" height="([0-9.]+)"')


def views(layout: Layout | None) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of each view. The pictures escape every text they hold (``report.svg``)."""
    if layout is None:
        return ()
    made = [(view.title, drawing.drawing(layout, view)) for view in drawing.views(layout)]
    total = sum(float(width) for _, svg in made for width, _ in _SIZE.findall(svg)[:1])
    scale = min(1.0, WIDTH_PX / total)
    return tuple((title, picture(palette.inline(_scaled(svg, scale)))) for title, svg in made)


def _scaled(svg: str, scale: float) -> str:
    """Both views have one scale, so that they can be compared."""

    def size(found: re.Match[str]) -> str:
        return f' width="{float(found[1]) * scale:.0f}" height="{float(found[2]) * scale:.0f}"'

    return _SIZE.sub(size, svg, count=1)


def sheet(layout: Layout, *, dark: bool) -> str:
    """Both views with legend, as a file."""
    made = drawing.sheet(layout)
    return palette.dark(made) if dark else made
