"""What one client can do to the file server: fall silent, or send what is large."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from stackproof.engine.port import Override
from stackproof.model import ContainerStatus
from stackproof.protocols.mime import MimeConnection
from stackproof.run.run import Run
from suites.chaos.files import PRIVATE, PUBLIC

SERVER = "mime-server"
MIB = 1024 * 1024
IDLE_S = "1"
LET_GO_WITHIN_S = 10.0
LARGE_BYTES = 100 * MIB - 1  # the largest file that is taken
LARGE_WITHIN_S = 60.0  # only bounds a hang: a disk may be slow


@pytest.fixture
def impatient_server(stack: Run) -> Iterator[None]:
    """The server waits a second for a client that says nothing: its own half minute is too long to wait for here."""
    try:
        stack.engine.recreate(SERVER, Override({"IDLE_S": IDLE_S}))
        yield
    finally:
        stack.engine.restore(SERVER)


@pytest.mark.usefixtures("impatient_server")
def test_a_silent_client_is_let_go_in_time(stack: Run) -> None:
    """Whoever says nothing, or stops in the middle, holds a connection for as long as the server's patience lasts."""
    way = stack.entry(PRIVATE)
    said = {"nothing": b"", "half a request": b'{"mime', "half a file": b'{"mime_type": "text/plain", "size": 100}\nx'}
    clients = {how: MimeConnection(way.host, way.port, LET_GO_WITHIN_S) for how in said}
    try:
        for how, client in clients.items():
            client.send_raw(said[how])
        kept = [how for how, client in clients.items() if not _is_let_go(client)]
    finally:
        for client in clients.values():
            client.close()
    assert not kept, f"{LET_GO_WITHIN_S:g} s later the server still waits for who said {' or '.join(kept)}"


def _is_let_go(client: MimeConnection) -> bool:
    """True where the server ends the connection, after a last line or without one."""
    try:
        while True:
            client.read_line()
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_large_files_at_once_do_not_fill_the_memory(stack: Run) -> None:
    """Files that together are larger than the server's memory are all stored, in a fraction of it."""
    may_use_bytes = stack.engine.declared_limits(SERVER).memory_bytes
    assert may_use_bytes, "the server's memory has no bound, so nothing can be proved of it"
    before = stack.engine.state(SERVER)
    body = os.urandom(LARGE_BYTES)
    files = may_use_bytes // LARGE_BYTES + 1
    with ThreadPoolExecutor(files) as pool:
        answers = list(pool.map(lambda each: _send(stack, (PUBLIC, PRIVATE)[each % 2], body), range(files)))
    assert answers == ["ok"] * files, f"the senders heard: {answers}"
    after = stack.engine.state(SERVER)
    assert after.status is ContainerStatus.RUNNING
    assert after.started_at == before.started_at, "the server was killed"
    used_bytes = _most_memory_bytes(stack)
    assert used_bytes < may_use_bytes / 2, f"the server took {used_bytes / MIB:.0f} MiB of memory at once"


def _send(stack: Run, link: str, body: bytes) -> str:
    """Send a large file; how the server answers, or why it does not."""
    way = stack.entry(link)
    try:
        with MimeConnection(way.host, way.port, LARGE_WITHIN_S) as client:
            client.send_raw(json.dumps({"mime_type": "text/plain", "size": len(body)}).encode() + b"\n")
            client.send_raw(body)
            return str(json.loads(client.read_line())["status"])
    except OSError as error:
        return str(error)


def _most_memory_bytes(stack: Run) -> int:
    """The most memory that one process of the server ever used, files that the kernel keeps at hand not counted."""
    seen = stack.engine.exec(SERVER, ("sh", "-c", "grep -h VmHWM /proc/[0-9]*/status"))
    return max(int(line.split()[1]) for line in seen.splitlines()) * 1024
