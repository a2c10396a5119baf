"""Real policy services for tests: OPA in containers that listen on loopback, with the policy of a folder."""

import logging
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.images.needed import images_for
from stackproof.engine.port import Address
from tests.defects.patches import ROOT
from tests.engine.toxiproxies import LOOPBACK, free_port

_SERVER = ("run", "--server", "--authorization=basic", "--disable-telemetry", "--log-level=error")
_STARTING = Retry(total=None, connect=100, read=100, backoff_factor=0.05, backoff_max=0.5)


def opa_image() -> str:
    """The image of the stack's policy service, built if it is missing."""
    file = ROOT / "stack" / "compose.yaml"
    compose = read_compose(file, {**os.environ, "COMPOSE_PROFILES": "policy"})
    alone = compose.model_copy(update={"services": {"policy": compose.services["policy"]}})
    return images_for(alone, file, logging.getLogger(__name__).debug).services["policy"]


@dataclass(frozen=True, slots=True)
class RunningOpa:
    """A running policy service.

    Attributes:
        container: Name of its container.
        address: Where it answers.
    """

    container: str
    address: Address

    def freeze(self) -> None:
        """Freeze it: it accepts requests but does not answer."""
        _docker("pause", self.container)

    def kill(self) -> None:
        """Kill it."""
        _docker("kill", self.container)


@contextmanager
def running_opa(image: str, rego: Path) -> Iterator[RunningOpa]:
    """Run one with the policy of a folder while the block runs."""
    opa = RunningOpa(f"stackproof-test-{uuid.uuid4().hex[:12]}", Address(LOOPBACK, free_port()))
    mount = f"type=bind,source={rego},target=/policy,readonly"
    options = ("--detach", "--network", "host", "--name", opa.container, "--mount", mount)
    _docker("run", *options, image, *_SERVER, f"--addr={opa.address}", "/policy")
    try:
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=_STARTING))
            session.get(f"http://{opa.address}/health", timeout=5).raise_for_status()
        yield opa
    finally:
        _docker("rm", "--force", opa.container)


def _docker(*arguments: str) -> None:
    subprocess.run(("docker", *arguments), check=True, capture_output=True, timeout=60)
