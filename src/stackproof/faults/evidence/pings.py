"""What ping sees: the observation that faults of packets are shown by.

Output of ping of iputils, in numbers alone: ``64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.164 ms``, with
``(DUP!)`` behind a second answer to the same packet, and at last ``3 packets transmitted, 3 received, +1 duplicates, 0%
packet loss, time 4ms``.
"""

import re
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack
from stackproof.model import EngineError

_REPLY = re.compile(r"icmp_seq=(?P<number>\d+) ttl=\d+ time=(?P<ms>[\d.]+) ms(?P<again> \(DUP!\))?")
_SENT = re.compile(r"(?P<sent>\d+) packets transmitted, (?P<received>\d+) received(?:, \+(?P<again>\d+) duplicates)?")
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many packets went, and what came back.

    Attributes:
        sent: How many were sent.
        received: To how many of them an answer came.
        duplicates: How many answers came a second time.
    """

    sent: int
    received: int
    duplicates: int = 0

    @property
    def lost(self) -> int:
        """How many were sent without an answer."""
        return self.sent - self.received

    def __str__(self) -> str:
        again = f", {self.duplicates} of them again" if self.duplicates else ""
        return f"{self.received} of {self.sent} packets answered{again}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How packets are sent.

    Attributes:
        count: How many.
        apart_ms: How far apart, in milliseconds.
        within_s: How long the answer to the last is waited for where none came so far, in seconds.
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
        took_ms: From sending to the answer, in milliseconds.
    """

    number: int
    took_ms: float


@dataclass(frozen=True, slots=True)
class Replies:
    """Answers in the order in which they came.

    Attributes:
        sent: How many packets were sent.
        came: The first answer to each.
    """

    sent: int
    came: tuple[Reply, ...]


def flood(engine: RunningStack, place: Place, host: str, count: int) -> Tally:
    """Send packets as fast as they are answered, and 10 ms apart where they are not.

    Raises:
        EngineError: ping cannot be run there.
    """
    return tally_of(_ping(engine, place, f"-f -q -c {count} -W 1 {host}", _PATIENCE_S + count / 100))


def replies(engine: RunningStack, place: Place, host: str, pace: Pace) -> Replies:
    """Send packets some milliseconds apart, and note each answer.

    Raises:
        EngineError: ping cannot be run there.
    """
    words = f"-c {pace.count} -i {pace.apart_ms / 1000:g} -W {pace.within_s:g} {host}"
    return replies_of(_ping(engine, place, words, _PATIENCE_S + pace.lasts_s))


def tally_of(text: str) -> Tally:
    """Read ping's last lines.

    Raises:
        EngineError: It said something else.
    """
    match = _SENT.search(text)
    if match is None:
        raise EngineError(f"expected ping to count its packets, saw {text.strip()[-200:]!r}")
    return Tally(int(match["sent"]), int(match["received"]), int(match["again"] or 0))


def replies_of(text: str) -> Replies:
    """Read ping's lines.

    Raises:
        EngineError: It said something else.
    """
    came = (Reply(int(each["number"]), float(each["ms"])) for each in _REPLY.finditer(text) if not each["again"])
    return Replies(tally_of(text).sent, tuple(came))


def _ping(engine: RunningStack, place: Place, words: str, timeout_s: float) -> str:
    """Ping ends with 1 where a packet has no answer, which is no failure here."""
    return engine.run_helper(place, ("sh", "-c", f"ping -n {words}; test $? -le 1"), timeout_s)
