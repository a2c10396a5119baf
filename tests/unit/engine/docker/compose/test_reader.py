"""A compose file is read as Compose reads it, and its errors name their place."""

import os
from pathlib import Path

import pytest

from stackproof.engine.docker.compose.compose_declaration import read
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.port import AlertingRole
from stackproof.model import DeclarationError, Link, ProbeKind, Stack

GOOD = """
name: shop
services:
  web:
    image: web:1
    networks: {front: {ipv4_address: "${WEB_ADDRESS:-172.30.0.9}"}, back: {}}
    ports: ["${WEB_PORT:-8443}:443"]
    expose: ["9000"]
    depends_on: [store]
    healthcheck: {test: [CMD, "true"]}
    x-stackproof:
      probes:
        liveness: http://:9000/health/live
        readiness: http://:9000/health/ready?expect=yes
  store:
    image: store:1
    networks: [back]
    x-stackproof: {probes: {liveness: "tcp://:6379?send=PING%0D%0A&expect=%2BPONG"}}
  tool:
    image: tool:1
    networks: [back]
    profiles: [tools]
networks:
  front: {ipam: {config: [{subnet: 172.30.0.0/16}]}}
  back: {internal: true}
"""


def _write(folder: Path, text: str) -> Path:
    file = folder / "compose.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _read(folder: Path, text: str) -> Stack:
    file = _write(folder, text)
    return stack_of(read_compose(file), file)


def test_services_networks_links_and_probes_are_read_as_declared(tmp_path: Path) -> None:
    """A compose file becomes a stack of the model."""
    stack = _read(tmp_path, GOOD)
    web = stack.service("web")
    assert (web.ports, web.has_healthcheck, web.depends_on) == ((443, 9000), True, ("store",))
    assert web.published[0].host_port == 8443
    assert web.probe(ProbeKind.READINESS).url == "http://:9000/health/ready?expect=yes"
    assert stack.service("store").ports == (6379,)
    assert Link("back", "web", 443) in set(stack.links())
    assert {network.name for network in stack.networks if network.internal} == {"back"}


def test_a_service_of_a_profile_is_on_demand(tmp_path: Path) -> None:
    """It is known, but a plain ``up`` does not start it."""
    stack = _read(tmp_path, GOOD)
    assert stack.service("tool").on_demand
    assert {service.name for service in stack.standing} == {"web", "store"}


@pytest.mark.parametrize("named", ["tools", "others, tools", "*"])
def test_a_service_of_a_chosen_profile_starts_with_the_stack(tmp_path: Path, named: str) -> None:
    """COMPOSE_PROFILES means what it means to Compose."""
    file = _write(tmp_path, GOOD)
    stack = stack_of(read_compose(file, {**os.environ, "COMPOSE_PROFILES": named}), file)
    assert {service.name for service in stack.standing} == {"web", "store", "tool"}


@pytest.mark.parametrize("named", ["", "tool", "TOOLS"])
def test_no_other_profile_is_started(tmp_path: Path, named: str) -> None:
    """A profile that the file does not have starts nothing, as with Compose itself."""
    file = _write(tmp_path, GOOD)
    stack = stack_of(read_compose(file, {**os.environ, "COMPOSE_PROFILES": named}), file)
    assert {service.name for service in stack.standing} == {"web", "store"}


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("image: web:1", "image: web:1\n   bad indent", r"compose\.yaml:\d+: broken YAML"),
        ("depends_on: [store]", "depends_on: [nothing]", r"compose\.yaml.*nothing"),
        (
            "liveness: http://:9000/health/live",
            "liveness: ftp://:9000/",
            r"compose\.yaml:13: probe liveness .* saw 'ftp",
        ),
        ("liveness: http://:9000/health/live", "alive: http://:9000/", r"compose\.yaml:1[23]: .*alive"),
        ('expose: ["9000"]', "expose: 5", r"compose\.yaml"),
    ],
)
def test_an_error_names_its_place(tmp_path: Path, wrong: str, right: str, expected: str) -> None:
    """A broken file is one message that names the file, and the line where it is known."""
    with pytest.raises(DeclarationError, match=expected) as caught:
        _read(tmp_path, GOOD.replace(wrong, right, 1))
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "services: {}", "just words", "- a\n- list"])
def test_a_file_without_services_is_refused(tmp_path: Path, text: str) -> None:
    """An empty stack would prove everything: it is refused."""
    with pytest.raises(DeclarationError, match="expected a compose file with services"):
        read_compose(_write(tmp_path, text))


def test_a_missing_file_is_one_message(tmp_path: Path) -> None:
    """The message names the file that was looked for and what to give."""
    with pytest.raises(DeclarationError, match=r"nowhere\.yaml.*cannot read it[\s\S]*--stack"):
        read_compose(tmp_path / "nowhere.yaml")


def test_an_unknown_service_or_link_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """The message alone is enough to correct a typing error."""
    stack = _read(tmp_path, GOOD)
    with pytest.raises(DeclarationError, match=r"no service 'wbe'.*store, tool, web"):
        stack.service("wbe")
    with pytest.raises(DeclarationError, match=r"no link 'front/web:444'.*front/web:443"):
        stack.link("front/web:444")
    with pytest.raises(DeclarationError, match="NETWORK/SERVICE:PORT"):
        stack.link("web")


@pytest.mark.parametrize(
    ("written", "size_bytes"), [("256m", 2**28), ("1g", 2**30), ("8192k", 2**23), (8388608, 2**23)]
)
def test_a_volume_may_have_a_capacity(tmp_path: Path, written: str | int, size_bytes: int) -> None:
    """In Compose's own units; volumes without one are left alone."""
    volumes = f"volumes:\n  data: {{x-stackproof: {{capacity: {written}}}}}\n  plain:\n"
    used = GOOD.replace("image: store:1", "image: store:1\n    volumes: [data:/data, plain:/plain]")
    compose = read_compose(_write(tmp_path, used + volumes))
    assert compose.capacities == {"data": size_bytes}


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ("x-stackproof: {capacity: 4m}", "expected a capacity from 8m to 2g"),
        ("x-stackproof: {capacity: 3g}", "expected a capacity from 8m to 2g"),
        ("x-stackproof: {capacity: much}", "expected a capacity from 8m to 2g"),
        ("x-stackproof: {size: 1g}", "size: Extra inputs are not permitted"),
        ("x-stackproof: {capacity: 1g}, external: true", "on a volume that has no driver and is not external"),
        ("x-stackproof: {capacity: 1g}, driver_opts: {type: tmpfs}", "on a volume that has no driver"),
    ],
)
def test_an_impossible_capacity_is_refused(tmp_path: Path, volume: str, message: str) -> None:
    """The message names the volume that declares it."""
    used = GOOD.replace("image: store:1", "image: store:1\n    volumes: [data:/data]")
    file = _write(tmp_path, used + f"volumes:\n  data: {{{volume}}}\n")
    with pytest.raises(DeclarationError, match=message) as refused:
        read_compose(file)
    assert "volumes.data" in str(refused.value)


CONFIGS = """
name: shop
services:
  watch:
    image: watch:1
    configs: [{source: alerts, target: /etc/alerts.yaml}]
configs:
  alerts:
    file: alerts.yaml
    x-stackproof: {role: rules}
  banner:
    file: banner.txt
"""


def test_a_file_for_monitoring_is_known_by_its_role(tmp_path: Path) -> None:
    """Drills find the rules to run on a faster clock; other files do not concern them."""
    declaration = read(_write(tmp_path, CONFIGS))
    assert declaration.paths_of(AlertingRole.RULES) == (tmp_path / "alerts.yaml",)
    assert declaration.paths_of(AlertingRole.ROUTING) == ()


def test_an_unknown_role_is_named_with_its_line(tmp_path: Path) -> None:
    """A misspelt role is an error, and does not leave the rules unproved."""
    with pytest.raises(DeclarationError, match="rules") as seen:
        read_compose(_write(tmp_path, CONFIGS.replace("role: rules", "role: rulez")))
    assert "compose.yaml:10" in str(seen.value)
