"""Rules, routes and receivers as the field writes them, each part with its place in its file.

Sources: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ and
https://prometheus.io/docs/alerting/latest/configuration/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stackproof.model.errors import Location

NOWHERE = Location(Path())
"""The place of what was not read from a file."""


class RuleKind(StrEnum):
    """What a rule makes."""

    ALERT = "alert"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Rule:
    """One alerting or recording rule.

    Attributes:
        kind: What it makes.
        name: The alert's name, or the metric that is recorded.
        expr: PromQL.
        group: Name of its group.
        for_s: How long the expression must hold before the alert fires, in seconds.
        keep_firing_for_s: How long the alert fires on once the expression does not hold, in seconds.
        labels: Labels that the rule sets.
        annotations: Annotations of the alert, templates and all.
        where: The place of the rule.
        lines: Line numbers from 1 of its parts, by their path: ``expr``, ``for``, ``labels.severity``,
            ``annotations.summary``.
    """

    kind: RuleKind
    name: str
    expr: str
    group: str
    for_s: float = 0.0
    keep_firing_for_s: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The place of a part of it, or its own where the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after another.

    Attributes:
        name: Unique in its file.
        rules: In the order of their evaluation.
        interval_s: Seconds from one evaluation to the next; None where Prometheus' own holds.
        where: The place of the group.
        query_offset_s: Seconds by which it is evaluated in the past.
    """

    name: str
    rules: tuple[Rule, ...]
    interval_s: float | None
    where: Location
    query_offset_s: float = 0.0


class MatchOp(StrEnum):
    """How a matcher compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


@dataclass(frozen=True, slots=True)
class LabelMatcher:
    """A condition on one label; a label that is not there has the value ``""``.

    Attributes:
        name: The label.
        op: How it is compared. A regular expression must match the whole value (RE2).
        value: What with.
    """

    name: str
    op: MatchOp
    value: str

    def __str__(self) -> str:
        return f'{self.name}{self.op}"{self.value}"'


@dataclass(frozen=True, slots=True)
class Route:
    """A node of Alertmanager's routing tree, its defaults taken over from its parent.

    Attributes:
        receiver: Who is told.
        matchers: All must hold.
        group_by: Labels that make a group; ``...`` for all.
        group_wait_s: Wait before a new group's first notification, in seconds.
        group_interval_s: Wait before a changed group is told again, in seconds.
        repeat_interval_s: Wait before an unchanged group is told again, in seconds.
        goes_on: True where the siblings after it are tried too (``continue``).
        routes: Its children, in order.
        muted: Names of its mute and active time intervals.
        where: The place of the route.
        lines: Line numbers from 1 of its parts: ``receiver``, ``matchers``, ``group_by``, ``continue`` and so on.
    """

    receiver: str
    matchers: tuple[LabelMatcher, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait_s: float = 30.0
    group_interval_s: float = 300.0
    repeat_interval_s: float = 14400.0
    goes_on: bool = False
    routes: tuple["Route", ...] = ()
    muted: tuple[str, ...] = ()
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The place of a part of it, or its own where the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class Integration:
    """One way in which a receiver is told.

    Attributes:
        kind: ``slack``, ``pagerduty``, ``email``, ``webhook`` and so on: the key in the file without ``_configs``.
        send_resolved: True where it is told of the end, too; the vendor's default taken into account.
        fields: Its texts by dotted path, as ``api_url`` or ``http_config.proxy_url``; ``actions.0.url`` in lists.
        where: The place of the integration.
        lines: Line numbers from 1 of its fields.
    """

    kind: str
    send_resolved: bool
    fields: Mapping[str, str] = field(default_factory=dict)
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The place of a field of it, or its own where the field has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told.

    Attributes:
        name: Unique in its file.
        integrations: How; none swallows what it is told.
        where: The place of the receiver.
    """

    name: str
    integrations: tuple[Integration, ...]
    where: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Inhibition:
    """A source alert that silences target alerts while it fires.

    Attributes:
        source: What the source must match.
        target: What the target must match.
        equal: Labels that both must have alike; two that lack it are alike.
        where: The place of the inhibition.
        lines: Line numbers from 1 of its parts: ``source_matchers``, ``target_matchers``, ``equal``.
    """

    source: tuple[LabelMatcher, ...]
    target: tuple[LabelMatcher, ...]
    equal: tuple[str, ...] = ()
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The place of a part of it, or its own where the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class Routing:
    """An Alertmanager configuration.

    Attributes:
        file: Where it stands.
        route: The root of the routing tree.
        receivers: In the order of the file.
        inhibitions: In the order of the file.
        texts: Every text of the file by dotted path, for what concerns them all.
        lines: Line numbers from 1, by the same paths.
    """

    file: Path
    route: Route
    receivers: tuple[Receiver, ...]
    inhibitions: tuple[Inhibition, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def receiver(self, name: str) -> Receiver | None:
        """The receiver of that name, if there is one."""
        return next((each for each in self.receivers if each.name == name), None)


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """A job of Prometheus' scrape configuration.

    Attributes:
        name: ``job_name``, the value of the label ``job``.
        targets: Fixed targets, as ``host:port``.
        labels: Labels set by its static configurations, joined.
        discovers: True where targets come from a discovery, so that they cannot be known from the file.
        where: The place of the job.
        scrape_interval_s: Seconds from one scrape to the next; None where the configuration's own holds.
        renames: True where series can get another ``job`` than its name: by relabelling, or by ``honor_labels``.
    """

    name: str
    targets: tuple[str, ...]
    labels: Mapping[str, str]
    discovers: bool
    where: Location
    scrape_interval_s: float | None = None
    renames: bool = False


@dataclass(frozen=True, slots=True)
class Scraping:
    """A Prometheus configuration.

    Attributes:
        file: Where it stands.
        scrape_interval_s: Seconds from one scrape to the next, where a job says nothing else.
        evaluation_interval_s: Seconds from one evaluation of rules to the next.
        jobs: In the order of the file.
        rule_files: Patterns of rule files.
        external_labels: Labels on all that leaves.
        complete: False where more jobs stand in other files (``scrape_config_files``), or series come by other ways
            than scrapes (remote write, OTLP, remote read), as far as the file tells.
    """

    file: Path
    scrape_interval_s: float
    evaluation_interval_s: float
    jobs: tuple[ScrapeJob, ...] = ()
    rule_files: tuple[str, ...] = ()
    external_labels: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class DashboardQuery:
    """One expression of a Grafana dashboard.

    Attributes:
        dashboard: Title of the dashboard.
        panel: Title of the panel.
        expr: PromQL, Grafana's variables and all.
        where: The place of the expression.
    """

    dashboard: str
    panel: str
    expr: str
    where: Location


class MetricType(StrEnum):
    """Type of a metric family, as the exposition names it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    UNTYPED = "untyped"


@dataclass(frozen=True, slots=True)
class ExportedMetric:
    """A metric that something exports.

    Attributes:
        name: Name of the series, with `_bucket`, `_total` and so on.
        type: Type of its family.
        labels: Every label name that a series of it has.
    """

    name: str
    type: MetricType
    labels: frozenset[str]
