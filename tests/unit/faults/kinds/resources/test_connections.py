import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from stackproof.engine.port import Address
from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.resources import connections
from stackproof.faults.kinds.resources.connections import KIND, Connections, allow_open_files, hold
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import STORE, FakeStack
from tests.unit.faults.conversations import answered, wordless

SPEC = FaultSpec.parse("connections back/store:6379 count=40")
FAULT = Connections(SPEC, STORE, 40)
SILENT = "0 0 10.0.0.2:6379 10.0.0.1:4000 cubic rto:201 segs_in:2 lastrcv:900"
SPOKEN = f"{SILENT} bytes_received:14"


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A port that accepts nothing by itself."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        listening.settimeout(5)
        yield listening


def _address(server: socket.socket) -> Address:
    host, port = server.getsockname()
    return Address(host, port)


def test_they_are_held_until_it_is_healed(server: socket.socket) -> None:
    """So many are open at once; healed, each is closed; healing twice is fine."""
    engine = FakeStack(over={STORE: _address(server)})
    fault = KIND.check(FaultSpec.parse("connections back/store:6379 count=3"), engine.stack)
    fault.inject(engine)
    accepted = [server.accept()[0] for _ in range(3)]
    fault.heal(engine)
    fault.heal(engine)
    assert [each.recv(1) for each in accepted] == [b""] * 3
    for each in accepted:
        each.close()


def test_what_the_service_closes_is_opened_again(server: socket.socket) -> None:
    """However often it closes them, and whatever it says before."""
    full, stopping = threading.Event(), threading.Event()
    holding = threading.Thread(target=hold, args=(_address(server), 1, full, stopping))
    holding.start()
    for _ in range(3):
        accepted, _peer = server.accept()
        accepted.sendall(b"go away")
        accepted.close()
    stopping.set()
    holding.join(5)
    assert full.is_set()
    assert not holding.is_alive()


def test_nothing_is_open_to_a_port_that_nobody_listens_on() -> None:
    """It is tried again and again, in peace."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = _address(closed)
    full, stopping = threading.Event(), threading.Event()
    holding = threading.Thread(target=hold, args=(address, 2, full, stopping))
    holding.start()
    assert full.wait(5)
    stopping.set()
    holding.join(5)
    assert not holding.is_alive()


@pytest.mark.parametrize(
    ("silent", "client", "bit"),
    [
        (40, answered(), True),
        (36, answered(), True),
        (35, answered(), False),
        (10, wordless(End.CLOSED), True),  # it takes no more, and turns others away
        (9, wordless(End.CLOSED), False),
        (0, wordless(End.REFUSED), False),
    ],
)
def test_it_bit_where_the_service_has_them(silent: int, client: Conversation, *, bit: bool) -> None:
    """Counted on the service's side; a service with a bound of its own may have fewer, and then serves nobody."""
    assert FAULT.judge(silent, client).confirmed is bit


def test_connections_of_others_do_not_count() -> None:
    """Whoever has said something is no silent client of ours."""
    engine = FakeStack()
    engine.said = ["\n".join([SPOKEN] * 100 + [SILENT] * 3 + [""])]
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "has 3 of 40 connections open" in evidence.observed


def test_this_process_may_open_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its limit is raised as far as the system lets it, and where that is too little, it is told."""
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (100, 500))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: raised.append(limits))
    allow_open_files(80, SPEC)
    allow_open_files(400, SPEC)
    assert raised == [(400, 500)]
    with pytest.raises(FaultError, match=r"may open 501 files, saw 500\n"):
        allow_open_files(501, SPEC)


def test_the_wait_for_them_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that does not answer does not hold the injection up for ever."""
    monkeypatch.setattr(connections, "_CONNECT_WITHIN_S", 0.05)
    monkeypatch.setattr(connections, "connected", lambda _address: time.monotonic() and None)
    engine = FakeStack()
    FAULT.inject(engine)
    FAULT.heal(engine)
