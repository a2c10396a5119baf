"""What images add to their base and its distribution's packages: every layer's own files, and the image's own data.

Format of a saved image: https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md. Layers are read one
by one, since what a later one deletes is still there for anyone who pulls the image.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Sequence
from typing import IO

from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.port import OwnFile
from stackproof.model import EngineError

_WITHIN_S = 300.0
_BOOKS = ("var/lib/dpkg/", "var/cache/debconf/")  # Debian's own, on its packages
_LISTS = re.compile(r"var/lib/dpkg/info/[^/]+\.list")


def own_files(images: Sequence[str], base: str) -> Iterator[OwnFile]:
    """Every regular file of every layer above the base that no Debian package owns; a shared layer comes once.

    Args:
        images: Names of the images.
        base: Name of the image that they were built from.

    Raises:
        EngineError: An image is missing, or the engine does not save it.
    """
    with engine_errors(f"looking at the layers of {base!r}"):
        known = set(connect().images.get(base).attrs["RootFS"]["Layers"])
    with tempfile.TemporaryFile() as saved:
        _save(images, saved)
        with tarfile.open(fileobj=saved) as archive:
            for entry in json.loads(_read(archive, "manifest.json")):
                name = entry["RepoTags"][0]
                config = _read(archive, entry["Config"])
                yield OwnFile(name, "config", "config.json", json.dumps(json.loads(config), indent=1).encode())
                digests = json.loads(config)["rootfs"]["diff_ids"]
                new = [(digest, at) for digest, at in zip(digests, entry["Layers"], strict=True) if digest not in known]
                known |= {digest for digest, _ in new}
                yield from _files_of(archive, name, new)


def _save(images: Sequence[str], into: IO[bytes]) -> None:
    command = ("docker", "image", "save", *images)
    done = subprocess.run(command, stdout=into, stderr=subprocess.PIPE, timeout=_WITHIN_S, check=False)
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip()
        raise EngineError(f"expected the engine to save {', '.join(images)}, but: {complaint}")
    into.seek(0)


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    return member.read() if member else b""


def _files_of(archive: tarfile.TarFile, image: str, layers: Collection[tuple[str, str]]) -> Iterator[OwnFile]:
    for digest, place in layers:
        with archive.extractfile(place) or tempfile.TemporaryFile() as content, tarfile.open(fileobj=content) as layer:
            members = [member for member in layer if member.isreg()]
            lists = [_read(layer, member.name) for member in members if _LISTS.fullmatch(member.name)]
            packaged = {line.decode().removeprefix("/") for text in lists for line in text.splitlines()}
            for member in members:
                # Debian may list a file under a folder that is a link to another since: bin for usr/bin.
                names = {member.name, member.name.removeprefix("usr/")}
                if not names & packaged and not member.name.startswith(_BOOKS):
                    yield OwnFile(image, digest.removeprefix("sha256:")[:12], member.name, _read(layer, member.name))
