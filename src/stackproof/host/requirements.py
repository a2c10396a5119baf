"""What a run requires of this machine, and whether the machine has it."""

import re
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.docker.images.build import SETUP_IMAGES, LocalImages, image_name, local_images
from stackproof.host.base_image import BASE_IMAGE
from stackproof.machine.commands import CommandOutput, ask
from stackproof.model import EngineError

_Version = tuple[int, int]
_PYTHON: _Version = (3, 11)
_ENGINE: _Version = (25, 0)  # the first that checks health faster while a container starts (start_interval)
_COMPOSE: _Version = (2, 20)  # the first that passes start_interval on
_BUILDX: _Version = (0, 10)
_DISK_BYTES = 6 * 10**9
_SETUP = "run `stackproof setup`"
_VERSION_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "engine": ("docker", "version", "--format", "{{.Server.Version}}"),
    "compose": ("docker", "compose", "version", "--short"),
    "buildx": ("docker", "buildx", "version"),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a run requires of this machine.

    Attributes:
        id: Stable name, for example ``compose``.
        ok: True if the machine has it.
        what: Its name in messages.
        expected: What is required.
        seen: What the machine has.
        fix: What to do if it is missing.
    """

    id: str
    ok: bool
    what: str
    expected: str
    seen: str
    fix: str


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Facts about the machine; requirements are judged by these alone.

    Attributes:
        python: Version of the Python that runs us.
        client: Path of the `docker` program, or None.
        engine: The engine's version, or why it does not answer.
        compose: The Compose plugin's version, or why there is none.
        buildx: The Buildx plugin's version, or why there is none.
        images: The engine's images; None if no engine answers.
        iptables: Path of iptables, or None.
        free_bytes: Free disk space where images are stored.
    """

    python: _Version
    client: str | None
    engine: CommandOutput
    compose: CommandOutput
    buildx: CommandOutput
    images: LocalImages | None
    iptables: str | None
    free_bytes: int


def gather_facts() -> MachineFacts:
    """Collect the facts; the programs run in parallel, because each takes a while."""
    with ThreadPoolExecutor(len(_VERSION_COMMANDS)) as pool:
        outputs = pool.map(lambda argv: ask(*argv), _VERSION_COMMANDS.values())
        versions = dict(zip(_VERSION_COMMANDS, outputs, strict=True))
    return MachineFacts(
        python=sys.version_info[:2],
        client=shutil.which("docker"),
        engine=versions["engine"],
        compose=versions["compose"],
        buildx=versions["buildx"],
        images=_images(),
        iptables=shutil.which("iptables") or shutil.which("iptables", path="/usr/sbin:/sbin"),
        free_bytes=shutil.disk_usage(_image_folder()).free,
    )


def _images() -> LocalImages | None:
    try:
        return local_images()
    except EngineError:
        return None


def _image_folder() -> Path:
    return next(folder for folder in (Path("/var/lib/docker"), Path("/var/lib"), Path("/")) if folder.is_dir())


def has_set_up_images(engine: str, local: LocalImages) -> bool:
    """Whether an engine is new enough and has every image that set-up creates.

    Args:
        engine: The engine's version.
        local: Its images.
    """
    found = (
        _version("engine-version", "engine version", _ENGINE, CommandOutput(ok=True, text=engine)),
        *_set_up_images(local),
    )
    return all(each.ok for each in found)


def judge_facts(facts: MachineFacts) -> tuple[Requirement, ...]:
    """Every requirement, judged by the facts."""
    python = ".".join(str(part) for part in facts.python)
    return (
        Requirement(
            "python", facts.python >= _PYTHON, "Python", "3.11 or newer", python, "install python3.11 or newer"
        ),
        Requirement("client", bool(facts.client), "engine client", "`docker` on PATH", facts.client or "none", _SETUP),
        Requirement("engine", facts.engine.ok, "container engine", "a running one", facts.engine.text, _SETUP),
        _version("engine-version", "engine version", _ENGINE, facts.engine),
        _version("compose", "Compose plugin", _COMPOSE, facts.compose),
        _version("buildx", "Buildx plugin", _BUILDX, facts.buildx),
        _iptables(facts),
        *_set_up_images(facts.images),
        _disk(facts.free_bytes),
    )


def _version(name: str, what: str, least: _Version, answer: CommandOutput) -> Requirement:
    found = re.search(r"(\d+)\.(\d+)", answer.text) if answer.ok else None
    ok = found is not None and (int(found[1]), int(found[2])) >= least
    fix = f"upgrade it to {least[0]}.{least[1]} or newer" if found else _SETUP
    return Requirement(name, ok, what, f"{least[0]}.{least[1]} or newer", answer.text or "none", fix)


def _iptables(facts: MachineFacts) -> Requirement:
    """Required by an engine on this machine. An engine that answers has it, wherever it runs."""
    seen = facts.iptables or ("the engine answers" if facts.engine.ok else "none")
    return Requirement("iptables", seen != "none", "iptables", "on PATH, or an engine that answers", seen, _SETUP)


def _set_up_images(answer: LocalImages | None) -> tuple[Requirement, ...]:
    local, absent = (answer, "none") if answer else (LocalImages({}), "unknown: no engine answers")
    wanted = {"base-image": BASE_IMAGE} | {f"image-{spec.name}": image_name(spec, local) for spec in SETUP_IMAGES}
    return tuple(
        Requirement(
            name, image in local, name.replace("-", " "), image, "present" if image in local else absent, _SETUP
        )
        for name, image in wanted.items()
    )


def _disk(free_bytes: int) -> Requirement:
    expected, seen = f"{_DISK_BYTES / 1e9:.0f} GB", f"{free_bytes / 1e9:.1f} GB"
    fix = "free some disk space: `docker system df` shows what the engine uses"
    return Requirement("disk-space", free_bytes >= _DISK_BYTES, "free disk space", expected, seen, fix)
