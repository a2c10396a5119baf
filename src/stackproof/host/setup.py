"""Looks for what a machine needs before a stack can stand on it, and makes what is missing."""

import os
import shutil

from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.images.build import SETUP_IMAGES, ensure_image, local_images
from stackproof.host.apt import BY_HAND, install_engine
from stackproof.host.base_image import make_base_image
from stackproof.host.daemon import start_engine
from stackproof.host.findings import Finding, findings, gather, has_what_set_up_makes
from stackproof.machine.commands import Progress
from stackproof.machine.locks import machine_lock
from stackproof.model import EngineError

_PROGRAMS = ("python", "client", "engine", "engine-version", "compose", "buildx", "iptables")


def diagnose() -> tuple[Finding, ...]:
    """Look for all that a run needs of this machine. It changes nothing."""
    return findings(gather())


def is_prepared() -> bool:
    """Whether set-up was here, as far as the engine alone can tell, which is asked and no other program.

    Set-up makes images last: an engine that has those of today was found to be fit with all else. It costs a run a
    few milliseconds; `diagnose` starts three programs.
    """
    try:
        with engine_errors("telling its version"):
            version = str(connect().version()["Version"])
        return has_what_set_up_makes(version, local_images())
    except EngineError:
        return False


def prepare(progress: Progress) -> None:
    """Make what is missing: the engine, its plugins, the base image, our images. Two at once do no harm.

    Args:
        progress: Takes each line about what is done.

    Raises:
        EngineError: Something is missing that set-up cannot make here; the message names it, and how to get it.
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
    for finding in (missing[name] for name in _PROGRAMS if name in missing):
        raise EngineError(f"expected {finding.what}: {finding.expected}; seen: {finding.seen}", fix=BY_HAND)


def _parts_to_install(missing: dict[str, Finding]) -> tuple[str, ...]:
    engine = ("engine",) if "client" in missing or ("engine" in missing and not _is_installed()) else ()
    return (*engine, *(part for part in ("compose", "buildx") if part in missing))


def _is_installed() -> bool:
    """True where an engine needs only to be started: it is here, or it is another machine's."""
    return bool(shutil.which("dockerd") or shutil.which("dockerd", path="/usr/sbin") or os.environ.get("DOCKER_HOST"))


def _prepare_images(progress: Progress) -> None:
    missing = _missing()
    if "disk-space" in missing:
        finding = missing["disk-space"]
        progress(f"little disk space: {finding.seen} free, {finding.expected} is wanted; {finding.fix}")
    if "base-image" in missing:
        make_base_image(progress)
    for spec in SETUP_IMAGES:
        ensure_image(spec, progress)


def _missing() -> dict[str, Finding]:
    return {finding.id: finding for finding in diagnose() if not finding.ok}
