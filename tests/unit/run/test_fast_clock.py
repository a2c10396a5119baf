"""A stack's alerting on a quicker clock: copies are compressed, and nobody's own files are touched."""

from pathlib import Path

import pytest

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.model import DeclarationError
from stackproof.run.fast_clock import quickened

RULES = """groups:
  - name: g
    rules:
      - {alert: Down, expr: up == 0, for: 1m}
"""
SCRAPING = "global: {scrape_interval: 15s, evaluation_interval: 15s}\n"


def _compose(folder: Path) -> ComposeFile:
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "prometheus.yaml").write_text(SCRAPING, encoding="utf-8")
    return ComposeFile.model_validate(
        {
            "name": "watched",
            "services": {
                "prometheus": {
                    "image": "prometheus",
                    "command": ["--rules.alert.resend-delay=1m", "--log.format=json"],
                    "configs": [{"source": "scraping", "target": "/etc/prometheus.yaml"}],
                },
                "web": {"image": "web", "command": ["serve"]},
            },
            "configs": {
                "rules": {"file": str(folder / "rules.yaml"), "x-stackproof": {"role": "rules"}},
                "scraping": {"file": str(folder / "prometheus.yaml"), "x-stackproof": {"role": "scraping"}},
                "page": {"file": str(folder / "page.html")},
            },
        }
    )


def test_an_hour_becomes_a_minute_in_copies(tmp_path: Path) -> None:
    """The run's compose file names compressed copies in the run's folder; what was declared stays as it was."""
    run = tmp_path / "run"
    run.mkdir()
    quick = quickened(_compose(tmp_path), 60, run)
    rules = Path(quick.configs["rules"].file or "")
    assert rules.is_relative_to(run)
    assert "for: 1s" in rules.read_text(encoding="utf-8")
    assert (tmp_path / "rules.yaml").read_text(encoding="utf-8") == RULES
    assert quick.configs["page"].file == str(tmp_path / "page.html")


def test_prometheus_own_clocks_are_quickened_once(tmp_path: Path) -> None:
    """A flag that the service has already is replaced: Prometheus refuses one that comes twice."""
    run = tmp_path / "run"
    run.mkdir()
    quick = quickened(_compose(tmp_path), 60, run)
    command = quick.services["prometheus"].command or ()
    assert "--log.format=json" in command
    assert [flag for flag in command if flag.startswith("--rules.alert.resend-delay")] == [
        "--rules.alert.resend-delay=1s"
    ]
    assert quick.services["web"].command == ("serve",)


def test_true_time_changes_nothing(tmp_path: Path) -> None:
    """Service levels are promised in true time."""
    compose = _compose(tmp_path)
    assert quickened(compose, 1, tmp_path) is compose


def test_a_stack_that_says_no_role_cannot_be_quickened(tmp_path: Path) -> None:
    """The message says what to write."""
    bare = ComposeFile.model_validate({"name": "bare", "services": {"web": {"image": "web"}}})
    with pytest.raises(DeclarationError, match=r"x-stackproof: \{role: rules\}"):
        quickened(bare, 60, tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Which file is missing is said, and no traceback."""
    compose = _compose(tmp_path)
    (tmp_path / "rules.yaml").unlink()
    with pytest.raises(DeclarationError, match=r"rules\.yaml: cannot be read"):
        quickened(compose, 60, tmp_path)
