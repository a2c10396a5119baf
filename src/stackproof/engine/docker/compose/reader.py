"""Reads a compose file: has Compose resolve it, checks it, and converts it to a Stack."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from stackproof.engine.docker.compose.model import ComposeFile, ComposeService
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.model import DeclarationError, Location, Network, Probe, ProbeKind, PublishedPort, Service, Stack

# Compose writes 800 lines for a small stack, and nobody needs their numbers: libyaml takes a twentieth of the time.
# Compose quotes whatever an older YAML would not take for text.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCHEMES = {"http", "https", "tcp"}
_LINE = re.compile(r"line (\d+)")
_SERVICE = re.compile(r"(?:services\.|service )\"?([\w.-]+)")


def read_compose(
    file: Path, environment: Mapping[str, str] | None = None, resolving: Resolving | None = None
) -> ComposeFile:
    """Resolve a compose file with ``docker compose config`` (variables, anchors, includes) and check its shape.

    Services of the profiles that the variable ``COMPOSE_PROFILES`` names are started with the others.

    Args:
        file: The compose file.
        environment: Variables for it; the process's own where None.
        resolving: The resolution of this very file, where it was begun before.

    Raises:
        DeclarationError: The file is missing, broken, or declares something that stackproof cannot use.
    """
    text = _text(file)
    output = (resolving or Resolving(file, environment)).output
    if not output.ok:
        raise DeclarationError(_last_line(output.complaint), where=Location(file, _place(output.complaint, file, text)))
    resolved = _with_services(yaml.load(output.text, _LOADER), file)  # noqa: S506 - a safe loader
    try:
        compose = ComposeFile.model_validate(resolved)
    except ValidationError as error:
        first = error.errors()[0]
        path = [step for step in first["loc"] if not str(step).startswith("_")]
        place = ".".join(str(step) for step in path)
        raise DeclarationError(
            f"{place}: {first['msg']} (saw {first['input']!r})", where=Location(file, _line_of(file, text, path))
        ) from None
    return compose.with_profiles(_profiles(os.environ if environment is None else environment))


def _profiles(environment: Mapping[str, str]) -> frozenset[str]:
    """Format: https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_profiles."""
    return frozenset(filter(None, map(str.strip, environment.get("COMPOSE_PROFILES", "").split(","))))


def stack_of(compose: ComposeFile, file: Path) -> Stack:
    """The stack that a resolved compose file declares.

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
        place = ("services", service, "x-stackproof", "probes", str(kind))
        raise DeclarationError(
            f"probe {kind} of service {service!r}: expected a URL as http://:8000/health/live, "
            f"https://:443/health or tcp://:6379?send=PING%0A&expect=PONG, saw {url!r}",
            where=Location(file, _line_of(file, _text(file), place)),
        )
    return Probe(service, kind, url, port)


def _line_of(file: Path, text: str, path: Sequence[str | int]) -> int | None:
    """The line of an error. Reading a file with its lines takes longer than everything else here."""
    from stackproof.documents.yaml_lines import line_of, parse  # noqa: PLC0415 - slow to import, and seldom needed

    return line_of(_with_services(parse(file, text), file), path)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(
            f"expected a compose file, but cannot read it: {error}", where=Location(file), fix="give --stack FILE"
        ) from None


def _with_services(document: object, file: Path) -> object:
    if not isinstance(document, dict) or not document.get("services"):
        raise DeclarationError("expected a compose file with services, saw none", where=Location(file))
    return document


def _last_line(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and "level=warning" not in line]
    return lines[-1] if lines else "`docker compose config` failed, and printed no error"


def _place(stderr: str, file: Path, text: str) -> int | None:
    service = _SERVICE.search(stderr)
    line = _line_of(file, text, ("services", service[1]) if service else ())
    match = _LINE.search(stderr)
    return int(match[1]) if match else line
