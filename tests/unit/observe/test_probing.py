"""A probe gives one reading in time, whatever the service answers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from stackproof.model import Probe, ProbeKind
from stackproof.observe.probing import ask_probe

Answer = Callable[[socket.socket], None]
Ask = Callable[..., tuple[bool, str]]
SHORT_S = 0.3
HANGS_S = 20.0
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready"


@pytest.fixture
def probed() -> Iterator[Ask]:
    """Probes a server that gives one answer, byte for byte."""
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
            reading = ask_probe(
                Probe("web", ProbeKind.READINESS, f"{scheme}://:{port}{path}", port),
                "127.0.0.1",
                port,
                within_s=within_s,
            )
            server.join()
            return reading.ok, reading.detail

        yield of


def sends(words: bytes) -> Answer:
    """All at once."""
    return lambda client: client.sendall(words)


def sends_slowly(words: bytes, byte: bytes) -> Answer:
    """Text, and then a byte now and then, as long as somebody listens."""

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
def test_the_status_and_the_expected_text_decide(
    probed: Ask, words: bytes, path: str, expected: tuple[bool, str]
) -> None:
    """A failed probe has the beginning of the body as the reason."""
    assert probed(sends(words), path) == expected


@pytest.mark.parametrize("words", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nread"])
def test_a_broken_answer_is_a_failed_probe(probed: Ask, words: bytes) -> None:
    """A connection that breaks, or another protocol, gives a reading and never an error."""
    ok, detail = probed(sends(words))
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
def test_a_slow_answer_is_a_failed_probe_in_time(probed: Ask, words: bytes, byte: bytes) -> None:
    """Each byte arrives in time, but the whole never does: the watcher is not held up."""
    begun_s = time.monotonic()
    ok, detail = probed(sends_slowly(words, byte), within_s=SHORT_S)
    assert not ok
    assert "not within 0.3 s" in detail
    assert time.monotonic() - begun_s < HANGS_S / 2


def test_a_socket_probe_waits_for_the_expected_bytes_within_its_timeout(probed: Ask) -> None:
    """Other bytes do not hold it up."""
    path = "?send=PING&expect=PONG"
    assert probed(sends(b"PONG\n"), path, "tcp") == (True, "answered b'PONG\\n'")
    assert probed(sends(b"NO\n"), path, "tcp") == (False, "expected b'PONG', but the connection ended after b'NO\\n'")
    assert not probed(sends_slowly(b"", b"."), path, "tcp", SHORT_S)[0]
