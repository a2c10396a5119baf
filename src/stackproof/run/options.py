"""The options of a run, the same for ``stackproof prove`` and for pytest; importing them costs next to nothing."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackproof.run.settings import Settings


@dataclass(frozen=True, slots=True)
class RunOption:
    """One option.

    Attributes:
        flag: How it is given.
        metavar: Its value in the help text.
        help: What it does.
        default: Its value if it is not given.
        environment: The variable that is read if it is not given; empty for none.
        repeats: True if it may be given several times.
    """

    flag: str
    metavar: str
    help: str
    default: str | float = ""
    environment: str = ""
    repeats: bool = False

    @property
    def name(self) -> str:
        """Its name in Python."""
        return self.flag.strip("-").replace("-", "_")


_SUITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

RUN_OPTIONS = (
    RunOption("--suite", "NAME", "What is run: names the run's folder and the report."),
    RunOption(
        "--profile",
        "quick|nightly",
        "quick: SLAs decide; nightly: takes the time that SLOs need.",
        environment="STACKPROOF_PROFILE",
    ),
    RunOption("--with-fault", "'KIND TARGET key=value ...'", "Hold a fault over the whole run.", repeats=True),
    RunOption("--beside", "SUITE", "Show the latest run of that suite together with this one."),
    RunOption("--proxies", "SERVICE,...", "For a run that injects no fault: put proxies before these services alone."),
    RunOption("--clock", "N", "Rules, routes and scraping run N times as fast: 60 makes an hour a minute.", 1.0),
)


@dataclass(frozen=True, slots=True)
class RunChoices:
    """The values of the options, as they were given.

    Attributes:
        suite: As in Settings.
        profile: Name of the profile; the quick one if empty.
        with_fault: Faults, as ``KIND TARGET key=value ...``.
        beside: As in Settings.
        proxies: Names of services, separated by commas.
        clock: As in Settings.
    """

    suite: str
    profile: str | None
    with_fault: tuple[str, ...]
    beside: str
    proxies: str
    clock: float


def settings_from(stack_file: Path, reports: Path, choices: RunChoices) -> "Settings":
    """The settings of a run.

    Args:
        stack_file: The file that declares the stack.
        reports: Folder of everything that runs leave.
        choices: The values of the options.

    Raises:
        StackproofError: A value is wrong.
    """
    from stackproof.model import DeclarationError, FaultSpec, Profile  # noqa: PLC0415 - options alone stay cheap
    from stackproof.run.names import split_names  # noqa: PLC0415 - as above
    from stackproof.run.settings import Settings  # noqa: PLC0415 - as above

    if not _SUITE.fullmatch(choices.suite):
        raise DeclarationError(
            f"expected --suite to be letters, digits, '-' and '_', saw {choices.suite!r}",
            fix="give a name such as nightly",
        )
    profile = choices.profile or Profile.QUICK
    if profile not in set(Profile):
        raise DeclarationError(f"expected --profile to be one of {', '.join(Profile)}, saw {profile!r}")
    return Settings(
        stack_file=stack_file,
        reports=reports,
        suite=choices.suite,
        profile=Profile(profile),
        faults=tuple(map(FaultSpec.parse, choices.with_fault)),
        beside=choices.beside,
        proxies=split_names(choices.proxies),
        clock=choices.clock,
    )
