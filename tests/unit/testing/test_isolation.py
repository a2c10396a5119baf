"""Doors that are tried from inside, with a helper that reports made-up answers."""

import json

from stackproof.engine.port import Place, Side
from stackproof.model import Attempt, Link, Reached
from stackproof.testing.isolation import Door, InsideView, attempts_at, isolation_breaches, knock, knock_from_everywhere
from tests.unit.grounds import Ground

DOORS = (Door(Link("back", "store", 6379), "10.0.0.2"), Door(Link("back", "store", 9), "10.0.0.2"))
VIEW = json.dumps({"answers": ["open", "silent"], "listens": [80], "gateways": ["10.0.0.1"]})


def test_a_declared_port_gets_more_time_than_one_that_must_be_shut(standing: Ground) -> None:
    """A slow open port is not taken for a shut one, and shut ones do not take minutes."""
    standing.engine.said = [VIEW]
    view = knock(standing.run, "web", DOORS, Side.PROXY)
    ((place, command),) = standing.engine.helped
    assert place == Place("web", Side.PROXY)
    assert command[-2:] == ("10.0.0.2:6379:30", "10.0.0.2:9:2")
    assert view == InsideView((Reached.OPEN, Reached.SILENT), frozenset({80}), ("10.0.0.1",))


def test_every_running_service_knocks(standing: Ground) -> None:
    """The views are by service; an attempt pairs a door with its answer."""
    standing.engine.said = [VIEW, VIEW]
    views = knock_from_everywhere(standing.run, DOORS)
    assert set(views) == {service.name for service in standing.run.stack.standing}
    assert attempts_at("web", DOORS, views["web"])[1] == Attempt("web", DOORS[1].link, "10.0.0.2", Reached.SILENT)


def test_an_open_door_that_nothing_declares_is_a_breach(standing: Ground) -> None:
    """Doors that were not tried are breaches, too."""
    opened = Attempt("web", DOORS[1].link, "10.0.0.2", Reached.OPEN)
    breaches = isolation_breaches(standing.run, [opened])
    assert f"{opened}, though it is not declared" in breaches
    assert any("was not tried" in breach for breach in breaches)
