"""`rigwright serve` as a process, and without its extra."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rigwright.cli import app
from rigwright.spec.errors import InputError


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    honest = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *a: None if name == "uvicorn" else honest(name, *a),
    )
    done = CliRunner().invoke(app, ["serve"])
    assert isinstance(done.exception, InputError)
    assert str(done.exception).endswith("pip install 'rigwright[web]'")
    assert "\n" not in str(done.exception)


def test_other_commands_do_not_load_it():
    code = (
        "import sys, rigwright.cli; "
        "sys.exit(bool({'fastapi', 'starlette', 'rigwright.web'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_it_serves_until_interrupted():
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    program = str(Path(sys.executable).with_name("rigwright"))
    words = [program, "serve", "--port", str(port), "--rate", "1", "--burst", "3"]
    with subprocess.Popen(
        words, stderr=subprocess.DEVNULL, env={**os.environ, "RIGWRIGHT_DB": "none"}
    ) as server:
        try:
            assert _asked(f"http://127.0.0.1:{port}/paste") == 200
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) in (0, -signal.SIGINT)


def _asked(address):
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    return None
