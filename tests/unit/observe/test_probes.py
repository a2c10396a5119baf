import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from stackproof.model import Probe, ProbeKind
from stackproof.observe.probes import ask

Answer = Callable[[socket.socket], None]
Ask = Callable[..., tuple[bool, str]]
SHORT_S = 0.3
HANGS_S = 20.0
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready"


@pytest.fixture
def asked() -> Iterator[Ask]:
    """Asks a probe of a server that gives one answer, byte for byte."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(HANGS_S)

        def of(answer: Answer, path: str = "/", scheme: str = "http", within_s: float = HANGS_S) -> tuple[bool, str]:
            def serve() -> None:
                client = listening.accept()[0]
                with client:
                    client.recv(65536)
                    answer(client)

            server = threading.Thread(target=serve)
            server.start()
            port: int = listening.getsockname()[1]
            reading = ask(
                Probe("web", ProbeKind.READINESS, f"{scheme}://:{port}{path}", port),
                "127.0.0.1",
                port,
                within_s=within_s,
            )
            server.join()
            return reading.ok, reading.detail

        yield of


def says(words: bytes) -> Answer:
    """All at once."""
    return lambda client: client.sendall(words)


def drips(words: bytes, byte: bytes) -> Answer:
    """Words, and then a byte now and then, for as long as anybody listens."""

    def answer(client: socket.socket) -> None:
        client.sendall(words)
        client.settimeout(SHORT_S / 6)
        stop_s = time.monotonic() + HANGS_S
        while time.monotonic() < stop_s:
            try:
                client.sendall(byte)
                if not client.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    return answer


@pytest.mark.parametrize(
    ("words", "path", "expected"),
    [
        (GOOD, "/", (True, "HTTP 200")),
        (GOOD, "/?expect=ready", (True, "HTTP 200")),
        (GOOD, "/?expect=alive", (False, "HTTP 200, but no 'alive' in the body")),
        (b"HTTP/1.1 503 No\r\nContent-Length: 8\r\n\r\nno  disk", "/", (False, "HTTP 503 no disk")),
        (b"HTTP/1.1 301 Away\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "/", (False, "HTTP 301")),
    ],
)
def test_an_answer_is_taken_at_its_word(asked: Ask, words: bytes, path: str, expected: tuple[bool, str]) -> None:
    """The status decides, and what was to be in the body; a no comes with the service's own words."""
    assert asked(says(words), path) == expected


@pytest.mark.parametrize("words", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nread"])
def test_what_is_no_answer_is_a_no(asked: Ask, words: bytes) -> None:
    """A connection that breaks off, or speaks something else, is a reading and never an error."""
    ok, detail = asked(says(words))
    assert not ok
    assert detail


@pytest.mark.parametrize(
    ("words", "byte"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"."),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"."),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"."),
        (b"", b"."),
    ],
    ids=["body", "body without a length", "header", "status"],
)
def test_a_service_that_drips_says_no_in_time(asked: Ask, words: bytes, byte: bytes) -> None:
    """Each byte comes in time, the whole never does: whoever watches is not held up by it."""
    begun_s = time.monotonic()
    ok, detail = asked(drips(words, byte), within_s=SHORT_S)
    assert not ok
    assert "not within 0.3 s" in detail
    assert time.monotonic() - begun_s < HANGS_S / 2


def test_a_socket_probe_waits_for_its_words_and_no_longer(asked: Ask) -> None:
    """Bytes that are none of the expected ones do not hold it up either."""
    path = "?send=PING&expect=PONG"
    assert asked(says(b"PONG\n"), path, "tcp") == (True, "answered b'PONG\\n'")
    assert asked(says(b"NO\n"), path, "tcp") == (False, "expected b'PONG', saw b'NO\\n' and then the end")
    assert not asked(drips(b"", b"."), path, "tcp", SHORT_S)[0]
