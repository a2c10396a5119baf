"""A stack that does not come up is one message that says why, and everything that was started can be swept."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stackproof.engine.docker.compose.layout import LOOPBACK
from stackproof.engine.docker.life.sweep import leftovers
from stackproof.engine.port import PortPolicy
from stackproof.model import EngineError
from tests.engine.live_stacks import prepared, redis_image

pytestmark = pytest.mark.engine

BROKEN = """
name: broken
services:
  sound: {{image: {image}, command: [sleep, infinity], init: true}}
  {service}
"""
NEVER_HEALTHY = """sulky:
    image: {image}
    init: true
    command: [sh, -c, "echo the key is missing; sleep infinity"]
    expose: ["7000"]
    healthcheck: {{test: "echo no key, no service; false", interval: 200ms, timeout: 5s, retries: 2}}
  waiting: {{image: {image}, command: [sleep, infinity], depends_on: {{sulky: {{condition: service_healthy}}}}}}
"""
DIES = """mortal: {{image: {image}, command: [sh, -c, "echo no disk; exit 7"]}}"""
NO_SUCH_COMMAND = """mistyped: {{image: {image}, command: [redis-servre]}}"""
NO_IMAGE = """lost: {{image: "localhost:1/nowhere:1"}}"""


@contextmanager
def refused(tmp_path: Path, service: str, ports: PortPolicy = PortPolicy.DYNAMIC) -> Iterator[str]:
    """The message of a launch that fails; what was started is swept at the end, and nothing may be left of it."""
    file = tmp_path / "compose.yaml"
    image = redis_image()
    file.write_text(BROKEN.format(image=image, service=service.format(image=image)), encoding="utf-8")
    with prepared(file, tmp_path, ports) as launch:
        with pytest.raises(EngineError) as error:
            launch.start()
        message = str(error.value)
        assert message.startswith(str(file))
        assert "\n  fix: " in message
        yield message
    assert not leftovers(launch.wanted.run)


def test_a_service_that_never_becomes_healthy_is_named_with_its_last_output(tmp_path: Path) -> None:
    """The message names that service and no other, with the output of its health check and of its own."""
    with refused(tmp_path, NEVER_HEALTHY) as message:
        assert "service 'sulky' is unhealthy" in message
        assert "health check said: no key, no service" in message
        assert "the key is missing" in message
        assert "'sound'" not in message
        assert "'waiting'" not in message


@pytest.mark.parametrize(
    ("service", "words"),
    [
        pytest.param(DIES, ("service 'mortal' ended with exit code 7", "no disk"), id="it ends"),
        pytest.param(NO_SUCH_COMMAND, ("service 'mistyped' could not be started", "redis-servre"), id="no command"),
        pytest.param(NO_IMAGE, ("expected an image for service 'lost'", "`build` section"), id="no image"),
    ],
)
def test_a_service_that_cannot_run_is_named(tmp_path: Path, service: str, words: tuple[str, ...]) -> None:
    """The message says which service to fix, and what is wrong with it."""
    with refused(tmp_path, service) as message:
        assert all(each in message for each in words), message


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A host port that is in use."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield int(server.getsockname()[1])


def test_a_declared_port_that_is_taken_is_named(tmp_path: Path, taken_port: int) -> None:
    """With declared ports, the message names the port that is in use, its service, and what to do."""
    service = f'wants: {{{{image: {{image}}, command: [sleep, infinity], init: true, ports: ["{taken_port}:7000"]}}}}'
    with refused(tmp_path, service, PortPolicy.DECLARED) as message:
        assert f"expected host port {LOOPBACK}:{taken_port}, which 'wants' declares, to be free" in message
        assert "leave the ports to stackproof" in message


def test_a_taken_port_does_not_matter_where_ports_are_dynamic(tmp_path: Path, taken_port: int) -> None:
    """By default a stack comes up whatever listens on the ports that its file declares."""
    file = tmp_path / "compose.yaml"
    service = f'{{image: {redis_image()}, command: [sleep, infinity], init: true, ports: ["{taken_port}:7000"]}}'
    file.write_text(f"name: modest\nservices: {{wants: {service}}}\n", encoding="utf-8")
    with prepared(file, tmp_path) as launch:
        assert launch.start().state("wants").word == "running"
