"""Promises of compose.yaml about every service, checked in the file itself."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

from stack.variables import COMPOSE_FILE, table, uses

STACK = COMPOSE_FILE.parent
Service = Mapping[str, object]
DOCUMENT = cast("Mapping[str, Mapping[str, object]]", YAML(typ="safe").load(COMPOSE_FILE))
SERVICES = cast("Mapping[str, Service]", DOCUMENT["services"])
BUILT = {name: service for name, service in SERVICES.items() if "build" in service}
LONG_RUNNING = {name: service for name, service in BUILT.items() if "healthcheck" in service}
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
NOT_OURS = {"127.0.0.1", "127.0.0.11"}
"""Loopback, and the engine's resolver, which has this address in every container."""
ROOT_BY_NEED = {"container-metrics": "the engine's socket is root's, and its group has another number on each machine"}
"""Services that run as a user other than their image's, and why."""


def expanded(text: object) -> str:
    """Replace variables by their defaults."""
    return re.sub(r"\$\{[A-Z0-9_]+:?-([^}]*)\}", r"\1", str(text))


def test_every_variable_has_one_default() -> None:
    """A variable that is used twice means the same both times."""
    defaults: dict[str, set[str]] = {}
    for name, default, _ in uses(DOCUMENT):
        defaults.setdefault(name, set()).add(default)
    assert {name: seen for name, seen in defaults.items() if len(seen) > 1} == {}


def test_the_readme_lists_the_variables() -> None:
    """The table is the output of `python stack/variables.py`."""
    assert table(COMPOSE_FILE) in (STACK / "README.md").read_text(encoding="utf-8")


def test_no_address_is_written_twice() -> None:
    """Subnets and addresses are in compose.yaml alone, as defaults of variables; services find each other by name."""
    for path in STACK.rglob("*"):
        inside = path.relative_to(STACK).parts
        if any(part.startswith((".", "__pycache__")) for part in inside):
            continue
        if not path.is_file() or path.suffix == ".md" or {"tests", "testkit"} & set(inside):
            continue
        text = path.read_text(encoding="utf-8")
        literal = re.sub(r"\$\{[^}]*\}", "", text) if path == COMPOSE_FILE else text
        assert set(ADDRESS.findall(literal)) - NOT_OURS - {"0.0.0.0"} == set(), path  # noqa: S104 - a text to ignore


def test_no_port_is_written_twice_in_code() -> None:
    """A service's code contains each of its own ports at most once, and no port of another: those are settings."""
    ports = {name: set(map(str, cast("list[str]", service.get("expose", [])))) for name, service in SERVICES.items()}
    for name in BUILT:
        code = "\n".join(path.read_text(encoding="utf-8") for path in code_of(name))
        written = [number for number in re.findall(r"\b\d{4,5}\b", code) if number in set().union(*ports.values())]
        assert len(written) == len(set(written)), f"{name} has a port twice among {written}"
        assert set(written) <= ports[name], f"{name} has a port of another among {written}"


def code_of(name: str) -> Iterator[Path]:
    """The Python files of a service, without its tests."""
    context = STACK / cast("Mapping[str, str]", BUILT[name]["build"])["context"]
    return (path for path in context.rglob("*.py") if "tests" not in path.relative_to(context).parts)


def test_addresses_are_in_their_subnets_and_do_not_collide() -> None:
    """Declared addresses are distinct, and outside the range that the engine assigns from."""
    networks = cast("Mapping[str, Mapping[str, Mapping[str, list[Mapping[str, str]]]]]", DOCUMENT["networks"])
    seen: set[str] = set()
    for service in SERVICES.values():
        attached = service["networks"]
        if not isinstance(attached, dict):
            continue
        for network, options in attached.items():
            (config,) = networks[network]["ipam"]["config"]
            address = ip_address(expanded(options["ipv4_address"]))
            assert address in ip_network(expanded(config["subnet"]))
            assert address not in ip_network(expanded(config["ip_range"]))
            assert str(address) not in seen
            seen.add(str(address))


def test_only_what_people_use_is_published_and_only_on_loopback() -> None:
    """Nothing else is reachable from the host's network, and these only from the host."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"gateway", "prometheus", "grafana"}
    for ports in published.values():
        for port in cast("list[str]", ports):
            assert port.startswith("${HOST_ADDRESS:-127.0.0.1}:${")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_no_more_than_it_must(name: str) -> None:
    """Read-only; no capabilities or new privileges; bounded memory, processors and processes; not root.

    A service that has to be root has no capabilities either: it can only read what root owns.
    """
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()
    assert ("user" in service) == (name in ROOT_BY_NEED)


@pytest.mark.parametrize("name", BUILT)
def test_our_images_have_a_user_other_than_root(name: str) -> None:
    """The image is as safe without Compose."""
    context = cast("Mapping[str, str]", BUILT[name]["build"])["context"]
    (user,) = re.findall(r"^USER (\S+)$", (STACK / context / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert user not in {"root", "0"}


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_a_long_running_service_has_probes(name: str) -> None:
    """It has a health check and three probes, on ports that it declares."""
    service = LONG_RUNNING[name]
    probes = cast("Mapping[str, Mapping[str, str]]", service["x-stackproof"])["probes"]
    assert {"liveness", "readiness", "startup"} <= probes.keys()
    exposed = set(cast("list[str]", service["expose"]))
    assert {found for probe in probes.values() for found in re.findall(r"://:(\d+)", probe)} <= exposed
    test = cast("Mapping[str, list[str]]", service["healthcheck"])["test"]
    assert test[:2] == ["CMD", "probe"]
    assert test[2] in exposed


def test_third_party_images_are_pinned_and_optional() -> None:
    """Set-up needs no registry: images from one start only on demand, and have an exact version."""
    others = {name: service for name, service in SERVICES.items() if "build" not in service}
    for service in others.values():
        assert "profiles" in service
        assert re.search(r":\d+\.\d+\.\d+$", expanded(service["image"]))


@pytest.mark.parametrize("path", sorted(STACK.glob("*/Dockerfile")), ids=lambda path: cast("Path", path).parent.name)
def test_every_image_is_built_from_the_one_base(path: Path) -> None:
    """Debian's packages on debian:trixie-slim, and nothing else."""
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"debian:trixie-slim"}
    assert not re.search(r"\b(pip|npm|curl|wget|ADD)\b", text)
