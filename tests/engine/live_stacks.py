"""Stacks that tests bring up with proxies in them, and of which nothing is left."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.docker.compose.ground import PortPolicy, Reach
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.docker.engine import DockerEngine
from stackproof.engine.docker.launch import Order, launch
from stackproof.engine.docker.sentinel import Sentinel
from stackproof.engine.docker.sweep import sweep
from stackproof.run.images import images_for

_log = logging.getLogger("live_stacks")
GUESTBOOK = Path(__file__).parents[1] / "stacks" / "guestbook" / "compose.yaml"


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that was ordered; whatever comes of it is swept.

    Attributes:
        order: What shall be started.
    """

    order: Order

    def start(self) -> DockerEngine:
        """Start it, and wait until all is healthy."""
        return DockerEngine(launch(self.order))


@contextmanager
def ordered(
    file: Path, folder: Path, ports: PortPolicy = PortPolicy.DYNAMIC, reach: Reach | None = None
) -> Iterator[Launch]:
    """A launch of this compose file that is ready to start; what was started of it is removed at the end.

    A sentinel removes it where the tests are killed.
    """
    compose = read_compose(file)
    images = images_for(compose, file, _log.debug)
    run = f"test-{secrets.token_hex(4)}"
    order = Order(
        compose=compose,
        stack=stack_of(compose, file),
        run=run,
        folder=folder / run,
        proxy_image=images.proxy,
        images=images.services,
        ports=ports,
        reach=reach,
    )
    order.folder.mkdir()
    sentinel = Sentinel(run, order.folder)
    sentinel.start()
    try:
        yield Launch(order)
    finally:
        sweep(run)
        sentinel.dismiss()


@contextmanager
def launched(file: Path, folder: Path, reach: Reach | None = None) -> Iterator[DockerEngine]:
    """A stack that stands while the block runs."""
    with ordered(file, folder, reach=reach) as launch_of_it:
        yield launch_of_it.start()


def redis_image() -> str:
    """An image with redis-server and redis-cli: a server and a client for tiny stacks."""
    return images_for(read_compose(GUESTBOOK), GUESTBOOK, _log.debug).services["redis"]


def python_image() -> str:
    """An image with Python and curl, whose `python3 -m http.server` answers with a Date."""
    return images_for(read_compose(GUESTBOOK), GUESTBOOK, _log.debug).services["web"]
