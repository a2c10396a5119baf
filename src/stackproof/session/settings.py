"""What a person chooses for a run."""

from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.ground import PortPolicy
from stackproof.judge import Profile
from stackproof.model import DeclarationError, FaultSpec


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices for one run.

    Attributes:
        stack_file: The compose file.
        reports: Folder of all that runs leave.
        suite: Name of what is run, the first part of the run's id.
        profile: How long it takes and what gates it.
        faults: Faults held over the whole run.
        ports: Which host ports are opened.
    """

    stack_file: Path
    reports: Path = Path("reports")
    suite: str = "run"
    profile: Profile = Profile.QUICK
    faults: tuple[FaultSpec, ...] = ()
    ports: PortPolicy = PortPolicy.DYNAMIC


def find_stack_file(given: Path | None) -> Path:
    """The compose file that is meant: the one given, else ``compose.yaml`` here or in the folder ``stack``.

    Raises:
        DeclarationError: There is none.
    """
    if given is not None:
        return given.resolve()
    for candidate in (Path("compose.yaml"), Path("stack/compose.yaml")):
        if candidate.exists():
            return candidate.resolve()
    raise DeclarationError(
        "expected a compose file as ./compose.yaml or ./stack/compose.yaml, found none", fix="give --stack FILE"
    )
