"""A stack's rules, routes and scraping, as they run on this run's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.compression.compressed_files import compressed_scrape_s
from stackproof.alerts.routing.delivery import deliveries
from stackproof.declare.alertmanager.routing_config import read_routing
from stackproof.declare.prometheus.rule_file import read_rules
from stackproof.declare.prometheus.scrape_config import read_scraping
from stackproof.engine.port import AlertingRole, Declaration
from stackproof.judge import Timing
from stackproof.model import DeclarationError
from stackproof.model.monitoring import Routing, Rule, RuleGroup, RuleKind, Scraping


@dataclass(frozen=True, slots=True)
class Alerting:
    """A stack's alerting files as they are declared, in real durations.

    Attributes:
        groups: Rule groups of all rule files.
        routing: Alertmanager's configuration.
        scraping: Prometheus' configuration.
        factor: How many times faster than real time this run's clock runs.
    """

    groups: tuple[RuleGroup, ...]
    routing: Routing
    scraping: Scraping
    factor: float

    @property
    def alerts(self) -> tuple[str, ...]:
        """Names of all alerts, in the order of the files."""
        return tuple(dict.fromkeys(rule.name for rule in self._alert_rules()))

    def timing(self, alert: str, *, window_s: float = 0.0, window_share: float = 0.0, evaluations: int = 1) -> Timing:
        """The parts of the time to an alert's notification, on this run's clock.

        Args:
            alert: Its name.
            window_s: Range that its expression looks back over, in seconds of real time.
            window_share: Share of it that the fault has to fill.
            evaluations: Evaluations in sequence until it fires.

        Raises:
            DeclarationError: There is no such alert.
        """
        group, rule = self._rule(alert)
        routes = [each.route for each in deliveries(self.routing, {**rule.labels, "alertname": alert})]
        return Timing(
            scrape_interval_s=compressed_scrape_s(self.scraping.scrape_interval_s, self.factor),
            evaluation_interval_s=(group.interval_s or self.scraping.evaluation_interval_s) / self.factor,
            for_s=rule.for_s / self.factor,
            keep_firing_for_s=rule.keep_firing_for_s / self.factor,
            group_wait_s=max((each.group_wait_s for each in routes), default=0.0) / self.factor,
            group_interval_s=max((each.group_interval_s for each in routes), default=0.0) / self.factor,
            window_s=window_s / self.factor,
            window_share=window_share,
            evaluations=evaluations,
        )

    def _rule(self, alert: str) -> tuple[RuleGroup, Rule]:
        for group in self.groups:
            for rule in group.rules:
                if rule.kind is RuleKind.ALERT and rule.name == alert:
                    return group, rule
        raise DeclarationError(f"expected an alert of the rules, saw {alert!r}; known: {', '.join(self.alerts)}")

    def _alert_rules(self) -> Iterator[Rule]:
        for group in self.groups:
            yield from (rule for rule in group.rules if rule.kind is RuleKind.ALERT)


def read_alerting(declaration: Declaration, factor: float) -> Alerting:
    """Read the alerting files that a declaration names by their role.

    Raises:
        DeclarationError: One is missing or wrong; the error names file and line.
    """
    rules = [group for file in declaration.paths_of(AlertingRole.RULES) for group in read_rules(file).sound()]
    return Alerting(
        groups=tuple(rules),
        routing=read_routing(_only(declaration, AlertingRole.ROUTING)),
        scraping=read_scraping(_only(declaration, AlertingRole.SCRAPING)).sound(),
        factor=factor,
    )


def _only(declaration: Declaration, role: AlertingRole) -> Path:
    files = declaration.paths_of(role)
    if len(files) != 1:
        raise DeclarationError(
            f"expected one config with x-stackproof: {{role: {role}}}, saw {len(files)}",
            fix="declare the file as a config of its service, with its role",
        )
    return files[0]
