"""The seeded defects of metrics, the contracts that catch them, and a way to run the services without the stack."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules import unknown_metric
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.exposition import metrics_of
from stackproof.declare.prometheus.promised_metrics import read_promised_metrics
from stackproof.declare.prometheus.rule_file import read_rules
from stackproof.engine.port import Address
from stackproof.judge.expositions import ExpectedGrowth
from stackproof.model import Location
from stackproof.model.metric_families import Series
from stackproof.protocols.mime import MimeConnection, MimeRefusedError
from stackproof.testing.metrics_page import MetricsPage
from suites.contract.pages import APP_PATHS, http_junk, mime_junk, read_page, with_junk
from tests.defects.patches import Defect, running

DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "metrics").glob("*.patch")))
"""The claim of each is the name of a contract."""

ASKED = "asked"
"""The contract of rules and dashboards, which needs no running service."""

_HOST = "127.0.0.1"
_PARTS = ("common", "mime-server", "public_app")
# The application has no mime-server behind it: every upload fails.
_SERVICES = """
import asyncio, sys
from contextlib import AsyncExitStack
from pathlib import Path
from public_app.app import make_app
from public_app.settings import Settings
from servicekit.serving import stop_requested
from servicekit.upstream import MimeServer
from servicekit.wire import Address, Timeouts
from testkit.http import served_app
from testkit.mime import LOOPBACK, mime_server, mime_settings

async def main():
    folder = Path(sys.argv[1])
    settings = Settings(
        mime_server=MimeServer(Address(LOOPBACK, 1), Timeouts(5.0, 5.0)),
        max_size_bytes=1024,
        max_uploads=64,
        form_s=5.0,
        spool_dir=folder,
        drain_s=1.0,
    )
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(mime_server(mime_settings(folder)))
        app, page = await stack.enter_async_context(served_app(lambda metrics: make_app(settings, metrics)))
        print(server.transfers, server.metrics, app.split(":")[-1], page.split(":")[-1].split("/")[0], flush=True)
        await stop_requested()

asyncio.run(main())
"""
_SENT = 10
_BYTES = 512
_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Alone:
    """A socket server, and a web application with nothing behind it, each with its page of metrics."""

    server: Address
    server_page: Address
    app: Address
    app_page: Address

    def pages(self) -> Mapping[str, MetricsPage]:
        """Both pages, by job."""
        return {"mime-server": read_page(self.server_page), "public_app": read_page(self.app_page)}


@contextmanager
def served(stack: Path, storage: Path) -> Iterator[Alone]:
    """Run the services of this stack's code in one process on loopback, while the block runs."""
    with running(stack, _PARTS, _SERVICES, str(storage)) as ports:
        yield Alone(*(Address(_HOST, int(port)) for port in ports))


def breaches(stack: Path, storage: Path) -> Mapping[str, list[str]]:
    """The violations in the metrics of this stack's services, by contract."""
    promised = {page.job: page for page in read_promised_metrics(stack / "monitoring" / "metrics.yaml")}
    chance = random.Random(3)  # noqa: S311 - not used for secrets
    with served(stack, storage) as alone:
        before, began_s = alone.pages(), time.monotonic()
        _send_good(alone)
        between = alone.pages()
        _send_bad(alone)
        waited_s, after = time.monotonic() - began_s, alone.pages()
        first, second = (_hostile(alone, chance) for _ in range(2))
    steps = tuple(pairwise((before, between, after, first, second)))
    return {
        "promised": [wrong for job, page in after.items() for wrong in page.broken_promises(promised[job])],
        "never falls": [wrong for old, new in steps for job in new for wrong in new[job].fallen_since(old[job])],
        "agrees": [
            wrong for job, counts in _COUNTS.items() for wrong in after[job].disagreements_since(before[job], counts)
        ],
        "unit": [str(name) for job, name in _TIMES if not 0 < after[job].growth_since(before[job], name) < waited_s],
        "bounded": [wrong for job in first for wrong in second[job].new_series_since(first[job])],
        "no junk": [str(series) for page in second.values() for series in with_junk(page)],
    }


_COUNTS = {
    "public_app": (
        ExpectedGrowth(Series.of("http_requests_total", route="/", status_class="2xx"), _SENT),
        ExpectedGrowth(Series.of("http_requests_total", route="/upload", status_class="5xx"), _SENT),
        ExpectedGrowth(Series.of("http_requests_total"), 2 * _SENT),
        ExpectedGrowth(Series.of("http_request_duration_seconds_count"), 2 * _SENT),
    ),
    "mime-server": (
        ExpectedGrowth(Series.of("file_transfers_total", status="ok"), _SENT),
        ExpectedGrowth(Series.of("file_transfers_total", status="rejected"), _SENT),
        ExpectedGrowth(Series.of("file_transfers_total"), 2 * _SENT),
        ExpectedGrowth(Series.of("transfer_duration_seconds_count", command="SEND"), 2 * _SENT),
        ExpectedGrowth(Series.of("stored_files"), _SENT),
        ExpectedGrowth(Series.of("stored_bytes"), _SENT * _BYTES),
    ),
}
_TIMES = (
    ("public_app", Series.of("http_request_duration_seconds_sum")),
    ("mime-server", Series.of("transfer_duration_seconds_sum")),
)


def _send_good(alone: Alone) -> None:
    """Request pages and send files. The ping after each file ensures that it has been counted."""
    with MimeConnection(alone.server.host, alone.server.port) as connection:
        for _ in range(_SENT):
            assert requests.get(f"http://{alone.app}/", timeout=_WITHIN_S).status_code == HTTPStatus.OK
            connection.send(b"x" * _BYTES)
            connection.ping()


def _send_bad(alone: Alone) -> None:
    """Send forms that fail, and files of a type that is refused."""
    with MimeConnection(alone.server.host, alone.server.port) as connection:
        for _ in range(_SENT):
            answer = requests.post(f"http://{alone.app}/upload", files={"file": b"x"}, timeout=_WITHIN_S)
            assert answer.status_code == HTTPStatus.BAD_GATEWAY
            with pytest.raises(MimeRefusedError):
                connection.send(b"x" * _BYTES, "application/x-tar")


def _hostile(alone: Alone, chance: random.Random) -> Mapping[str, MetricsPage]:
    http_junk(alone.app, APP_PATHS, chance)
    mime_junk(alone.server, chance)
    return alone.pages()


def unpromised(stack: Path) -> list[str]:
    """Metrics that rules and dashboards query although they are neither promised nor recorded."""
    monitoring = stack / "monitoring"
    pages = read_promised_metrics(monitoring / "metrics.yaml")
    types = {f"# TYPE {metric.name} {metric.type}\n" for page in pages for metric in page.metrics}
    groups = [group for file in monitoring.glob("rules/*.yaml") for group in read_rules(file).sound()]
    boards = [read_dashboard(file) for file in monitoring.glob("grafana/dashboards/*.json")]
    files = Monitoring(
        tuple(groups),
        dashboards=tuple(query for board in boards for query in board.queries),
        metrics=metrics_of("".join(types), Location(monitoring)),
    )
    return [f"{found.where}: {found.message}" for found in unknown_metric.CHECK.findings(files)]
