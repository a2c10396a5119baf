import json
from pathlib import Path

import pytest

from stackproof.engine.docker.services.recreate import added_environment, sharers_of

OURS = "/opt/ours.so"


@pytest.mark.parametrize(
    ("present", "preloaded"),
    [
        ([], OURS),
        (["LD_PRELOAD="], OURS),
        (["A=1", "LD_PRELOAD=/lib/own.so"], f"{OURS}:/lib/own.so"),
        (["LD_PRELOAD=/a.so /b.so"], f"{OURS}:/a.so:/b.so"),
        ([f"LD_PRELOAD={OURS}:/lib/own.so"], f"{OURS}:/lib/own.so"),
    ],
)
def test_a_library_that_a_service_preloads_stays_preloaded(present: list[str], preloaded: str) -> None:
    """Ours comes first and once, however often the service is recreated; ld.so(8) takes colons and spaces alike."""
    assert added_environment({"LD_PRELOAD": OURS}, present) == {"LD_PRELOAD": preloaded}


def test_a_service_that_is_given_no_library_keeps_its_own_untouched() -> None:
    """Nothing is added that was not asked for; Compose reads a doubled dollar as one."""
    assert added_environment({"COST": "5$"}, ["LD_PRELOAD=/lib/own.so"]) == {"COST": "5$$"}


def test_services_in_another_ones_namespaces_are_recreated_with_it(tmp_path: Path) -> None:
    """Network, processes and memory go with the old container; a service on demand is not started."""
    services = {
        "web.upstream": {},
        "side": {"network_mode": "service:web.upstream"},
        "watcher": {"pid": "service:web.upstream"},
        "other": {"network_mode": "service:side"},
        "tool": {"ipc": "service:web.upstream", "profiles": ["tools"]},
    }
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"name": "small", "services": services}), encoding="utf-8")
    assert sharers_of(file, "web.upstream") == ("side", "watcher")
