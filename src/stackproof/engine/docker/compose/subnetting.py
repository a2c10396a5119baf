"""Arithmetic of addresses: which subnets a stack's networks need, and which address each proxy takes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.model import DeclarationError

_SMALLEST_PREFIX = 24
_RESERVED = 2  # the network's own address, and the engine's own in it


def static_offsets(compose: ComposeFile, network: str) -> tuple[int, ...]:
    """The offset of each static address from its network's first address, ascending.

    Raises:
        DeclarationError: An address is in a network without a subnet, or outside of it.
    """
    return tuple(sorted(_offsets(compose, network)))


def _offsets(compose: ComposeFile, network: str) -> Iterator[int]:
    subnet = compose.networks[network].subnet
    for name, service in compose.services.items():
        attachment = service.networks.get(network)
        if attachment is None or attachment.ipv4_address is None:
            continue
        address = IPv4Address(attachment.ipv4_address)
        if subnet is None or address not in IPv4Network(subnet):
            raise DeclarationError(
                f"service {name!r} wants {address} on {network!r}, whose subnet is {subnet or 'not declared'}",
                fix="declare a subnet that holds the address, or drop the address",
            )
        yield int(address) - int(IPv4Network(subnet).network_address)


def prefix_for(compose: ComposeFile, network: str) -> int:
    """The longest prefix whose lower half holds static addresses and proxies; the upper half is the engine's."""
    highest = max(static_offsets(compose, network), default=0)
    needed = max(highest, _RESERVED + 2 * len(compose.services)) + 1
    prefix = _SMALLEST_PREFIX
    while 2 ** (32 - prefix) // 2 < needed:
        prefix -= 1
    return prefix


def dynamic_range(subnet: IPv4Network) -> IPv4Network:
    """The half of a subnet that the engine assigns from, so that it never takes a proxy's address."""
    return list(subnet.subnets(prefixlen_diff=1))[1]


def relocated(address: str, old: str, new: IPv4Network) -> str:
    """The address with the same offset in another subnet."""
    offset = int(IPv4Address(address)) - int(IPv4Network(old).network_address)
    return str(new.network_address + offset)


def free_addresses(subnet: IPv4Network, taken: Iterable[str]) -> Iterator[str]:
    """Free addresses of a subnet, lowest first."""
    occupied = set(taken)
    for offset in range(_RESERVED, subnet.num_addresses):
        address = str(subnet.network_address + offset)
        if address not in occupied:
            yield address


def overlaps(candidate: IPv4Network, taken: Iterable[IPv4Network]) -> bool:
    """True where a subnet shares an address with a taken one."""
    return any(candidate.overlaps(other) for other in taken)


def statics_of(compose: ComposeFile, network: str, subnets: Mapping[str, IPv4Network]) -> dict[str, str]:
    """Each service's static address on a network after its relocation, by service name."""
    declared = compose.networks[network].subnet
    return {
        name: relocated(attachment.ipv4_address, declared, subnets[network])
        for name, service in compose.services.items()
        if (attachment := service.networks.get(network)) is not None and attachment.ipv4_address and declared
    }
