"""Generates promtool tests of the rules that Sloth generates from an SLO file, based on the file's promises.

Windows and factors are those of https://sre.google/workbook/alerting-on-slos/ for a month of 30 days: a page if 2 % of
the month's budget are spent in an hour or 5 % in six, a ticket if 10 % are spent in a day or in three. Test format:
https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

Labels = dict[str, str]
WINDOWS_S = {"5m": 300, "30m": 1800, "1h": 3600, "2h": 7200, "6h": 21600, "1d": 86400, "3d": 259200}
OVER = 1.001
"""Just over a limit; at the limit itself nothing may fire."""

TENMILLIONTHS = "round(1e7 * {})"
"""Query for a value as a whole number."""

WORSE = 1.05
"""A second record of a window is this many times the limit: less than an edit of the limit by a tenth."""

ONCE = "5m"
"""The window that can have only one record: Sloth computes the month from it."""


@dataclass(frozen=True, slots=True)
class Tier:
    """An alert's condition: a burn rate of `factor` in both a long and a short window."""

    severity: str
    sloth_severity: str
    short: str
    long: str
    factor: float


TIERS = (
    Tier("critical", "page", "5m", "1h", 14.4),
    Tier("critical", "page", "30m", "6h", 6),
    Tier("warning", "ticket", "2h", "1d", 3),
    Tier("warning", "ticket", "6h", "3d", 1),
)


@dataclass(frozen=True, slots=True)
class Slo:
    """An objective from its file.

    Attributes:
        service: The service it belongs to.
        name: Its name in the file.
        objective: Per cent.
        labels: Labels of its series.
        alert: Name of its alerts.
        alert_labels: Labels of its alerts, other than name and severity.
        annotations: Annotations of its alerts, with Prometheus templates.
    """

    service: str
    name: str
    objective: float
    labels: Mapping[str, str]
    alert: str
    alert_labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def budget(self) -> float:
        """The share of requests that may miss it; computed as Sloth does, so that limits agree to the last digit."""
        return (100 - self.objective) / 100

    @property
    def ids(self) -> Labels:
        """Labels by which Sloth's rules find its series."""
        return {"sloth_id": f"{self.service}-{self.name}", "sloth_service": self.service, "sloth_slo": self.name}

    @property
    def identity(self) -> Labels:
        """All labels of its series except the window."""
        return {**self.labels, **self.ids}


def read_slos(spec: Path) -> tuple[Slo, ...]:
    """Read an SLO file that Sloth accepts."""
    document = YAML(typ="safe").load(spec)
    return tuple(
        Slo(
            service=document["service"],
            name=slo["name"],
            objective=float(slo["objective"]),
            labels={name: str(value) for name, value in {**document["labels"], **slo["labels"]}.items()},
            alert=slo["alerting"]["name"],
            alert_labels=slo["alerting"]["labels"],
            annotations=slo["alerting"]["annotations"],
        )
        for slo in document["slos"]
    )


def alert_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Each condition by itself: it fires just over its limit in both windows, and not at the limit in one of them.

    The series that Sloth records are inputs here, so that every value is known to the last digit. Each minute is a
    phase. If the short window is recorded twice, the alert reports the worse value.
    """
    phases = list(_phases())
    inputs = [
        {
            "series": series(f"slo:sli_error:ratio_rate{window}", slo, window),
            "values": " ".join(repr(phase.burn(slo, window)) for phase in phases),
        }
        for slo in slos
        for window in WINDOWS_S
    ]
    inputs += [
        {
            "series": series(f"slo:sli_error:ratio_rate{tier.short}", slo, "another"),
            "values": " ".join(repr(phase.worse(slo) if phase.tier is tier else 0.0) for phase in phases),
        }
        for slo in slos
        for tier in TIERS
        if tier.short != ONCE
    ]
    checks = [_check(slos, name, minute, phase) for name in _alerts(slos) for minute, phase in enumerate(phases)]
    return {
        "name": "a budget that burns too fast in the long and in the short window, and one that does not",
        "interval": "1m",
        "input_series": inputs,
        "alert_rule_test": checks,
    }


@dataclass(frozen=True, slots=True)
class Phase:
    """A minute of the test: the burn rates in the windows of one tier, relative to its limit; 0 in all others."""

    tier: Tier
    short: float
    long: float

    @property
    def fires(self) -> bool:
        """Whether the tier's alert has to fire."""
        return self.short > 1 and self.long > 1

    def burn(self, slo: Slo, window: str) -> float:
        """The share of failures in a window."""
        of_limit = {self.tier.short: self.short, self.tier.long: self.long}.get(window, 0.0)
        return self.tier.factor * slo.budget * of_limit

    def worse(self, slo: Slo) -> float:
        """The greatest recorded share in the short window if the alert fires, else 0."""
        if not self.fires:
            return 0.0
        of_limit = self.short if self.tier.short == ONCE else WORSE
        return self.tier.factor * slo.budget * of_limit


def _phases() -> Iterator[Phase]:
    for tier in TIERS:
        yield Phase(tier, OVER, 1.0)
        yield Phase(tier, 1.0, OVER)
        yield Phase(tier, OVER, OVER)


def _check(slos: Sequence[Slo], name: str, minute: int, phase: Phase) -> dict[str, object]:
    expected = [_alert(slo, phase) for slo in slos if slo.alert == name] if phase.fires else []
    return {"alertname": name, "eval_time": f"{minute}m", "exp_alerts": expected}


def _alert(slo: Slo, phase: Phase) -> dict[str, object]:
    tier = phase.tier
    labels = {
        **slo.identity,
        **slo.alert_labels,
        "severity": tier.severity,
        "sloth_severity": tier.sloth_severity,
    }
    title = f"({tier.sloth_severity}) {slo.service} {slo.name} SLO error budget burn rate is too fast."
    annotations = {name: _filled(text, slo, phase.worse(slo)) for name, text in slo.annotations.items()}
    return {"exp_labels": labels, "exp_annotations": {"title": title, **annotations}}


def _filled(template: str, slo: Slo, value: float) -> str:
    """Fill in the few templates that the SLO files use."""
    filled = template.replace("{{ $value | humanizePercentage }}", f"{value * 100:.4g}%")
    for name, text in slo.identity.items():
        filled = filled.replace(f"{{{{ $labels.{name} }}}}", text)
    return filled


def _alerts(slos: Sequence[Slo]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slo.alert for slo in slos))


def series(metric: str, slo: Slo, window: str = "", **more: str) -> str:
    """A series that Sloth records for an objective, with its window and more labels, if any."""
    labels = {**slo.identity, **more, **({"sloth_window": window} if window else {})}
    return selection(metric, dict(sorted(labels.items())))


def selection(metric: str, labels: Mapping[str, str]) -> str:
    """A series in PromQL notation."""
    return metric + "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def tenmillionths(value: float) -> int:
    """The result of `TENMILLIONTHS` for a value. Rounded, because two computations differ in the last digits."""
    return round(1e7 * value)
