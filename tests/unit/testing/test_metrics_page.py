"""A page of metrics, read over HTTP, and what it is held to."""

import http.server
from pathlib import Path

import pytest

from stackproof.declare.prometheus.promised_metrics import read_promised_metrics
from stackproof.judge.expositions import ExpectedGrowth
from stackproof.model import DeclarationError, StackproofError
from stackproof.model.metric_families import Series
from stackproof.testing.metrics_page import MetricsPage, read_metrics_page
from tests.tiny_servers import serving

BEFORE = '# HELP sent_total Files.\n# TYPE sent_total counter\nsent_total{status="ok"} 2\n'
AFTER = '# HELP sent_total Files.\n# TYPE sent_total counter\nsent_total{status="ok"} 5\nsent_total{status="bad"} 1\n'
PROMISED = "jobs: {server: {complete: true, metrics: {sent_total: {type: counter, labels: [status]}}}}\n"


def read(text: str) -> MetricsPage:
    """Read a page from a server that answers with this text."""

    class Exporter(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep quiet."""

    with serving(Exporter) as address:
        return read_metrics_page(f"http://{address}/metrics", within_s=30)


def test_a_page_has_its_text_and_its_series() -> None:
    """As it was sent, and as Prometheus' own parser reads it."""
    page = read(AFTER)
    assert page.text == AFTER
    assert page.series() == (Series.of("sent_total", status="ok"), Series.of("sent_total", status="bad"))


def test_growth_is_compared_with_what_a_test_counted() -> None:
    """All series of a name together, or those with a label; a difference is one sentence."""
    before, after = read(BEFORE), read(AFTER)
    assert after.growth_since(before, Series.of("sent_total")) == 4
    assert after.disagreements_since(before, [ExpectedGrowth(Series.of("sent_total", status="ok"), 3)]) == []
    assert len(after.disagreements_since(before, [ExpectedGrowth(Series.of("sent_total"), 3)])) == 1


def test_counters_that_fall_and_series_that_are_new_are_reported() -> None:
    """Each by its series; the same page has neither."""
    before, after = read(BEFORE), read(AFTER)
    assert (after.fallen_since(before), before.fallen_since(before)) == ([], [])
    assert len(before.fallen_since(after)) == 2
    assert after.new_series_since(before) == ['expected no new series, saw sent_total{status="bad"}']


def test_a_broken_promise_is_reported(tmp_path: Path) -> None:
    """The promised page keeps its promises; one with another metric does not."""
    file = tmp_path / "metrics.yaml"
    file.write_text(PROMISED, encoding="utf-8")
    (promised,) = read_promised_metrics(file)
    assert read(AFTER).broken_promises(promised) == []
    assert read(AFTER + "# HELP more More.\n# TYPE more gauge\nmore 1\n").broken_promises(promised) == [
        "server exports more, which is not promised"
    ]


def test_a_page_that_cannot_be_read_is_an_error_with_its_address() -> None:
    """No server, and a page that is not in the exposition format."""
    with pytest.raises(StackproofError, match=r"127\.0\.0\.1:9/metrics"):
        read_metrics_page("http://127.0.0.1:9/metrics")
    with pytest.raises(DeclarationError):
        read('sent{status="ok} 1\n')
