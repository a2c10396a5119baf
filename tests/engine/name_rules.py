"""Look-ups of services, independent of the faults' own evidence; and the rules in their networks."""

from stackproof.engine.port import Place, RunningStack

_ONE_SOCKET = """
import socket, struct, sys
question = b"".join(bytes([len(each)]) + each.encode() for each in sys.argv[1].split(".")) + bytes(1)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.bind(("127.0.0.1", 61234))  # always the same, so that the kernel tracks it as one connection
client.connect(("127.0.0.11", 53))
client.send(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + question + struct.pack(">2H", 1, 1))
print({0: "NOERROR", 3: "NXDOMAIN"}[client.recv(512)[3] & 15])
"""


def looked_up(engine: RunningStack, service: str, name: str, options: str = "") -> set[str]:
    """Addresses that a service gets for a name; none if there is no answer within a second.

    Args:
        engine: The running stack.
        service: The service that asks.
        name: The name.
        options: Options of the resolver (resolv.conf(5)).
    """
    command = f"env LOCALDOMAIN= RES_OPTIONS='timeout:1 attempts:1 {options}' getent ahosts {name} || true"
    return {line.split()[0] for line in engine.run_helper(Place(service), ("sh", "-c", command)).splitlines()}


def status_over_one_socket(engine: RunningStack, service: str, name: str) -> str:
    """The status of the answer to a service that always asks from the same socket."""
    return engine.run_helper(Place(service), ("python3", "-c", _ONE_SOCKET, name)).strip()


_FILTER = ("NET_ADMIN", "NET_RAW")


def nat_rules(engine: RunningStack, service: str, tool: str = "iptables-nft") -> str:
    """All NAT rules of one kind in a service's network."""
    return engine.run_helper(Place(service, capabilities=_FILTER), (tool, "-w", "-t", "nat", "-S"))


def all_rules(engine: RunningStack, service: str) -> list[str]:
    """All rules in a service's network."""
    printed = engine.run_helper(Place(service, capabilities=_FILTER), ("iptables-nft-save",))
    return [line for line in printed.splitlines() if line.startswith(("-A", ":"))]


def write_rules_the_old_way(engine: RunningStack, service: str) -> None:
    """Convert the engine's own rules in a service's network to iptables-legacy, until the service is restarted."""
    move = "iptables-nft-save -t nat | iptables-legacy-restore && iptables-nft -t nat -F && iptables-nft -t nat -X"
    engine.run_helper(Place(service, capabilities=_FILTER), ("sh", "-c", move))
