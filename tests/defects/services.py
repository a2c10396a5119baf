"""The seeded defects of the HTTP services, and a way to run these without the stack."""

import logging
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path

from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.images.needed import images_for
from stackproof.machine.waiting import wait_until
from suites.contract.openapi import Api
from suites.contract.ways import Way
from tests.defects.patches import ROOT, Defect, running
from tests.engine.toxiproxies import LOOPBACK, free_port

_UP_WITHIN_S = 60.0

log = logging.getLogger(__name__)

DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "http").glob("*.patch")))
"""The claim of each is one of tests/engine/test_http_defects.py."""

_PARTS = ("stack/mime-server", "stack/public_app", "stack/intranet_api", "stack/common")
_SERVICES = """
import asyncio, sys
from pathlib import Path
from intranet_api.app import make_app as intranet_api
from intranet_api.settings import Settings as IntranetSettings
from public_app.app import make_app as public_app
from public_app.settings import Settings as PublicSettings
from servicekit.metrics import HttpMetrics
from servicekit.serving import Site, serving, stop_requested
from servicekit.upstream import MimeServer
from servicekit.wire import Address, Timeouts
from testkit.mime import LOOPBACK, MAX_SIZE_BYTES, mime_server, mime_settings

async def main():
    storage, spool = Path(sys.argv[1]) / "storage", Path(sys.argv[1]) / "spool"
    storage.mkdir(), spool.mkdir()
    async with mime_server(mime_settings(storage)) as mime:
        upstream = MimeServer(Address(LOOPBACK, mime.transfers), Timeouts(5, 5))
        public = PublicSettings(upstream, MAX_SIZE_BYTES, 8, 10.0, spool, 1.0)
        intranet = IntranetSettings(upstream, 1.0)
        sites = [Site(public_app(public, HttpMetrics()), 0), Site(intranet_api(intranet, HttpMetrics()), 0)]
        async with serving(sites, host=LOOPBACK, drain_s=1.0) as ports:
            print(*ports, flush=True)
            await stop_requested()

asyncio.run(main())
"""
_GATEWAY = {
    "TLS_NAMES": "DNS:gateway",
    "RATE_LIMIT_PER_S": "2000",
    "RATE_LIMIT_BURST": "500",
    "MAX_BODY_BYTES": "105906176",
}


@contextmanager
def served(code: Path, folder: Path, seed: int) -> Iterator[Api]:
    """Run both applications and a mime-server of this code in one process on loopback, while the block runs."""
    with running(code, _PARTS, _SERVICES, str(folder), log=folder / "log") as ports:
        public, intranet = (Way(LOOPBACK, int(port)) for port in ports)
        yield Api(public, intranet, seed)


@contextmanager
def gateway_alone(code: Path, folder: Path) -> Iterator[Way]:
    """Run the gateway's image with this code's configuration and nothing behind it, while the block runs.

    Raises:
        RuntimeError: It did not start.
    """
    compose_file = ROOT / "stack" / "compose.yaml"
    image = images_for(read_compose(compose_file), compose_file, log.debug).services["gateway"]
    name, port = f"stackproof-test-{uuid.uuid4().hex[:12]}", free_port()
    mount = f"type=bind,source={code / 'stack' / 'gateway'},target=/etc/gateway,readonly"
    options = [
        "--publish",
        f"{LOOPBACK}:{port}:443",
        "--sysctl",
        "net.ipv4.ip_unprivileged_port_start=0",
        "--mount",
        mount,
    ]
    settings = [word for key, value in _GATEWAY.items() for word in ("--env", f"{key}={value}")]
    _docker("run", "--detach", "--rm", "--name", name, *options, *settings, image)
    try:
        way = Way(LOOPBACK, port, folder / "ca.pem")
        waited = wait_until(lambda: _has_keys(name, folder / "ca.pem") and _answers(way), within_s=_UP_WITHIN_S)
        if not waited.in_time:
            raise RuntimeError(f"the gateway did not answer within {_UP_WITHIN_S} s")
        yield way
    finally:
        _docker("rm", "--force", name)


def _has_keys(container: str, file: Path) -> bool:
    command = ("docker", "exec", container, "cat", "/tls/ca.pem")
    keys = subprocess.run(command, capture_output=True, timeout=60, check=False)
    file.write_bytes(keys.stdout)
    return keys.returncode == 0


def _answers(way: Way) -> bool:
    try:
        with closing(way.connection()) as connection:
            connection.request("GET", "/health")
            return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False


def _docker(*arguments: str) -> None:
    subprocess.run(("docker", *arguments), check=True, capture_output=True, timeout=60)
