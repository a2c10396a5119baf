"""Compressing whole files: rules, routes and scrape configurations."""

from pathlib import Path

import pytest

from stackproof.alerts.compression.compressed_files import (
    compress_routing,
    compress_rules,
    compress_scraping,
    prometheus_flags,
)
from stackproof.model import DeclarationError

RULES = """\
# kept by hand
groups:
  - name: availability # of all
    interval: 30s
    query_offset: 1m
    rules:
      - record: slo:sli_error:ratio_rate5m
        expr: sum(rate(errors[5m])) / sum(rate(requests[5m]))
        labels:
          sloth_window: 5m
      - alert: Burns
        # two windows
        expr: |-
          slo:sli_error:ratio_rate5m > 14.4 * 0.001
          and rate(errors[1h]) > 0
        for: 2m
        keep_firing_for: 1h
        labels: {severity: "page"}
        annotations:
          summary: burnt for 5m
"""


def test_rules_run_faster_and_keep_everything_else() -> None:
    """Times are a sixtieth; names, labels, annotations, comments, quotes and order stay."""
    expected = (
        RULES.replace("interval: 30s", "interval: 500ms")
        .replace("query_offset: 1m", "query_offset: 1s")
        .replace("[5m]", "[5s]")
        .replace("          and rate(errors[1h]) > 0", "          and rate(errors[1m]) > 0")
        .replace("for: 2m", "for: 2s")
        .replace("keep_firing_for: 1h", "keep_firing_for: 1m")
    )
    assert _unbroken(compress_rules(RULES, 60)) == _unbroken(expected)


def test_compression_can_be_reverted() -> None:
    """Compressed by 60 and by 1/60, a file is the original except for line breaks in expressions."""
    assert _unbroken(compress_rules(compress_rules(RULES, 60), 1 / 60)) == _unbroken(RULES)


def _unbroken(text: str) -> str:
    return " ".join(text.split())


def test_rules_of_kubernetes_are_compressed_in_their_object() -> None:
    """A PrometheusRule object has its groups under spec."""
    text = (
        "kind: PrometheusRule\nspec:\n  groups:\n    - name: g\n      rules:\n        - {alert: A, expr: up, for: 1h}\n"
    )
    assert "for: 1m}" in compress_rules(text, 60)


def test_a_merged_rule_is_compressed_once() -> None:
    """YAML anchors share one `for` between many rules."""
    text = "groups:\n- name: g\n  rules:\n  - &base {alert: A, expr: up == 0, for: 1h}\n  - <<: *base\n    alert: B\n"
    assert compress_rules(text, 60).count("for: 1m") == compress_rules(text, 60).count("for")


def test_waits_are_shorter_in_the_whole_tree() -> None:
    """Also where a route uses the default; HTTP timeouts stay."""
    text = """\
global:
  resolve_timeout: 10m
  http_config: {proxy_url: http://proxy}
route:
  receiver: slack # ops
  group_wait: 30s
  group_interval: 10m
  routes:
    - matchers: ['severity="critical"']
      group_wait: 6s
      routes:
        - receiver: mail
          repeat_interval: 12h
receivers:
  - name: slack
    webhook_configs: [{url: http://x, timeout: 30s}]
"""
    compressed = compress_routing(text, 60)
    expected = (
        text.replace("resolve_timeout: 10m", "resolve_timeout: 10s")
        .replace("group_wait: 30s", "group_wait: 500ms")
        .replace("group_interval: 10m", "group_interval: 10s")
        .replace("group_wait: 6s", "group_wait: 100ms")
        .replace("12h", "12m")
        .replace("receivers:", "  repeat_interval: 4m\nreceivers:")
    )
    assert compressed == expected


def test_scraping_is_faster_and_a_timeout_fits_into_its_interval() -> None:
    """The network is no faster than before: a time-out is cut only where Prometheus would refuse the file.

    Nor are targets: they get half a second at least, but for one that was scraped more often before.
    """
    text = """\
scrape_configs:
  - job_name: a
    scrape_interval: 15s
    scrape_timeout: 100ms
  - job_name: b
    scrape_timeout: 10s
  - job_name: c
    scrape_interval: 300ms
"""
    expected = """\
global:
  scrape_interval: 1s
  evaluation_interval: 1s
scrape_configs:
  - job_name: a
    scrape_interval: 500ms
    scrape_timeout: 100ms
  - job_name: b
    scrape_timeout: 1s
  - job_name: c
    scrape_interval: 300ms
"""
    assert compress_scraping(text, 60) == expected


def test_durations_that_no_file_sets_are_flags() -> None:
    """A sample may be five seconds old instead of five minutes."""
    assert "--query.lookback-delta=5s" in prometheus_flags(60)
    assert "--rules.alert.resend-delay=1s" in prometheus_flags(60)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "r.yml:1: expected a map, saw nothing"),
        ("- a", "r.yml:1: expected a map, saw a list"),
        ("groups: {", "r.yml:1: broken YAML"),
        ("\0", "r.yml: broken YAML"),
        ("a: 1\na: 2\n", "r.yml:2: broken YAML: found duplicate key"),
        ("a: 1\n", "r.yml:1: expected the key groups"),
        ("groups: 1\n", "r.yml:1: expected groups to be a list, saw the text '1'"),
        ("groups:\n - 1\n", "r.yml:2: expected item 1 to be a map"),
        ("groups:\n - rules:\n   - alert: A\n", "r.yml:3: expected a rule to have an expression"),
        ("groups:\n - rules:\n   - alert: A\n     expr: a{\n", "r.yml:4: not PromQL"),
        ("groups:\n - rules:\n   - expr: a\n     for: 1.5h\n", "r.yml:4: expected a duration, saw '1.5h'"),
        ("groups:\n - rules:\n   - expr: a\n     for: [1h]\n", "r.yml:4: expected for to be a text, saw a list"),
        (
            "groups:\n - rules:\n   - expr: a\n     for: 29ms\n",
            "r.yml:4: expected a duration of at least a millisecond",
        ),
    ],
)
def test_broken_rules_give_one_message_with_a_line(text: str, message: str) -> None:
    """Never a traceback, whatever is in the file."""
    with pytest.raises(DeclarationError) as raised:
        compress_rules(text, 60, Path("r.yml"))
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("text", ["a: 1", "route: []", "route: {group_wait: soon}", "route: &a\n  routes: 1\n"])
def test_broken_routes_give_one_message(text: str) -> None:
    """As for rules."""
    with pytest.raises(DeclarationError, match=r"^am.yml:\d+: expected"):
        compress_routing(text, 60, Path("am.yml"))


def test_a_factor_must_be_above_zero() -> None:
    """Time cannot stop."""
    with pytest.raises(DeclarationError, match="expected a factor above 0, saw 0"):
        compress_rules(RULES, 0)
