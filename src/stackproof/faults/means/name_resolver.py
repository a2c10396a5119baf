"""A resolver of ours in a service's network namespace, to which the service's look-ups are redirected.

The engine answers look-ups at an address in the namespace itself, by rules of its own. Our rules come before them, and
redirect every question to dnsmasq, which asks the engine for all names but its own. Its questions, recognized by its
user, are not redirected. There may be two resolvers: that of ``dns_lie`` is asked first, and forwards the names that it
does not know to that of ``dns_fail``.
"""

from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack
from stackproof.faults.means.run_state import is_up
from stackproof.model import EngineError, FaultError

DIRECT_USER = 64053
"""Look-ups of this user are never redirected: the engine itself answers them."""

_PORT = 64053  # used by no known service, and never assigned to clients by a kernel
_CHAIN = "STACKPROOF_NAMES"
_TABLE = "ip stackproof_names"
_OWN_PORTS = ("--min-port=61000", "--max-port=65535")

# The kernel sends a connection that it has tracked the same way as before: a service that always asks from one socket,
# as nginx does, would notice neither the fault nor its healing.
_FORGET_FLOWS = """
forget() {
  said=$(conntrack --delete --orig-dst "$server" 2>&1) && return
  case $said in *' 0 flow entries '*) ;; *) echo "$said"; exit 5 ;; esac
}
"""

# The kernel identifies a flow by its addresses and ports, and sends all of it where its first packet went: a question
# would go the wrong way if another one, not to be redirected, came from the same port in the last half minute. So the
# direct user's flows are tracked separately (in a zone; nft(8), ct) if the kernel can do so; and dnsmasq asks from
# ports that a kernel does not assign to clients by itself (ip_local_port_range).
_SEPARATE = f"""
separate() {{ nft list table {_TABLE} >/dev/null 2>&1; }}
"""

# Our rules must be of the same kind of iptables as the engine's to come before them. Asking the old kind if it has no
# tables would leave empty ones behind.
_TOOLS = """
tools() { echo iptables-nft; ! grep -qs '^nat$' /proc/net/ip_tables_names || echo iptables-legacy; }
"""

_REDIRECT = rf"""set -eu
server=$1 at=$2 user=$3 place=$4
grep -q "^nameserver $server\$" /etc/resolv.conf || {{ echo "its resolver is not the one at $server"; exit 3; }}
tries=0
until ss -Hlun src "$at:{_PORT}" | grep -q .; do
  [ $tries -lt 100 ] || {{ echo "nothing listens on $at:{_PORT} after 10 s; does the service use that port?"; exit 4; }}
  tries=$((tries + 1)); sleep 0.1
done
{_TOOLS}
tool=iptables-nft
for each in $(tools); do
  ! $each -w -t nat -S OUTPUT 2>/dev/null | grep -q -e "-d $server/32 " || {{ tool=$each; break; }}
done
nat() {{ $tool -w -t nat "$@"; }}
nat -S {_CHAIN} >/dev/null 2>&1 || nat -N {_CHAIN}
nat -C OUTPUT -d "$server" -j {_CHAIN} 2>/dev/null || nat -I OUTPUT -d "$server" -j {_CHAIN}
for protocol in udp tcp; do
  set -- {_CHAIN} -p $protocol --dport 53 -m owner ! --uid-owner "$user" -j DNAT --to-destination "$at:{_PORT}"
  nat -C "$@" 2>/dev/null || nat "$place" "$@"
done
{_SEPARATE}
separate || nft -f - 2>/dev/null <<END || :
table {_TABLE} {{
  chain output {{
    type filter hook output priority raw
    ip daddr $server meta skuid {DIRECT_USER} ct original zone set 1
  }}
}}
END
{_FORGET_FLOWS}
forget
"""

_RESTORE = f"""set -eu
server=$1 at=$2 user=$3
{_TOOLS}
{_SEPARATE}
{_FORGET_FLOWS}
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
    ! separate || nft delete table {_TABLE}
  }}
  forget
done
"""

_SILENT = 'nc -d -k -l -u "$1" "$2" >/dev/null & shift 2; exec "$@"'


@dataclass(frozen=True, slots=True)
class NameResolver:
    """A resolver of ours, identified by its address, so that any process can remove what another one left.

    Attributes:
        name: Name of its helper container.
        host: Address that it listens on.
        user: Numeric id of the user that it runs as, which no service uses.
        bypassing: Ids of the users whose questions do not go to it, in iptables' notation.
        place: ``-I`` to be asked before our other resolver, ``-A`` to be asked after it.
    """

    name: str
    host: str
    user: int
    bypassing: str
    place: str

    def redirect(self, engine: RunningStack, service: str, command: tuple[str, ...]) -> None:
        """Start it, and redirect the service's look-ups to it.

        Raises:
            FaultError: They cannot be redirected.
        """
        engine.start_helper(Place(service, capabilities=("SETUID", "SETGID")), self.name, command)
        place = Place(service, capabilities=("NET_ADMIN", "NET_RAW"))
        try:
            engine.run_helper(
                place,
                ("sh", "-c", _REDIRECT, "redirect", engine.name_server().host, self.host, self.bypassing, self.place),
            )
        except EngineError as error:
            raise FaultError(
                f"expected to redirect the look-ups of {service!r} to our own resolver, but: {error.message}",
                fix="aim at a service on a network of the stack, not at one with `network_mode: host` or its own"
                " `dns`; the kernel needs nat, xt_owner and nf_conntrack_netlink",
            ) from None

    def restore(self, engine: RunningStack, service: str) -> None:
        """Remove the rules if the service runs, and the resolver in any case; a second call does nothing."""
        try:
            self._remove_rules(engine, service)
        finally:
            engine.remove_helper(service, self.name)

    def _remove_rules(self, engine: RunningStack, service: str) -> None:
        """The rules of a service that has ended are gone with its network; it starts again without any."""
        if not is_up(engine, service):
            return
        place = Place(service, capabilities=("NET_ADMIN", "NET_RAW"))
        try:
            engine.run_helper(
                place, ("sh", "-c", _RESTORE, "restore", engine.name_server().host, self.host, self.bypassing)
            )
        except EngineError:
            if is_up(engine, service):
                raise

    def command(self, engine: RunningStack, name: str, *own: str) -> tuple[str, ...]:
        """The command of a dnsmasq that has its own answers for one name, and asks the engine for all others.

        Args:
            engine: The running stack.
            name: The name. Its subdomains are other names, which needs an option of its own.
            own: The options for this name.
        """
        user = ("setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups")
        quiet = ("--keep-in-foreground", "--log-facility=-", "--pid-file=", "--conf-file=/dev/null", "--no-hosts")
        here = (f"--port={_PORT}", f"--listen-address={self.host}", "--bind-interfaces", *_OWN_PORTS)
        # Nothing is cached, so that a heal takes effect at once; and many questions at a time are not throttled.
        plain = ("--no-resolv", "--no-poll", "--cache-size=0", "--local-ttl=0", "--dns-forward-max=10000")
        server = engine.name_server().host
        others = (f"--server={server}", f"--server=/*.{name}/{server}")
        return (*user, "dnsmasq", *quiet, *here, *plain, *others, *own)


FAILING = NameResolver("dns-fail", "127.77.53.1", DIRECT_USER, str(DIRECT_USER), "-A")
"""That of dns_fail, which is asked last."""

LYING = NameResolver("dns-lie", "127.77.53.2", DIRECT_USER + 1, f"{DIRECT_USER}-{DIRECT_USER + 1}", "-I")
"""That of dns_lie, which is asked first, and never by the other one."""

_SILENT_HOST = "127.77.53.3"


def with_silent_server(command: tuple[str, ...]) -> tuple[str, ...]:
    """The same command, together with a server at ``silent_server()`` that takes questions and never answers."""
    return ("sh", "-c", _SILENT, "silent", _SILENT_HOST, str(_PORT), *command)


def silent_server() -> str:
    """Where dnsmasq sends questions that must not be answered."""
    return f"{_SILENT_HOST}#{_PORT}"
