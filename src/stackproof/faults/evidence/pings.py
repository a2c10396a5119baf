"""What ping observes: the evidence for faults of packets.

Output of ping of iputils with numeric addresses: ``64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.164 ms``, with
``(DUP!)`` after a second answer to the same packet, and at the end ``3 packets transmitted, 3 received, +1 duplicates,
0% packet loss, time 4ms``.
"""

import re
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack
from stackproof.model import EngineError

_REPLY = re.compile(r"icmp_seq=(?P<number>\d+) ttl=\d+ time=(?P<ms>[\d.]+) ms(?P<again> \(DUP!\))?")
_SENT = re.compile(r"(?P<sent>\d+) packets transmitted, (?P<received>\d+) received(?:, \+(?P<again>\d+) duplicates)?")
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class PingCount:
    """How many packets were sent, and how many were answered.

    Attributes:
        sent: How many were sent.
        received: How many of them were answered.
        duplicates: How many second answers there were.
    """

    sent: int
    received: int
    duplicates: int = 0

    @property
    def lost(self) -> int:
        """How many were not answered."""
        return self.sent - self.received

    def __str__(self) -> str:
        again = f", {self.duplicates} of them twice" if self.duplicates else ""
        return f"{self.received} of {self.sent} packets answered{again}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How packets are sent.

    Attributes:
        count: How many.
        apart_ms: The interval between them, in milliseconds.
        within_s: How long to wait for the last answer, in seconds.
    """

    count: int
    apart_ms: int
    within_s: float

    @property
    def lasts_s(self) -> float:
        """How long it takes at most, in seconds."""
        return self.count * self.apart_ms / 1000 + self.within_s


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        number: Which packet it answers, from 1.
        took_ms: Round-trip time, in milliseconds.
    """

    number: int
    took_ms: float


@dataclass(frozen=True, slots=True)
class Replies:
    """Answers in the order in which they arrived.

    Attributes:
        sent: How many packets were sent.
        arrived: The first answer to each.
    """

    sent: int
    arrived: tuple[Reply, ...]


def flood(engine: RunningStack, place: Place, host: str, count: int) -> PingCount:
    """Send packets as fast as they are answered, and 10 ms apart if they are not.

    Raises:
        EngineError: ping could not run there.
    """
    return count_of(_ping(engine, place, f"-f -q -c {count} -W 1 {host}", _PATIENCE_S + count / 100))


def replies(engine: RunningStack, place: Place, host: str, pace: Pace) -> Replies:
    """Send packets at intervals, and collect each answer.

    Raises:
        EngineError: ping could not run there.
    """
    options = f"-c {pace.count} -i {pace.apart_ms / 1000:g} -W {pace.within_s:g} {host}"
    return replies_of(_ping(engine, place, options, _PATIENCE_S + pace.lasts_s))


def count_of(text: str) -> PingCount:
    """Read the summary that ping prints.

    Raises:
        EngineError: It printed something else.
    """
    match = _SENT.search(text)
    if match is None:
        raise EngineError(f"expected ping to print a summary, saw {text.strip()[-200:]!r}")
    return PingCount(int(match["sent"]), int(match["received"]), int(match["again"] or 0))


def replies_of(text: str) -> Replies:
    """Read the answers that ping prints.

    Raises:
        EngineError: It printed something else.
    """
    arrived = (Reply(int(each["number"]), float(each["ms"])) for each in _REPLY.finditer(text) if not each["again"])
    return Replies(count_of(text).sent, tuple(arrived))


def _ping(engine: RunningStack, place: Place, options: str, timeout_s: float) -> str:
    """Ping exits with 1 if a packet was not answered, which is no failure here."""
    return engine.run_helper(place, ("sh", "-c", f"ping -n {options}; test $? -le 1"), timeout_s)
