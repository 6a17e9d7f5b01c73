"""The web application."""

import importlib.util
from typing import Annotated

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Database, use_database

NEEDED = ("fastapi", "python_multipart", "uvicorn", "vl_convert")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    rate: Annotated[
        float, typer.Option(min=0, help="Requests a second of one address; 0: no limit.")
    ] = 10.0,
    burst: Annotated[int, typer.Option(min=1, help="Requests at once before that counts.")] = 60,
    proxied: Annotated[
        bool, typer.Option(help="Take the visitor's address from a proxy on this computer.")
    ] = False,
    db: Database = None,
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
