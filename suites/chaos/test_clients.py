"""What single clients can do to the file server: go silent, or send large files."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from stackproof import ContainerStatus, MimeConnection, Override, Run
from suites.chaos.files import PRIVATE, PUBLIC

SERVER = "mime-server"
MIB = 1024 * 1024
IDLE_S = "1"
CLOSED_WITHIN_S = 10.0
LARGE_BYTES = 100 * MIB - 1  # the largest file that is accepted
LARGE_WITHIN_S = 60.0  # bounds a hang: a disk may be slow


@pytest.fixture
def impatient_server(stack: Run) -> Iterator[None]:
    """The server disconnects a silent client after a second: its own half minute is too long for a test."""
    try:
        stack.engine.recreate(SERVER, Override({"IDLE_S": IDLE_S}))
        yield
    finally:
        stack.engine.restore(SERVER)


@pytest.mark.usefixtures("impatient_server")
def test_a_silent_client_is_disconnected_in_time(stack: Run) -> None:
    """A client that sends nothing, or stops in the middle, holds its connection for the idle time-out and no longer."""
    way = stack.entry(PRIVATE)
    sent = {"nothing": b"", "half a request": b'{"mime', "half a file": b'{"mime_type": "text/plain", "size": 100}\nx'}
    clients = {how: MimeConnection(way.host, way.port, CLOSED_WITHIN_S) for how in sent}
    try:
        for how, client in clients.items():
            client.send_raw(sent[how])
        kept = [how for how, client in clients.items() if not _is_disconnected(client)]
    finally:
        for client in clients.values():
            client.close()
    assert not kept, f"{CLOSED_WITHIN_S:g} s later the server still waits for clients that sent {' or '.join(kept)}"


def _is_disconnected(client: MimeConnection) -> bool:
    """True where the server closes the connection, after a last line or without one."""
    try:
        while True:
            client.read_line()
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_concurrent_large_files_do_not_fill_the_memory(stack: Run) -> None:
    """Files that together exceed the server's memory are all stored, with a fraction of it."""
    limit_bytes = stack.engine.declared_limits(SERVER).memory_bytes
    assert limit_bytes, "the server's memory has no limit, so this proves nothing"
    before = stack.engine.state(SERVER)
    body = os.urandom(LARGE_BYTES)
    files = limit_bytes // LARGE_BYTES + 1
    with ThreadPoolExecutor(files) as pool:
        answers = list(pool.map(lambda each: _send(stack, (PUBLIC, PRIVATE)[each % 2], body), range(files)))
    assert answers == ["ok"] * files, f"the senders were answered: {answers}"
    after = stack.engine.state(SERVER)
    assert after.status is ContainerStatus.RUNNING
    assert after.started_at == before.started_at, "the server was killed"
    used_bytes = _most_memory_bytes(stack)
    assert used_bytes < limit_bytes / 2, f"the server used {used_bytes / MIB:.0f} MiB of memory at once"


def _send(stack: Run, link: str, body: bytes) -> str:
    """Send a large file; the status of the answer, or the error."""
    way = stack.entry(link)
    try:
        with MimeConnection(way.host, way.port, LARGE_WITHIN_S) as client:
            client.send_raw(json.dumps({"mime_type": "text/plain", "size": len(body)}).encode() + b"\n")
            client.send_raw(body)
            return str(json.loads(client.read_line())["status"])
    except OSError as error:
        return str(error)


def _most_memory_bytes(stack: Run) -> int:
    """The peak memory of one process of the server, without the page cache."""
    seen = stack.engine.exec(SERVER, ("sh", "-c", "grep -h VmHWM /proc/[0-9]*/status"))
    return max(int(line.split()[1]) for line in seen.splitlines()) * 1024
