"""The stack is monitored: every target is up, every rule is evaluated, and every panel has data."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
import requests
from ruamel.yaml import YAML

from stackproof import LoadResult, Run, wait_until

MONITORING = Path(__file__).parents[2] / "stack" / "monitoring"
DASHBOARDS = sorted((MONITORING / "grafana" / "dashboards").glob("*.json"))
EXPECTED = {"gateway", "mime-transfer", "sla-slo", "system-health"}
INTERVAL = re.compile(r"\$__rate_interval|\$__interval")
ANSWERS_WITHIN_S = 60.0
"""Two scrapes and two evaluations, with time to spare."""
PAUSE_S = 0.5
Node = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The stack's Prometheus, at its direct address."""

    url: str

    def get(self, path: str, **parameters: str) -> Node:
        """Query its API (https://prometheus.io/docs/prometheus/latest/querying/api/)."""
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=ANSWERS_WITHIN_S)
        answer.raise_for_status()
        return cast("Node", answer.json()["data"])

    def rules(self) -> list[Node]:
        """Every rule that it evaluates."""
        groups = cast("Sequence[Mapping[str, Sequence[Node]]]", self.get("rules")["groups"])
        return [rule for group in groups for rule in group["rules"]]

    def samples(self, expression: str) -> Sequence[object]:
        """The present result of an expression."""
        return cast("Sequence[object]", self.get("query", query=expression)["result"])


@pytest.fixture(scope="session")
def prometheus(stack: Run) -> Prometheus:
    """The stack's Prometheus."""
    return Prometheus(f"http://{stack.engine.direct('prometheus', 9090)}")


def settled(look: Callable[[], Sequence[object]]) -> Sequence[object]:
    """Look until nothing is wrong, or the time is over; what is wrong then."""
    return wait_until(look, lambda wrong: not wrong, within_s=ANSWERS_WITHIN_S, poll_s=PAUSE_S).seen


def declared_rules() -> Iterator[str]:
    """Names of the rules in the stack's files."""
    for file in sorted((MONITORING / "rules").glob("*.yaml")):
        for group in YAML(typ="safe").load(file)["groups"]:
            yield from (rule.get("alert") or rule["record"] for rule in group["rules"])


def expressions(dashboard: Path) -> list[str]:
    """PromQL of a dashboard, with a minute in place of the interval that Grafana inserts."""
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    return [INTERVAL.sub("1m", target["expr"]) for panel in panels for target in panel["targets"]]


def test_every_target_is_up(prometheus: Prometheus, traffic: tuple[LoadResult, ...]) -> None:
    """Under load, Prometheus scrapes every service, the machine and itself."""
    assert traffic
    jobs = {str(job["job_name"]) for job in YAML(typ="safe").load(MONITORING / "prometheus.yaml")["scrape_configs"]}

    def down() -> list[str]:
        targets = cast("Sequence[Node]", prometheus.get("targets")["activeTargets"])
        up = {cast("Mapping[str, str]", each["labels"])["job"] for each in targets if each["health"] == "up"}
        return [str(each["lastError"]) for each in targets if each["health"] != "up"] or sorted(jobs - up)

    assert settled(down) == []


def test_every_declared_rule_is_evaluated(prometheus: Prometheus, traffic: tuple[LoadResult, ...]) -> None:
    """Prometheus evaluates every rule of the rule files, and no other, without an error."""
    assert traffic
    assert sorted(str(rule["name"]) for rule in prometheus.rules()) == sorted(declared_rules())
    assert settled(lambda: [rule["name"] for rule in prometheus.rules() if rule["health"] != "ok"]) == []


def test_the_four_dashboards_exist() -> None:
    """MIME transfer, gateway, system health, and the objectives."""
    assert {file.stem for file in DASHBOARDS} == EXPECTED


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda file: Path(file).stem)
def test_every_panel_has_data_under_load(
    prometheus: Prometheus, traffic: tuple[LoadResult, ...], dashboard: Path
) -> None:
    """No panel of a dashboard stays empty under load."""
    assert traffic
    wanted = expressions(dashboard)
    assert wanted
    assert settled(lambda: [each for each in wanted if not prometheus.samples(each)]) == []
