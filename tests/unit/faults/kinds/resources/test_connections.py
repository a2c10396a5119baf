import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from stackproof.engine.port import Address
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.resources import connections
from stackproof.faults.kinds.resources.connections import KIND, Connections, allow_open_files, hold
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import STORE, FakeStack
from tests.unit.faults.client_views import answered, unanswered

SPEC = FaultSpec.parse("connections back/store:6379 count=40")
FAULT = Connections(SPEC, STORE, 40)
IDLE = "0 0 10.0.0.2:6379 10.0.0.1:4000 cubic rto:201 segs_in:2 lastrcv:900"
ACTIVE = f"{IDLE} bytes_received:14"


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A listening port whose connections the test accepts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        listening.settimeout(5)
        yield listening


def _address(server: socket.socket) -> Address:
    host, port = server.getsockname()
    return Address(host, port)


def test_connections_are_held_until_it_is_healed(server: socket.socket) -> None:
    """All are open at the same time; the heal closes them; healing twice is fine."""
    engine = FakeStack(over={STORE: _address(server)})
    fault = KIND.check(FaultSpec.parse("connections back/store:6379 count=3"), engine.stack)
    fault.inject(engine)
    accepted = [server.accept()[0] for _ in range(3)]
    fault.heal(engine)
    fault.heal(engine)
    assert [each.recv(1) for each in accepted] == [b""] * 3
    for each in accepted:
        each.close()


def test_a_connection_that_the_service_closes_is_reopened(server: socket.socket) -> None:
    """However often it closes it, and whatever it sends first."""
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


def test_a_port_without_a_listener_is_tried_again_and_again() -> None:
    """Without an error."""
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
    ("idle", "client", "confirmed"),
    [
        (40, answered(), True),
        (36, answered(), True),
        (35, answered(), False),
        (10, unanswered(ConnectionEnd.CLOSED), True),  # it accepts no more, and serves no others
        (9, unanswered(ConnectionEnd.CLOSED), False),
        (0, unanswered(ConnectionEnd.REFUSED), False),
    ],
)
def test_it_is_confirmed_if_the_service_has_them_open(idle: int, client: ClientView, *, confirmed: bool) -> None:
    """Counted on the service's side; a service with a limit of its own may have fewer, and then serves nobody."""
    assert FAULT.judge(idle, client).confirmed is confirmed


def test_connections_of_other_clients_do_not_count() -> None:
    """They have sent something."""
    engine = FakeStack()
    engine.said = ["\n".join([ACTIVE] * 100 + [IDLE] * 3 + [""])]
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "has 3 connections open that never sent it a byte, of 40 requested" in evidence.observed


def test_this_process_is_allowed_to_open_so_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its limit is raised as far as the system permits; if that is too little, the error says so."""
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (100, 500))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: raised.append(limits))
    allow_open_files(80, SPEC)
    allow_open_files(400, SPEC)
    assert raised == [(400, 500)]
    with pytest.raises(FaultError, match=r"may open 501 files, saw 500\n"):
        allow_open_files(501, SPEC)


def test_the_wait_for_connections_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that does not answer does not block the injection."""
    monkeypatch.setattr(connections, "_CONNECT_WITHIN_S", 0.05)
    monkeypatch.setattr(connections, "connected", lambda _address: time.monotonic() and None)
    engine = FakeStack()
    FAULT.inject(engine)
    FAULT.heal(engine)
