"""A real server and a real browser: Debian's chromium, found on the path or named."""

from __future__ import annotations

import os
import shutil
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("playwright", reason="playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """The system's browser; None where there is none."""
    named = os.environ.get("RIGWRIGHT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def server():
    """Address of the application, served by uvicorn in this process."""
    import uvicorn

    from rigwright.web.app import create_app
    from rigwright.web.guards import Settings

    app = create_app(Settings(rate_per_s=0))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser():
    path = browser_path()
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def open_page(browser, server):
    """Opens a page; afterwards nothing may have gone wrong in its console."""
    contexts, complaints = [], []

    def opened(address: str, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(server + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    left = (
        "422",
        "htmx:sendAbort",
        "htmx:afterRequest",
    )  # refused forms; a page left while it asks
    assert not [c for c in complaints if not any(word in c for word in left)], complaints
