"""Rules, routes, receivers, scrape jobs and dashboards, each part with its location in its file.

Sources: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ and
https://prometheus.io/docs/alerting/latest/configuration/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stackproof.model.errors import Location

NOWHERE = Location(Path())
"""The location of what was not read from a file."""


class RuleKind(StrEnum):
    """What a rule produces."""

    ALERT = "alert"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Rule:
    """One alerting or recording rule.

    Attributes:
        kind: What it produces.
        name: The alert's name, or the recorded metric.
        expr: PromQL.
        group: Name of its group.
        for_s: How long the expression must be true before the alert fires, in seconds.
        keep_firing_for_s: How long the alert keeps firing after the expression stops being true, in seconds.
        labels: Labels that the rule sets.
        annotations: Annotations of the alert, with unexpanded templates.
        where: The rule's location.
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
        """The location of a part, or the whole's if the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after another.

    Attributes:
        name: Unique in its file.
        rules: In the order of their evaluation.
        interval_s: Seconds between evaluations; None for Prometheus' default.
        where: The group's location.
        query_offset_s: How many seconds in the past it is evaluated.
        interval_line: The line of its interval, from 1; None if it has none.
    """

    name: str
    rules: tuple[Rule, ...]
    interval_s: float | None
    where: Location
    query_offset_s: float = 0.0
    interval_line: int | None = None


class MatchOp(StrEnum):
    """How a matcher compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


@dataclass(frozen=True, slots=True)
class LabelMatcher:
    """A condition on one label; an absent label has the value ``""``.

    Attributes:
        name: The label.
        op: How it is compared. A regular expression must match the whole value (RE2).
        value: The value to compare with.
    """

    name: str
    op: MatchOp
    value: str

    def __str__(self) -> str:
        return f'{self.name}{self.op}"{self.value}"'


@dataclass(frozen=True, slots=True)
class Route:
    """A node of Alertmanager's routing tree, with the settings that it inherits from its parent.

    Attributes:
        receiver: The receiver's name.
        matchers: All must match.
        group_by: Labels to group by; ``...`` for all.
        group_wait_s: Wait before the first notification of a new group, in seconds.
        group_interval_s: Wait before the next notification of a changed group, in seconds.
        repeat_interval_s: Wait before the next notification of an unchanged group, in seconds.
        continues: True if later siblings are tried too (``continue``).
        routes: Its children, in order.
        time_intervals: Names of its mute and active time intervals.
        complete: False if some of its matchers could not be read, so that it may match less than ``matchers`` says.
        where: The route's location.
        lines: Line numbers from 1 of its parts: ``receiver``, ``matchers``, ``group_by``, ``continue`` and so on.
    """

    receiver: str
    matchers: tuple[LabelMatcher, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait_s: float = 30.0
    group_interval_s: float = 300.0
    repeat_interval_s: float = 14400.0
    continues: bool = False
    routes: tuple["Route", ...] = ()
    time_intervals: tuple[str, ...] = ()
    complete: bool = True
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The location of a part, or the whole's if the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class Integration:
    """One way to notify a receiver.

    Attributes:
        kind: ``slack``, ``pagerduty``, ``email``, ``webhook`` and so on: the key in the file without ``_configs``.
        send_resolved: True if resolved alerts are sent too; with the default of its kind applied.
        fields: Its texts by dotted path: ``api_url``, ``http_config.proxy_url``, or ``actions.0.url`` in a list.
        where: The integration's location.
        lines: Line numbers from 1 of its fields.
    """

    kind: str
    send_resolved: bool
    fields: Mapping[str, str] = field(default_factory=dict)
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The location of a field, or the whole's if the field has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class Receiver:
    """A named destination of notifications.

    Attributes:
        name: Unique in its file.
        integrations: How it is notified; a receiver without integrations drops its alerts.
        where: The receiver's location.
    """

    name: str
    integrations: tuple[Integration, ...]
    where: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Inhibition:
    """A rule by which source alerts mute target alerts while they fire.

    Attributes:
        source: Matchers of the source.
        target: Matchers of the target.
        equal: Labels whose values must be equal in both; a label absent in both counts as equal.
        where: The inhibition's location.
        lines: Line numbers from 1 of its parts: ``source_matchers``, ``target_matchers``, ``equal``.
    """

    source: tuple[LabelMatcher, ...]
    target: tuple[LabelMatcher, ...]
    equal: tuple[str, ...] = ()
    where: Location = NOWHERE
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, part: str) -> Location:
        """The location of a part, or the whole's if the part has none."""
        return Location(self.where.file, self.lines.get(part, self.where.line))


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A file of notification templates.

    Attributes:
        file: Its path.
        text: Its content.
    """

    file: Path
    text: str


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range within a day.

    Attributes:
        start_min: Minutes since midnight.
        end_min: The first minute after it, in minutes since midnight.
        where: The location of its end.
    """

    start_min: int
    end_min: int
    where: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class IntervalPart:
    """Times that fulfil all of these conditions.

    Attributes:
        times: Ranges within a day; without any, the whole day.
        limits: The other conditions by their key, such as ``weekdays``.
        where: The part's location.
    """

    times: tuple[TimeRange, ...]
    limits: Mapping[str, tuple[str, ...]]
    where: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A named interval, by which routes are muted or active.

    Attributes:
        name: Unique in its file.
        parts: The interval has every time that one of them has.
        where: The interval's location.
    """

    name: str
    parts: tuple[IntervalPart, ...]
    where: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Routing:
    """An Alertmanager configuration.

    Attributes:
        file: Its file.
        route: The root of the routing tree.
        receivers: In the order of the file.
        inhibitions: In the order of the file.
        intervals: Named time intervals, in the order of the file.
        texts: Every text of the file by dotted path, for checks of all settings.
        lines: Line numbers from 1, by the same paths.
        templates: The template files that it names, as far as they are here.
        has_all_templates: False if some of them are not here.
    """

    file: Path
    route: Route
    receivers: tuple[Receiver, ...]
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: tuple[TimeInterval, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    templates: tuple[TemplateFile, ...] = ()
    has_all_templates: bool = True

    def receiver(self, name: str) -> Receiver | None:
        """The receiver with this name, if there is one."""
        return next((each for each in self.receivers if each.name == name), None)


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """A job of Prometheus' scrape configuration.

    Attributes:
        name: ``job_name``, the value of the label ``job``.
        targets: Fixed targets, as ``host:port``.
        labels: Labels that its static configurations set, merged.
        discovers: True if it uses service discovery, so that the file does not show its targets.
        where: The job's location.
        scrape_interval_s: Seconds between scrapes; None for the configuration's default.
        renames: True if series can get another ``job`` label than its name: by relabelling or ``honor_labels``.
        metrics_path: The path that is scraped.
    """

    name: str
    targets: tuple[str, ...]
    labels: Mapping[str, str]
    discovers: bool
    where: Location
    scrape_interval_s: float | None = None
    renames: bool = False
    metrics_path: str = "/metrics"


@dataclass(frozen=True, slots=True)
class Scraping:
    """A Prometheus configuration.

    Attributes:
        file: Its file.
        scrape_interval_s: Default number of seconds between scrapes.
        evaluation_interval_s: Seconds between evaluations of rules.
        jobs: In the order of the file.
        rule_files: Patterns of rule files.
        external_labels: Labels added to all alerts and to series sent elsewhere.
        complete: False if other files have more jobs (``scrape_config_files``), or if series arrive other than by
            scrapes (remote write, OTLP, remote read), as far as the file shows.
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
    """One query of a Grafana dashboard.

    Attributes:
        dashboard: Title of the dashboard.
        panel: Title of the panel.
        expr: PromQL, with Grafana's variables.
        where: The expression's location.
        least_interval: The least value of ``$__interval`` as its panel sets it: ``1m``, ``>1m`` or a variable; "" if it
            sets none.
    """

    dashboard: str
    panel: str
    expr: str
    where: Location
    least_interval: str = ""


class MetricType(StrEnum):
    """Type of a metric family, as in an exposition."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    UNTYPED = "untyped"


@dataclass(frozen=True, slots=True)
class ExportedMetric:
    """A metric that an exporter exports.

    Attributes:
        name: Name of the series, with ``_bucket``, ``_total`` and so on.
        type: Type of its family.
        labels: Every label name that its series have.
        series: The labels of its series, with their values; not of metrics with very many series.
    """

    name: str
    type: MetricType
    labels: frozenset[str]
    series: frozenset[frozenset[tuple[str, str]]] = frozenset()
