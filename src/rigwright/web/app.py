"""The application: guards, pages, API and what an error looks like."""

import logging
from importlib import metadata
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from rigwright.report.charts import palette
from rigwright.spec.errors import RigwrightError
from rigwright.web import api
from rigwright.web.answers import Answers, BusyError
from rigwright.web.errors import Problem, of_errors, problem_of
from rigwright.web.guards import Guards, Settings
from rigwright.web.screens import buildpages, chartpages, chippages, guidepages, planpages
from rigwright.web.screens.pages import render

STATIC = Path(__file__).parent / "static"
LOG = logging.getLogger("rigwright.web")
WORDS = {404: "There is no such page.", 405: "This address is not asked in this way."}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole application."""
    settings = settings or Settings()
    app = FastAPI(
        title="Rigwright",
        version=metadata.version("rigwright"),
        description="Say what you train and what you can spend; get the machine.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # both pages load scripts from elsewhere
        redoc_url=None,
    )
    app.state.answers = Answers(settings.answers_kept, settings.waiting_max)
    for module in (planpages, buildpages, chartpages, chippages, guidepages, api):
        app.include_router(module.router)
    app.add_api_route("/api", api_page, include_in_schema=False)
    app.add_api_route("/static/palette.css", _palette, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(RigwrightError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(BusyError, _busy)
    app.add_middleware(Guards, settings=settings, failed=_failed)
    return app


async def _palette() -> Response:
    """Colours of pages and pictures, light and dark."""
    headers = {"cache-control": "public, max-age=3600"}
    return Response(palette.css(), media_type="text/css", headers=headers)


async def api_page(request: Request) -> Response:
    """What the API answers, for people."""
    schema = request.app.openapi()
    rows = [
        (method.upper(), path, said["summary"], said.get("description", ""))
        for path, methods in schema["paths"].items()
        for method, said in methods.items()
    ]
    return render(request, "api.html", rows=rows)


def _answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem as JSON for programs, as a page for people."""
    if request.url.path.startswith("/api/"):
        body = {"error": problem.line, "field": problem.field}
        return JSONResponse(body, status_code=problem.status, headers=headers)
    page = render(request, "error.html", status=problem.status, problem=problem)
    page.headers.update(headers or {})
    return page


async def _invalid(request: Request, error: Any) -> Response:
    errors = error.errors()
    if errors and errors[0]["type"] == "json_invalid":
        return _answer(request, Problem("", "body: not a JSON object", 400))
    return _answer(request, of_errors(errors))


async def _refused(request: Request, error: Any) -> Response:
    return _answer(request, problem_of(error))


async def _http(request: Request, error: Any) -> Response:
    line = WORDS.get(error.status_code, str(error.detail))
    return _answer(request, Problem("", line, error.status_code), dict(error.headers or {}))


async def _busy(request: Request, error: Any) -> Response:
    line = "Too many questions are waiting; ask again in a moment."
    return _answer(request, Problem("", line, 503), {"retry-after": "2"})


def _failed(scope: Scope, error: Exception) -> Response:
    """Something that must not happen: the reader sees one line, the log everything."""
    request = Request(scope)
    LOG.exception("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(request, Problem("", "Something went wrong here; it is in the log.", 500))
