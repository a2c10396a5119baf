"""The stack's files are valid by the official tools of their formats, and its images contain no secret.

tests/engine/test_stack_rules.py has promtool and amtool check the files of Prometheus and Alertmanager, and reads the
dashboards.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from stackproof import Count, EngineError, Run, built_images, own_files
from suites.contract.leaks import leaks_in

ROOT = Path(__file__).parents[2]
BASE = "debian:trixie-slim"
WITHIN_S = 120
NGINX_BROKEN = """
echo 'events {} no_such_directive;' >/tmp/broken.conf
nginx -t -c /tmp/broken.conf 2>&1
status=$?
rm /tmp/broken.conf
exit $status
"""
SCHEMAS = (
    ("vendor.compose-spec", "stack/compose.yaml"),
    ("vendor.github-workflows", ".github/workflows/*.yml"),
    ("custom.github-workflows-require-timeout", ".github/workflows/*.yml"),
)
"""Schemas that come with check-jsonschema, and the files that must match them."""


def test_nginx_accepts_its_configuration(stack: Run) -> None:
    """As it is in the gateway's container, with its settings, and without a warning."""
    output = stack.engine.exec("gateway", ("sh", "-c", "nginx -t -c /run/gateway/nginx.conf 2>&1"))
    assert "test is successful" in output
    assert not [line for line in output.splitlines() if "[warn]" in line], output


def test_compose_accepts_its_file_with_every_profile(stack: Run) -> None:
    """No key is unknown, and every variable has a default: Compose prints nothing."""
    assert checked_by_compose(stack.stack.file) == (0, "")


@pytest.mark.parametrize(("schema", "pattern"), SCHEMAS)
def test_files_match_the_schema_of_their_format(schema: str, pattern: str) -> None:
    """By the published schemas; and every CI job has a time limit."""
    files = sorted(ROOT.glob(pattern))
    assert files
    done = checked_by_schema(schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_broken_files_are_refused(stack: Run, tmp_path: Path) -> None:
    """Seen to fail: the same tools refuse a file of another format, and a job without a time limit."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("services: {web: {image: x, no_such_key: 1}}\n", encoding="utf-8")
    assert checked_by_compose(broken)[0] != 0
    assert all(checked_by_schema(schema, broken).returncode for schema, _ in SCHEMAS[:2])
    broken.write_text("on: push\njobs: {test: {runs-on: x, steps: [{run: make test}]}}\n", encoding="utf-8")
    assert checked_by_schema(SCHEMAS[2][0], broken).returncode
    with pytest.raises(EngineError, match="unknown directive"):
        stack.engine.exec("gateway", ("sh", "-c", NGINX_BROKEN))


def checked_by_compose(file: Path) -> tuple[int, str]:
    """Compose's exit code and output for a file, with every profile."""
    command = ("docker", "compose", "--file", str(file), "--profile", "*", "config", "--quiet")
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    return done.returncode, done.stdout + done.stderr


def checked_by_schema(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """The result of check-jsonschema for files."""
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files))
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)


def test_no_image_contains_a_secret(stack: Run, count: Count, tmp_path: Path) -> None:
    """No layer of ours contains a private key or a token, not even a deleted one, and no setting does."""
    images = built_images(stack)
    files = tuple(own_files(images, BASE))
    count("files of our own in images", len(files))
    assert {file.image for file in files} == {*images}
    assert not (leaks := list(leaks_in(files, tmp_path))), "\n".join(leaks)
