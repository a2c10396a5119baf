"""What gets from service to service: the observation that partitions are shown by.

Each caller pings, and opens TCP connections, from its own network namespace, as the service itself would. That an
answer is missing does not tell which way is cut. So the kernel of the called is asked how many echo requests came in,
which it counts behind its packet filters (``Icmp: InEchos`` of /proc/net/snmp, RFC 4293).
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Side
from stackproof.faults.evidence.pings import Tally, tally_of
from stackproof.model import EngineError

_PACKETS = 5
_AT_ONCE = 4
_TIMEOUT_S = 60.0
_ECHOES = re.compile(r"^ECHOES (?P<count>\d+)$", re.MULTILINE)
_TRIED = re.compile(r"^TCP (?P<outcome>.*)$", re.MULTILINE)
_ANSWERED = ("succeeded", "refused")


@dataclass(frozen=True, slots=True)
class Door:
    """Where neighbours find a service: its proxy, or itself where it has none.

    Attributes:
        service: Name of the service.
        side: Which container that is.
        hosts: Its addresses there.
        ports: TCP ports.
    """

    service: str
    side: Side
    hosts: tuple[str, ...]
    ports: tuple[int, ...]

    @property
    def place(self) -> Place:
        """Beside it."""
        return Place(self.service, self.side)


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of calls.

    Attributes:
        pings: Echo requests and their answers.
        tried: TCP connections that were tried.
        answered: How many of them were taken or refused: either way a packet came back.
    """

    pings: Tally
    tried: int
    answered: int

    def __str__(self) -> str:
        return f"{self.pings}, {self.answered} of {self.tried} TCP connections"


@dataclass(frozen=True, slots=True)
class Call:
    """What a service saw of its calls to another.

    Attributes:
        source: Who calls.
        target: Who is called.
        answers: What came of it.
    """

    source: str
    target: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Hearing:
    """What reached a service.

    Attributes:
        service: Its name.
        itself: What came of calls of its own to the same addresses: it must be well for silence to tell anything.
        echoes: How many echo requests reached it while the others called.
    """

    service: str
    itself: Answers
    echoes: int

    @property
    def is_well(self) -> bool:
        """True where it answers itself."""
        return self.itself.pings.lost == 0 and self.itself.tried == self.itself.answered


@dataclass(frozen=True, slots=True)
class Crossing:
    """Who reaches whom.

    Attributes:
        calls: What each caller saw.
        hearings: What reached each of the called.
    """

    calls: tuple[Call, ...]
    hearings: tuple[Hearing, ...]

    @property
    def answered(self) -> tuple[Call, ...]:
        """Calls to which anything came back."""
        return tuple(call for call in self.calls if call.answers.pings.received or call.answers.answered)

    def sent_to(self, service: str) -> int:
        """How many echo requests were sent to a service."""
        return sum(call.answers.pings.sent for call in self.calls if call.target == service)


def door(engine: RunningStack, service: str, networks: tuple[str, ...]) -> Door | None:
    """Where neighbours on these networks find a service, or None where that does not run."""
    addresses = [each for each in engine.addresses(service) if each.network in networks]
    for side in (Side.PROXY, Side.SERVICE):
        hosts = tuple(each.host for each in addresses if each.side is side)
        if hosts:
            return Door(service, side, hosts, engine.stack.service(service).ports)
    return None


def watch(engine: RunningStack, ways: tuple[tuple[str, Door], ...]) -> Crossing:
    """Let each caller call.

    Args:
        engine: The stack.
        ways: Who calls whom.

    Raises:
        EngineError: A caller cannot be run beside its service.
    """
    doors = tuple({called.service: called for _, called in ways}.values())
    callers = {source: tuple(called for each, called in ways if each == source) for source, _ in ways}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        before = tuple(pool.map(lambda each: _listen(engine, each), doors))
        texts = tuple(pool.map(lambda each: _call(engine, Place(each), callers[each]), callers))
        after = tuple(pool.map(lambda each: _echoes(_beside(engine, each.place, _COUNT)), doors))
    said = zip(callers.items(), texts, strict=True)
    calls = (call for (source, called), text in said for call in _calls(source, called, text))
    hearings = (
        Hearing(each.service, itself, then - now)
        for each, (itself, now), then in zip(doors, before, after, strict=True)
    )
    return Crossing(tuple(calls), tuple(hearings))


def _listen(engine: RunningStack, called: Door) -> tuple[Answers, int]:
    """Let a service call itself, and tell how many echo requests it has had so far."""
    text = _beside(engine, called.place, f"{_calling(called)}\nwait\n{_COUNT}")
    return answers_of(text, called), _echoes(text)


def _call(engine: RunningStack, place: Place, called: tuple[Door, ...]) -> str:
    return _beside(engine, place, "\n".join([*map(_calling, called), "wait"]))


def _calls(source: str, called: tuple[Door, ...], text: str) -> Iterator[Call]:
    return (Call(source, each.service, answers_of(text, each)) for each in called)


# Which of the numbers it is differs from kernel to kernel: a line of names stands before that of numbers.
_COUNT = """\
awk '$1 == "Icmp:" { if (at) print "ECHOES", $at; else for (i = 2; i <= NF; i++) if ($i == "InEchos") at = i }' \
/proc/net/snmp"""


def _calling(called: Door) -> str:
    """Shell that calls each address of a service at once, and prints each outcome in one piece."""
    pings = (f'(said=$(ping -n -q -c {_PACKETS} -i 0.02 -W 0.5 {host}); echo "$said") &' for host in called.hosts)
    tries = (
        f'(said=$(nc -n -v -z -w 1 {host} {port} 2>&1); echo "TCP $said") &'
        for host in called.hosts
        for port in called.ports
    )
    return "\n".join([*pings, *tries])


def _beside(engine: RunningStack, place: Place, script: str) -> str:
    return engine.run_helper(place, ("sh", "-c", script), _TIMEOUT_S)


def _echoes(text: str) -> int:
    match = _ECHOES.search(text)
    if match is None:
        raise EngineError(f"expected the kernel to count echo requests in /proc/net/snmp, saw {text.strip()[-200:]!r}")
    return int(match["count"])


def answers_of(text: str, called: Door) -> Answers:
    """Read what was printed of the calls to one service.

    Raises:
        EngineError: Some of it is missing.
    """
    tallies = [_tally(text, host) for host in called.hosts]
    tried = [line for line in _TRIED.findall(text) if any(f" {host} " in line for host in called.hosts)]
    expected = len(called.hosts) * len(called.ports)
    if len(tried) != expected:
        raise EngineError(f"expected nc to tell of {expected} connections to {called.service!r}, saw {tried}")
    pings = Tally(sum(each.sent for each in tallies), sum(each.received for each in tallies))
    return Answers(pings, len(tried), sum(any(word in line for word in _ANSWERED) for line in tried))


def _tally(text: str, host: str) -> Tally:
    _, found, rest = text.partition(f"--- {host} ping statistics ---")
    if not found:
        raise EngineError(f"expected ping to tell of {host}, saw {text.strip()[-200:]!r}")
    return tally_of(rest)
