"""The stack is seen: every target is up, every rule is in force, and every picture has something to show."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
import requests
from ruamel.yaml import YAML

from stackproof import LoadResult, Run

MONITORING = Path(__file__).parents[2] / "stack" / "monitoring"
DASHBOARDS = sorted((MONITORING / "grafana" / "dashboards").glob("*.json"))
EXPECTED = {"gateway", "mime-transfer", "sla-slo", "system-health"}
INTERVAL = re.compile(r"\$__rate_interval|\$__interval")
ANSWERS_WITHIN_S = 60.0
"""Two scrapes and two evaluations, and then some."""
PAUSE_S = 0.5
Node = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The stack's own Prometheus, reached beside its links."""

    url: str

    def get(self, path: str, **parameters: str) -> Node:
        """Ask its API (https://prometheus.io/docs/prometheus/latest/querying/api/)."""
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=ANSWERS_WITHIN_S)
        answer.raise_for_status()
        return cast("Node", answer.json()["data"])

    def rules(self) -> list[Node]:
        """Every rule that is in force."""
        groups = cast("Sequence[Mapping[str, Sequence[Node]]]", self.get("rules")["groups"])
        return [rule for group in groups for rule in group["rules"]]

    def samples(self, expression: str) -> Sequence[object]:
        """What an expression gives now."""
        return cast("Sequence[object]", self.get("query", query=expression)["result"])


@pytest.fixture(scope="session")
def prometheus(stack: Run) -> Prometheus:
    """Give the stack's Prometheus."""
    return Prometheus(f"http://{stack.engine.direct('prometheus', 9090)}")


def settled(what_is_wrong: Callable[[], object]) -> object:
    """Look until nothing is wrong any longer, and give what was wrong at the end of the time."""
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    pause = threading.Event()
    while (wrong := what_is_wrong()) and time.monotonic() < deadline:
        pause.wait(PAUSE_S)
    return wrong


def declared_rules() -> Iterator[str]:
    """Names of the rules in the stack's files."""
    for file in sorted((MONITORING / "rules").glob("*.yaml")):
        for group in YAML(typ="safe").load(file)["groups"]:
            yield from (rule.get("alert") or rule["record"] for rule in group["rules"])


def expressions(dashboard: Path) -> list[str]:
    """PromQL of a dashboard, with a minute where Grafana puts the interval of the picture."""
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    return [INTERVAL.sub("1m", target["expr"]) for panel in panels for target in panel["targets"]]


def test_every_target_is_up(prometheus: Prometheus, traffic: tuple[LoadResult, ...]) -> None:
    """Prometheus reads the metrics of every service, of the machine, and its own, while the stack works."""
    assert traffic
    jobs = {str(job["job_name"]) for job in YAML(typ="safe").load(MONITORING / "prometheus.yaml")["scrape_configs"]}

    def down() -> list[str]:
        targets = cast("Sequence[Node]", prometheus.get("targets")["activeTargets"])
        well = {cast("Mapping[str, str]", each["labels"])["job"] for each in targets if each["health"] == "up"}
        return [str(each["lastError"]) for each in targets if each["health"] != "up"] or sorted(jobs - well)

    assert settled(down) == []


def test_every_rule_is_in_force(prometheus: Prometheus, traffic: tuple[LoadResult, ...]) -> None:
    """What stands in the rule files is what Prometheus evaluates, and it evaluates it without an error."""
    assert traffic
    assert sorted(str(rule["name"]) for rule in prometheus.rules()) == sorted(declared_rules())
    assert settled(lambda: [rule["name"] for rule in prometheus.rules() if rule["health"] != "ok"]) == []


def test_the_four_dashboards_are_there() -> None:
    """MIME transfer, gateway, system health, and what was promised."""
    assert {file.stem for file in DASHBOARDS} == EXPECTED


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda file: Path(file).stem)
def test_every_picture_shows_something_under_load(
    prometheus: Prometheus, traffic: tuple[LoadResult, ...], dashboard: Path
) -> None:
    """No panel of a dashboard stays empty while the stack works."""
    assert traffic
    wanted = expressions(dashboard)
    assert wanted
    assert settled(lambda: [each for each in wanted if not prometheus.samples(each)]) == []
