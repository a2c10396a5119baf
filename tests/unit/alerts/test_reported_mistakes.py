"""Mistakes that people reported in public are found at their line, with their meaning."""

import re
from dataclasses import dataclass

import pytest

from tests.unit.alerts.whole_files import ALERTING, findings

_APM = "https://github.com/samber/awesome-prometheus-alerts"
_WIKI = "https://github.com/wikimedia/operations-alerts/commit"
_PROMETHEUS = "https://github.com/prometheus/prometheus/issues"
_ALERTMANAGER = "https://github.com/prometheus/alertmanager"
_KUBE = "https://github.com/prometheus-operator/kube-prometheus"
_OPERATOR = "https://github.com/prometheus-operator/prometheus-operator/issues"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a folder of files written for this test.

    Attributes:
        folder: Its folder in tests/alerting/wrong.
        source: Where somebody told of it.
        at: The place that is reported, "file:line".
        check: The check that reports it.
        meaning: A regular expression that its message contains.
        also_at: Further places with the same mistake.
        others: Checks of further errors that the same files rightly give.
    """

    folder: str
    source: str
    at: str
    check: str
    meaning: str
    also_at: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


# One mistake in two lines reads better than one argument a line.
# fmt: off
MISTAKES = [
    # Conditions that have no effect.
    Mistake("or-vector-precedence", f"{_WIKI}/c911d19323cd21e75d3d00798a2dee2c3b2af91e", "rules.yml:6",
            "rules/always-fires", r"always fires.*right side of `or` only"),
    Mistake("count-or-vector0", f"{_APM}/commit/00dd58eacecf2efc75e3d3939313e84e371df8fe", "rules.yml:6",
            "rules/always-fires", r"always fires.*right side of `or` only"),
    Mistake("clamp-no-threshold", f"{_PROMETHEUS}/16543", "rules.yml:6", "rules/always-fires",
            r"always fires.*nothing compares.* 0 as well"),
    Mistake("bool-modifier", f"{_PROMETHEUS}/7536", "rules.yml:6", "rules/always-fires", r"bool gives 0"),
    Mistake("ge-zero", f"{_WIKI}/db920a4bbdd4519913d3b6b2f56c608c36c5dfac", "rules.yml:6", "rules/always-fires",
            r">= 0 is always true"),
    # Conditions that nothing fulfils.
    Mistake("division-precedence", f"{_WIKI}/f1e94f3b3d39f7d36a1ea21192e27aa693a08c44", "rules.yml:6",
            "rules/never-fires", r"never fires.*time\(\) is a Unix time"),
    Mistake("sum-of-zeros", f"{_WIKI}/bb396f76e3afdc3d88d0c2f3e1b92f5659d1154e", "rules.yml:6", "rules/never-fires",
            r"never fires.* is 0"),
    Mistake("count-eq-zero", f"{_PROMETHEUS}/4735", "rules.yml:6", "rules/never-fires", r"count gives at least 1"),
    Mistake("count-of-nothing", f"{_PROMETHEUS}/4735", "rules.yaml:12", "rules/never-fires", r"never fires"),
    Mistake("percent-of-denominator", f"{_APM}/issues/319", "rules.yml:6", "rules/never-fires",
            r"never fires.*0 to 0\.01"),
    Mistake("gt-label-mismatch", f"{_APM}/commit/94b9f3cfbb23450c3089f81a6f1eef6d34fdb7ca", "rules.yml:6",
            "promql/sides-never-match", r"never match.*instance"),
    Mistake("recorded-label-case", f"{_KUBE}/commit/280ea4d07c5a1d41195b681d763e94d5b763a6ed", "rules.yml:10",
            "rules/unknown-label-value", r'workload_type="ReplicaSet"'),
    Mistake("or-vector0-by", "https://github.com/kubernetes-sigs/kubernetes-mixin/issues/865", "rules.yml:7",
            "promql/fallback-never-matches", r"label cluster"),
    Mistake("absent-regex", f"{_PROMETHEUS}/8409", "rules.yml:6", "promql/absent-with-pattern",
            r"only when everything .* is gone"),
    # Series that do not exist, or not where they are looked for.
    Mistake("renamed-job", "https://github.com/stackhpc/stackhpc-kayobe-config/pull/2018", "rules.yaml:5",
            "rules/unknown-job", r"no job matches"),
    Mistake("absent-unknown-job", f"{_APM}/commit/05e521c0a81f5384567a45147607584a98c313da", "rules.yml:6",
            "rules/unknown-job", r'job="my-job"'),
    Mistake("renamed-metric", f"{_KUBE}/commit/78bec4e4", "rules.yml:6", "rules/unknown-metric",
            r"nothing exports .* tsdb_wal_corruptions_total"),
    Mistake("unknown-record", f"{_KUBE}/commit/1d1ca283", "rules.yml:8", "rules/unknown-metric",
            r"nothing .*records cluster:node_cpu_seconds_total:rate5m"),
    Mistake("up-of-blackbox", "https://github.com/prometheus/blackbox_exporter/issues/79", "rules.yml:6",
            "rules/up-of-probe", r"up of the job 'blackbox'.*/probe"),
    Mistake("group-interval-stale", "https://github.com/cloudflare/pint/blob/main/docs/checks/group/interval.md",
            "rules.yml:3", "rules/interval-above-lookback", r"job:backlog:sum.*stale"),
    # Functions.
    Mistake("no-le", f"{_APM}/commit/c36014f03e288a1b713a32ccda8791c98476db99", "rules.yml:6",
            "promql/quantile-without-le", r"label le"),
    Mistake("quantile-without-le", f"{_APM}/pull/351", "rules.yaml:6", "promql/quantile-without-le", r"label le"),
    Mistake("quantile-without-rate", f"{_APM}/issues/292", "rules.yaml:7", "promql/quantile-without-rate", r"rate"),
    Mistake("rate-of-gauge", f"{_APM}/pull/270", "rules.yaml:6", "promql/rate-of-gauge", r"gauge"),
    Mistake("counter-no-rate", f"{_APM}/commit/01e32a1ccbea4b15e95a34ee36963c543d40eb74", "rules.yml:6",
            "promql/raw-counter", r"without rate"),
    Mistake("avg-of-modes", f"{_APM}/pull/466", "rules.yml:6", "promql/mean-of-parts", r"over the modes"),
    Mistake("unitless-range", f"{_APM}/commit/d3f514b7e4952a498f6360a7e014e233e77fe92e", "rules.yml:6",
            "promql/range-without-unit", r"no unit", others=frozenset({"promql/range-shorter-than-scrapes"})),
    Mistake("no-group-left", f"{_KUBE}/commit/95bb49aa", "rules.yml:7", "promql/many-to-one",
            r"without group_left"),
    Mistake("join-not-unique", "https://github.com/kubernetes-sigs/kubernetes-mixin/issues/392", "rules.yml:6",
            "promql/not-unique", r"not unique on \(instance\)"),
    # Units.
    Mistake("seconds-vs-ms", f"{_APM}/commit/4266b4d3264cf2cfb1440f1bf3570abe048e322e", "rules.yml:6",
            "rules/threshold-unit", r"seconds .* with 100"),
    Mistake("percent-gauge-ratio-limit", "https://github.com/iits-consulting/otc-prometheus-exporter/pull/97",
            "rules.yml:6", "rules/threshold-unit", r"percentage .* with 0\.8"),
    Mistake("humanize-percentage-x100", "https://github.com/grafana/mimir/pull/15054", "rules.yml:11",
            "rules/shown-unit", r"humanizePercentage"),
    Mistake("ratio-shown-as-percent", "https://github.com/etcd-io/etcd/pull/9202", "rules.yml:11",
            "rules/shown-unit", r"% after a ratio"),
    # Texts of rules.
    Mistake("untemplated-variable", f"{_WIKI}/df38ea5", "rules.yml:11", "rules/text-outside-braces",
            r"\$site as it is written"),
    Mistake("field-of-value", "https://github.com/VictoriaMetrics/VictoriaMetrics/issues/10622", "rules.yml:11",
            "rules/template-broken", r"a number has no fields"),
    Mistake("dot-instance", "https://github.com/pavel-kazhavets/AlertmanagerRocketChat/issues/7", "rules.yml:11",
            "rules/template-broken", r"no \.instance"),
    Mistake("dollar-label", f"{_KUBE}/commit/98cdf68a", "rules.yml:11", "rules/template-broken",
            r"no \$label; .*\$labels"),
    Mistake("misspelt-variable", f"{_APM}/issues/303", "rules.yaml:11", "rules/template-broken", r"there is no"),
    Mistake("label-lost-by-sum", f"{_OPERATOR}/1259", "rules.yaml:13", "rules/template-missing-label", r"label"),
    Mistake("typo-severity-label", f"{_ALERTMANAGER}/issues/1671", "rules.yml:20", "rules/no-severity",
            r"HealthBad has no severity label"),
    # Routes.
    Mistake("wildcard-equals", f"{_ALERTMANAGER}/issues/3872", "alertmanager.yml:8", "routing/wildcard-in-matcher",
            r'alertname="\*"'),
    Mistake("star-for-everything", f"{_ALERTMANAGER}/issues/2830", "alertmanager.yml:6",
            "routing/wildcard-in-matcher", r"star"),
    Mistake("regex-text-in-match", f"{_ALERTMANAGER}/issues/3181", "alertmanager.yml:5",
            "routing/unreachable-route", r"no matchers and takes every alert"),
    Mistake("caught-before", "https://github.com/sapcc/helm-charts/pull/738", "alertmanager.yml:9",
            "routing/never-matches", r"earlier routes .* handle all"),
    Mistake("anchored-regex", f"{_ALERTMANAGER}/issues/3915", "alertmanager.yml:6", "routing/never-matches",
            r"whole value.*mysql01, redis02"),
    Mistake("curly-quotes", f"{_OPERATOR}/4963", "alertmanager.yml:7",
            "routing/quotes-in-matcher", r"typographic quotes", others=frozenset({"routing/pattern-under-equality"})),
    Mistake("twin-routes-mute", f"{_OPERATOR}/5665", "alertmanager.yml:8", "routing/unreachable-route",
            r'\{severity="warning"\} in line 5 handles every alert.*mute'),
    Mistake("mute-over-midnight", "https://github.com/grafana/grafana/issues/73912", "alertmanager.yml:19",
            "file/invalid", r"22:00 to 06:00 .*midnight"),
    Mistake("repeat-over-retention", f"{_ALERTMANAGER}/issues/1806", "alertmanager.yml:7",
            "routing/repeat-over-retention", r"99999h.* after 120h"),
    Mistake("mute-inside-match", f"{_ALERTMANAGER}/pull/2393", "alertmanager.yml:7", "file/invalid",
            r"mute_time_intervals is a list"),
    Mistake("looking-ahead", f"{_ALERTMANAGER}/issues/535", "alertmanager.yml:8", "file/invalid",
            r"not a regular expression"),
    # Inhibitions.
    Mistake("inhibit-label-alert", f"{_ALERTMANAGER}/issues/1671", "alertmanager.yml:10", "inhibition/never-applies",
            r"no alert has the label alert"),
    Mistake("inhibited-by-its-own-name", f"{_KUBE}/issues/861", "alertmanager.yml:9", "inhibition/never-applies",
            r"must be equal"),
    # Receivers and their texts.
    Mistake("variables-of-compose", f"{_ALERTMANAGER}/issues/2917", "alertmanager.yml:9",
            "receivers/unexpanded-placeholder", r"TELEGRAM_(TOKEN|ADMIN)", also_at=("alertmanager.yml:10",)),
    Mistake("no-word-of-the-end", f"{_ALERTMANAGER}/issues/630", "alertmanager.yml:13",
            "receivers/no-send-resolved", r"when an alert is resolved", also_at=("alertmanager.yml:15",)),
    Mistake("pagerduty-severity-none", "https://github.com/prometheus-community/helm-charts/issues/2309",
            "alertmanager.yml:8", "receivers/pagerduty-severity", r"'none' from Inhibitor"),
    Mistake("opsgenie-priority", f"{_ALERTMANAGER}/issues/2088", "alertmanager.yml:8", "receivers/vendor-value",
            r"'high'.*P1, P2, P3, P4, P5"),
    Mistake("alerts-inside-range", f"{_ALERTMANAGER}/issues/1053", "alertmanager.yml:10", "templates/broken",
            r"one alert has no \.Alerts"),
    Mistake("template-without-dot", "https://github.com/helm/charts/issues/23287", "alertmanager.yml:10",
            "templates/broken", r"called without a dot"),
    Mistake("if-without-eq", f"{_ALERTMANAGER}/issues/2691", "alertmanager.yml:8", "templates/broken",
            r"eq is missing"),
    # Dashboards.
    Mistake("dashboard-interval", "https://github.com/vllm-project/vllm/pull/58148", "dashboards.json:15",
            "dashboards/interval-in-rate", r"\$__interval"),
]
# fmt: on


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.folder)
def test_a_reported_mistake_is_found_at_its_line(mistake: Mistake) -> None:
    """By the right check, in words that say what is wrong, and without other errors."""
    found = findings(ALERTING / "wrong" / mistake.folder)
    at = {
        f"{each.where.file.name}:{each.where.line}"
        for each in found
        if each.id == mistake.check and re.search(mistake.meaning, each.message)
    }
    assert at == {mistake.at, *mistake.also_at}
    assert {each.id for each in found if each.severity.value == "error"} <= {mistake.check} | mistake.others


def test_every_wrong_folder_is_in_the_table() -> None:
    """No mistake is kept without a claim about it."""
    folders = {each.name for each in (ALERTING / "wrong").iterdir() if each.is_dir()}
    assert folders == {each.folder for each in MISTAKES}
    assert all(each.source.startswith("https://") and each.meaning for each in MISTAKES)
