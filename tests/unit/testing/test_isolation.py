"""Targets that are tried from inside, with a helper that reports made-up answers."""

import json

from stackproof.engine.port import Place, Side
from stackproof.model import Attempt, Link, Reached
from stackproof.testing.isolation import (
    ConnectTarget,
    NamespaceView,
    attempts_of,
    connect_from,
    connect_from_every_service,
    isolation_breaches,
)
from tests.unit.fake_runs import RunOnFake

TARGETS = (ConnectTarget(Link("back", "store", 6379), "10.0.0.2"), ConnectTarget(Link("back", "store", 9), "10.0.0.2"))
VIEW = json.dumps({"answers": ["open", "silent"], "listens": [80], "gateways": ["10.0.0.1"]})


def test_a_declared_port_gets_more_time_than_one_that_must_be_shut(fake_run: RunOnFake) -> None:
    """A slow open port is not taken for a shut one, and shut ones do not take minutes."""
    fake_run.engine.said = [VIEW]
    view = connect_from(fake_run.run, "web", TARGETS, Side.PROXY)
    ((place, command),) = fake_run.engine.helped
    assert place == Place("web", Side.PROXY)
    assert command[-2:] == ("10.0.0.2:6379:30", "10.0.0.2:9:2")
    assert view == NamespaceView((Reached.OPEN, Reached.SILENT), frozenset({80}), ("10.0.0.1",))


def test_every_running_service_connects(fake_run: RunOnFake) -> None:
    """The views are by service; an attempt pairs a target with its answer."""
    fake_run.engine.said = [VIEW, VIEW]
    views = connect_from_every_service(fake_run.run, TARGETS)
    assert set(views) == {service.name for service in fake_run.run.stack.standing}
    assert attempts_of("web", TARGETS, views["web"])[1] == Attempt("web", TARGETS[1].link, "10.0.0.2", Reached.SILENT)


def test_an_open_port_that_nothing_declares_is_a_breach(fake_run: RunOnFake) -> None:
    """Targets that were not tried are breaches, too."""
    opened = Attempt("web", TARGETS[1].link, "10.0.0.2", Reached.OPEN)
    breaches = isolation_breaches(fake_run.run, [opened])
    assert f"{opened}, though it is not declared" in breaches
    assert any("was not tried" in breach for breach in breaches)
