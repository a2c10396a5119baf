import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests
from aiohttp import web
from container_metrics.app import make_app
from container_metrics.engine import engine_at
from container_metrics.project import Project
from container_metrics.settings import Settings
from container_metrics.usage import usage_of
from prometheus_client.parser import text_string_to_metric_families
from servicekit.serving import Site, serving
from servicekit.settings import Environment, SettingError
from testkit.fixtures import Serve
from testkit.mime import LOOPBACK, WITHIN_S

OURS, OTHERS = "com.docker.compose.project=stack", "com.docker.compose.project=other"
STATS_V1: dict[str, object] = {
    "cpu_stats": {"cpu_usage": {"total_usage": 7_200_612_845}},
    "memory_stats": {
        "usage": 7_815_168,
        "limit": 134_217_728,
        "stats": {"inactive_file": 24_000, "total_inactive_file": 24_576},
    },
    "networks": {"eth0": {"rx_bytes": 365_054, "tx_bytes": 374_583}, "eth1": {"rx_bytes": 1, "tx_bytes": 2}},
}
"""The answer of engine 20.10 with control groups of version 1, reduced to what is read."""

STATS_V2 = STATS_V1 | {
    "memory_stats": {"usage": 7_815_168, "limit": 134_217_728, "stats": {"anon": 6_283_264, "inactive_file": 24_576}}
}
"""The same with control groups of version 2."""

STATS_ENDED: dict[str, object] = {"cpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {}}
"""The answer for a container that has ended."""


@dataclass(slots=True)
class Box:
    """A container of the emulated engine."""

    labels: Mapping[str, str]
    running: bool = True
    stats: Mapping[str, object] = field(default_factory=lambda: STATS_V1)
    vanishes: bool = False


@dataclass(slots=True)
class EmulatedEngine:
    """Answers on its own socket as the engine does, with the containers of a test."""

    boxes: dict[str, Box]
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        """The API."""
        app = web.Application()
        app.router.add_get("/_ping", self.pinged)
        app.router.add_get("/containers/json", self.listed)
        app.router.add_get("/containers/{id}/json", self.inspected)
        app.router.add_get("/containers/{id}/stats", self.measured)
        return app

    async def pinged(self, _request: web.Request) -> web.Response:
        """Answer a ping."""
        return web.Response(text="OK")

    async def listed(self, request: web.Request) -> web.Response:
        """List the containers with a label."""
        self.asked.append("list")
        label = request.query["filters"].split('"')[3]
        return web.json_response(
            [
                {"Id": name, "Labels": dict(box.labels)}
                for name, box in self.boxes.items()
                if label in {f"{key}={value}" for key, value in box.labels.items()}
            ]
        )

    async def inspected(self, request: web.Request) -> web.Response:
        """Inspect a container."""
        box = self.boxes.get(request.match_info["id"])
        if box is None or box.vanishes:
            raise web.HTTPNotFound
        state = {"Running": box.running, "StartedAt": "2026-11-24T10:00:00.123456789Z"}
        config = {"Labels": dict(box.labels)}
        name = f"/{request.match_info['id']}-1"
        return web.json_response({"Name": name, "Config": config, "State": state, "RestartCount": 2})

    async def measured(self, request: web.Request) -> web.Response:
        """A container's usage."""
        assert request.query["one-shot"] == "1"
        return web.json_response(self.boxes[request.match_info["id"]].stats)


def box(project: str = OURS, **labels: str) -> Box:
    """A container of a project."""
    key, _, value = project.partition("=")
    return Box({key: value, **{name.replace("_", "."): text for name, text in labels.items()}})


@asynccontextmanager
async def exporter(engine: EmulatedEngine, settings: Settings) -> AsyncIterator[str]:
    """Serve the exporter for an engine, and yield its address."""
    runner = web.AppRunner(engine.app())
    await runner.setup()
    await web.UnixSite(runner, str(settings.socket)).start()
    async with (
        engine_at(settings.socket, settings.engine_s) as asked,
        serving([Site(make_app(Project(asked, settings)), 0)], host=LOOPBACK, drain_s=1.0) as (port,),
    ):
        yield f"http://{LOOPBACK}:{port}"
    await runner.cleanup()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for a socket of this test."""
    return Settings(tmp_path / "s", "me", ("role.name", "name"), frozenset({("kind", "proxy")}), 600.0, WITHIN_S)


def samples(url: str) -> dict[tuple[str, str], float]:
    """Every sample on the page, by metric and service."""
    text = requests.get(f"{url}/metrics", timeout=WITHIN_S).text
    return {
        (sample.name, sample.labels["service"] + sample.labels.get("interface", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_service_of_the_project_is_measured_and_nothing_else(serve: Serve, settings: Settings) -> None:
    """Other projects' containers and the proxies before services are not services of the stack."""
    engine = EmulatedEngine(
        {
            "me": box(name="container-metrics"),
            "a": box(role_name="gateway", name="gateway.upstream"),
            "b": box(name="gateway", kind="proxy"),
            "c": box(OTHERS, name="stranger"),
        }
    )
    url = serve(exporter(engine, settings)).value
    found = samples(url)
    assert {service for metric, service in found if metric == "container_running"} == {"container-metrics", "gateway"}
    expected = {
        "container_cpu_usage_seconds_total": 7.200612845,
        "container_memory_working_set_bytes": 7_815_168 - 24_576,
        "container_spec_memory_limit_bytes": 134_217_728,
        "container_start_time_seconds": 1_795_514_400.123456,
        "container_restarts_total": 2,
        "container_running": 1,
    }
    assert {name: found[name, "gateway"] for name in expected} == expected
    assert found["container_network_receive_bytes_total", "gatewayeth0"] == 365_054
    assert found["container_network_transmit_bytes_total", "gatewayeth1"] == 2


def test_two_containers_of_a_service_are_distinguished(serve: Serve, settings: Settings) -> None:
    """A service with two containers has two of each series, by container name."""
    engine = EmulatedEngine({"me": box(name="me"), "a": box(name="web"), "b": box(name="web")})
    text = requests.get(f"{serve(exporter(engine, settings)).value}/metrics", timeout=WITHIN_S).text
    assert 'container_running{name="a-1",service="web"} 1.0' in text
    assert 'container_running{name="b-1",service="web"} 1.0' in text


def test_a_service_that_does_not_run_is_listed_without_usage(serve: Serve, settings: Settings) -> None:
    """A stopped service is 0, one that ends during the scrape has no usage, and a removed one is not listed."""
    stopped, ended, removed = box(name="stopped"), box(name="ended"), box(name="removed")
    stopped.running = False
    ended.stats = STATS_ENDED
    removed.vanishes = True
    engine = EmulatedEngine({"me": box(name="me"), "a": stopped, "b": ended, "c": removed})
    found = samples(serve(exporter(engine, settings)).value)
    assert found["container_running", "stopped"] == 0
    assert {service for metric, service in found if metric == "container_running"} == {"me", "stopped", "ended"}
    assert {service for metric, service in found if metric == "container_cpu_usage_seconds_total"} == {"me"}


@pytest.mark.parametrize("stats", [STATS_V1, STATS_V2])
def test_both_versions_of_control_groups_are_read_alike(stats: dict[str, object]) -> None:
    """The memory in use is the same with both."""
    usage = usage_of(stats)
    assert usage is not None
    assert usage.memory_bytes == 7_815_168 - 24_576


def test_the_engine_is_queried_once_however_many_read_the_page(serve: Serve, settings: Settings) -> None:
    """A second reader within the cache time costs the engine nothing; after it, the figures are fresh."""
    engine = EmulatedEngine({"me": box(name="me")})
    url = serve(exporter(engine, settings)).value
    for _ in range(5):
        samples(url)
    assert engine.asked == ["list"]
    fresh = replace(settings, socket=settings.socket.with_name("t"), cache_s=1e-9)
    url = serve(exporter(engine, fresh)).value
    samples(url)
    samples(url)
    assert engine.asked == ["list"] * 3


def test_without_an_engine_it_is_alive_but_not_ready_and_has_no_metrics(serve: Serve, settings: Settings) -> None:
    """Old figures are never served as current ones."""
    engine = EmulatedEngine({})
    url = serve(exporter(engine, settings)).value
    assert requests.get(f"{url}/health/live", timeout=WITHIN_S).status_code == 200
    assert requests.get(f"{url}/health/ready", timeout=WITHIN_S).status_code == 503
    assert requests.get(f"{url}/metrics", timeout=WITHIN_S).status_code == 503
    engine.boxes["me"] = box(name="me")
    assert requests.get(f"{url}/health/ready", timeout=WITHIN_S).status_code == 200
    assert requests.get(f"{url}/metrics", timeout=WITHIN_S).status_code == 200


def test_a_container_outside_a_project_is_not_ready(serve: Serve, settings: Settings) -> None:
    """Without Compose there is no project to measure, and the probe says so."""
    url = serve(exporter(EmulatedEngine({"me": Box({})}), settings)).value
    answer = requests.get(f"{url}/health/ready", timeout=WITHIN_S)
    assert answer.status_code == 503
    assert "start it with Compose" in answer.json()["detail"]


def test_a_missing_socket_is_reported(settings: Settings) -> None:
    """The reason names the socket."""

    async def reason() -> str:
        async with engine_at(settings.socket, 1.0) as engine:
            return await Project(engine, settings).why_not_ready()

    assert str(settings.socket) in asyncio.run(reason())


def test_settings_are_read_and_unusable_ones_are_named() -> None:
    """Labels to skip have the form NAME=VALUE."""
    variables = {
        "ENGINE_SOCKET": "/run/s",
        "HOSTNAME": "me",
        "NAME_LABELS": "b a",
        "SKIP_LABELS": "x=y",
        "CACHE_S": "2",
        "ENGINE_S": "4",
    }
    read = Settings.read(Environment(variables))
    assert (read.name_labels, read.skip_labels) == (("b", "a"), frozenset({("x", "y")}))
    with pytest.raises(SettingError, match="NAME=VALUE"):
        Settings.read(Environment(variables | {"SKIP_LABELS": "x"}))
