"""Which services reach which: the evidence for partitions.

Each caller pings, and opens TCP connections, from its own network namespace, as the service itself would. A missing
answer does not show which direction is cut. So the kernel on the receiving side is asked how many echo requests came
in, which it counts after its packet filters (``Icmp: InEchos`` in /proc/net/snmp, RFC 4293).
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Side
from stackproof.faults.evidence.pings import PingCount, count_of
from stackproof.model import EngineError

_PACKETS = 5
_IN_PARALLEL = 4
_TIMEOUT_S = 60.0
_ECHOES = re.compile(r"^ECHOES (?P<count>\d+)$", re.MULTILINE)
_TRIED = re.compile(r"^TCP (?P<outcome>.*)$", re.MULTILINE)
_ANSWERED = ("succeeded", "refused")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """Where neighbours reach a service: at its proxy, or at the service itself if it has none.

    Attributes:
        service: Name of the service.
        side: Which container that is.
        hosts: Its addresses.
        ports: Its TCP ports.
    """

    service: str
    side: Side
    hosts: tuple[str, ...]
    ports: tuple[int, ...]

    @property
    def place(self) -> Place:
        """The network namespace of that container."""
        return Place(self.service, self.side)


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """The outcome of calls.

    Attributes:
        pings: Echo requests and their answers.
        tried: TCP connections that were tried.
        answered: How many of them were accepted or refused: either way, a packet came back.
    """

    pings: PingCount
    tried: int
    answered: int

    def __str__(self) -> str:
        return f"{self.pings}, {self.answered} of {self.tried} TCP connections"


@dataclass(frozen=True, slots=True)
class Call:
    """A service's calls to another one.

    Attributes:
        source: The service that calls.
        target: The service that is called.
        outcome: What the caller observed.
    """

    source: str
    target: str
    outcome: CallOutcome


@dataclass(frozen=True, slots=True)
class ReceivedCalls:
    """What reached a service.

    Attributes:
        service: Its name.
        itself: The outcome of its own calls to the same addresses.
        echo_requests: How many echo requests reached it while the others called.
    """

    service: str
    itself: CallOutcome
    echo_requests: int

    @property
    def answers_itself(self) -> bool:
        """True if it answers its own calls: only then does silence towards others mean anything."""
        return self.itself.pings.lost == 0 and self.itself.tried == self.itself.answered


@dataclass(frozen=True, slots=True)
class Reachability:
    """Which services reach which.

    Attributes:
        calls: What each caller observed.
        received: What reached each called service.
    """

    calls: tuple[Call, ...]
    received: tuple[ReceivedCalls, ...]

    @property
    def answered(self) -> tuple[Call, ...]:
        """The calls to which anything came back."""
        return tuple(call for call in self.calls if call.outcome.pings.received or call.outcome.answered)

    def sent_to(self, service: str) -> int:
        """How many echo requests were sent to a service."""
        return sum(call.outcome.pings.sent for call in self.calls if call.target == service)


def entry_point(engine: RunningStack, service: str, networks: tuple[str, ...]) -> EntryPoint | None:
    """Where neighbours on these networks reach a service, or None if it does not run."""
    addresses = [each for each in engine.addresses(service) if each.network in networks]
    for side in (Side.PROXY, Side.SERVICE):
        hosts = tuple(each.host for each in addresses if each.side is side)
        if hosts:
            return EntryPoint(service, side, hosts, engine.stack.service(service).ports)
    return None


def measure(engine: RunningStack, routes: tuple[tuple[str, EntryPoint], ...]) -> Reachability:
    """Let services call each other.

    Args:
        engine: The running stack.
        routes: Pairs of a caller and the entry point that it calls.

    Raises:
        EngineError: A helper could not run next to a service.
    """
    called = tuple({entry.service: entry for _, entry in routes}.values())
    callers = {source: tuple(entry for each, entry in routes if each == source) for source, _ in routes}
    with ThreadPoolExecutor(_IN_PARALLEL) as pool:
        before = tuple(pool.map(lambda each: _call_itself(engine, each), called))
        texts = tuple(pool.map(lambda each: _call(engine, Place(each), callers[each]), callers))
        after = tuple(pool.map(lambda each: _echoes(_run(engine, each.place, _COUNT)), called))
    printed = zip(callers.items(), texts, strict=True)
    calls = (call for (source, entries), text in printed for call in _calls(source, entries, text))
    received = (
        ReceivedCalls(each.service, itself, then - now)
        for each, (itself, now), then in zip(called, before, after, strict=True)
    )
    return Reachability(tuple(calls), tuple(received))


def _call_itself(engine: RunningStack, entry: EntryPoint) -> tuple[CallOutcome, int]:
    """Let a service call itself; also how many echo requests it has received so far."""
    text = _run(engine, entry.place, f"{_call_script(entry)}\nwait\n{_COUNT}")
    return outcome_of(text, entry), _echoes(text)


def _call(engine: RunningStack, place: Place, entries: tuple[EntryPoint, ...]) -> str:
    return _run(engine, place, "\n".join([*map(_call_script, entries), "wait"]))


def _calls(source: str, entries: tuple[EntryPoint, ...], text: str) -> Iterator[Call]:
    return (Call(source, each.service, outcome_of(text, each)) for each in entries)


# The position of the counter differs between kernels: a line of names comes before the line of numbers.
_COUNT = """\
awk '$1 == "Icmp:" { if (at) print "ECHOES", $at; else for (i = 2; i <= NF; i++) if ($i == "InEchos") at = i }' \
/proc/net/snmp"""


def _call_script(entry: EntryPoint) -> str:
    """Shell that calls all addresses of a service at the same time, and prints each outcome in one piece."""
    pings = (f'(said=$(ping -n -q -c {_PACKETS} -i 0.02 -W 0.5 {host}); echo "$said") &' for host in entry.hosts)
    tries = (
        f'(said=$(nc -n -v -z -w 1 {host} {port} 2>&1); echo "TCP $said") &'
        for host in entry.hosts
        for port in entry.ports
    )
    return "\n".join([*pings, *tries])


def _run(engine: RunningStack, place: Place, script: str) -> str:
    return engine.run_helper(place, ("sh", "-c", script), _TIMEOUT_S)


def _echoes(text: str) -> int:
    match = _ECHOES.search(text)
    if match is None:
        raise EngineError(f"expected the kernel to count echo requests in /proc/net/snmp, saw {text.strip()[-200:]!r}")
    return int(match["count"])


def outcome_of(text: str, entry: EntryPoint) -> CallOutcome:
    """Read what was printed about the calls to one service.

    Raises:
        EngineError: Something is missing.
    """
    counts = [_ping_count(text, host) for host in entry.hosts]
    tried = [line for line in _TRIED.findall(text) if any(f" {host} " in line for host in entry.hosts)]
    expected = len(entry.hosts) * len(entry.ports)
    if len(tried) != expected:
        raise EngineError(f"expected nc to report {expected} connections to {entry.service!r}, saw {tried}")
    pings = PingCount(sum(each.sent for each in counts), sum(each.received for each in counts))
    return CallOutcome(pings, len(tried), sum(any(word in line for word in _ANSWERED) for line in tried))


def _ping_count(text: str, host: str) -> PingCount:
    _, found, rest = text.partition(f"--- {host} ping statistics ---")
    if not found:
        raise EngineError(f"expected ping to report on {host}, saw {text.strip()[-200:]!r}")
    return count_of(rest)
