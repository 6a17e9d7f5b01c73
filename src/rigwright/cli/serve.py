"""The web application."""

import importlib.util

from rigwright.cli.application import app
from rigwright.cli.asking import asks
from rigwright.cli.options import use_database

NEEDED = ("fastapi", "python_multipart", "uvicorn", "vl_convert")


@app.command()
@asks()
def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    rate: float = 10.0,
    burst: int = 60,
    proxied: bool = False,
    db: str | None = None,
) -> None:
    """Serve the pages and the API: plan, edit, paste, compare, rent, guide.

    Example: rigwright serve --port 8000
    """
    from rigwright.spec.errors import InputError

    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        install = "pip install 'rigwright[web]'"
        raise InputError("serve", "package", f"no {missing[0]}", "the web extra", install)
    use_database(db)
    from rigwright.web.guards import Settings
    from rigwright.web.serving import run

    run(host, port, workers, Settings(rate_per_s=rate, burst=burst), db=db, proxied=proxied)
