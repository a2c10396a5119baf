import socket
import subprocess
from pathlib import Path

import pytest
from aiohttp import web
from servicekit.metrics import HttpMetrics
from servicekit.probes import Probes, add_probes
from testkit.fixtures import Serve
from testkit.http import served_app
from testkit.mime import WITHIN_S

PROBE = Path(__file__).parents[1] / "probe"


async def broken() -> str:
    """A check that fails."""
    return "it is broken"


def make_app(_metrics: HttpMetrics) -> web.Application:
    """An application that is alive and not ready."""
    app = web.Application()
    add_probes(app, Probes(ready=broken))
    return app


@pytest.fixture
def port(serve: Serve) -> str:
    """The port of that application."""
    return serve(served_app(make_app)).value[0].rpartition(":")[2]


def probe(*arguments: str) -> int:
    """Run the script, and return its exit code."""
    return subprocess.run([str(PROBE), *arguments], check=False, timeout=WITHIN_S, stderr=subprocess.DEVNULL).returncode


def test_status_200_is_a_success(port: str) -> None:
    """200 is healthy."""
    assert probe(port, "/health/live") == 0


def test_status_503_is_a_failure(port: str) -> None:
    """503 is unhealthy."""
    assert probe(port, "/health/ready") == 1


def test_a_given_text_must_be_in_the_answer(port: str) -> None:
    """Even if the status is always 200, the body can be checked."""
    assert probe(port, "/health/live", '"status": "ok"') == 0
    assert probe(port, "/health/live", '"status": "fine"') == 1


def test_a_closed_port_is_a_failure() -> None:
    """A dead server is unhealthy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert probe(str(port), "/health/live") == 1
