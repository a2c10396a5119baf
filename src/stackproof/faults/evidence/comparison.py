"""Compares what a client sees over a link with what it sees beside it."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from urllib.parse import parse_qs, urlsplit

from stackproof.engine.port import Address, RunningStack
from stackproof.faults.evidence.conversation import Conversation, Patience, Question, client_hello, converse
from stackproof.model import EngineError, Evidence, Link, Probe, Service

LONGEST_WATCH_S = 2.0
"""No evidence waits longer than this for one thing that does not come."""

BRIEF = Patience(within_s=1.0, quiet_s=0.1)
"""Long enough for a service on this machine to answer a short question."""

_LONGEST_QUESTION_BYTES = 65536
_APART_S = 0.03
_ANYTHING = Question(b"GET / HTTP/1.0\r\n\r\n")
_ANYTHING_MORE = Question(b"GET / HTTP/1.1\r\nHost: stackproof\r\n\r\n")  # can be asked again on one connection
# A line without an end: with one, a server that bounds its lines may take it for a line or not, as the bytes come in.
_NONSENSE = Question(b"x" * 131072)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same question, asked over a link and beside it by as many clients.

    Attributes:
        over: What clients saw over the link.
        beside: What clients saw beside it.
    """

    over: tuple[Conversation, ...]
    beside: tuple[Conversation, ...]

    def __str__(self) -> str:
        return f"over the link: {self.over[0]}; beside it: {self.beside[0]}"


def compare(engine: RunningStack, link: Link, question: Question, patience: Patience, clients: int = 3) -> Comparison:
    """Ask over the link and beside it; clients start a little apart, so that no moment's stall delays them all."""
    addresses = (engine.entry(link), engine.direct(link.service, link.port))

    def ask(address: Address, number: int) -> Conversation:
        time.sleep(number * _APART_S)
        return converse(address, question, patience)

    with ThreadPoolExecutor(2 * clients) as pool:
        over, beside = ([pool.submit(ask, address, number) for number in range(clients)] for address in addresses)
        return Comparison(tuple(each.result() for each in over), tuple(each.result() for each in beside))


def typical_s(seen: Iterable[Conversation], moment: Callable[[Conversation], float]) -> float:
    """The median of a moment, in seconds."""
    return median(map(moment, seen))


def questions(service: Service, port: int) -> Iterator[Question]:
    """What a port may react to, most telling first: its own probes, and then what no protocol leaves unanswered."""
    yield from (_of_probe(probe) for probe in service.probes if probe.port == port)
    yield _ANYTHING
    yield _ANYTHING_MORE


def plain_questions(service: Service, port: int) -> Iterator[Question]:
    """The same, with TLS only begun, so that the answer is seen in the pieces that it arrives in."""
    return (client_hello() if each.is_tls else each for each in questions(service, port))


def closing_questions(service: Service, port: int) -> Iterator[Question]:
    """What may move the server on a port to close the connection by itself."""
    for probe in service.probes:
        if probe.port == port and urlsplit(probe.url).scheme == "http":
            yield Question(_get(probe, "HTTP/1.0"))
    yield _ANYTHING
    yield _NONSENSE


def first_that(
    engine: RunningStack, link: Link, candidates: Iterator[Question], suits: Callable[[Conversation], bool]
) -> Question | None:
    """The first question whose outcome beside the link suits, or None."""
    beside = engine.direct(link.service, link.port)
    return next((each for each in candidates if suits(converse(beside, each, BRIEF))), None)


def answered_question(engine: RunningStack, link: Link) -> Question | None:
    """A question that the service answers beside the link, or None."""
    candidates = questions(engine.stack.service(link.service), link.port)
    return first_that(engine, link, candidates, lambda seen: seen.is_answered)


def long_answer(
    engine: RunningStack, link: Link, candidates: Iterator[Question], at_least_bytes: int
) -> Question | None:
    """A question, repeated on one connection if need be, whose whole answer beside the link is this long, or None."""
    beside = engine.direct(link.service, link.port)
    for question in candidates:
        for each in _lengthened(question, converse(beside, question, BRIEF).size_bytes, at_least_bytes):
            if converse(beside, each, BRIEF).size_bytes >= at_least_bytes:
                return each
    return None


def _lengthened(question: Question, answer_bytes: int, at_least_bytes: int) -> Iterator[Question]:
    count = -(-at_least_bytes // max(answer_bytes, 1))
    if answer_bytes and count * len(question.payload) <= _LONGEST_QUESTION_BYTES:
        yield question.times(count)


def _of_probe(probe: Probe) -> Question:
    url = urlsplit(probe.url)
    if url.scheme in {"http", "https"}:
        return Question(_get(probe, "HTTP/1.1"), is_tls=url.scheme == "https")
    sent = parse_qs(url.query, encoding="latin-1").get("send", [""])[0]
    return Question(sent.encode("latin-1"))


def _get(probe: Probe, version: str) -> bytes:
    path = urlsplit(probe.url).path or "/"
    return f"GET {path} {version}\r\nHost: {probe.service}\r\n\r\n".encode()


def asked_directly(engine: RunningStack, service: Service) -> tuple[Conversation, ...]:
    """What each port of a service that has a probe, or else each port, does when it is asked beside its links."""
    ports = sorted({probe.port for probe in service.probes}) or service.ports
    asked = [(address, next(questions(service, port))) for port in ports for address in _ways_in(engine, service, port)]
    with ThreadPoolExecutor(max(len(asked), 1)) as pool:
        return tuple(pool.map(lambda each: converse(each[0], each[1], BRIEF), asked))


def _ways_in(engine: RunningStack, service: Service, port: int) -> Iterator[Address]:
    with suppress(EngineError):  # the port of a dead container is not open on the host
        yield engine.direct(service.name, port)


def unseen(link: Link, what: str) -> Evidence:
    """The evidence where there is no way to look."""
    return Evidence(
        confirmed=False,
        observed=f"no way to see it: {link.service}:{link.port} {what} beside the link; declare a probe on this port",
    )
