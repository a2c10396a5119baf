"""Images of services that have a `build` section: Compose builds them, named by the digest of their inputs."""

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from stackproof.engine.docker import labels
from stackproof.engine.docker.images.build import (
    LocalImages,
    base_ids,
    build_environment,
    build_secrets,
    ids_of,
    local_images,
    named,
    proxy_arguments,
)
from stackproof.engine.docker.images.inputs import bases_of, context_digest, folder_digest
from stackproof.machine.commands import Progress, stream
from stackproof.machine.locks import machine_lock

Builds = Mapping[str, Mapping[str, object]]
"""Resolved `build` sections by service, as `docker compose config` gives them: folders are absolute."""

_FIX = "the lines above say which step failed; try `docker compose build` with the file by hand"


def ensure_service_images(
    file: Path, builds: Builds, progress: Progress, local: LocalImages | None = None
) -> dict[str, str]:
    """Build the images of these services that are missing.

    Args:
        file: The compose file, as written.
        builds: The resolved `build` section of each service that has one.
        progress: Takes each line of the build.
        local: The engine's images, where they were just listed.

    Returns:
        Full name of the image, by service.

    Raises:
        DeclarationError: A context or a Dockerfile is missing.
        EngineError: No engine answers, or a build failed.
    """
    local = local or local_images()
    names = service_image_names(builds, local)
    if all(name in local for name in names.values()):
        return names
    with machine_lock("image-services"):
        local = local_images()
        absent = {service: name for service, name in names.items() if name not in local}
        if absent:
            progress(f"building {', '.join(sorted(absent.values()))}")
            _build(file, builds, absent, progress)
    return names


def service_image_names(builds: Builds, local: LocalImages) -> dict[str, str]:
    """The full name of each service's image, built or not.

    Raises:
        DeclarationError: A context or a Dockerfile is missing.
    """
    digest = cache(folder_digest)  # services share folders
    return {service: named(service, _inputs(build, local, digest)) for service, build in builds.items()}


def _inputs(build: Mapping[str, object], local: LocalImages, digest: Callable[[Path], str]) -> list[object]:
    """All that determines the image: the section's own values, the folders it names, the images it starts from."""
    context, dockerfile = Path(str(build.get("context", "."))), str(build.get("dockerfile", "Dockerfile"))
    folders = _folders(build)
    values = {key: value for key, value in build.items() if key not in {"context", "additional_contexts", "args"}}
    more = {name: digest(folder) for name, folder in folders.items()}
    if not context.is_dir():  # a repository's address: the section is all that can be seen of it
        return [values, str(context), more]
    inline = build.get("dockerfile_inline")
    if inline is not None:
        return [values, digest(context), _args(build), more, ids_of(bases_of(str(inline)), local)]
    return [values, context_digest(context, dockerfile, _args(build)), more, base_ids(context / dockerfile, local)]


def _folders(build: Mapping[str, object]) -> dict[str, Path]:
    contexts = build.get("additional_contexts")
    return (
        {name: Path(str(place)) for name, place in contexts.items() if Path(str(place)).is_dir()}
        if isinstance(contexts, dict)
        else {}
    )


def _args(build: Mapping[str, object]) -> dict[str, str]:
    args = build.get("args")
    return {str(name): str(value) for name, value in args.items()} if isinstance(args, dict) else {}


def _secrets_of(builds: Builds) -> frozenset[str]:
    """Names of the secrets that the file itself gives to builds: these are left alone."""
    uses = (use for build in builds.values() if isinstance(named := build.get("secrets"), list) for use in named)
    return frozenset(str(use["source"]) for use in uses if isinstance(use, dict))


def _build(file: Path, builds: Builds, names: Mapping[str, str], progress: Progress) -> None:
    secrets = {name: each for name, each in build_secrets().items() if name not in _secrets_of(builds)}
    build = {"secrets": list(secrets)}
    override = {
        "secrets": secrets,
        "services": {
            service: {"image": name, "build": {"labels": {labels.IMAGE: service}, **build}}
            for service, name in names.items()
        },
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="stackproof-images-", encoding="utf-8") as extra:
        json.dump(override, extra)
        extra.flush()
        compose = ("docker", "compose", "--progress=plain", "--file", str(file), "--file", extra.name)
        stream((*compose, "build", *proxy_arguments(), *names), progress, fix=_FIX, env=build_environment())
