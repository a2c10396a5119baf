"""A run has the proxies that it needs: all, unless it says which and holds no fault."""

from pathlib import Path

import pytest

from stackproof.engine.docker.compose.ground import Reach
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.model import DeclarationError, FaultSpec
from stackproof.run import declaration as declared_module
from stackproof.run.declaration import Composed, narrowed
from stackproof.run.settings import Settings
from tests.unit.fakes import small_stack

SIZE_BYTES = 64 * 2**20
FILES = {"x-stackproof": {"capacity": SIZE_BYTES}}
COMPOSE = ComposeFile.model_validate({"name": "small", "services": {}, "volumes": {"files": FILES}})
SMALL = Composed(COMPOSE, small_stack())
FAULT = FaultSpec.parse("kill store")


def links_of(settings: Settings) -> set[str]:
    """Services that a link leads to."""
    return {link.service for link in narrowed(SMALL, settings).stack.links()}


@pytest.fixture(autouse=True)
def reach(monkeypatch: pytest.MonkeyPatch) -> dict[str, Reach]:
    """How services are reached; near, until a test says otherwise."""
    now = {"is": Reach.BRIDGE}
    monkeypatch.setattr(declared_module, "reach_of_engine", lambda: now["is"])
    return now


@pytest.mark.parametrize(("faults", "capacities"), [((), {}), ((FAULT,), {"files": SIZE_BYTES})])
def test_a_run_without_faults_needs_no_disks(faults: tuple[FaultSpec, ...], capacities: dict[str, int]) -> None:
    """A volume is as large as its machine then, as under Compose alone; a fault may want to fill it."""
    settings = Settings(Path("compose.yaml"), proxies=("web",), faults=faults)
    assert narrowed(SMALL, settings).compose.capacities == capacities


@pytest.mark.parametrize(
    ("proxies", "faults", "expected"),
    [
        ((), (), {"web", "store"}),
        (("web",), (), {"web"}),
        (("tool",), (), set()),
        (("web",), (FAULT,), {"web", "store"}),
    ],
)
def test_a_run_has_the_proxies_that_it_needs(
    proxies: tuple[str, ...], faults: tuple[FaultSpec, ...], expected: set[str]
) -> None:
    """All where none is named; those that are named; and all where a fault is held, which may be aimed at any."""
    assert links_of(Settings(Path("compose.yaml"), proxies=proxies, faults=faults)) == expected


def test_proxies_are_there_where_nothing_else_leads_to_a_service(reach: dict[str, Reach]) -> None:
    """Observers of an engine elsewhere come through the proxies' gates."""
    reach["is"] = Reach.LOOPBACK
    assert links_of(Settings(Path("compose.yaml"), proxies=("web",))) == {"web", "store"}


def test_a_proxy_before_a_service_that_there_is_not_is_refused() -> None:
    """The message has those that there are."""
    with pytest.raises(DeclarationError, match=r"no service 'wep'.*store, tool, web"):
        links_of(Settings(Path("compose.yaml"), proxies=("wep",)))
