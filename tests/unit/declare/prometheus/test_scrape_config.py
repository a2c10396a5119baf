"""Prometheus' configuration shows what is scraped."""

from pathlib import Path

import pytest

from stackproof.declare.prometheus.scrape_config import PrometheusFile, scraping_of
from stackproof.documents.yaml_reader import parse_tree

FILE = Path("prometheus.yml")


def _read(text: str) -> PrometheusFile:
    return scraping_of(FILE, parse_tree(FILE, text))


def test_jobs_and_intervals_are_read() -> None:
    """Checks know each job, its targets and its interval."""
    scraping = _read(
        """\
global:
  scrape_interval: 15s
  external_labels: {region: eu}
rule_files: ["rules/*.yaml"]
storage: {tsdb: {out_of_order_time_window: 30m}}
scrape_configs:
  - job_name: node
    scrape_interval: 1m
    static_configs:
      - targets: ["a:9100", "b:9100"]
        labels: {site: north}
  - job_name: pods
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs:
      - action: labelmap
        regex: __meta_kubernetes_pod_label_(.+)
"""
    ).sound()
    node, pods = scraping.jobs
    assert (scraping.scrape_interval_s, scraping.evaluation_interval_s) == (15.0, 60.0)
    assert (scraping.rule_files, scraping.external_labels) == (("rules/*.yaml",), {"region": "eu"})
    assert (node.targets, node.labels, node.scrape_interval_s) == (("a:9100", "b:9100"), {"site": "north"}, 60.0)
    assert (node.discovers, node.renames, node.where.line) == (False, False, 7)
    assert (pods.discovers, pods.renames) == (True, True)
    assert scraping.complete


def test_jobs_in_other_files_are_known_to_be_missing() -> None:
    """A job that may be in another file is not called missing."""
    assert not _read("scrape_config_files: [jobs/*.yaml]\n").sound().complete


@pytest.mark.parametrize(
    "text",
    [
        "global: {scrape_interval: often}\n",
        "scrape_configs: {}\n",
        "scrape_configs: [node]\n",
        "scrape_configs: [{static_configs: []}]\n",
        "scrape_configs: [{job_name: a}, {job_name: a}]\n",
        "scrape_configs: [{job_name: a, static_configs: [{targets: a:9100}]}]\n",
        "scrape_configs: [{job_name: a, static_configs: [{targets: [{a: b}]}]}]\n",
        "- a\n",
    ],
)
def test_a_wrong_value_is_a_problem(text: str) -> None:
    """With its line, if Prometheus would reject it."""
    assert _read(text).problems[0].where.line is not None
