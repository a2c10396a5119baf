import asyncio
import contextlib
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackproof.model import DeclarationError, Sample
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.mime.upload import Upload
from stackproof.workload import Constant, LoadPlan, Replay, Schedule
from stackproof.workload.generator import Generator

Serve = Callable[..., int]
Run = Callable[[LoadPlan], Any]  # the fixtures' types: tests cannot import conftest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
TEN = Constant(100, 0.1)
HELLO = HttpRequest(expect="hello")


def http(port: int, schedule: Schedule = TEN, deadline_s: float = 10, max_open: int = 1000) -> LoadPlan:
    """Requests for a page that says hello."""
    target = f"http://127.0.0.1:{port}/"
    return LoadPlan(target, schedule, "s", request=HELLO, deadline_s=deadline_s, max_open=max_open)


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset the connection once a request has come."""
    await _reader.read(1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Read everything and never answer."""
    await reader.read()


async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection normally instead of answering."""
    await reader.readline()
    writer.write_eof()
    await reader.read()


def answer(data: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
    """Answer every request of a connection with these bytes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(data)

    return handler


def with_status(status: bytes) -> bytes:
    """An HTTP answer with this status."""
    return OK.replace(b"200", status)


@pytest.mark.parametrize(
    ("handler", "outcome"),
    [
        (answer(OK), ("ok", "")),
        (answer(with_status(b"503")), ("unavailable", "503")),
        (answer(with_status(b"404")), ("rejected", "404")),
        (answer(OK.replace(b"hello", b"HELLO")), ("wrong", "body")),
        (answer(b"220 mail.example.org ESMTP\r\n"), ("wrong", "HttpParserError")),
        (reset, ("reset", "")),
        (leave, ("closed", "")),
        (answer(OK[:-2]), ("timeout", "")),
        (hang, ("timeout", "")),
    ],
)
def test_every_http_answer_has_its_outcome(serve: Serve, run: Run, handler: object, outcome: object) -> None:
    """Each request ends with the outcome that its server deserves, and none is lost."""
    ran = run(http(serve(handler), deadline_s=0.5))
    assert ran.outcomes == {outcome}
    assert len(ran.samples) == 10


@pytest.mark.parametrize(
    ("handler", "outcome"),
    [
        (answer(OK), ("wrong", "no JSON object")),
        (reset, ("reset", "")),
        (leave, ("closed", "")),
        (hang, ("timeout", "")),
    ],
)
def test_every_answer_to_a_file_has_its_outcome(serve: Serve, run: Run, handler: object, outcome: object) -> None:
    """Each file ends with the outcome that its server deserves, and none is lost."""
    upload = Upload(fields={"end": "\r\n\r\n"}, size_bytes=0)
    plan = LoadPlan(f"mime://127.0.0.1:{serve(handler)}", TEN, deadline_s=0.5, request=upload)
    if outcome == ("wrong", "no JSON object"):
        plan = replace(plan, target=f"mime://127.0.0.1:{serve(greet)}")
    ran = run(plan)
    assert ran.outcomes == {outcome}
    assert len(ran.samples) == 10


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a line with text that is not JSON."""
    await reader.readline()
    writer.write(b"500 what?\r\n")
    await reader.read()


def test_a_port_where_nothing_listens_is_refused(run: Run) -> None:
    """If the server is down, each request is counted, and nothing crashes."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ran = run(http(unused.getsockname()[1]))
    assert ran.outcomes == {("refused", "")}
    assert len(ran.samples) == 10


def test_an_unknown_host_is_refused(run: Run) -> None:
    """If a name does not resolve, each request is counted, and nothing crashes."""
    ran = run(LoadPlan("http://nowhere.invalid/", Replay((0.0, 0.0))))
    assert {outcome for outcome, _ in ran.outcomes} <= {"refused", "timeout"}  # some resolvers are slow to refuse
    assert len(ran.samples) == 2


def test_files_are_acknowledged_under_their_names(mime_port: int, run: Run, stored: dict[str, bytes]) -> None:
    """The ledger matches the server: every name, size and digest."""
    ran = run(LoadPlan(f"mime://127.0.0.1:{mime_port}", TEN, "s", Upload(3000)))
    assert ran.outcomes == {("ok", "")}
    assert {file.stored_as for file in ran.acknowledged} == set(stored)
    assert {file.size_bytes for file in ran.acknowledged} == {3000}
    assert len({file.sha256 for file in ran.acknowledged}) == 10


def test_large_files_arrive_completely(mime_port: int, run: Run, stored: dict[str, bytes]) -> None:
    """A body that is much larger than any buffer is sent in full."""
    ran = run(LoadPlan(f"mime://127.0.0.1:{mime_port}", Replay((0.0, 0.0)), request=Upload(5_000_000)))
    assert ran.outcomes == {("ok", "")}
    assert [len(body) for body in stored.values()] == [5_000_000] * 2


def test_a_stalled_server_cannot_hide_its_queue(serve: Serve, run: Run) -> None:
    """If a server stalls for a second, each request due meanwhile is late by the rest of that second."""
    stalled = asyncio.Event()
    thaw_s = 0.0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal thaw_s
        while await reader.readline() != b"\r\n":
            continue
        if not stalled.is_set():
            stalled.set()
            thaw_s = time.monotonic() + 1
        await asyncio.sleep(thaw_s - time.monotonic())
        writer.write(OK)
        await reader.read()

    ran = run(http(serve(handler), schedule=Constant(100, 0.5)))
    assert len(ran.samples) == 50
    assert all(sample.latency_s > 0.5 for sample in ran.samples)


def test_requests_do_not_wait_for_answers(serve: Serve, run: Run) -> None:
    """The loop is open: a server that answers no request before the tenth gets all ten."""
    asked = 0
    all_asked = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        asked += 1
        if asked == 10:
            all_asked.set()
        await all_asked.wait()
        writer.write(OK)
        await reader.read()

    assert run(http(serve(handler), deadline_s=60)).outcomes == {("ok", "")}


def test_a_deadline_ends_a_request(serve: Serve, run: Run) -> None:
    """It is counted from when the request was sent, and takes effect soon after."""
    ran = run(http(serve(hang), deadline_s=0.3))
    assert all(sample.ended_s - sample.started_s >= 0.3 for sample in ran.samples)
    assert ran.took_s < 20


def test_a_deadline_ends_a_connection_attempt(run: Run) -> None:
    """A server whose queue of new connections is full accepts no client: that is a time-out."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        ran = run(http(full.getsockname()[1], deadline_s=0.5))
    assert {outcome for outcome, _ in ran.outcomes} == {"timeout"}
    assert ("timeout", "connecting") in ran.outcomes


def test_requests_beyond_the_bound_are_dropped_and_counted(serve: Serve, run: Run) -> None:
    """They are not sent, and not sent later either."""
    ran = run(http(serve(hang), deadline_s=0.5, max_open=3))
    assert (len(ran.samples), ran.dropped) == (3, 7)


def test_requests_that_are_a_deadline_late_are_dropped(serve: Serve) -> None:
    """A generator that cannot hold its rate still ends, and reports what it did not send."""
    sent: list[Sample] = []
    plan = http(serve(answer(OK)), schedule=Replay((0.0,) * 64 + (120.0,)), deadline_s=60)
    generator = Generator(plan, lambda sample, _file: sent.append(sample))
    asyncio.run(generator.run(time.monotonic() - 120))
    assert (generator.dropped, len(sent)) == (64, 1)


@pytest.mark.parametrize("requests", [1, 31, 32, 33, 64])
def test_any_number_of_simultaneous_requests_is_completed(serve: Serve, run: Run, requests: int) -> None:
    """However they are divided into the bursts in which they are sent."""
    assert len(run(http(serve(answer(OK)), schedule=Replay((0.0,) * requests))).samples) == requests


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``api``, created for this test, with its key in the same file."""
    file = tmp_path_factory.mktemp("tls") / "api.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=api", "-addext", "subjectAltName=DNS:api", "-keyout", file, "-out", f"{file}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


def test_a_certificate_is_checked_as_the_plan_says(serve: Serve, run: Run, certificate: Path) -> None:
    """It is accepted if its authority and name match, or if anyone is trusted, and refused otherwise."""
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(certificate)
    port = serve(answer(OK), server_side)

    def outcomes(request: HttpRequest) -> object:
        return run(LoadPlan(f"https://127.0.0.1:{port}/", Replay((0.0, 0.1)), request=request)).outcomes

    refused = {("refused", "SSLCertVerificationError")}
    assert outcomes(HttpRequest(ca_file=certificate, server_name="api")) == {("ok", "")}
    assert outcomes(HttpRequest(trust=Trust.ANYONE)) == {("ok", "")}
    assert outcomes(HttpRequest(ca_file=certificate)) == refused
    assert outcomes(HttpRequest(server_name="api")) == refused


def test_tls_to_a_plain_server_is_an_error_not_a_crash(serve: Serve, run: Run) -> None:
    """A handshake with nonsense is counted."""
    ran = run(LoadPlan(f"https://127.0.0.1:{serve(greet)}/", Replay((0.0,)), deadline_s=1))
    assert {outcome for outcome, _ in ran.outcomes} <= {"refused", "timeout"}


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """The error comes before anything is sent."""
    plan = LoadPlan("https://a/", TEN, request=HttpRequest(ca_file=tmp_path / "none.pem"))
    with pytest.raises(DeclarationError, match=r"none.pem: cannot read the certificates to trust"):
        Generator(plan, lambda _sample, _file: None)
