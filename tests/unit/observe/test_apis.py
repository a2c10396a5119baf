"""Prometheus, Alertmanager and receivers are queried within a bound, and each answer is understood or refused."""

import math
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from stackproof.model import AlertState, DeclarationError, HandlingState, InconclusiveError, MessageStatus
from stackproof.observe.alertmanager_api import AlertmanagerApi
from stackproof.observe.inbox import Inbox
from stackproof.observe.prometheus_api import PrometheusApi
from tests.tiny_servers import NeverAnswers, serving
from tests.unit.monitoring import Monitoring, monitoring

HANG_S = 30.0
Ask = Callable[[str], object]
ASKS: list[Ask] = [
    lambda url: PrometheusApi(url, 0.3).rules(),
    lambda url: PrometheusApi(url, 0.3).alerts(),
    lambda url: PrometheusApi(url, 0.3).value("x", "up"),
    lambda url: AlertmanagerApi(url, 0.3).alerts(),
    lambda url: Inbox(url, 0.3).new(),
]


@pytest.fixture
def server() -> Iterator[Monitoring]:
    """A server that answers correctly."""
    with monitoring() as server:
        server.values["up"] = [1.0]
        yield server


def test_a_rule_without_an_alert_is_inactive(server: Monitoring) -> None:
    """Its presence shows that Prometheus has it."""
    (seen,) = PrometheusApi(server.url).rules()
    assert (seen.alert, seen.state, seen.labels) == ("ShopDown", AlertState.INACTIVE, {"severity": "critical"})
    assert seen.active_since_s is None


def test_every_alert_of_a_rule_has_its_labels(server: Monitoring) -> None:
    """Two targets that are down are two alerts; the name is not among the labels, and the start is on our clock."""
    server.alerts = [("ShopDown", "pending", {"job": "a"}), ("ShopDown", "firing", {"job": "b"})]
    for seen in (PrometheusApi(server.url).rules(), PrometheusApi(server.url).alerts()):
        assert [(each.state, each.labels) for each in seen] == [
            (AlertState.PENDING, {"job": "a"}),
            (AlertState.FIRING, {"job": "b"}),
        ]
        since_s = seen[0].active_since_s
        assert since_s is not None
        assert since_s == pytest.approx(time.monotonic() - (time.time() - 1767323045.123456), abs=HANG_S)


def test_a_rule_that_cannot_be_evaluated_has_its_error(server: Monitoring) -> None:
    """It would stay silent forever."""
    server.rule_error = "many-to-many matching not allowed"
    assert PrometheusApi(server.url).rules()[0].error == "many-to-many matching not allowed"


def test_a_query_gives_its_largest_value(server: Monitoring) -> None:
    """Without a result it gives NaN, which is drawn as a gap."""
    server.values = {"up": [0.5, 3.0], "down": []}
    assert PrometheusApi(server.url).value("x", "up").value == 3.0
    assert math.isnan(PrometheusApi(server.url).value("x", "down").value)


def test_inhibiting_alerts_are_named(server: Monitoring) -> None:
    """Alertmanager's answer has only fingerprints; people know alerts by name."""
    server.handle("ShopDown", "aa11")
    server.handle("ShopSlow", "bb22", inhibited_by="aa11")
    server.handle("ShopOdd", "cc33", inhibited_by="dd44")
    down, slow, odd = AlertmanagerApi(server.url).alerts()
    assert (down.state, down.inhibited_by, down.receivers) == (HandlingState.ACTIVE, (), ("team",))
    assert (slow.state, slow.inhibited_by) == (HandlingState.SUPPRESSED, ("ShopDown",))
    assert odd.inhibited_by == ("dd44",)


def test_only_new_messages_are_given(server: Monitoring) -> None:
    """Not those from before the first request; then each once."""
    server.tell("firing", "Old")
    inbox = Inbox(server.url)
    assert inbox.new() == ()
    server.tell("firing", "ShopDown")
    (seen,) = inbox.new()
    assert (seen.id, seen.address, seen.status, seen.alerts) == ("2", "slack #ops", MessageStatus.FIRING, ("ShopDown",))
    assert (seen.firing, seen.resolved, seen.problems) == (("ShopDown",), (), ("text: expected a string",))
    assert seen.body == '{"text": "x"}'
    assert inbox.new() == ()


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"])
def test_a_receiver_s_wrong_clock_cannot_move_a_message_far(server: Monitoring, at: str) -> None:
    """It arrived between two of our own requests, whatever its timestamp."""
    inbox = Inbox(server.url)
    before_s = time.monotonic()
    inbox.new()
    server.tell("firing", "ShopDown", at=at)
    (seen,) = inbox.new()
    assert before_s <= seen.at_s <= time.monotonic()


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("status", "body", "seen"),
    [
        (500, b"storage is gone", "status 500: storage is gone"),
        (302, b"", "status 302"),
        (200, b"<html>", "Invalid JSON"),
        (200, b'{"status": "error"}', "saw"),
        (200, b"[[1]]", "saw"),
        (200, b"\xff\xfe", "saw"),
    ],
)
def test_an_invalid_answer_gives_one_clear_error(
    server: Monitoring, ask: Ask, status: int, body: bytes, seen: str
) -> None:
    """It names the server and the URL, and is never a parser's traceback."""
    paths = ("/api/v1/rules", "/api/v1/alerts", "/api/v1/query", "/api/v2/alerts", "/received")
    server.broken = dict.fromkeys(paths, (status, body))
    with pytest.raises(InconclusiveError, match="expected an answer from") as caught:
        ask(server.url)
    assert seen in str(caught.value)
    assert server.url in str(caught.value)


class SendsSlowly(socketserver.BaseRequestHandler):
    """Sends a valid answer, a byte at a time and without an end."""

    def handle(self) -> None:
        """Serve one connection."""
        self.request.recv(65536)
        with suppress(OSError):
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[")
            self.request.settimeout(0.02)
            while True:
                self.request.sendall(b" ")
                with suppress(TimeoutError):
                    self.request.recv(1)


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("temper", [NeverAnswers, SendsSlowly])
def test_a_silent_server_costs_the_timeout_only(ask: Ask, temper: type[socketserver.BaseRequestHandler]) -> None:
    """Whether it sends nothing or never finishes."""
    with serving(temper) as address:
        began_s = time.monotonic()
        with pytest.raises(InconclusiveError, match=r"none within 0.3 s"):
            ask(f"http://{address}")
        assert time.monotonic() - began_s < HANG_S


@pytest.mark.parametrize("ask", ASKS)
def test_an_unreachable_address_is_reported(ask: Ask) -> None:
    """With what to check next."""
    with pytest.raises(InconclusiveError, match="check that it runs"):
        ask("http://127.0.0.1:1")


@pytest.mark.parametrize("url", ["", "prometheus:9090", "ftp://x", "http://"])
@pytest.mark.parametrize("make", [PrometheusApi, AlertmanagerApi, Inbox])
def test_an_invalid_url_is_refused_before_any_request(make: Callable[[str], object], url: str) -> None:
    """A missing scheme is the usual mistake."""
    with pytest.raises(DeclarationError, match=r"http://HOST:PORT"):
        make(url)
