import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from testkit.fixtures import Serve
from testkit.mime import WITHIN_S, RawClient, mime_server, mime_settings
from testkit.waiting import wait_until

Ask = Callable[[str], int]


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """A folder for the server's files."""
    folder = tmp_path / "storage"
    folder.mkdir()
    return folder


@pytest.fixture
def ask(serve: Serve, storage: Path) -> Ask:
    """Query a probe of a running server, and return the status."""
    port = serve(mime_server(mime_settings(storage))).value.health
    return lambda name: requests.get(f"http://127.0.0.1:{port}/health/{name}", timeout=WITHIN_S).status_code


def test_all_probes_of_a_healthy_server_pass(ask: Ask) -> None:
    """It is alive, ready and started."""
    assert [ask(name) for name in ("live", "ready", "startup")] == [200, 200, 200]


def test_a_server_that_cannot_store_is_alive_but_not_ready(ask: Ask, storage: Path) -> None:
    """Readiness fails while the storage is gone, and recovers with it; liveness passes throughout."""
    shutil.rmtree(storage)
    wait_until(lambda: ask("ready") == 503)
    assert ask("live") == 200
    (storage / ".incoming").mkdir(parents=True)
    wait_until(lambda: ask("ready") == 200)


def test_a_file_that_cannot_be_stored_is_refused_not_acknowledged(serve: Serve, storage: Path) -> None:
    """The client learns of the broken storage, on a connection that stays usable."""
    with RawClient(serve(mime_server(mime_settings(storage))).value.transfers) as client:
        shutil.rmtree(storage)
        client.send_file(b"x" * 200_000)
        assert client.answer()["code"] == "storage_failed"
        assert client.still_answers()


def test_metrics_count_what_happened(serve: Serve, storage: Path) -> None:
    """Transfers by outcome, their durations, open connections and the state of the storage."""
    ports = serve(mime_server(mime_settings(storage))).value
    with RawClient(ports.transfers) as client:
        client.send_file(b"abc")
        client.answer()
        client.send_file(b"abc", "image/png")
        client.answer()
        seen = _samples(ports.metrics)
    assert seen["file_transfers_total", "ok"] == 1
    assert seen["file_transfers_total", "rejected"] == 1
    assert seen["file_transfers_total", "failed"] == 0
    assert seen["transfer_duration_seconds_count", "SEND"] == 2
    assert seen["active_connections", ""] == 1
    assert (seen["stored_files", ""], seen["stored_bytes", ""]) == (1, 3)
    assert 0 < seen["storage_used_bytes", ""] <= seen["storage_capacity_bytes", ""]
    assert seen["uptime_seconds", ""] > 0


def _samples(port: int) -> dict[tuple[str, str], float]:
    page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=WITHIN_S).text
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
