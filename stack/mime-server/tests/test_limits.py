import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests
from testkit.fixtures import Serve
from testkit.mime import WITHIN_S, RawClient, mime_server, mime_settings
from testkit.waiting import wait_until

MEMORY_OF_A_CHUNK_BYTES = 24 * 1024 * 1024
ALONE = """
import asyncio, json, os, sys
from dataclasses import replace
from pathlib import Path
from servicekit.serving import stop_requested
from testkit.mime import mime_server, mime_settings
from testkit.waiting import wait_until

async def main():
    settings = replace(mime_settings(Path(sys.argv[1])), max_size_bytes=1 << 30)
    async with mime_server(settings) as ports:
        print(ports.transfers, flush=True)
        await stop_requested()

asyncio.run(main())
"""


@contextmanager
def server_alone(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a server in its own process, and yield the process and the port."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", ALONE, str(folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def peak_memory_bytes(pid: int) -> int:
    """The peak memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def test_a_large_file_does_not_take_memory_of_its_size(tmp_path: Path) -> None:
    """150 MB are stored and fetched, and the process never holds more than a few chunks of them."""
    with server_alone(tmp_path) as (process, port), RawClient(port) as client:
        client.send_file(b"warm up")
        client.answer()
        before_bytes = peak_memory_bytes(process.pid)
        client.send_file(bytes(150_000_000))
        name = client.answer()["stored_as"]
        client.ask(command="RECEIVE", name=name)
        assert len(client.read(150_000_000)) == 150_000_000
        assert peak_memory_bytes(process.pid) - before_bytes < MEMORY_OF_A_CHUNK_BYTES


def test_sigterm_stops_the_process_in_order(tmp_path: Path) -> None:
    """On SIGTERM the server finishes the transfer in flight, acknowledges it, and exits with 0."""
    with server_alone(tmp_path) as (process, port), RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 4}\nhe')
        client.wait_until_read()
        process.terminate()
        client.send(b"lo")
        assert client.answer()["size"] == 4
        assert client.line() == b""
        assert process.wait(WITHIN_S) == 0


def test_an_idle_client_is_disconnected(serve: Serve, tmp_path: Path) -> None:
    """After the idle time without a request the connection is closed, without an answer."""
    port = serve(mime_server(replace(mime_settings(tmp_path), idle_s=0.2))).value.transfers
    with RawClient(port) as client:
        assert client.line() == b""


def test_a_client_that_stalls_inside_a_file_gets_a_timeout(serve: Serve, tmp_path: Path) -> None:
    """Half a file and then nothing: the connection ends with the reason, and nothing is stored."""
    port = serve(mime_server(replace(mime_settings(tmp_path), idle_s=0.2))).value.transfers
    with RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 10}\nhalf')
        assert client.answer()["code"] == "timeout"
    assert list(tmp_path.glob("received_*")) == []


def test_a_request_has_a_deadline_however_busy_the_client_is(serve: Serve, tmp_path: Path) -> None:
    """A byte now and then does not keep a request alive forever."""
    port = serve(mime_server(replace(mime_settings(tmp_path), request_s=0.3))).value.transfers
    with RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 1000000}\n')
        client.socket.settimeout(0.05)
        answer = b""
        while not answer:
            client.send(b".")
            try:
                answer = client.socket.recv(1000)
            except TimeoutError:
                continue
    assert json.loads(answer)["code"] == "timeout"


def test_no_error_is_written_into_a_file(serve: Serve, tmp_path: Path) -> None:
    """A client that reads too slowly is cut off: it has received bytes of the file, and nothing else."""
    settings = mime_settings(tmp_path)
    body = os.urandom(settings.max_size_bytes - 1)
    with RawClient(serve(mime_server(settings)).value.transfers) as client:
        client.send_file(body)
        name = client.answer()["stored_as"]
    ports = serve(mime_server(replace(settings, request_s=0.3))).value
    metrics = f"http://127.0.0.1:{ports.metrics}/metrics"
    with RawClient(ports.transfers) as client:
        client.ask(command="RECEIVE", name=name)
        wait_until(lambda: 'file_transfers_total{status="failed"} 1.0' in requests.get(metrics, timeout=WITHIN_S).text)
        seen = client.read(len(body))
    assert len(seen) < len(body)
    assert body.startswith(seen)


def test_a_full_server_says_so(serve: Serve, tmp_path: Path) -> None:
    """One connection too many gets the reason; when another one ends, there is room again."""
    port = serve(mime_server(replace(mime_settings(tmp_path), max_connections=1))).value.transfers
    with RawClient(port) as first:
        assert first.still_answers()
        with RawClient(port) as second:
            assert second.answer()["code"] == "too_many_connections"
    _wait_for_room(port)


def _wait_for_room(port: int) -> None:
    def accepted() -> bool:
        with RawClient(port) as client:
            return client.still_answers()

    wait_until(accepted)


def test_a_transfer_in_flight_finishes_while_the_server_stops(serve: Serve, tmp_path: Path) -> None:
    """A stopping server is not ready, closes idle connections, and completes the requests of the others."""
    server = serve(mime_server(mime_settings(tmp_path)))
    ready = f"http://127.0.0.1:{server.value.health}/health/ready"
    with RawClient(server.value.transfers) as busy, RawClient(server.value.transfers) as idle:
        assert idle.still_answers()
        busy.send(b'{"mime_type": "text/plain", "size": 4}\nhe')
        busy.wait_until_read()
        server.ask_to_stop()
        assert idle.line() == b""
        assert requests.get(ready, timeout=WITHIN_S).status_code == 503
        busy.send(b"lo")
        assert busy.answer()["size"] == 4
        assert busy.line() == b""


def test_a_transfer_that_exceeds_the_drain_time_is_cut_off(serve: Serve, tmp_path: Path) -> None:
    """A client that never finishes does not keep the server from stopping, and gets no acknowledgement."""
    server = serve(mime_server(replace(mime_settings(tmp_path), drain_s=0.2)))
    with RawClient(server.value.transfers) as client:
        client.send(b'{"mime_type": "text/plain", "size": 4}\nhe')
        client.wait_until_read()
        server.stop()
        assert client.line() == b""
    assert list(tmp_path.glob("received_*")) == []
