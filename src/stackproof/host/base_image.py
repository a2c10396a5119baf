"""The base image: pulled from an image registry, or built from Debian packages if no registry answers."""

import shutil
import tempfile
from pathlib import Path

from stackproof.host.apt import SUITE, debian_sources, install, require_apt, this_system, update
from stackproof.machine.commands import Progress, ask, stream

BASE_IMAGE = f"debian:{SUITE}-slim"
"""The image that all of our images build on."""

_PULL_WITHIN_S = 90.0


def provide_base_image(progress: Progress) -> None:
    """Pull or build the base image.

    Raises:
        EngineError: No registry answers, and this machine cannot build the image either.
    """
    progress(f"base image {BASE_IMAGE}: asking the image registry")
    pulled = ask("docker", "pull", "--quiet", BASE_IMAGE, within_s=_PULL_WITHIN_S)
    if pulled.ok:
        progress(f"base image {BASE_IMAGE}: pulled")
        return
    progress(f"base image {BASE_IMAGE}: no registry answers ({pulled.text}); building it with mmdebstrap")
    _build(progress)
    progress(f"base image {BASE_IMAGE}: built from Debian packages")


def _build(progress: Progress) -> None:
    system = this_system()
    require_apt(f"the image {BASE_IMAGE}, or mmdebstrap to build it", system)
    sources = _sources(progress)
    if not shutil.which("mmdebstrap"):
        install(("mmdebstrap", "debian-archive-keyring"), progress)
    with tempfile.TemporaryDirectory(prefix="stackproof-base-") as folder:
        tar = Path(folder) / "base.tar"
        bootstrap = ("mmdebstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(tar), *sources)
        stream(bootstrap, progress, fix="make sure that `apt-get update` works on this machine, then run this again")
        imported = ("docker", "import", str(tar), BASE_IMAGE)
        stream(imported, progress, fix="make sure that the container engine has disk space (`docker system df`)")


def _sources(progress: Progress) -> tuple[str, ...]:
    """The machine's own mirrors; empty on other systems than Debian, which leaves the choice to mmdebstrap."""
    if this_system().name != "debian":
        return ()
    sources = debian_sources(SUITE)
    if not sources:  # the machine has never fetched package lists
        update(progress)
        sources = debian_sources(SUITE)
    return sources
