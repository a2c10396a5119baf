"""The digest of an image's inputs: the same inputs give the same name, so that nothing is built twice."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from stackproof.model import DeclarationError

_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)", re.IGNORECASE | re.MULTILINE)


def context_digest(context: Path, dockerfile: str, args: Mapping[str, str]) -> str:
    """Digest of what a build reads: the files that .dockerignore does not exclude, the Dockerfile and the arguments.

    Args:
        context: The build context's folder.
        dockerfile: The Dockerfile, relative to the context (or absolute).
        args: Build arguments by name.

    Returns:
        SHA-256 in hexadecimal, of relative paths, contents and the executable bit, but not of times and owners.

    Raises:
        DeclarationError: The context or its Dockerfile is missing.
    """
    recipe = context / dockerfile
    if not recipe.is_file():
        raise DeclarationError("expected a Dockerfile, found none", where=str(recipe), fix="see the `build` section")
    return digest_of([dockerfile_text(recipe), dict(args), folder_digest(context, dockerfile)])


def folder_digest(folder: Path, dockerfile: str = "Dockerfile") -> str:
    """Digest of a folder's files that its .dockerignore does not exclude.

    Raises:
        DeclarationError: It is not a folder.
    """
    if not folder.is_dir():
        raise DeclarationError("expected a folder to build from, found none", where=str(folder), fix="see `build`")
    return digest_of([_entry(folder, path) for path in sorted(_files(folder, dockerfile))])


def digest_of(parts: object) -> str:
    """SHA-256 of plain data, in hexadecimal."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def dockerfile_text(recipe: Path) -> str:
    """A Dockerfile's text."""
    return recipe.read_text(encoding="utf-8")


def bases_of(recipe: str) -> tuple[str, ...]:
    """The images, and stages, that a Dockerfile's FROM lines name, with a tag where they name none."""
    return tuple(name if ":" in name or "@" in name else f"{name}:latest" for name in _FROM.findall(recipe))


def _files(folder: Path, dockerfile: str) -> Iterable[str]:
    own = folder / f"{dockerfile}.dockerignore"  # BuildKit prefers the one that is named after the Dockerfile
    ignore = own if own.is_file() else folder / ".dockerignore"
    if not ignore.is_file():
        return [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    from docker.utils.build import exclude_paths  # noqa: PLC0415 - slow to import, needed by few

    lines = (line.strip() for line in ignore.read_text(encoding="utf-8").splitlines())
    patterns = [line for line in lines if line and not line.startswith("#")]
    return [Path(path).as_posix() for path in exclude_paths(str(folder), patterns, dockerfile)]


def _entry(folder: Path, name: str) -> tuple[str, str]:
    path = folder / name
    if path.is_symlink():
        return name, f"link {path.readlink()}"
    if not path.is_file():
        return name, "folder"
    mode = "x" if path.stat().st_mode & 0o100 else "-"
    return name, f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"
