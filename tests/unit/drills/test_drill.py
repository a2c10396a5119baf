"""A drill injects its fault, waits for the alert and its notifications, and is recorded so that it can be judged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackproof.drills.alert_watch import AlertSources, AlertWatch
from stackproof.drills.alerting import Alerting, read_alerting
from stackproof.drills.drill import Drills
from stackproof.drills.expectation import AlertExpectation
from stackproof.engine.port import AlertingFile, AlertingRole, Declaration
from stackproof.model import (
    Addressee,
    DeclarationError,
    DrillEnded,
    FaultInjected,
    Verdict,
)
from tests.unit.fake_runs import WITHIN_S, RunOnFake, confirm
from tests.unit.fakes import WEB, FakeLink, small_stack
from tests.unit.monitoring import Monitoring, monitoring

DOWN = f"down {WEB}"
CHAT = Addressee("slack", "#ops")
EXPECTED = AlertExpectation("ShopDown", (CHAT,), within_s=WITHIN_S)
FILES = {
    "rules": "groups: [{name: g, rules: [{alert: ShopDown, expr: up == 0}]}]",
    "routing": "{route: {receiver: chat, group_wait: 1s}, receivers: [{name: chat}]}",
    "scraping": "global: {scrape_interval: 1s, evaluation_interval: 1s}",
}


@pytest.fixture
def alerting(tmp_path: Path) -> Alerting:
    """The alerting of a stack with one alert."""
    files = []
    for role, text in FILES.items():
        file = tmp_path / f"{role}.yaml"
        file.write_text(text, encoding="utf-8")
        files.append(AlertingFile(role, AlertingRole(role), file))
    return read_alerting(Declaration(small_stack(), source=None, alerting=tuple(files)), 1)


@pytest.fixture
def server() -> Iterator[Monitoring]:
    """Prometheus, Alertmanager and a receiver."""
    with monitoring() as served:
        yield served


def _notify(server: Monitoring, status: str) -> None:
    server.tell(status, "ShopDown")
    server.inbox[-1]["problems"] = []


@pytest.fixture
def drills(
    fake_run: RunOnFake, alerting: Alerting, server: Monitoring, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Drills]:
    """Drills of a stack whose alert fires while its link is cut, and resolves when it is restored."""
    cut, restore = FakeLink.cut, FakeLink.restore

    def fire(link: FakeLink) -> None:
        cut(link)
        server.alerts = [("ShopDown", "firing", {"severity": "critical"})]
        _notify(server, "firing")

    def resolve(link: FakeLink) -> None:
        restore(link)
        server.alerts = []
        _notify(server, "resolved")

    monkeypatch.setattr(FakeLink, "cut", fire)
    monkeypatch.setattr(FakeLink, "restore", resolve)
    watch = AlertWatch(AlertSources(server.url, server.url, server.url), fake_run.run.record, every_s=0.02)
    with watch.on() as seen:
        yield Drills(fake_run.run, alerting, seen, "a test")


def test_a_drill_is_linked_to_the_fault_that_it_injects(
    fake_run: RunOnFake, drills: Drills, server: Monitoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record says which injection caused it, and the judge finds the fault by that id."""
    confirm(monkeypatch, DOWN)
    (result,) = drills.fires(DOWN, EXPECTED)
    assert result.verdict is Verdict.PASS
    assert result.view.cause is not None
    (injected,) = fake_run.events(FaultInjected)
    assert result.view.drill.cause == result.view.cause.id == injected.injection
    assert [each.drill for each in fake_run.events(DrillEnded)] == [result.view.drill.id]
    assert not server.alerts


def test_an_aspect_that_does_not_exist_is_refused(drills: Drills) -> None:
    """A typo in an exemption is not an exemption of nothing."""
    with pytest.raises(DeclarationError, match="saw 'fierd'; known: fired, in time"):
        drills.cover({"ShopDown/fierd": "it never does"}, {})
