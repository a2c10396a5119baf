"""Consistency of the monitoring files, checked in the files themselves."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

from stack.variables import COMPOSE_FILE

STACK = COMPOSE_FILE.parent
MONITORING = STACK / "monitoring"
Node = Mapping[str, object]


def read(file: Path) -> Node:
    """Read a YAML file."""
    return cast("Node", YAML(typ="safe").load(file))


COMPOSE = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", read(COMPOSE_FILE))
PROMETHEUS = MONITORING / "prometheus.yaml"
RULE_FILES = sorted((MONITORING / "rules").glob("*.yaml"))


def rules(file: Path) -> Iterator[Mapping[str, object]]:
    """The rules of a file."""
    for group in cast("Sequence[Mapping[str, Sequence[Node]]]", read(file)["groups"]):
        yield from group["rules"]


def test_every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    """An alert that was never seen to fire proves nothing."""
    alerts = {str(rule["alert"]) for file in RULE_FILES for rule in rules(file) if "alert" in rule}
    fires: set[str] = set()
    silent: set[str] = set()
    for file in (MONITORING / "tests").glob("*.yaml"):
        for test in cast("Sequence[Mapping[str, Sequence[Node]]]", read(file)["tests"]):
            for check in test.get("alert_rule_test", ()):
                (fires if check["exp_alerts"] else silent).add(str(check["alertname"]))
    assert alerts - fires == set()
    assert alerts - silent == {"Watchdog"}, "only the Watchdog is never silent"


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: Path(file).stem)
def test_every_rule_file_is_mounted_where_prometheus_looks(file: Path) -> None:
    """A rule file that compose.yaml does not mount is never read."""
    (name,) = (name for name, config in COMPOSE["configs"].items() if STACK / str(config["file"]) == file)
    assert COMPOSE["configs"][name]["x-stackproof"] == {"role": "rules"}
    mounted = cast("Sequence[Mapping[str, str]]", COMPOSE["services"]["prometheus"]["configs"])
    assert {"source": name, "target": f"/etc/prometheus/rules/{file.name}"} in mounted


def test_every_service_is_scraped_except_those_that_only_alertmanager_reaches() -> None:
    """Every running service is scraped, directly or through its exporter."""
    jobs = cast("Sequence[Mapping[str, Sequence[Mapping[str, Sequence[str]]]]]", read(PROMETHEUS)["scrape_configs"])
    targets = {target for job in jobs for each in job["static_configs"] for target in each["targets"]}
    hosts = {target.partition(":")[0] for target in targets} - {"localhost"} | {"prometheus"}
    running = {name for name, service in COMPOSE["services"].items() if "profiles" not in service}
    assert running - hosts == {"gateway", "receivers"}, "nginx has no metrics page; its exporter is scraped instead"


def test_only_alertmanager_reaches_the_receivers() -> None:
    """No other service can reach the receivers of alerts."""
    on_the_net = {name for name, service in COMPOSE["services"].items() if "alerting_net" in str(service["networks"])}
    assert on_the_net == {"alertmanager", "receivers"}
    assert COMPOSE["services"]["receivers"]["networks"] == ["alerting_net"]
    assert COMPOSE["networks"]["alerting_net"]["internal"] is True


@pytest.mark.parametrize(("file", "role"), [("prometheus", "scraping"), ("alertmanager", "routing")])
def test_the_configurations_have_their_roles(file: str, role: str) -> None:
    """The role tells the harness which files to run on a faster clock."""
    config = COMPOSE["configs"][file]
    assert config["x-stackproof"] == {"role": role}
    assert (STACK / str(config["file"])).is_file()
