"""Installs missing packages on Debian and Ubuntu with apt, from the mirrors that the machine already uses."""

import os
import platform
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stackproof.machine.commands import Progress, ask, stream
from stackproof.model import EngineError

SUITE = "trixie"
"""The Debian release of our images, and of the engine on older Debian releases."""

BY_HAND = "install Docker Engine 25 or newer with its Compose (2.20+) and Buildx (0.10+) plugins, then run this again"

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_PACKAGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "debian": {
        "engine": ("docker.io", "docker-cli", "iptables", "ca-certificates"),
        "compose": ("docker-compose",),
        "buildx": ("docker-buildx",),
    },
    "ubuntu": {
        "engine": ("docker.io", "iptables", "ca-certificates"),
        "compose": ("docker-compose-v2",),
        "buildx": ("docker-buildx",),
    },
}
# These need only a C library of 2.34, so packages of the newer release run on the older one; runc's do not.
_FROM_NEWER = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd")
_TARGET = "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)"
_OLDEST_DEBIAN = 12
_DEBIAN_WITH_NEW_ENGINE = 13


@dataclass(frozen=True, slots=True)
class System:
    """The Linux distribution of this machine.

    Attributes:
        name: Its identifier in /etc/os-release, for example ``debian``; empty if there is none.
        version: Its main version number; 0 if it has none.
        codename: The name of its release, for example ``bookworm``.
    """

    name: str
    version: int
    codename: str

    @property
    def has_apt(self) -> bool:
        """Whether we know how to install packages here."""
        return self.name == "ubuntu" or (self.name == "debian" and self.version >= _OLDEST_DEBIAN)

    def __str__(self) -> str:
        return f"{self.name} {self.version or self.codename}" if self.name else platform.system()


def this_system() -> System:
    """The distribution of this machine. Format: os-release(5)."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return System("", 0, "")
    found = re.match(r"\d+", release.get("VERSION_ID", ""))
    return System(release.get("ID", ""), int(found[0]) if found else 0, release.get("VERSION_CODENAME", ""))


def install_engine(parts: Collection[str], progress: Progress) -> None:
    """Install a container engine, or its missing parts.

    Args:
        parts: Any of ``engine``, ``compose`` and ``buildx``.
        progress: Receives the output of apt.

    Raises:
        EngineError: This is neither Debian nor Ubuntu, we are not root, or apt failed.
    """
    system = this_system()
    require_apt(
        " and ".join(f"a container {part}" if part == "engine" else f"Docker's {part} plugin" for part in parts), system
    )
    packages = tuple(package for part in parts for package in _PACKAGES[system.name][part])
    progress(f"installing with apt on {system}: {' '.join(packages)}")
    update(progress)
    if system.name == "debian" and system.version < _DEBIAN_WITH_NEW_ENGINE:
        with _newer_release(debian_sources(SUITE)) as config:
            update(progress, config)
            install(packages, progress, config)
    else:
        install(packages, progress)


def require_apt(what: str, system: System) -> None:
    """Check that we may install packages here.

    Raises:
        EngineError: We may not; the message says what to do instead.
    """
    if not system.has_apt:
        raise EngineError(
            f"expected {what}, saw none; set-up installs it on Debian 12+ and Ubuntu only, and this is {system}",
            fix=BY_HAND,
        )
    if os.geteuid() != 0:
        raise EngineError(f"expected {what}, saw none; only root can install it", fix=f"run this as root, or {BY_HAND}")


def update(progress: Progress, config: Path | None = None) -> None:
    """Fetch the package lists. Raises EngineError where apt fails."""
    _apt(("update", "-q"), progress, config)


def install(packages: tuple[str, ...], progress: Progress, config: Path | None = None) -> None:
    """Install these packages and what they need. Raises EngineError where apt fails."""
    _apt(("install", "-q", "--yes", "--no-upgrade", "--no-install-recommends", *packages), progress, config)


def _apt(arguments: tuple[str, ...], progress: Progress, config: Path | None) -> None:
    env = {"DEBIAN_FRONTEND": "noninteractive"} | ({"APT_CONFIG": str(config)} if config else {})
    fix = "make sure that `apt-get update` works on this machine, then run this again"
    stream(("apt-get", *arguments, "-o=DPkg::Lock::Timeout=300", "-o=Dpkg::Use-Pty=0"), progress, fix=fix, env=env)


def debian_sources(suite: str) -> tuple[str, ...]:
    """Lines of a sources.list for a Debian release, on the mirrors that this machine uses for its own release.

    Args:
        suite: Code name of the release.

    Returns:
        One line for each mirror and pocket (release, updates, security); empty if the machine is not a Debian or has
        never fetched package lists. Format: sources.list(5).
    """
    output = ask("apt-get", "indextargets", "--format", _TARGET, "Created-By: Packages")
    return mirror_lines(suite, this_system().codename, output.text) if output.ok else ()


def mirror_lines(suite: str, own: str, targets: str) -> tuple[str, ...]:
    """Turn the index targets of the machine's own release into sources of another release.

    Args:
        suite: Code name of the release.
        own: Code name of the machine's release.
        targets: Output of apt, one target a line: origin, address, suite and component.
    """
    pockets = {own, f"{own}-updates", f"{own}-security"}
    fields = (line.split() for line in targets.splitlines() if line.startswith("Debian "))
    lines = (
        f"deb [signed-by={_KEYRING}] {uri} {release.replace(own, suite, 1)} main"
        for _, uri, release, component in fields
        if component == "main" and release in pockets
    )
    return tuple(dict.fromkeys(lines))


@contextmanager
def _newer_release(sources: tuple[str, ...]) -> Iterator[Path]:
    """An apt configuration that includes a newer release, in a temporary folder."""
    if not sources:
        raise EngineError(
            "expected apt to know a Debian mirror, but it has none",
            where="/etc/apt",
            fix=f"repair its sources, or {BY_HAND}",
        )
    with tempfile.TemporaryDirectory(prefix="stackproof-apt-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # apt downloads as another user
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "sources.list").write_text(
            _own("/etc/apt/sources.list") + "\n".join(sources) + "\n", encoding="utf-8"
        )
        (folder / "preferences").write_text(_own("/etc/apt/preferences") + _pins(), encoding="utf-8")
        config = folder / "apt.conf"
        config.write_text(
            f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
            f'Dir::Etc::preferences "{folder}/preferences";\n'
            f'Dir::State::lists "{folder}/lists";\n',
            encoding="utf-8",
        )
        yield config


def _own(file: str) -> str:
    path = Path(file)
    return path.read_text(encoding="utf-8") + "\n\n" if path.is_file() else ""


def _pins() -> str:
    """Take the listed packages, and those that the own release lacks, from the newer one; see apt_preferences(5)."""
    rest = f"Package: *\nPin: release n={SUITE}*\nPin-Priority: 100\n"
    named = f"Package: {' '.join(_FROM_NEWER)}\nPin: release n={SUITE}*\nPin-Priority: 990\n"
    return f"{named}\n{rest}"
