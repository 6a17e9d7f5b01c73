"""One application for the tests of a module; nobody is slowed down unless a test asks for it."""

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from rigwright.web.app import create_app
from rigwright.web.guards import Settings

PLAN = {"model": "resnet50", "batch": "64", "usd": "2000", "as_of": "2026-03-01"}
LISTED = """CPU: Intel Core i7-6700K
Motherboard: ASRock Z170 Extreme4
Cooler: Scythe Kotetsu
GPU: Gigabyte GTX 1070 G1 Gaming
Case: NZXT S340
PSU: Corsair CX600M 600W
"""


@pytest.fixture(scope="session")
def application():
    return create_app(Settings(rate_per_s=0))


@pytest.fixture
def client(application):
    return TestClient(application, raise_server_exceptions=True)


@pytest.fixture
def listed():
    return LISTED


@pytest.fixture
def plan():
    return dict(PLAN)
