"""One console for all commands: colours on a terminal, plain wide text in a pipe."""

from __future__ import annotations

import os
import sys

from rich.console import Console

PIPE_WIDTH = 118


def console(*, stderr: bool = False) -> Console:
    """A console whose width does not depend on who reads the pipe."""
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr)
    return Console(stderr=stderr, width=int(os.environ.get("COLUMNS", PIPE_WIDTH)))
