import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests
from aiohttp import web
from mime_server.settings import PolicySettings, Settings, WhenGone
from servicekit.serving import Site, serving
from servicekit.settings import Environment, SettingError
from testkit.fixtures import Serve
from testkit.mime import LOOPBACK, WITHIN_S, RawClient, mime_server, mime_settings
from testkit.waiting import wait_until

SOON_S = 0.3
ALLOWED = {"result": {"allow": True, "reasons": []}}
REFUSED = {"result": {"allow": False, "reasons": ["the moon is full"]}}
TABLE = """
    STORAGE_DIR=/x MAX_SIZE_BYTES=1 ALLOWED_TYPES= ALLOWED_USERS= DURABILITY=none MAX_CONNECTIONS=1 IDLE_S=1 REQUEST_S=1
    DRAIN_S=1 DISK_THREADS=1 POLICY_URL=http://policy:8181/v1/data/x POLICY_S=2 POLICY_WHEN_GONE=closed
"""


@dataclass
class Opa:
    """Answers like OPA's data API, with a given answer, and records the questions."""

    answer: Callable[[], Awaitable[web.Response]]
    asked: list[dict[str, object]] = field(default_factory=list)
    clients: set[int] = field(default_factory=set)

    async def decide(self, request: web.Request) -> web.Response:
        """Answer a question."""
        assert request.transport
        self.clients.add(request.transport.get_extra_info("peername")[1])
        self.asked.append((await request.json())["input"])
        return await self.answer()


def saying(document: object, status: int = 200) -> Opa:
    """One that always gives the same answer."""

    async def answer() -> web.Response:
        return web.Response(text=json.dumps(document), status=status)

    return Opa(answer)


def silent() -> Opa:
    """One that never answers."""

    async def answer() -> web.Response:
        await asyncio.sleep(WITHIN_S)
        raise AssertionError("unreachable")

    return Opa(answer)


@asynccontextmanager
async def served(opa: Opa) -> AsyncIterator[str]:
    """Serve it, and yield the URL of its decision."""
    app = web.Application()
    app.router.add_post("/v1/data/transfer/decision", opa.decide)
    async with serving([Site(app, 0)], host=LOOPBACK, drain_s=0.1) as (port,):
        yield f"http://{LOOPBACK}:{port}/v1/data/transfer/decision"


def asking(folder: Path, url: str, when_gone: WhenGone = WhenGone.CLOSED, within_s: float = WITHIN_S) -> Settings:
    """Settings of a server that asks a policy service."""
    return replace(mime_settings(folder), policy=PolicySettings(url, within_s, when_gone))


def decisions(port: int) -> dict[str, float]:
    """The number of decisions by outcome."""
    page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=WITHIN_S).text
    lines = [line.split() for line in page.splitlines() if line.startswith("policy_decisions_total{")]
    return {name.split('"')[1]: float(value) for name, value in lines if float(value)}


def test_what_the_policy_allows_is_stored(serve: Serve, tmp_path: Path) -> None:
    """The policy gets all fields of the request, over a connection that is reused, and its decision is counted."""
    opa = saying(ALLOWED)
    ports = serve(mime_server(asking(tmp_path, serve(served(opa)).value))).value
    with RawClient(ports.transfers) as client:
        for _ in range(3):
            client.send_file(b"hello", user_id="u", file_name="a.txt")
            assert client.answer()["status"] == "ok"
    said = {"command": "SEND", "mime_type": "text/plain", "size": 5, "user_id": "u", "file_name": "a.txt"}
    assert opa.asked == [said] * 3
    assert len(opa.clients) == 1
    assert decisions(ports.metrics) == {"allowed": 3}


def test_what_the_policy_refuses_is_not_stored(serve: Serve, tmp_path: Path) -> None:
    """After its body the client gets the reason, on a connection that stays usable."""
    ports = serve(mime_server(asking(tmp_path, serve(served(saying(REFUSED))).value))).value
    with RawClient(ports.transfers) as client:
        client.send_file(bytes(3_000_000))
        answer = client.answer()
        assert (answer["code"], "the moon is full" in str(answer["message"])) == ("policy_refused", True)
        assert client.still_answers()
        assert client.ask(command="LIST")["total_files"] == 0
    assert decisions(ports.metrics) == {"refused": 1}


def test_a_name_that_is_not_a_text_is_sent_as_null(serve: Serve, tmp_path: Path) -> None:
    """It cannot break the question, which would let it in on a server that stores files without a decision."""
    opa = saying(REFUSED)
    port = serve(mime_server(asking(tmp_path, serve(served(opa)).value, WhenGone.OPEN))).value.transfers
    with RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 0, "file_name": 1e999}\n')
        assert client.answer()["code"] == "policy_refused"
    assert opa.asked[0]["file_name"] is None


NO_DECISIONS = [
    saying({}),
    saying({"result": True}),
    saying({"result": {"allow": "yes", "reasons": []}}),
    saying({"result": {"allow": 1, "reasons": []}}),
    saying({"result": {"allow": True}}),
    saying(ALLOWED, status=500),
    saying("yes"),
    silent(),
]


@pytest.mark.parametrize("opa", NO_DECISIONS)
def test_without_a_decision_a_closed_server_refuses(serve: Serve, tmp_path: Path, opa: Opa) -> None:
    """A late, wrong or missing answer is not permission: the client gets an error, and the connection stays usable."""
    settings = asking(tmp_path, serve(served(opa)).value, within_s=SOON_S if opa is NO_DECISIONS[-1] else WITHIN_S)
    ports = serve(mime_server(settings)).value
    with RawClient(ports.transfers) as client:
        client.send_file(b"hello")
        assert client.answer()["code"] == "policy_unavailable"
        assert client.ask(command="LIST")["total_files"] == 0
    assert decisions(ports.metrics) == {"unavailable": 1}


@pytest.mark.parametrize("opa", NO_DECISIONS)
def test_without_a_decision_an_open_server_stores_and_counts(serve: Serve, tmp_path: Path, opa: Opa) -> None:
    """The files are stored, and a metric counts those without a decision."""
    settings = asking(
        tmp_path, serve(served(opa)).value, WhenGone.OPEN, SOON_S if opa is NO_DECISIONS[-1] else WITHIN_S
    )
    ports = serve(mime_server(settings)).value
    with RawClient(ports.transfers) as client:
        client.send_file(b"hello")
        assert client.answer()["status"] == "ok"
    assert decisions(ports.metrics) == {"unavailable": 1}
    assert requests.get(f"http://{LOOPBACK}:{ports.health}/health/ready", timeout=WITHIN_S).ok


def test_many_clients_at_once_are_all_refused_by_a_server_with_a_silent_policy(serve: Serve, tmp_path: Path) -> None:
    """No client waits for the others, although there are more clients than connections to the policy."""
    settings = asking(tmp_path, serve(served(silent())).value, within_s=SOON_S)
    ports = serve(mime_server(settings)).value
    with ExitStack() as stack:
        clients = [stack.enter_context(RawClient(ports.transfers)) for _ in range(12)]
        for client in clients:
            client.send_file(b"hello")
        assert [client.answer()["code"] for client in clients] == ["policy_unavailable"] * 12
    assert decisions(ports.metrics) == {"unavailable": 12}


def test_a_closed_server_is_ready_when_its_policy_can_be_asked(serve: Serve, tmp_path: Path) -> None:
    """Without decisions it would refuse every file, so it is not ready, but alive."""
    opa = serve(served(saying(REFUSED)))
    ports = serve(mime_server(asking(tmp_path, opa.value))).value

    def status(probe: str) -> int:
        return requests.get(f"http://{LOOPBACK}:{ports.health}/health/{probe}", timeout=WITHIN_S).status_code

    assert status("ready") == 200
    opa.stop()
    wait_until(lambda: status("ready") == 503)
    assert status("live") == 200


def test_the_policy_settings_are_read() -> None:
    """Without a URL no policy is asked; unusable values are named."""
    table = dict(pair.split("=", 1) for pair in TABLE.split())
    seen = Settings.read(Environment(table)).policy
    assert seen == PolicySettings("http://policy:8181/v1/data/x", 2.0, WhenGone.CLOSED)
    assert Settings.read(Environment(table | {"POLICY_URL": ""})).policy is None
    with pytest.raises(SettingError, match="POLICY_WHEN_GONE: expected closed or open, saw 'ajar'"):
        Settings.read(Environment(table | {"POLICY_WHEN_GONE": "ajar"}))
    with pytest.raises(SettingError, match="POLICY_URL: expected http://host:port/path"):
        Settings.read(Environment(table | {"POLICY_URL": "policy:8181"}))
