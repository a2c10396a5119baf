"""How tests reach the services that speak HTTP."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stackproof import Run
from suites.contract.openapi import Api
from suites.contract.ways import Way

GATEWAY = "gateway"
Apis = Callable[[str], Api]


@pytest.fixture(scope="session")
def authority(stack: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the authority that signed the gateway's certificate; the stack's operator hands it out."""
    file = tmp_path_factory.mktemp("trust") / "ca.pem"
    file.write_text(stack.engine.exec(GATEWAY, ("cat", "/tls/ca.pem")), encoding="ascii")
    return file


@pytest.fixture(scope="session")
def gateway(stack: Run, authority: Path) -> Way:
    """The gateway over TLS."""
    address = stack.entry(f"public_net/{GATEWAY}:443")
    return Way(address.host, address.port, authority)


@pytest.fixture(scope="session")
def plain_gateway(stack: Run) -> Way:
    """The gateway without TLS."""
    address = stack.entry(f"public_net/{GATEWAY}:80")
    return Way(address.host, address.port)


@pytest.fixture(scope="session")
def apis(stack: Run, gateway: Way, seed: int) -> Apis:
    """Both services as one API, reached through the gateway or directly."""

    def api(way: str) -> Api:
        if way == GATEWAY:
            return Api(gateway, gateway, seed)
        public, intranet = stack.entry("public_net/public_app:5000"), stack.entry("private_net/intranet_api:5001")
        return Api(Way(public.host, public.port), Way(intranet.host, intranet.port), seed)

    return api
