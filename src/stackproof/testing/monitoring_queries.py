"""The queries that rules and dashboards depend on, and whether a running Prometheus has data for them."""

from collections.abc import Iterable
from pathlib import Path

from stackproof.alerts.check import Monitoring
from stackproof.alerts.data_queries import DataQuery, data_queries
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.rule_file import read_rules
from stackproof.drills.unanswered import unanswered
from stackproof.observe.prometheus_api import PrometheusApi

_ANSWERS_WITHIN_S = 60.0  # bounds a hang


def monitoring_queries(rules: Iterable[Path], dashboards: Iterable[Path], clock: float = 1.0) -> tuple[DataQuery, ...]:
    """Every query that rules and dashboards need data for; of an alert, the parts that it compares.

    Args:
        rules: Prometheus' rule files.
        dashboards: Grafana's dashboards, as JSON files.
        clock: The run's clock: how many times faster than real time its Prometheus works.

    Returns:
        The queries; ``str`` of one is a sentence with its file, line and text.

    Raises:
        DeclarationError: A file is wrong; the error names file and line.
    """
    groups = tuple(group for file in rules for group in read_rules(file).sound())
    queries = tuple(query for file in dashboards for query in read_dashboard(file).queries)
    return tuple(data_queries(Monitoring(groups, dashboards=queries), clock))


def queries_without_data(url: str, queries: Iterable[DataQuery], within_s: float) -> list[str]:
    """Ask a Prometheus until each query gave a number once; those that never did, one sentence each.

    Args:
        url: Where Prometheus is, such as ``http://localhost:9090``.
        queries: From ``monitoring_queries``.
        within_s: How long to ask, in seconds: a rate needs two scrapes, a recorded metric an evaluation after them.

    Raises:
        InconclusiveError: Prometheus does not answer.
    """
    return [str(query) for query in unanswered(PrometheusApi(url, _ANSWERS_WITHIN_S), queries, within_s)]
