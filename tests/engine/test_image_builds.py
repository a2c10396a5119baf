"""Images are built once, by the run that comes first, with the host's settings and without leaving them inside."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.images.build import (
    ImageSpec,
    ca_bundle,
    ensure_image,
    local_images,
    remove_images,
    stale_images,
)
from stackproof.engine.docker.images.needed import images_for
from stackproof.engine.docker.images.services import ensure_service_images
from stackproof.host.base_image import BASE_IMAGE
from stackproof.model import EngineError


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[ImageSpec]:
    """An image that was never built; it is removed after the test."""
    name = f"test-{secrets.token_hex(4)}"
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE_IMAGE}\nRUN echo {name} >/name\n", encoding="utf-8")
    yield ImageSpec(name, tmp_path)
    remove_images(image for image in local_images().ids if image.startswith(f"stackproof/{name}"))


def _inside(image: str, *command: str) -> str:
    done = subprocess.run(("docker", "run", "--rm", image, *command), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_image_is_built_once(spec: ImageSpec) -> None:
    """The second time, there is no line of a build."""
    first: list[str] = []
    second: list[str] = []
    name = ensure_image(spec, first.append)
    assert ensure_image(spec, second.append) == name
    assert f"building {name}" in first
    assert second == []
    assert _inside(name, "cat", "/name") == spec.name


def test_two_runs_at_once_build_one_image(spec: ImageSpec) -> None:
    """Concurrent runs on a machine share the build."""
    lines: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        names = set(pool.map(lambda _: ensure_image(spec, lines.append), range(2)))
    assert len(names) == 1
    assert [line for line in lines if line.startswith("building ")] == [f"building {names.pop()}"]


def test_a_run_builds_the_helpers_image_before_its_stack_starts(
    spec: ImageSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even after an update of stackproof, no experiment waits for a build halfway."""
    monkeypatch.setattr("stackproof.engine.docker.images.needed.FAULTS", spec)
    file = spec.context / "compose.yaml"
    file.write_text(json.dumps({"services": {"web": {"image": BASE_IMAGE}}}), encoding="utf-8")
    reported: list[str] = []
    images_for(read_compose(file), file, reported.append)
    assert any(line.startswith(f"building stackproof/{spec.name}:") for line in reported)


def test_an_edit_is_built(spec: ImageSpec) -> None:
    """A changed Dockerfile never gets the image from before, which is stale until it is pruned."""
    old = ensure_image(spec, print)
    with (spec.context / "Dockerfile").open("a", encoding="utf-8") as recipe:
        recipe.write("RUN echo more >>/name\n")
    new = ensure_image(spec, print)
    assert _inside(new, "cat", "/name") == f"{spec.name}\nmore"
    stale = stale_images(keep={new})
    assert old in stale
    assert new not in stale
    assert BASE_IMAGE not in stale
    assert remove_images([old]) == (old,)


def test_a_failed_build_says_which_step(spec: ImageSpec) -> None:
    """The error shows the failing command."""
    with (spec.context / "Dockerfile").open("a", encoding="utf-8") as recipe:
        recipe.write("RUN echo no such luck >&2 && false\n")
    with pytest.raises(EngineError, match="no such luck"):
        ensure_image(spec, print)


@pytest.mark.skipif(ca_bundle() is None, reason="this host has no CA bundle")
def test_the_hosts_ca_bundle_reaches_a_build_and_stays_out_of_the_image(spec: ImageSpec) -> None:
    """Builds trust a company's proxy; images do not carry its certificates."""
    with (spec.context / "Dockerfile").open("a", encoding="utf-8") as recipe:
        recipe.write("RUN --mount=type=secret,id=ca,target=/tmp/ca wc -c </tmp/ca >/size\n")
    image = ensure_image(spec, print)
    bundle = ca_bundle()
    assert bundle is not None
    assert int(_inside(image, "cat", "/size")) == bundle.stat().st_size
    assert _inside(image, "sh", "-c", "cat /tmp/ca 2>/dev/null || true") == ""


def test_compose_builds_a_services_image_under_our_name(spec: ImageSpec) -> None:
    """A service with a `build` section gets an image that is found by its name and its label."""
    file = spec.context / "compose.yaml"
    file.write_text(json.dumps({"services": {spec.name: {"build": "."}}}), encoding="utf-8")
    builds = {spec.name: {"context": str(spec.context), "dockerfile": "Dockerfile"}}
    second: list[str] = []
    images = ensure_service_images(file, builds, print)
    assert ensure_service_images(file, builds, second.append) == images
    assert second == []
    image = images[spec.name]
    form = f'{{{{index .Config.Labels "{labels.IMAGE}"}}}}'
    seen = subprocess.run(("docker", "image", "inspect", "-f", form, image), capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == spec.name


@pytest.mark.skipif(ca_bundle() is None, reason="this host has no CA bundle")
def test_a_services_build_gets_the_hosts_ca_bundle_and_keeps_its_own_secrets(spec: ImageSpec) -> None:
    """A service that fetches modules can be built behind a company's proxy; its own secrets are left alone."""
    with (spec.context / "Dockerfile").open("a", encoding="utf-8") as recipe:
        recipe.write("RUN --mount=type=secret,id=ca wc -c </run/secrets/ca >/size\n")
        recipe.write("RUN --mount=type=secret,id=registries cat /run/secrets/registries >/registries\n")
    (spec.context / "own").write_text("mine\n", encoding="utf-8")
    build = {"context": ".", "secrets": ["registries"]}
    document = {"services": {spec.name: {"build": build}}, "secrets": {"registries": {"file": "own"}}}
    file = spec.context / "compose.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    image = images_for(read_compose(file), file, print).services[spec.name]
    bundle = ca_bundle()
    assert bundle is not None
    assert int(_inside(image, "cat", "/size")) == bundle.stat().st_size
    assert _inside(image, "cat", "/registries") == "mine"


def test_a_service_that_does_not_start_is_not_built(spec: ImageSpec) -> None:
    """A service of a profile is built only when a service that starts uses its image."""
    own, shared = f"{spec.name}-own", f"{spec.name}-shared"
    services = {
        "extra": {"image": own, "build": ".", "profiles": ["extra"]},
        spec.name: {"image": shared, "build": ".", "profiles": ["build"]},
        "worker": {"image": shared},
    }
    file = spec.context / "compose.yaml"
    file.write_text(json.dumps({"services": services}), encoding="utf-8")
    built = images_for(read_compose(file, {**os.environ, "COMPOSE_PROFILES": ""}), file, print).services
    assert built.keys() == {spec.name, "worker"}
    wanted = read_compose(file, {**os.environ, "COMPOSE_PROFILES": "extra"})
    assert not wanted.services["extra"].profiles
