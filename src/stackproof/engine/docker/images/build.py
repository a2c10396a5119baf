"""The images that stackproof builds: named by the digest of their inputs, built when missing, removed when stale."""

import os
import re
import shlex
import ssl
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.images.inputs import bases_of, context_digest, digest_of, dockerfile_text
from stackproof.machine.commands import Progress, ask, stream
from stackproof.machine.locks import machine_lock
from stackproof.model import EngineError

_FOLDER = Path(__file__).parents[3] / "images"
_NAME_DIGITS = 12
_FIX = "see which step failed above; builds use HTTP_PROXY, GOPROXY and npm_config_registry where they are set"
_PROXY_ARGS = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_REGISTRY_VARIABLES = re.compile(
    r"GO(PROXY|SUMDB|PRIVATE|NOSUMDB|NOPROXY|INSECURE)|PIP_\w*INDEX_URL|npm_config_registry"
)
_REGISTRIES = "STACKPROOF_REGISTRIES"
_BUILDX = {"file": "src", "environment": "env"}  # what buildx calls them
_CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """What an image is built from.

    Attributes:
        name: Its short name.
        context: The folder that the build reads.
        dockerfile: The Dockerfile, relative to the context.
        args: Build arguments by name.
    """

    name: str
    context: Path
    dockerfile: str = "Dockerfile"
    args: Mapping[str, str] = field(default_factory=dict)


TOXIPROXY = ImageSpec("toxiproxy", _FOLDER / "toxiproxy")
"""The proxy before every interposed service."""

TOOLS = ImageSpec("tools", _FOLDER / "tools")
"""The Allure generator, promtool, amtool and amlint."""

FAULTS = ImageSpec("faults", _FOLDER / "faults")
"""The tools of helpers: packet filters, a name server, limits, a false clock."""

BENCH = ImageSpec("bench", _FOLDER / "bench")
"""The load generators that ours is compared with; not part of set-up."""

SETUP_IMAGES = (TOXIPROXY, TOOLS, FAULTS)
"""What every run needs."""


@dataclass(frozen=True, slots=True)
class LocalImages:
    """The images that the engine has.

    Attributes:
        ids: Image id by reference, ``name:tag``.
    """

    ids: Mapping[str, str]

    def __contains__(self, reference: str) -> bool:
        return reference in self.ids


def local_images() -> LocalImages:
    """The images that the engine has.

    Raises:
        EngineError: No engine answers.
    """
    with engine_errors("listing its images"):
        listed = connect().api.images()
    return LocalImages({tag: each["Id"] for each in listed for tag in each.get("RepoTags") or ()})


def _listed(*argv: str) -> str:
    output = ask(*argv)
    if not output.ok:
        raise EngineError(
            f"expected the container engine to list images, but: {output.text}", fix="run `stackproof doctor`"
        )
    return output.text


def image_name(spec: ImageSpec, local: LocalImages) -> str:
    """The image's full name: ``stackproof/NAME:DIGEST``, from the context, the arguments and the images it starts from.

    Raises:
        DeclarationError: The context or its Dockerfile is missing.
    """
    inputs = context_digest(spec.context, spec.dockerfile, spec.args)
    return named(spec.name, [inputs, base_ids(spec.context / spec.dockerfile, local)])


def base_ids(recipe: Path, local: LocalImages) -> dict[str, str]:
    """The ids of the images that a Dockerfile starts from, as far as the engine has them."""
    return ids_of(bases_of(dockerfile_text(recipe)), local)


def ids_of(bases: Iterable[str], local: LocalImages) -> dict[str, str]:
    """The id of each image that the engine has, "" for the others."""
    return {base: local.ids.get(base, "") for base in bases}


def named(name: str, inputs: object) -> str:
    """An image's full name from its short one and its inputs."""
    return f"stackproof/{name.lower()}:{digest_of(inputs)[:_NAME_DIGITS]}"


def ensure_image(spec: ImageSpec, progress: Progress, local: LocalImages | None = None) -> str:
    """Build an image unless it exists.

    Args:
        spec: What it is built from.
        progress: Takes each line of the build.
        local: The engine's images, where they were just listed.

    Returns:
        Its full name.

    Raises:
        DeclarationError: The context or its Dockerfile is missing.
        EngineError: No engine answers, or the build failed.
    """
    local = local or local_images()
    name = image_name(spec, local)
    if name in local:
        return name
    with machine_lock(f"image-{spec.name}"):
        if name not in local_images():
            progress(f"building {name}")
            stream(_build_command(spec, name), progress, fix=_FIX, env=build_environment())
    return name


def _build_command(spec: ImageSpec, name: str) -> tuple[str, ...]:
    args = (f"--build-arg={key}={value}" for key, value in spec.args.items())
    return (
        *("docker", "buildx", "build", "--progress=plain", "--load"),
        *("--tag", name, "--label", f"{labels.IMAGE}={spec.name}", "--file", str(spec.context / spec.dockerfile)),
        *args,
        *proxy_arguments(),
        *_secrets(),
        str(spec.context),
    )


def proxy_arguments() -> tuple[str, ...]:
    """Pass the host's proxies to a build. The engine keeps these arguments out of the image and of its history."""
    return tuple(f"--build-arg={name}" for name in _PROXY_ARGS if os.environ.get(name))


def _secrets() -> Iterator[str]:
    for name, secret in build_secrets().items():
        yield from ("--secret", f"id={name}," + ",".join(f"{_BUILDX[key]}={value}" for key, value in secret.items()))


def build_secrets() -> dict[str, dict[str, str]]:
    """The host's CA bundle, and the registries that its variables name: visible to a build, never in the image.

    Format: ``secrets`` of the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/09-secrets.md.
    """
    bundle = ca_bundle()
    return {**({"ca": {"file": str(bundle)}} if bundle else {}), "registries": {"environment": _REGISTRIES}}


def ca_bundle() -> Path | None:
    """The host's bundle of trusted authorities, which may include a company's own."""
    candidates = (os.environ.get("SSL_CERT_FILE"), *_CA_BUNDLES, ssl.get_default_verify_paths().cafile)
    return next((Path(file) for file in candidates if file and Path(file).is_file()), None)


def build_environment() -> dict[str, str]:
    """Variables for a build: registries and mirrors that the host names, as lines for a shell."""
    chosen = {name: value for name, value in os.environ.items() if _REGISTRY_VARIABLES.fullmatch(name)}
    lines = (f"export {name}={shlex.quote(value)}" for name, value in sorted(chosen.items()))
    return {_REGISTRIES: "\n".join(lines) + "\n", "DOCKER_BUILDKIT": "1"}


def stale_images(keep: Collection[str]) -> tuple[str, ...]:
    """Full names of the images that stackproof built, without those to keep.

    Raises:
        EngineError: No engine answers.
    """
    listed = _listed("docker", "image", "ls", f"--filter=label={labels.IMAGE}", "--format={{.Repository}}:{{.Tag}}")
    return tuple(name for name in listed.splitlines() if name not in keep)


def prune_stale_images(keep: Collection[str]) -> tuple[str, ...]:
    """Remove the images of ours that no container uses, without those to keep.

    Args:
        keep: Full names of images to keep.

    Returns:
        The full names of those removed.

    Raises:
        EngineError: No engine answers.
    """
    return remove_images(stale_images(keep))


def remove_images(names: Iterable[str]) -> tuple[str, ...]:
    """Remove these images, except those that a container uses; return the names of those removed."""
    return tuple(name for name in names if ask("docker", "image", "rm", name, within_s=60.0).ok)
