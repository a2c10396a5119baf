"""``stackproof prove`` and pytest take the same options of a run, and read them in one place."""

from pathlib import Path

import click
import pytest

from stackproof.cli.prove import prove
from stackproof.model import DeclarationError, FaultError, FaultSpec, Profile
from stackproof.run.options import RUN_OPTIONS, RunChoices, settings_from

FILE, REPORTS = Path("compose.yaml"), Path("reports")


def _choices(profile: str = "", with_fault: tuple[str, ...] = (), proxies: str = "") -> RunChoices:
    return RunChoices("shop", profile, with_fault, "", proxies, 1.0)


def test_both_take_every_option(pytestconfig: pytest.Config) -> None:
    """An option that is added to the table is an option of both."""
    flags = {flag for each in prove.params if isinstance(each, click.Option) for flag in each.opts}
    assert {option.flag for option in RUN_OPTIONS} <= flags
    for option in RUN_OPTIONS:
        pytestconfig.getoption(option.flag)


def test_choices_become_settings() -> None:
    """Texts become faults, names and a profile; the quick one without a choice."""
    settings = settings_from(FILE, REPORTS, _choices(with_fault=("kill shop",), proxies="a, b"))
    assert settings.faults == (FaultSpec("kill", "shop"),)
    assert settings.proxies == ("a", "b")
    assert settings.profile is Profile.QUICK
    assert settings_from(FILE, REPORTS, _choices("nightly")).profile is Profile.NIGHTLY


def test_a_wrong_choice_is_refused() -> None:
    """With what was expected."""
    with pytest.raises(DeclarationError, match="--profile to be one of quick, nightly, saw 'slow'"):
        settings_from(FILE, REPORTS, _choices("slow"))
    with pytest.raises(FaultError, match="KIND TARGET"):
        settings_from(FILE, REPORTS, _choices(with_fault=("kill",)))
