"""Finds subnets that nothing on this machine uses."""

import random
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from stackproof.engine.docker.compose.subnetting import overlaps
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

# The private range least used by home routers, company networks and engines' defaults (RFC 1918's 10/8, upper half).
_RANGE = IPv4Network("10.128.0.0/9")
_ROUTES = Path("/proc/net/route")
_TRIES = 2000


def taken_subnets(client: "DockerClient") -> tuple[IPv4Network, ...]:
    """Subnets of the engine's networks and of this machine's routes."""
    return (*_engine_subnets(client), *_routes())


def _engine_subnets(client: "DockerClient") -> Iterator[IPv4Network]:
    for network in client.api.networks():
        for pool in (network.get("IPAM") or {}).get("Config") or ():
            if "." in pool.get("Subnet", ""):
                yield IPv4Network(pool["Subnet"], strict=False)


def _routes() -> Iterator[IPv4Network]:
    """The kernel's IPv4 routes, none where it has no such file; format: proc(5), hexadecimal in host byte order."""
    if not _ROUTES.exists():
        return
    for line in _ROUTES.read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        destination, mask = (int.from_bytes(bytes.fromhex(fields[index]), "little") for index in (1, 7))
        if mask:
            yield IPv4Network((destination, mask.bit_count()))


def choose_subnets(prefixes: tuple[int, ...], taken: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
    """One free subnet for each prefix length, at random so that two runs at once hardly ever want the same.

    Raises:
        EngineError: None was found.
    """
    chosen: list[IPv4Network] = []
    for prefix in prefixes:
        chosen.append(_free(prefix, (*taken, *chosen)))
    return tuple(chosen)


def _free(prefix: int, taken: tuple[IPv4Network, ...]) -> IPv4Network:
    slots = 2 ** (prefix - _RANGE.prefixlen)
    for _ in range(_TRIES):
        start = int(_RANGE.network_address) + random.randrange(slots) * 2 ** (32 - prefix)  # noqa: S311 - no secret
        candidate = IPv4Network((start, prefix))
        if not overlaps(candidate, taken):
            return candidate
    raise EngineError(
        f"expected a free /{prefix} in {_RANGE}, found none in {_TRIES} tries",
        fix="remove unused networks: `stackproof down --all`, then `docker network prune`",
    )
