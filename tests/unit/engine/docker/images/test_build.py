"""An image's name follows its inputs: what did not change is never built twice, and what did change always is."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stackproof.engine.docker.images.build import (
    BENCH,
    SETUP_IMAGES,
    ImageSpec,
    LocalImages,
    build_environment,
    image_name,
)
from stackproof.engine.docker.images.inputs import bases_of, context_digest
from stackproof.engine.docker.images.services import service_image_names
from stackproof.model import DeclarationError

NONE = LocalImages({})


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A folder to build from."""
    folder = tmp_path / "web"
    (folder / "app").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM debian:trixie-slim\nCOPY app /app\n", encoding="utf-8")
    (folder / "app" / "main.py").write_text("print('hello')\n", encoding="utf-8")
    return folder


def _edit(context: Path) -> None:
    (context / "app" / "main.py").write_text("print('bye')\n", encoding="utf-8")


def _rename(context: Path) -> None:
    (context / "app" / "main.py").rename(context / "app" / "other.py")


def _make_executable(context: Path) -> None:
    (context / "app" / "main.py").chmod(0o755)


def _add_folder(context: Path) -> None:
    (context / "empty").mkdir()


def _change_recipe(context: Path) -> None:
    (context / "Dockerfile").write_text("FROM debian:trixie-slim\n", encoding="utf-8")


def _relink(context: Path) -> None:
    (context / "app" / "link").symlink_to("main.py")


@pytest.mark.parametrize("change", [_edit, _rename, _make_executable, _add_folder, _change_recipe, _relink])
def test_any_change_of_the_inputs_gives_another_digest(context: Path, change: Callable[[Path], None]) -> None:
    """No edit is ever tested against an image from before it."""
    before = context_digest(context, "Dockerfile", {})
    change(context)
    assert context_digest(context, "Dockerfile", {}) != before


def test_times_and_places_do_not_matter(context: Path, tmp_path: Path) -> None:
    """A fresh clone, whose files are newer and elsewhere, builds nothing again."""
    clone = tmp_path / "elsewhere" / "clone"
    shutil.copytree(context, clone)
    os.utime(clone / "app" / "main.py", (1, 1))
    assert context_digest(clone, "Dockerfile", {}) == context_digest(context, "Dockerfile", {})


def test_build_arguments_matter(context: Path) -> None:
    """Another argument is another image."""
    one, two = ({"VERSION": version} for version in ("1", "2"))
    assert context_digest(context, "Dockerfile", one) != context_digest(context, "Dockerfile", two)


@pytest.mark.parametrize("name", [".dockerignore", "Dockerfile.dockerignore"])
def test_what_is_ignored_does_not_matter(context: Path, name: str) -> None:
    """Caches that the build never sees cause no build; exceptions from the ignored do."""
    (context / name).write_text("# caches\n**/__pycache__\n*.log\n!kept.log\n", encoding="utf-8")
    before = context_digest(context, "Dockerfile", {})
    (context / "app" / "__pycache__").mkdir()
    (context / "app" / "__pycache__" / "main.pyc").write_bytes(b"\0")
    (context / "noise.log").write_text("x", encoding="utf-8")
    assert context_digest(context, "Dockerfile", {}) == before
    (context / "kept.log").write_text("x", encoding="utf-8")
    assert context_digest(context, "Dockerfile", {}) != before


def test_a_missing_dockerfile_is_named(context: Path) -> None:
    """The message names the file that was looked for."""
    with pytest.raises(DeclarationError, match=r"web/Containerfile: expected a Dockerfile"):
        context_digest(context, "Containerfile", {})


def test_bases_are_read_from_a_dockerfile() -> None:
    """Each image that a Dockerfile starts from counts, whatever the line looks like."""
    text = "FROM --platform=linux/amd64 golang:1.24 AS build\nfrom debian\nCOPY --from=build /x /x\n# FROM comment\n"
    assert bases_of(text) == ("golang:1.24", "debian:latest")


def test_the_name_follows_the_base_image(context: Path) -> None:
    """A new base image gives new images."""
    spec = ImageSpec("web", context)
    old, new = (image_name(spec, LocalImages({"debian:trixie-slim": image})) for image in ("sha256:1", "sha256:2"))
    assert old.startswith("stackproof/web:")
    assert len(old.split(":")[1]) == 12
    assert old != new


def test_every_image_of_ours_is_in_the_package() -> None:
    """An installed package can build what a run needs."""
    for spec in (*SETUP_IMAGES, BENCH):
        assert image_name(spec, NONE).startswith(f"stackproof/{spec.name}:")


def test_a_services_image_follows_its_further_contexts(context: Path, tmp_path: Path) -> None:
    """Code that several services share is part of each of them."""
    common = tmp_path / "common"
    common.mkdir()
    builds = {
        "web": {"context": str(context), "dockerfile": "Dockerfile", "additional_contexts": {"common": str(common)}}
    }
    before = service_image_names(builds, NONE)
    (common / "shared.py").write_text("x = 1\n", encoding="utf-8")
    assert service_image_names(builds, NONE) != before


@pytest.mark.parametrize("section", [{"target": "debug"}, {"args": {"VERSION": "2"}}])
def test_a_services_image_follows_its_build_section(context: Path, section: dict[str, object]) -> None:
    """Another target or argument in the compose file is another image."""
    plain: dict[str, object] = {"context": str(context), "dockerfile": "Dockerfile"}
    before, after = (service_image_names({"web": build}, NONE) for build in (plain, plain | section))
    assert before != after


def test_mirrors_of_the_host_reach_a_build_as_a_shell_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's module proxy is used inside builds, even where its address needs quoting."""
    monkeypatch.setenv("GOPROXY", "https://go.example/a b'c,direct")
    script = build_environment()["STACKPROOF_REGISTRIES"] + 'printf %s "$GOPROXY"'
    output = subprocess.run(("sh", "-c", script), capture_output=True, text=True, check=True, env={})
    assert output.stdout == "https://go.example/a b'c,direct"


def test_a_services_image_follows_a_dockerfile_in_the_compose_file(context: Path) -> None:
    """Its text, the folder and the image that it starts from; no Dockerfile has to be there."""
    (context / "Dockerfile").unlink()
    recipes = ("FROM debian:trixie-slim\nENV A=1\n", "FROM debian:trixie-slim\nENV A=2\n")
    first, second = ({"web": {"context": str(context), "dockerfile_inline": text}} for text in recipes)
    name = service_image_names(first, NONE)
    assert service_image_names(second, NONE) != name
    assert service_image_names(first, LocalImages({"debian:trixie-slim": "sha256:1"})) != name
    _edit(context)
    assert service_image_names(first, NONE) != name
