"""Reads a compose file: resolved by Compose itself, checked, and told as a Stack."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from ruamel.yaml import YAML

from stackproof.declare.lines import line_of, parse
from stackproof.model import DeclarationError, Location, Network, Probe, ProbeKind, PublishedPort, Service, Stack
from stackproof.model.compose import ComposeFile, ComposeService

_RESOLVE_TIMEOUT_S = 60.0
_SCHEMES = {"http", "https", "tcp"}
_LINE = re.compile(r"line (\d+)")
_SERVICE = re.compile(r"(?:services\.|service )\"?([\w.-]+)")


def read_compose(file: Path, environment: Mapping[str, str] | None = None) -> ComposeFile:
    """Resolve a compose file with ``docker compose config`` (variables, anchors, includes) and check its shape.

    Args:
        file: The compose file.
        environment: Variables for it; the process's own where None.

    Raises:
        DeclarationError: The file is missing, broken, or says something that stackproof cannot use.
    """
    text = _text(file)
    original = parse(file, text)
    if not isinstance(original, dict) or not original.get("services"):
        raise DeclarationError("expected a compose file with services, saw none", where=Location(file))
    resolved = _resolve(file, environment, original)
    try:
        return ComposeFile.model_validate(resolved)
    except ValidationError as error:
        first = error.errors()[0]
        path = [step for step in first["loc"] if not str(step).startswith("_")]
        place = ".".join(str(step) for step in path)
        raise DeclarationError(
            f"{place}: {first['msg']} (saw {first['input']!r})", where=Location(file, line_of(original, path))
        ) from None


def stack_of(compose: ComposeFile, file: Path) -> Stack:
    """Tell a resolved compose file as a Stack.

    Raises:
        DeclarationError: A probe's URL is wrong.
    """
    networks = tuple(
        Network(name, internal=network.internal, subnet=network.subnet) for name, network in compose.networks.items()
    )
    services = tuple(_service(name, service, file) for name, service in compose.services.items())
    return Stack(compose.name, file, networks, services)


def _service(name: str, service: ComposeService, file: Path) -> Service:
    probes = tuple(_probe(name, kind, url, file) for kind, url in service.ours.probes.items())
    ports = tuple(sorted({*service.listens_on, *(probe.port for probe in probes)}))
    published = tuple(
        PublishedPort(port.target, int(port.published) if port.published and port.published.isdigit() else None)
        for port in service.ports
        if port.protocol == "tcp"
    )
    return Service(
        name=name,
        networks=tuple(service.networks),
        ports=ports,
        published=published,
        depends_on=tuple(service.depends_on),
        probes=probes,
        has_healthcheck=service.healthcheck is not None and not service.healthcheck.get("disable"),
        interposed=service.ours.interpose and bool(ports) and bool(service.networks) and not service.network_mode,
        on_demand=bool(service.profiles),
    )


def _probe(service: str, kind: ProbeKind, url: str, file: Path) -> Probe:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in _SCHEMES or not port or parts.hostname:
        raise DeclarationError(
            f"probe {kind} of service {service!r}: expected a URL as http://:8000/health/live, "
            f"https://:443/health or tcp://:6379?send=PING%0A&expect=PONG, saw {url!r}",
            where=Location(file, _line_in(file, ("services", service, "x-stackproof", "probes", str(kind)))),
        )
    return Probe(service, kind, url, port)


def _line_in(file: Path, path: tuple[str, ...]) -> int | None:
    return line_of(parse(file, _text(file)), path)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(
            f"expected a compose file, but cannot read it: {error}", where=Location(file), fix="give --stack FILE"
        ) from None


def _resolve(file: Path, environment: Mapping[str, str] | None, original: object) -> object:
    command = ["docker", "compose", "--file", str(file), "--profile", "*", "config"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_RESOLVE_TIMEOUT_S, check=False, env=environment
        )
    except FileNotFoundError:
        raise DeclarationError(
            "expected the docker command with its compose plugin, found none", fix="run `stackproof doctor`"
        ) from None
    except subprocess.TimeoutExpired:
        raise DeclarationError(
            f"`docker compose config` gave no answer within {_RESOLVE_TIMEOUT_S:.0f} s", where=Location(file)
        ) from None
    if done.returncode != 0:
        raise DeclarationError(_last_line(done.stderr), where=Location(file, _place(done.stderr, original)))
    return YAML(typ="safe").load(done.stdout)


def _last_line(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and "level=warning" not in line]
    return lines[-1] if lines else "`docker compose config` failed without a word"


def _place(stderr: str, original: object) -> int | None:
    if match := _LINE.search(stderr):
        return int(match[1])
    if match := _SERVICE.search(stderr):
        return line_of(original, ("services", match[1]))
    return None
