"""The own content of a real image: deleted files, settings and history too, but no file of a package."""

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.images.contents import own_files
from stackproof.engine.port import OwnFile
from stackproof.model import EngineError
from suites.contract.leaks import leaks_in

BASE = "debian:trixie-slim"
LEAKY = f"""
FROM {BASE}
COPY server.key /etc/server.key
RUN rm /etc/server.key
COPY harmless.txt /etc/harmless.txt
RUN echo packaged > /etc/packaged && echo /etc/packaged > /var/lib/dpkg/info/packaged.list
ENV ACCESS=AKIAIOSFODNN7EXAMPLE
"""
WITHIN_S = 300

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image that once had a key, and has a token in its environment."""
    folder, name = tmp_path_factory.mktemp("leaky"), f"stackproof-test/leaky:{secrets.token_hex(4)}"
    (folder / "Dockerfile").write_text(LEAKY, encoding="utf-8")
    (folder / "server.key").write_text("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "utf-8")
    (folder / "harmless.txt").write_text("nothing to hide\n", encoding="utf-8")
    subprocess.run(["docker", "build", "--quiet", "--tag", name, str(folder)], check=True, timeout=WITHIN_S)
    yield name
    subprocess.run(["docker", "image", "rm", name], check=True, capture_output=True, timeout=WITHIN_S)


@pytest.fixture(scope="module")
def files(leaky: str) -> tuple[OwnFile, ...]:
    """The image's own files."""
    return tuple(own_files([leaky], BASE))


def test_a_deleted_file_is_found_but_no_packaged_one(files: tuple[OwnFile, ...]) -> None:
    """Anyone who pulls an image has all of its layers; Debian's own files do not count."""
    paths = {file.path for file in files}
    assert {"etc/server.key", "etc/harmless.txt", "config.json"} <= paths
    assert "etc/packaged" not in paths


def test_a_key_in_a_layer_and_a_token_in_the_environment_are_secrets(
    leaky: str, files: tuple[OwnFile, ...], tmp_path: Path
) -> None:
    """Each is reported with its image, its layer and its place; harmless files are not reported."""
    found = list(leaks_in(files, tmp_path))
    assert any(each.startswith(f"{leaky}, layer ") and "/etc/server.key, line 1: Private Key" in each for each in found)
    assert any("layer config" in each and "AWS Access Key" in each for each in found)
    assert not any("harmless" in each for each in found)


def test_a_missing_image_is_an_error(leaky: str) -> None:
    """The error names it."""
    with pytest.raises(EngineError, match="no-such-image"):
        tuple(own_files([leaky, "no-such-image:1"], BASE))
