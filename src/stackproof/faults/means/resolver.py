"""A resolver of ours in a service's network namespace, to which that service's look-ups are led.

The engine's name server is asked at an address in the namespace itself, by rules of the engine's own there. Ours stand
before them and lead whatever is asked to dnsmasq, which asks the engine for all that is not its own. Its questions,
known by its user, are not led. There may be two: ``dns_lie``'s is asked first, and passes on to ``dns_fail``'s what it
does not know.
"""

from dataclasses import dataclass

from stackproof.engine.port import Names, Place, RunningStack
from stackproof.model import EngineError, FaultError

UNLED_USER = 64053
"""Whoever asks as this user is led nowhere: the engine itself answers."""

_PORT = 64053  # of no known service, and no port that a kernel gives to clients
_CHAIN = "STACKPROOF_NAMES"
_TABLE = "ip stackproof_names"
_OWN_PORTS = ("--min-port=61000", "--max-port=65535")

# Connections that the kernel remembers keep the way that they have: whoever asks from one socket for ever, as nginx
# does, would feel neither the fault nor its heal.
_FORGET = """
forget() {
  said=$(conntrack --delete --orig-dst "$server" 2>&1) && return
  case $said in *' 0 flow entries '*) ;; *) echo "$said"; exit 5 ;; esac
}
"""

# The kernel knows a flow by its addresses and ports, and leads it where its first packet went: a question from a port
# from which another one, not to be led, was asked within the last half minute would go that one's way. So those of the
# user who is never led are remembered apart (a zone; nft(8), ct), where the kernel can; and dnsmasq asks from
# ports that a kernel gives to no client by itself (ip_local_port_range).
_APART = f"""
apart() {{ nft list table {_TABLE} >/dev/null 2>&1; }}
"""

# Rules of the engine's own kind of iptables come before its rules. To ask the old kind where it has none would leave
# its empty tables behind.
_TOOLS = """
tools() { echo iptables-nft; ! grep -qs '^nat$' /proc/net/ip_tables_names || echo iptables-legacy; }
"""

_LEAD = rf"""set -eu
server=$1 engine_chain=$2 at=$3 user=$4 place=$5
grep -q "^nameserver $server\$" /etc/resolv.conf || {{ echo "it does not ask the engine at $server"; exit 3; }}
tries=0
until ss -Hlun src "$at:{_PORT}" | grep -q .; do
  [ $tries -lt 100 ] || {{ echo "nothing listens on $at:{_PORT} after 10 s; has the service taken it?"; exit 4; }}
  tries=$((tries + 1)); sleep 0.1
done
{_TOOLS}
tool=iptables-nft
for each in $(tools); do
  ! $each -w -t nat -S "$engine_chain" >/dev/null 2>&1 || {{ tool=$each; break; }}
done
nat() {{ $tool -w -t nat "$@"; }}
nat -S {_CHAIN} >/dev/null 2>&1 || nat -N {_CHAIN}
nat -C OUTPUT -d "$server" -j {_CHAIN} 2>/dev/null || nat -I OUTPUT -d "$server" -j {_CHAIN}
for protocol in udp tcp; do
  set -- {_CHAIN} -p $protocol --dport 53 -m owner ! --uid-owner "$user" -j DNAT --to-destination "$at:{_PORT}"
  nat -C "$@" 2>/dev/null || nat "$place" "$@"
done
{_APART}
apart || nft -f - 2>/dev/null <<END || :
table {_TABLE} {{
  chain output {{
    type filter hook output priority raw
    ip daddr $server meta skuid {UNLED_USER} ct original zone set 1
  }}
}}
END
{_FORGET}
forget
"""

_UNLEAD = f"""set -eu
server=$1 at=$2 user=$3
{_TOOLS}
{_APART}
{_FORGET}
for tool in $(tools); do
  nat() {{ $tool -w -t nat "$@"; }}
  nat -S {_CHAIN} >/dev/null 2>&1 || continue
  for protocol in udp tcp; do
    set -- {_CHAIN} -p $protocol --dport 53 -m owner ! --uid-owner "$user" -j DNAT --to-destination "$at:{_PORT}"
    ! nat -C "$@" 2>/dev/null || nat -D "$@"
  done
  nat -S {_CHAIN} | grep -q '^-A' || {{
    ! nat -C OUTPUT -d "$server" -j {_CHAIN} 2>/dev/null || nat -D OUTPUT -d "$server" -j {_CHAIN}
    nat -X {_CHAIN}
    ! apart || nft delete table {_TABLE}
  }}
  forget
done
"""

_MUTE = 'nc -d -k -l -u "$1" "$2" >/dev/null & shift 2; exec "$@"'


def has_network(engine: RunningStack, service: str) -> bool:
    """True where the service has processes, and with them a network of its own."""
    return engine.state(service).status.is_up


@dataclass(frozen=True, slots=True)
class Resolver:
    """A resolver of ours, known by its address, so that any process finds what another one left.

    Attributes:
        name: Name of its helper container.
        host: Address that it listens on.
        user: Numeric id of the user that it runs as, which no service has.
        unled: Ids of the users whose questions pass it by, as iptables takes them.
        place: ``-I`` to be asked before others of ours, ``-A`` to be asked after them.
    """

    name: str
    host: str
    user: int
    unled: str
    place: str

    def lead(self, engine: RunningStack, service: str, command: tuple[str, ...]) -> None:
        """Start it, and lead the service's look-ups to it.

        Raises:
            FaultError: They cannot be led.
        """
        engine.start_helper(Place(service, capabilities=("SETUID", "SETGID")), self.name, command)
        place = Place(service, capabilities=("NET_ADMIN", "NET_RAW"))
        try:
            server = engine.name_server()
            asked = (server.host, server.nat_chain or _CHAIN)
            engine.run_helper(place, ("sh", "-c", _LEAD, "lead", *asked, self.host, self.unled, self.place))
        except EngineError as error:
            raise FaultError(
                f"expected to lead the look-ups of {service!r} to a resolver of ours, but: {error.message}",
                fix="aim at a service on a network of the stack, and at none with `network_mode: host` or `dns`"
                " of its own; the kernel needs nat, xt_owner and nf_conntrack_netlink",
            ) from None

    def unlead(self, engine: RunningStack, service: str) -> None:
        """Take the rules away while the service lives, and the resolver in any case; a second time does nothing."""
        try:
            self._unlead_living(engine, service)
        finally:
            engine.remove_helper(service, self.name)

    def _unlead_living(self, engine: RunningStack, service: str) -> None:
        """A dead service has taken its rules with it; the next one starts without any."""
        if not has_network(engine, service):
            return
        place = Place(service, capabilities=("NET_ADMIN", "NET_RAW"))
        try:
            asked = engine.name_server().host
            engine.run_helper(place, ("sh", "-c", _UNLEAD, "unlead", asked, self.host, self.unled))
        except EngineError:
            if has_network(engine, service):
                raise

    def answering(self, engine: Names, name: str, *own: str) -> tuple[str, ...]:
        """The command of a dnsmasq that has answers of its own for one name, and asks the engine for all others.

        Args:
            engine: The stack.
            name: The name. Names under it are other names, which dnsmasq has to be told.
            own: Its options for this name.
        """
        user = ("setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups")
        quiet = ("--keep-in-foreground", "--log-facility=-", "--pid-file=", "--conf-file=/dev/null", "--no-hosts")
        here = (f"--port={_PORT}", f"--listen-address={self.host}", "--bind-interfaces", *_OWN_PORTS)
        # Nothing is remembered, so that a heal is seen at once; and a service's many questions are not held back.
        plain = ("--no-resolv", "--no-poll", "--cache-size=0", "--local-ttl=0", "--dns-forward-max=10000")
        asked = engine.name_server().host
        others = (f"--server={asked}", f"--server=/*.{name}/{asked}")
        return (*user, "dnsmasq", *quiet, *here, *plain, *others, *own)


FAILING = Resolver("dns-fail", "127.77.53.1", UNLED_USER, str(UNLED_USER), "-A")
"""dns_fail's: asked last."""

LYING = Resolver("dns-lie", "127.77.53.2", UNLED_USER + 1, f"{UNLED_USER}-{UNLED_USER + 1}", "-I")
"""dns_lie's: asked first, and never by the other one."""

_MUTE_HOST = "127.77.53.3"


def beside_a_mute(command: tuple[str, ...]) -> tuple[str, ...]:
    """The same command, and beside it something that takes questions at ``mute_server()`` and never answers."""
    return ("sh", "-c", _MUTE, "mute", _MUTE_HOST, str(_PORT), *command)


def mute_server() -> str:
    """Where dnsmasq sends questions that shall have no answer."""
    return f"{_MUTE_HOST}#{_PORT}"
