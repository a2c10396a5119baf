"""What the stack runs on is valid by the tools of those who made its formats, and its images hold no secret.

Prometheus' and Alertmanager's files are held against promtool and amtool, and dashboards against our own reader, by
tests/engine/test_stack_rules.py.
"""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.images.contents import own_files
from stackproof.engine.docker.images.needed import images_for
from stackproof.model import EngineError
from stackproof.pytest_plugin import Count
from stackproof.run.run import Run
from suites.contract.leaks import leaks_in

ROOT = Path(__file__).parents[2]
BASE = "debian:trixie-slim"
WITHIN_S = 120
NGINX_BROKEN = """
echo 'events {} no_such_directive;' >/tmp/broken.conf
nginx -t -c /tmp/broken.conf 2>&1
said=$?
rm /tmp/broken.conf
exit $said
"""
SCHEMAS = (
    ("vendor.compose-spec", "stack/compose.yaml"),
    ("vendor.github-workflows", ".github/workflows/*.yml"),
    ("custom.github-workflows-require-timeout", ".github/workflows/*.yml"),
)
"""Schemas that check-jsonschema brings along, and the files that keep them."""


def test_nginx_takes_its_configuration(stack: Run) -> None:
    """As it lies in the gateway's container, with the settings written in, without a warning."""
    said = stack.engine.exec("gateway", ("sh", "-c", "nginx -t -c /run/gateway/nginx.conf 2>&1"))
    assert "test is successful" in said
    assert not [line for line in said.splitlines() if "[warn]" in line], said


def test_compose_takes_its_file_with_every_profile(stack: Run) -> None:
    """No key is unknown, and no variable is without a default: Compose says nothing."""
    assert compose_says(stack.stack.file) == (0, "")


@pytest.mark.parametrize(("schema", "pattern"), SCHEMAS)
def test_files_keep_the_schema_of_their_format(schema: str, pattern: str) -> None:
    """As their makers publish it; and no job of continuous integration can hang for hours."""
    files = sorted(ROOT.glob(pattern))
    assert files
    done = held_against(schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_broken_is_refused(stack: Run, tmp_path: Path) -> None:
    """The same tools say no to a file that is none of theirs, and to a job without an end."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("services: {web: {image: x, no_such_key: 1}}\n", encoding="utf-8")
    assert compose_says(broken)[0] != 0
    assert all(held_against(schema, broken).returncode for schema, _ in SCHEMAS[:2])
    broken.write_text("on: push\njobs: {test: {runs-on: x, steps: [{run: make test}]}}\n", encoding="utf-8")
    assert held_against(SCHEMAS[2][0], broken).returncode
    with pytest.raises(EngineError, match="unknown directive"):
        stack.engine.exec("gateway", ("sh", "-c", NGINX_BROKEN))


def compose_says(file: Path) -> tuple[int, str]:
    """Compose's exit code and words on a file, with every profile."""
    command = ("docker", "compose", "--file", str(file), "--profile", "*", "config", "--quiet")
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    return done.returncode, done.stdout + done.stderr


def held_against(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of files."""
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files))
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)


def test_no_image_holds_a_secret(stack: Run, count: Count, tmp_path: Path) -> None:
    """No layer of ours has a private key or a token in it, not even a deleted one, and no setting has."""
    compose = read_compose(stack.stack.file)
    images = sorted(set(images_for(compose, stack.stack.file, logging.getLogger(__name__).debug).services.values()))
    files = tuple(own_files(images, BASE))
    count("files of our own in images", len(files))
    assert {file.image for file in files} == {*images}
    assert not (leaks := list(leaks_in(files, tmp_path))), "\n".join(leaks)
