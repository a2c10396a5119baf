"""The base image: pulled where an image registry answers, made from Debian's packages where none does."""

import shutil
import tempfile
from pathlib import Path

from stackproof.host.apt import SUITE, debian_sources, install, require_apt, this_system, update
from stackproof.machine.commands import Progress, ask, stream

BASE_IMAGE = f"debian:{SUITE}-slim"
"""The one image that all others of ours start from."""

_PULL_WITHIN_S = 90.0


def make_base_image(progress: Progress) -> None:
    """Get the base image, and say how.

    Raises:
        EngineError: No registry answers, and this machine cannot make the image either.
    """
    progress(f"base image {BASE_IMAGE}: asking the image registry")
    pulled = ask("docker", "pull", "--quiet", BASE_IMAGE, within_s=_PULL_WITHIN_S)
    if pulled.ok:
        progress(f"base image {BASE_IMAGE}: pulled")
        return
    progress(f"base image {BASE_IMAGE}: no registry answers ({pulled.text}); making it with mmdebstrap")
    _make(progress)
    progress(f"base image {BASE_IMAGE}: made from Debian's packages")


def _make(progress: Progress) -> None:
    system = this_system()
    require_apt(f"the image {BASE_IMAGE}, or mmdebstrap to make it", system)
    sources = _sources(progress)
    if not shutil.which("mmdebstrap"):
        install(("mmdebstrap", "debian-archive-keyring"), progress)
    with tempfile.TemporaryDirectory(prefix="stackproof-base-") as folder:
        tar = Path(folder) / "base.tar"
        bootstrap = ("mmdebstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(tar), *sources)
        stream(bootstrap, progress, fix="see that `apt-get update` works on this machine, then run this again")
        imported = ("docker", "import", str(tar), BASE_IMAGE)
        stream(imported, progress, fix="see that the container engine has disk space (`docker system df`)")


def _sources(progress: Progress) -> tuple[str, ...]:
    """The machine's own mirrors; none, which leaves the choice to mmdebstrap, where it is no Debian."""
    if this_system().name != "debian":
        return ()
    sources = debian_sources(SUITE)
    if not sources:  # it has never fetched its lists
        update(progress)
        sources = debian_sources(SUITE)
    return sources
