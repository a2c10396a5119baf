import pytest

from stackproof.engine.port import Place
from stackproof.faults.evidence.pings import Pace, PingCount, Reply, count_of, flood, replies, replies_of
from stackproof.model import EngineError
from tests.unit.fakes import FakeStack

PRINTED = """\
PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.
64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.164 ms
64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=0.024 ms
64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=50.1 ms
64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=50.2 ms (DUP!)

--- 10.0.0.2 ping statistics ---
4 packets transmitted, 3 received, +1 duplicates, 25% packet loss, time 60ms
rtt min/avg/max/mdev = 0.024/25.1/50.2/25.0 ms
"""


def test_ping_is_read() -> None:
    """Its counts, and the first answer to each packet in order of arrival."""
    assert count_of(PRINTED) == PingCount(4, 3, 1)
    assert count_of(PRINTED).lost == 1
    seen = replies_of(PRINTED)
    assert seen.sent == 4
    assert seen.arrived == (Reply(1, 0.164), Reply(3, 0.024), Reply(2, 50.1))


def test_counts_without_duplicates_are_read() -> None:
    """The usual case; ping may print a count of errors between the others."""
    assert count_of("5 packets transmitted, 0 received, 100% packet loss, time 80ms") == PingCount(5, 0)
    assert count_of("5 packets transmitted, 0 received, +3 errors, 100% packet loss, time 8ms") == PingCount(5, 0)


def test_other_output_of_ping_is_an_error() -> None:
    """It is not taken for lost packets."""
    with pytest.raises(EngineError, match="expected ping to print a summary, saw 'ping: no such host'"):
        count_of("ping: no such host\n")


def test_packets_are_sent_from_the_given_place() -> None:
    """Ping runs in a helper there; lost packets are not an error."""
    engine = FakeStack()
    engine.said = [PRINTED, PRINTED]
    flood(engine, Place("web"), "10.0.0.2", 40)
    replies(engine, Place("web"), "10.0.0.2", Pace(25, 20, 1.5))
    assert engine.helped == [
        (Place("web"), ("sh", "-c", "ping -n -f -q -c 40 -W 1 10.0.0.2; test $? -le 1")),
        (Place("web"), ("sh", "-c", "ping -n -c 25 -i 0.02 -W 1.5 10.0.0.2; test $? -le 1")),
    ]
