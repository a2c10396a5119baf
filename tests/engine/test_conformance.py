"""Docker conforms to the port: every check that the fake engine passes, on real containers."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from stackproof.engine.engines import default_engine
from stackproof.engine.port import RunningStack, StartOrder
from tests.conformance.checks import CHECKS
from tests.conformance.subject import Check, Subject
from tests.engine.live_stacks import redis_image

pytestmark = pytest.mark.engine

_log = logging.getLogger("conformance")
STACK = """
name: conformance
services:
  store:
    image: {image}
    init: true
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
    networks: [front, back]
    expose: ["6379"]
    cpus: 1
    mem_limit: 64m
  bare:
    image: {image}
    init: true
    command: [sleep, infinity]
    networks: [front]
    x-stackproof: {{interpose: false}}
  tool:
    image: {image}
    networks: [back]
    profiles: [tools]
networks:
  front:
  back: {{internal: true}}
"""


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """The stack on Docker, guarded and swept."""
    folder, engine = tmp_path_factory.mktemp("conformance"), default_engine()
    file = folder / "compose.yaml"
    file.write_text(STACK.format(image=redis_image()), encoding="utf-8")

    @contextmanager
    def another() -> Iterator[RunningStack]:
        run = f"test-{secrets.token_hex(4)}"
        (folder / run).mkdir()
        guard = engine.guard(run, folder / run)
        with ExitStack() as undo:
            undo.callback(guard.dismiss)
            undo.callback(engine.sweep, run)
            guard.start()
            yield engine.start(StartOrder(engine.read(file), run, folder / run), _log.debug)

    with another() as running:
        yield Subject(engine, file, running, another)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_docker_conforms(check: Check, docker: Subject) -> None:
    """One stack for all checks, each of which leaves it as it was."""
    check(docker)
