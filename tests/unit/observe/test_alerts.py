"""Prometheus, Alertmanager and receivers are asked in time, and what they say is understood or refused."""

import math
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from stackproof.model import AlertState, DeclarationError, HandlingState, InconclusiveError, MessageStatus
from stackproof.observe.alert_states import PrometheusApi
from stackproof.observe.handling import AlertmanagerApi
from stackproof.observe.inbox import Inbox
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
def says() -> Iterator[Monitoring]:
    """A server that answers well."""
    with monitoring() as server:
        server.values["up"] = [1.0]
        yield server


def test_a_rule_without_an_alert_is_inactive(says: Monitoring) -> None:
    """That it was seen at all shows that Prometheus has it."""
    (seen,) = PrometheusApi(says.url).rules()
    assert (seen.alert, seen.state, seen.labels) == ("ShopDown", AlertState.INACTIVE, {"severity": "critical"})
    assert seen.active_since_s is None


def test_every_alert_of_a_rule_is_told_with_its_labels(says: Monitoring) -> None:
    """Two targets that are down are two alerts; the name is no label of ours, and its begin is on our clock."""
    says.alerts = [("ShopDown", "pending", {"job": "a"}), ("ShopDown", "firing", {"job": "b"})]
    for seen in (PrometheusApi(says.url).rules(), PrometheusApi(says.url).alerts()):
        assert [(each.state, each.labels) for each in seen] == [
            (AlertState.PENDING, {"job": "a"}),
            (AlertState.FIRING, {"job": "b"}),
        ]
        since_s = seen[0].active_since_s
        assert since_s is not None
        assert since_s == pytest.approx(time.monotonic() - (time.time() - 1767323045.123456), abs=HANG_S)


def test_a_rule_that_cannot_be_evaluated_says_why(says: Monitoring) -> None:
    """It would stay silent for ever."""
    says.rule_error = "many-to-many matching not allowed"
    assert PrometheusApi(says.url).rules()[0].error == "many-to-many matching not allowed"


def test_a_query_gives_its_largest_value(says: Monitoring) -> None:
    """None where it gives nothing: NaN, which is drawn as a gap."""
    says.values = {"up": [0.5, 3.0], "down": []}
    assert PrometheusApi(says.url).value("x", "up").value == 3.0
    assert math.isnan(PrometheusApi(says.url).value("x", "down").value)


def test_who_inhibits_whom_is_told_by_name(says: Monitoring) -> None:
    """Alertmanager knows fingerprints only; people know alerts."""
    says.handle("ShopDown", "aa11")
    says.handle("ShopSlow", "bb22", inhibited_by="aa11")
    says.handle("ShopOdd", "cc33", inhibited_by="dd44")
    down, slow, odd = AlertmanagerApi(says.url).alerts()
    assert (down.state, down.inhibited_by, down.receivers) == (HandlingState.ACTIVE, (), ("team",))
    assert (slow.state, slow.inhibited_by) == (HandlingState.SUPPRESSED, ("ShopDown",))
    assert odd.inhibited_by == ("dd44",)


def test_only_what_is_new_is_news(says: Monitoring) -> None:
    """What receivers got before nobody asks for; then each message once."""
    says.tell("firing", "Old")
    inbox = Inbox(says.url)
    assert inbox.new() == ()
    says.tell("firing", "ShopDown")
    (seen,) = inbox.new()
    assert (seen.id, seen.address, seen.status, seen.alerts) == ("2", "slack #ops", MessageStatus.FIRING, ("ShopDown",))
    assert (seen.firing, seen.resolved, seen.problems) == (("ShopDown",), (), ("text: expected a string",))
    assert seen.body == '{"text": "x"}'
    assert inbox.new() == ()


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"])
def test_a_receiver_s_wrong_clock_cannot_move_a_message_far(says: Monitoring, at: str) -> None:
    """It came between two of our own looks, whatever its date."""
    inbox = Inbox(says.url)
    before_s = time.monotonic()
    inbox.new()
    says.tell("firing", "ShopDown", at=at)
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
def test_an_answer_that_is_none_is_one_clear_error(
    says: Monitoring, ask: Ask, status: int, body: bytes, seen: str
) -> None:
    """It names who was asked and where, and never is a traceback of a parser."""
    paths = ("/api/v1/rules", "/api/v1/alerts", "/api/v1/query", "/api/v2/alerts", "/received")
    says.broken = dict.fromkeys(paths, (status, body))
    with pytest.raises(InconclusiveError, match="expected an answer of") as caught:
        ask(says.url)
    assert seen in str(caught.value)
    assert says.url in str(caught.value)


class Drips(socketserver.BaseRequestHandler):
    """Sends a good answer, a byte at a time and without an end."""

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
@pytest.mark.parametrize("temper", [NeverAnswers, Drips])
def test_who_does_not_answer_is_not_waited_for(ask: Ask, temper: type[socketserver.BaseRequestHandler]) -> None:
    """A server that says nothing, or says it for ever, costs the bound and no more."""
    with serving(temper) as address:
        began_s = time.monotonic()
        with pytest.raises(InconclusiveError, match=r"none within 0.3 s"):
            ask(f"http://{address}")
        assert time.monotonic() - began_s < HANG_S


@pytest.mark.parametrize("ask", ASKS)
def test_nobody_at_an_address_is_said(ask: Ask) -> None:
    """With what to look at next."""
    with pytest.raises(InconclusiveError, match="see whether"):
        ask("http://127.0.0.1:1")


@pytest.mark.parametrize("url", ["", "prometheus:9090", "ftp://x", "http://"])
@pytest.mark.parametrize("make", [PrometheusApi, AlertmanagerApi, Inbox])
def test_what_is_no_url_is_refused_before_it_is_asked(make: Callable[[str], object], url: str) -> None:
    """A forgotten scheme is the usual mistake."""
    with pytest.raises(DeclarationError, match=r"http://HOST:PORT"):
        make(url)
