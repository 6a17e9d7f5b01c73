"""Pictures of the web application for the README: `python tools/make_screens.py`.

Needs the development tools and the system's chromium; the day is fixed, so that the picture
changes only when the program or its data do.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
GOAL = (
    "/?model=llama-3-8b&method=qlora&optimizer=adamw&grad_checkpointing=true&batch=2&seq_len=1024"
    "&samples=150000&usd=3000&ram_gib_min=32&storage_gb_min=1000&as_of=2026-11-23"
)
SCREENS = (("web-plan.png", GOAL, 1180),)


@contextmanager
def served() -> Iterator[str]:
    """Address of the application with the embedded tables alone."""
    os.environ["RIGWRIGHT_DB"] = "none"
    import uvicorn

    from rigwright.web.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def main() -> None:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit(f"no browser: none of {', '.join(BROWSERS)} is installed")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, link, height in SCREENS:
            page = browser.new_page(viewport={"width": 1280, "height": height})
            page.goto(address + link)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=ROOT / "docs" / "img" / name)
            print(f"docs/img/{name}")
        browser.close()


if __name__ == "__main__":
    main()
