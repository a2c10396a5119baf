"""promtool's rule tests and our route tests are read, or refused with a line."""

from pathlib import Path

import pytest

from stackproof.declare.alertmanager.route_test_file import read_route_tests
from stackproof.declare.prometheus.rule_test_file import read_rule_tests
from stackproof.model import DeclarationError
from stackproof.model.route_tests import ExpectedDelivery, Waits

RULE_TEST = "rule_files: ['rules-*.yml']\nevaluation_interval: 30s\ntests: [{name: a, interval: 1m, extra: [1]}]\n"


def test_a_rule_test_finds_its_files_relative_to_itself(tmp_path: Path) -> None:
    """Whatever the working directory; keys that we do not know are kept."""
    for name in ("rules-1.yml", "rules-2.yml", "other.yml"):
        (tmp_path / name).write_text("groups: []\n")
    (tmp_path / "test.yml").write_text(RULE_TEST)
    found = read_rule_tests(tmp_path / "test.yml")
    assert [file.name for file in found.rule_files] == ["rules-1.yml", "rules-2.yml"]
    assert found.evaluation_s == 30
    assert found.content.tests[0].model_dump()["extra"] == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "test.yml:1: expected a promtool test file (a map)"),
        ("- a\n", "test.yml:1: expected a promtool test file (a map)"),
        ("rule_files: [\n", "test.yml:2: broken YAML"),
        ("rule_files: [rules.yml]\n", "test.yml:1: expected a promtool test file, saw nothing under tests"),
        ("tests: [{}]\n", "test.yml:1: expected a promtool test file, saw nothing under rule_files"),
        ("tests: [{}]\nrule_files: [no.yml]\n", "test.yml:2: expected rule_files to name a file"),
        ("rule_files: [test.yml]\ntests:\n- 5\n", "test.yml:3: tests.0: Input should be"),
        (
            "rule_files: [test.yml]\ntests: [{}]\nevaluation_interval: soon\n",
            "test.yml:3: expected evaluation_interval",
        ),
    ],
)
def test_a_broken_rule_test_gives_one_message_with_a_line(tmp_path: Path, text: str, message: str) -> None:
    """Never a traceback."""
    (tmp_path / "test.yml").write_text(text)
    with pytest.raises(DeclarationError) as raised:
        read_rule_tests(tmp_path / "test.yml")
    assert str(raised.value).removeprefix(f"{tmp_path}/").startswith(message)


def test_a_route_test_claims_waits_of_all_receivers_or_of_one(tmp_path: Path) -> None:
    """Claims next to the list apply to each receiver, claims inside one to that one."""
    text = (
        "routes:\n- labels: {a: 5}\n  receivers: [x, {name: y, group_wait: 1m}]\n  group_wait: 30s\n  group_by: [a]\n"
    )
    (tmp_path / "routes.yml").write_text(text)
    (test,) = read_route_tests(tmp_path / "routes.yml").routes
    assert test.labels == {"a": "5"}
    assert test.where.line == 2
    assert test.deliveries == (
        ExpectedDelivery("x", Waits(group_by=("a",), group_wait_s=30)),
        ExpectedDelivery("y", Waits(group_by=("a",), group_wait_s=60)),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "routes.yml:1: expected a file of route tests (a map)"),
        ("a: 1\n", "routes.yml:1: a: Extra inputs are not permitted"),
        ("routes: []\n", "routes.yml: expected routes, inhibitions or receivers, saw none"),
        ("routes:\n- labels: {a: b}\n  receivers: []\n", "routes.yml:3: routes.0.receivers"),
        (
            "routes:\n- labels: {a: b}\n  receivers: [x]\n  group_wait: soon\n",
            "routes.yml:2: routes.0: expected group_wait",
        ),
        ("inhibitions:\n- firing: [{a: b}]\n", "routes.yml:2: inhibitions.0: expected either silences or leaves"),
        ("receivers:\n- {name: a, integrations: [b], send_resolved: []}\n", "routes.yml:2: receivers.0: expected one"),
    ],
)
def test_a_broken_route_test_gives_one_message_with_a_line(tmp_path: Path, text: str, message: str) -> None:
    """Never a traceback."""
    (tmp_path / "routes.yml").write_text(text)
    with pytest.raises(DeclarationError) as raised:
        read_route_tests(tmp_path / "routes.yml")
    assert str(raised.value).removeprefix(f"{tmp_path}/").startswith(message)
