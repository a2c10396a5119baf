from collections.abc import Iterator

import pytest

from stackproof.engine.port import Address
from stackproof.faults.evidence.comparison import (
    answered_question,
    asked_directly,
    closing_questions,
    first_that,
    long_answer,
    questions,
    unseen,
)
from stackproof.faults.evidence.conversation import End, Question
from stackproof.model import Link
from tests.tiny_servers import AnswersHttp, AnswersLines, ClosesWordless, serving
from tests.unit.fakes import STORE, WEB, FakeStack, small_stack

STACK = small_stack()


@pytest.fixture
def lines() -> Iterator[Address]:
    """A server that answers lines."""
    with serving(AnswersLines) as address:
        yield address


def test_a_port_is_asked_what_its_own_probes_ask() -> None:
    """A probe's path, bytes and TLS make the first question; what any server reacts to comes last."""
    http, *anything = questions(STACK.service("web"), 80)
    tls, *_ = questions(STACK.service("web"), 443)
    ping, *_ = questions(STACK.service("store"), 6379)
    assert http == Question(b"GET /health/live HTTP/1.1\r\nHost: web\r\n\r\n")
    assert tls == Question(b"GET /health HTTP/1.1\r\nHost: web\r\n\r\n", is_tls=True)
    assert ping == Question(b"PING\r\n")
    assert list(questions(STACK.service("web"), 9000)) == anything


def test_the_question_taken_is_one_that_is_answered(lines: Address) -> None:
    """A port with no probe of its own is asked what any server answers, and is found to answer."""
    port = Link("front", "web", 9000)
    assert answered_question(FakeStack(direct={("web", 9000): lines}), port) is not None
    assert answered_question(FakeStack(), port) is None


def test_a_long_answer_is_made_of_repeated_questions(lines: Address) -> None:
    """An answer of any length asked for is had from a server with short ones, within reason."""
    engine = FakeStack(direct={("store", 6379): lines})
    question = long_answer(engine, STORE, questions(STACK.service("store"), 6379), 23)
    assert question == Question(b"PING\r\n" * 5)
    assert long_answer(engine, STORE, questions(STACK.service("store"), 6379), 10**9) is None


def test_a_server_without_words_has_no_long_answer() -> None:
    """Where nothing comes, nothing can be repeated."""
    with serving(ClosesWordless) as address:
        engine = FakeStack(direct={("web", 80): address})
        assert long_answer(engine, WEB, questions(STACK.service("web"), 80), 10) is None


def test_a_question_that_closes_is_found() -> None:
    """A server of HTTP closes after an answer to a client that cannot keep connections."""
    with serving(AnswersHttp) as address:
        engine = FakeStack(direct={("web", 80): address})
        candidates = closing_questions(STACK.service("web"), 80)
        assert first_that(engine, WEB, candidates, lambda seen: seen.is_ended) is not None


def test_every_probed_port_is_asked_directly(lines: Address) -> None:
    """Each port with a probe is asked once beside its links, whether it answers or not."""
    engine = FakeStack(direct={("web", 80): lines})
    answered, refused = asked_directly(engine, STACK.service("web"))
    assert answered.is_answered
    assert refused.end is End.REFUSED


def test_no_way_to_look_is_no_bite() -> None:
    """What cannot be seen is never told as seen, and the way out is named."""
    evidence = unseen(WEB, "answers nothing")
    assert not evidence.confirmed
    assert evidence.observed == (
        "no way to see it: web:80 answers nothing beside the link; declare a probe on this port"
    )
