from collections.abc import Iterator

import pytest

from stackproof.engine.port import Address
from stackproof.faults.evidence.client_view import ConnectionEnd, PortRequest
from stackproof.faults.evidence.link_comparison import unobservable
from stackproof.faults.evidence.port_requests import (
    answered_request,
    ask_directly,
    closing_requests,
    first_request,
    port_requests,
    request_with_long_answer,
)
from stackproof.model import Link
from tests.tiny_servers import AnswersHttp, AnswersLines, ClosesWordless, serving
from tests.unit.fakes import STORE, WEB, FakeStack, small_stack

STACK = small_stack()


@pytest.fixture
def lines() -> Iterator[Address]:
    """A server that answers lines."""
    with serving(AnswersLines) as address:
        yield address


def test_a_port_is_first_asked_what_its_own_probes_ask() -> None:
    """A probe's path, bytes and TLS make the first request; those that most servers answer come last."""
    http, *anything = port_requests(STACK.service("web"), 80)
    tls, *_ = port_requests(STACK.service("web"), 443)
    ping, *_ = port_requests(STACK.service("store"), 6379)
    assert http == PortRequest(b"GET /health/live HTTP/1.1\r\nHost: web\r\n\r\n")
    assert tls == PortRequest(b"GET /health HTTP/1.1\r\nHost: web\r\n\r\n", is_tls=True)
    assert ping == PortRequest(b"PING\r\n")
    assert list(port_requests(STACK.service("web"), 9000)) == anything


def test_the_chosen_request_is_one_that_is_answered(lines: Address) -> None:
    """A port without a probe is asked what most servers answer, and is found to answer."""
    port = Link("front", "web", 9000)
    assert answered_request(FakeStack(direct={("web", 9000): lines}), port) is not None
    assert answered_request(FakeStack(), port) is None


def test_a_long_answer_comes_from_a_repeated_request(lines: Address) -> None:
    """A server with short answers gives one of any reasonable length."""
    engine = FakeStack(direct={("store", 6379): lines})
    question = request_with_long_answer(engine, STORE, port_requests(STACK.service("store"), 6379), 23)
    assert question == PortRequest(b"PING\r\n" * 5)
    assert request_with_long_answer(engine, STORE, port_requests(STACK.service("store"), 6379), 10**9) is None


def test_a_silent_server_has_no_long_answer() -> None:
    """Without an answer there is nothing to repeat."""
    with serving(ClosesWordless) as address:
        engine = FakeStack(direct={("web", 80): address})
        assert request_with_long_answer(engine, WEB, port_requests(STACK.service("web"), 80), 10) is None


def test_a_request_that_makes_the_server_close_is_found() -> None:
    """An HTTP server closes after its answer to a client that cannot keep connections."""
    with serving(AnswersHttp) as address:
        engine = FakeStack(direct={("web", 80): address})
        candidates = closing_requests(STACK.service("web"), 80)
        assert first_request(engine, WEB, candidates, lambda view: view.was_closed) is not None


def test_every_probed_port_is_asked_directly(lines: Address) -> None:
    """Each port with a probe is asked once, around its links, whether it answers or not."""
    engine = FakeStack(direct={("web", 80): lines})
    answered, refused = ask_directly(engine, STACK.service("web"))
    assert answered.is_answered
    assert refused.end is ConnectionEnd.REFUSED


def test_what_cannot_be_observed_is_not_confirmed() -> None:
    """The evidence is never a confirmation then, and suggests what to do."""
    evidence = unobservable(WEB, "answers nothing")
    assert not evidence.confirmed
    assert evidence.observed == (
        "cannot be observed: web:80 answers nothing when asked directly; declare a probe on this port"
    )
