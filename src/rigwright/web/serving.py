"""Run the application in one process or several."""

import json
import os
import socket
from dataclasses import asdict

import uvicorn
from fastapi import FastAPI

from rigwright.catalog.source import use
from rigwright.spec.errors import unreadable
from rigwright.web.app import create_app
from rigwright.web.guards import Settings

VARIABLE = "RIGWRIGHT_WEB"
WAITING_CONNECTIONS = 512


def from_environment() -> FastAPI:
    """The application of a worker process, which inherits only the environment."""
    said = json.loads(os.environ.get(VARIABLE, "{}"))
    if said.get("db"):
        use(said["db"])
    return create_app(Settings(**said.get("settings", {})))


def _try(host: str, port: int) -> None:
    """Listen for a moment: a server's own words for a port that is taken are a page of log."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        free = "a free port of an address of this computer"
        raise unreadable("serve", f"{host}:{port}", error, free, "--port 0") from None


def run(
    host: str, port: int, workers: int, settings: Settings, *, db: str | None, proxied: bool
) -> None:
    """Serve until interrupted. Raises InputError for an address that cannot be listened on."""
    _try(host, port)
    os.environ[VARIABLE] = json.dumps({"settings": asdict(settings), "db": db})
    uvicorn.run(
        "rigwright.web.serving:from_environment", factory=True, host=host, port=port,
        workers=workers, access_log=False, log_level="info", server_header=False,
        proxy_headers=proxied, limit_concurrency=WAITING_CONNECTIONS, timeout_keep_alive=15,
    )  # fmt: skip
