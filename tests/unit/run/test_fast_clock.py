"""A stack's alerting on a faster clock: copies are compressed, and the declared files are not touched."""

from pathlib import Path

import pytest

from stackproof.engine.docker.compose.compose_declaration import compose_of, declaration_of
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.port import Declaration
from stackproof.model import DeclarationError
from stackproof.run.fast_clock import on_fast_clock

RULES = """groups:
  - name: g
    rules:
      - {alert: Down, expr: up == 0, for: 1m}
"""
SCRAPING = "global: {scrape_interval: 15s, evaluation_interval: 15s}\n"


def _declaration(folder: Path) -> Declaration:
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "prometheus.yaml").write_text(SCRAPING, encoding="utf-8")
    compose = ComposeFile.model_validate(
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
    return declaration_of(compose, folder / "compose.yaml")


def test_an_hour_becomes_a_minute_in_copies(tmp_path: Path) -> None:
    """The run's compose file names compressed copies in the run's folder; what was declared stays as it was."""
    run = tmp_path / "run"
    run.mkdir()
    fast = compose_of(on_fast_clock(_declaration(tmp_path), 60, run))
    rules = Path(fast.configs["rules"].file or "")
    assert rules.is_relative_to(run)
    assert "for: 1s" in rules.read_text(encoding="utf-8")
    assert (tmp_path / "rules.yaml").read_text(encoding="utf-8") == RULES
    assert fast.configs["page"].file == str(tmp_path / "page.html")


def test_the_clocks_of_prometheus_itself_run_faster(tmp_path: Path) -> None:
    """A flag that the service has already is replaced: Prometheus refuses to be given one twice."""
    run = tmp_path / "run"
    run.mkdir()
    fast = compose_of(on_fast_clock(_declaration(tmp_path), 60, run))
    command = fast.services["prometheus"].command or ()
    assert "--log.format=json" in command
    assert [flag for flag in command if flag.startswith("--rules.alert.resend-delay")] == [
        "--rules.alert.resend-delay=1s"
    ]
    assert fast.services["web"].command == ("serve",)


def test_real_time_changes_nothing(tmp_path: Path) -> None:
    """Service levels are promised in real time."""
    declaration = _declaration(tmp_path)
    assert on_fast_clock(declaration, 1, tmp_path) is declaration


def test_a_stack_without_alerting_files_has_no_clock_to_run_faster(tmp_path: Path) -> None:
    """The message shows what to declare."""
    bare = ComposeFile.model_validate({"name": "bare", "services": {"web": {"image": "web"}}})
    with pytest.raises(DeclarationError, match=r"x-stackproof: \{role: rules\}"):
        on_fast_clock(declaration_of(bare, tmp_path / "compose.yaml"), 60, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message names the missing file."""
    declaration = _declaration(tmp_path)
    (tmp_path / "rules.yaml").unlink()
    with pytest.raises(DeclarationError, match=r"rules\.yaml: cannot be read"):
        on_fast_clock(declaration, 60, tmp_path)
