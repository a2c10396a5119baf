"""Finds out what this machine lacks for a run, and installs what is missing."""

import os
import shutil

from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.images.build import SETUP_IMAGES, ensure_image, local_images
from stackproof.host.apt import BY_HAND, install_engine
from stackproof.host.base_image import provide_base_image
from stackproof.host.daemon import start_engine
from stackproof.host.requirements import Requirement, gather_facts, has_set_up_images, judge_facts
from stackproof.machine.commands import Progress
from stackproof.machine.locks import machine_lock
from stackproof.model import EngineError

_PROGRAMS = ("python", "client", "engine", "engine-version", "compose", "buildx", "iptables")


def diagnose() -> tuple[Requirement, ...]:
    """Check everything that a run requires of this machine. It changes nothing."""
    return judge_facts(gather_facts())


def is_prepared() -> bool:
    """Whether set-up has completed, judged by the engine alone.

    Set-up creates images last, so an engine with the current images meets all other requirements too. This takes a few
    milliseconds of each run, while `diagnose` starts three programs.
    """
    try:
        with engine_errors("telling its version"):
            version = str(connect().version()["Version"])
        return has_set_up_images(version, local_images())
    except EngineError:
        return False


def prepare(progress: Progress) -> None:
    """Install what is missing: the engine, its plugins, the base image, our images. Safe to run in parallel.

    Args:
        progress: Receives lines of progress.

    Raises:
        EngineError: Something is missing that set-up cannot install here; the message says how to get it.
    """
    if not _missing():
        return
    with machine_lock("setup"):
        _prepare_engine(progress)
        _prepare_images(progress)


def _prepare_engine(progress: Progress) -> None:
    parts = _parts_to_install(_missing())
    if parts:
        install_engine(parts, progress)
    if "engine" in _missing():
        start_engine(progress)
    missing = _missing()
    for each in (missing[name] for name in _PROGRAMS if name in missing):
        raise EngineError(f"expected {each.what}: {each.expected}; saw {each.seen}", fix=BY_HAND)


def _parts_to_install(missing: dict[str, Requirement]) -> tuple[str, ...]:
    engine = ("engine",) if "client" in missing or ("engine" in missing and not _is_installed()) else ()
    return (*engine, *(part for part in ("compose", "buildx") if part in missing))


def _is_installed() -> bool:
    """Whether an engine only needs to be started: it is installed, or it runs on another machine."""
    return bool(shutil.which("dockerd") or shutil.which("dockerd", path="/usr/sbin") or os.environ.get("DOCKER_HOST"))


def _prepare_images(progress: Progress) -> None:
    missing = _missing()
    if "disk-space" in missing:
        space = missing["disk-space"]
        progress(f"little disk space: {space.seen} free, {space.expected} required; {space.fix}")
    if "base-image" in missing:
        provide_base_image(progress)
    for spec in SETUP_IMAGES:
        ensure_image(spec, progress)


def _missing() -> dict[str, Requirement]:
    return {each.id: each for each in diagnose() if not each.ok}
