import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from toxiproxy import Toxiproxy
from toxiproxy.api import APIConsumer
from toxiproxy.toxic import Toxic

from stackproof.engine.port import Address, BandwidthEffect, Direction, LatencyEffect, LinkEffect
from stackproof.engine.toxiproxy.api import ToxiproxyError, ToxiproxyServer, ToxiproxyStuckError
from stackproof.engine.toxiproxy.link import ProxyLink
from tests.engine.toxiproxies import LOOPBACK, RunningToxiproxy, free_port, listener, running_toxiproxy
from tests.tiny_servers import AnswersLines, Floods, serving

pytestmark = pytest.mark.engine

LINK = "link.public_net.65432"
NEIGHBOUR = "link.private_net.65432"
LATE = LinkEffect("latency_to_client", LatencyEffect(200))
NARROW = LinkEffect("bandwidth_to_service", BandwidthEffect(100), Direction.TO_SERVICE)


@pytest.fixture(scope="module")
def line_server() -> Iterator[Address]:
    """A server that answers PING with PONG."""
    with serving(AnswersLines) as address:
        yield address


@pytest.fixture(scope="module")
def toxiproxy(
    toxiproxy_image: str, line_server: Address, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningToxiproxy]:
    """One Toxiproxy with two links, shared by the tests that leave it as it was."""
    listeners = (listener(LINK, line_server), listener(NEIGHBOUR, line_server))
    with running_toxiproxy(toxiproxy_image, listeners, tmp_path_factory.mktemp("toxiproxy")) as running:
        yield running


@pytest.fixture
def link(toxiproxy: RunningToxiproxy) -> ProxyLink:
    """One of its links."""
    return ProxyLink(toxiproxy.server(), LINK)


def ping_s(toxiproxy: RunningToxiproxy, name: str = LINK) -> float:
    """Round trip over a link, in seconds."""
    started = time.monotonic()
    with socket.create_connection((LOOPBACK, port_of(toxiproxy, name)), timeout=10) as client:
        client.sendall(b"PING\n")
        assert client.recv(100) == b"PONG\n"
    return time.monotonic() - started


def port_of(toxiproxy: RunningToxiproxy, name: str) -> int:
    """Port of one of its proxies."""
    return next(each.port for each in toxiproxy.listeners if each.name == name)


def test_an_effect_slows_its_link_alone_until_it_is_removed(toxiproxy: RunningToxiproxy, link: ProxyLink) -> None:
    """An effect on one link is felt there, not on its neighbour, and is gone after its removal."""
    link.add(LATE)
    assert link.effects() == (LATE,)
    assert ping_s(toxiproxy) >= 0.2
    assert ProxyLink(toxiproxy.server(), NEIGHBOUR).effects() == ()
    link.remove(LATE.name)
    assert link.effects() == ()


def test_an_effect_of_the_same_name_is_replaced(link: ProxyLink) -> None:
    """Asking again with other values gives the other values, not an error and not both."""
    changed = LinkEffect(LATE.name, LatencyEffect(5, 1))
    link.add(LATE)
    link.add(NARROW)
    link.add(changed)
    assert sorted(link.effects(), key=lambda effect: effect.name) == [NARROW, changed]
    link.remove(LATE.name)
    link.remove(NARROW.name)


def test_removing_a_missing_effect_does_nothing(link: ProxyLink) -> None:
    """Healing twice is as good as healing once."""
    link.remove("nothing")
    assert link.effects() == ()


def test_a_cut_link_refuses_until_it_is_restored(toxiproxy: RunningToxiproxy, link: ProxyLink) -> None:
    """A cut link refuses connections, a restored one serves; doing either twice changes nothing."""
    link.cut()
    link.cut()
    assert link.is_cut()
    with pytest.raises(ConnectionRefusedError):
        ping_s(toxiproxy)
    link.restore()
    link.restore()
    assert not link.is_cut()
    ping_s(toxiproxy)


def test_a_refusal_names_server_call_status_and_body(toxiproxy: RunningToxiproxy) -> None:
    """The error says which Toxiproxy refused what, and why."""
    with pytest.raises(ToxiproxyError, match="invalid toxic type") as refused:
        toxiproxy.server().add_toxic(LINK, Toxic(name="odd", type="no_such_type"))
    assert refused.value.status == 400
    assert str(toxiproxy.address) in str(refused.value)
    assert f"POST /proxies/{LINK}/toxics" in str(refused.value)


def test_a_missing_proxy_is_an_error_at_once(toxiproxy: RunningToxiproxy) -> None:
    """A link that the server does not have is an error when it is asked for, not when it is used."""
    with pytest.raises(ToxiproxyError, match="proxy not found"):
        ProxyLink(toxiproxy.server(), "link.nowhere.1")


def test_a_proxy_that_was_lost_is_brought_back(toxiproxy: RunningToxiproxy, link: ProxyLink) -> None:
    """A harness that died between deleting a proxy and making it again leaves a link that heals."""
    toxiproxy.server().call("DELETE", f"/proxies/{LINK}")
    link.remove(LATE.name)
    ping_s(toxiproxy)


def test_a_server_that_never_answers_is_given_up() -> None:
    """A call to a Toxiproxy that hangs ends at its deadline, with an error that says so."""
    with socket.create_server((LOOPBACK, 0)) as silent:
        server = ToxiproxyServer(Address(LOOPBACK, silent.getsockname()[1]), deadline_s=0.2)
        with pytest.raises(ToxiproxyStuckError, match=r"GET /version: no answer within 0\.2 s"):
            server.version()


def test_waiting_for_a_server_that_is_not_there_is_bounded() -> None:
    """A Toxiproxy that never comes up is an error after the bound."""
    server = ToxiproxyServer(Address(LOOPBACK, free_port()))
    with pytest.raises(ToxiproxyError, match=r"not ready within 0\.1 s"):
        server.wait_ready(0.1)


def test_threads_never_call_each_others_servers(
    toxiproxy: RunningToxiproxy, toxiproxy_image: str, line_server: Address, tmp_path: Path
) -> None:
    """Many threads that change two Toxiproxies at once put every effect where it belongs."""
    with running_toxiproxy(toxiproxy_image, (listener(LINK, line_server),), tmp_path) as other:
        servers = {"one": toxiproxy.server(), "other": other.server()}
        jobs = [(name, ProxyLink(server, LINK), number) for number in range(20) for name, server in servers.items()]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda job: job[1].add(LinkEffect(f"{job[0]}-{job[2]}", LatencyEffect(1))), jobs))
        for name, server in servers.items():
            names = {effect.name for effect in ProxyLink(server, LINK).effects()}
            assert names == {f"{name}-{number}" for number in range(20)}
        toxiproxy.server().call("POST", "/reset")


def test_other_users_of_the_library_are_left_alone(
    toxiproxy: RunningToxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code in the same process that uses toxiproxy-python in its own way reaches the server that it set."""
    monkeypatch.setattr(APIConsumer, "host", toxiproxy.address.host)
    monkeypatch.setattr(APIConsumer, "port", toxiproxy.address.port)
    assert set(Toxiproxy().proxies()) == {LINK, NEIGHBOUR}


@pytest.fixture
def flooded(toxiproxy_image: str, tmp_path: Path) -> Iterator[RunningToxiproxy]:
    """A Toxiproxy of its own before a server that floods its clients."""
    with serving(Floods) as flood, serving(AnswersLines) as lines:
        listeners = (listener(LINK, flood), listener(NEIGHBOUR, lines))
        with running_toxiproxy(toxiproxy_image, listeners, tmp_path) as running:
            yield running


def a_client_that_does_not_read(toxiproxy: RunningToxiproxy) -> socket.socket:
    """Open a connection and let it fill up."""
    client = socket.create_connection((LOOPBACK, port_of(toxiproxy, LINK)), timeout=10)
    eventually(lambda: unread_bytes(client) > 100_000)
    return client


def unread_bytes(client: socket.socket) -> int:
    """How much waits to be read, up to a million bytes."""
    return len(client.recv(1_000_000, socket.MSG_PEEK))


def eventually(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_removal_that_hangs_is_brought_to_its_end(flooded: RunningToxiproxy) -> None:
    """Where a client that does not read blocks a removal for ever, the link is healed all the same, others kept."""
    link = ProxyLink(flooded.server(deadline_s=1.0), LINK)
    link.add(LATE)
    link.add(NARROW)
    with a_client_that_does_not_read(flooded):
        link.remove(LATE.name)
        assert link.effects() == (NARROW,)
        with socket.create_connection((LOOPBACK, port_of(flooded, LINK)), timeout=10) as client:
            assert client.recv(1)


def test_a_stuck_process_is_restarted_and_its_other_faults_are_kept(flooded: RunningToxiproxy) -> None:
    """Where even a new proxy is blocked, a restart heals the link, and what was done to other links stays done."""
    link = ProxyLink(flooded.server(deadline_s=1.0), LINK)
    neighbour = ProxyLink(flooded.server(), NEIGHBOUR)
    link.add(LATE)
    neighbour.add(NARROW)
    neighbour.cut()
    stop = threading.Event()
    with a_client_that_does_not_read(flooded):
        crowd = threading.Thread(target=keep_connecting, args=(port_of(flooded, LINK), stop))
        crowd.start()
        link.remove(LATE.name)
        stop.set()
        crowd.join()
    assert link.effects() == ()
    assert neighbour.effects() == (NARROW,)
    assert neighbour.is_cut()


def keep_connecting(port: int, stop: threading.Event) -> None:
    """New clients all the time, as under load."""
    while not stop.wait(0.1):
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            continue
