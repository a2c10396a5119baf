"""A run has the proxies and disks that it needs: all, unless it names its proxies and holds no fault."""

from dataclasses import replace
from pathlib import Path

import pytest

from stackproof.engine.docker.compose.compose_declaration import compose_of
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.port import Capability, Declaration
from stackproof.model import DeclarationError, FaultSpec
from stackproof.run.declared_stack import narrowed
from stackproof.run.settings import Settings
from tests.unit.fake_engine import FakeEngine
from tests.unit.fakes import small_stack

SIZE_BYTES = 64 * 2**20
FILES = {"x-stackproof": {"capacity": SIZE_BYTES}}
COMPOSE = ComposeFile.model_validate({"name": "small", "services": {}, "volumes": {"files": FILES}})
SMALL = Declaration(small_stack(), COMPOSE)
FAULT = FaultSpec.parse("kill store")
NEAR = FakeEngine()
FAR = replace(NEAR, lacking={Capability.DIRECT_ADDRESSES: "it is far away"})


def links_of(settings: Settings, engine: FakeEngine = NEAR) -> set[str]:
    """Services that a link leads to."""
    return {link.service for link in narrowed(SMALL, settings, engine).stack.links()}


@pytest.mark.parametrize(("faults", "capacities"), [((), {}), ((FAULT,), {"files": SIZE_BYTES})])
def test_a_run_without_faults_needs_no_disks(faults: tuple[FaultSpec, ...], capacities: dict[str, int]) -> None:
    """A volume is then as large as its machine, as without stackproof; a fault may want to fill it."""
    settings = Settings(Path("compose.yaml"), proxies=("web",), faults=faults)
    assert compose_of(narrowed(SMALL, settings, NEAR)).capacities == capacities


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


def test_proxies_stay_where_only_they_lead_to_a_service() -> None:
    """Observers reach an engine elsewhere through the proxies."""
    assert links_of(Settings(Path("compose.yaml"), proxies=("web",)), FAR) == {"web", "store"}


@pytest.mark.parametrize("engine", [NEAR, FAR], ids=["near", "far"])
def test_a_proxy_before_a_service_that_does_not_exist_is_refused(engine: FakeEngine) -> None:
    """The message lists those that do."""
    with pytest.raises(DeclarationError, match=r"no service 'wep'.*store, tool, web"):
        links_of(Settings(Path("compose.yaml"), proxies=("wep",)), engine)
