"""Stacks that tests start with proxies in them, and of which nothing is left."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stackproof.engine.docker.compose.layout import Access
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.docker.docker_stack import DockerStack
from stackproof.engine.docker.images.needed import images_for
from stackproof.engine.docker.life.launch import Launch, launch
from stackproof.engine.docker.life.sentinel import Sentinel
from stackproof.engine.docker.life.small_disks import attach_disks
from stackproof.engine.docker.life.sweep import sweep
from stackproof.engine.port import PortPolicy

_log = logging.getLogger("live_stacks")
GUESTBOOK = Path(__file__).parents[1] / "stacks" / "guestbook" / "compose.yaml"


@dataclass(frozen=True, slots=True)
class PreparedLaunch:
    """A launch that is ready to start; whatever comes of it is swept.

    Attributes:
        wanted: What is to be started.
    """

    wanted: Launch

    def start(self) -> DockerStack:
        """Start it, and wait until every service is healthy."""
        wanted = self.wanted
        disks = attach_disks(wanted.run, wanted.folder, wanted.compose, _log.debug)
        return DockerStack(launch(replace(wanted, disks=disks), lambda: None))


@contextmanager
def prepared(
    file: Path, folder: Path, ports: PortPolicy = PortPolicy.DYNAMIC, access: Access | None = None
) -> Iterator[PreparedLaunch]:
    """A launch of this compose file that is ready to start; what was started of it is removed at the end.

    A sentinel removes it where the tests are killed.
    """
    compose = read_compose(file)
    images = images_for(compose, file, _log.debug)
    run = f"test-{secrets.token_hex(4)}"
    (folder / run).mkdir()
    sentinel = Sentinel(run, folder / run)
    sentinel.start()
    try:
        wanted = Launch(
            compose=compose,
            stack=stack_of(compose, file),
            run=run,
            folder=folder / run,
            proxy_image=images.proxy,
            images=images.services,
            ports=ports,
            access=access,
        )
        yield PreparedLaunch(wanted)
    finally:
        sweep(run)
        sentinel.dismiss()


@contextmanager
def launched(file: Path, folder: Path, access: Access | None = None) -> Iterator[DockerStack]:
    """A stack that runs while the block lasts."""
    with prepared(file, folder, access=access) as launch_of_it:
        yield launch_of_it.start()


def redis_image() -> str:
    """An image with redis-server and redis-cli: a server and a client for tiny stacks."""
    return images_for(read_compose(GUESTBOOK), GUESTBOOK, _log.debug).services["redis"]


def python_image() -> str:
    """An image with Python and curl, whose `python3 -m http.server` answers with a Date."""
    return images_for(read_compose(GUESTBOOK), GUESTBOOK, _log.debug).services["web"]
