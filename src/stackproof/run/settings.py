"""What a person chooses for a run."""

from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.port import PortPolicy
from stackproof.model import FaultSpec, Profile


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices for one run.

    Attributes:
        stack_file: The file that declares the stack.
        reports: Folder of everything that runs leave.
        suite: Name of what is run, the first part of the run's id.
        profile: How long it takes and which promises decide it.
        faults: Faults held over the whole run.
        ports: Which ports of the host are opened.
        proxies: Services that have a proxy; all where empty, or where a fault is held, which may be aimed at others.
        beside: Name of a suite whose latest run is shown together with this one; empty for none.
        clock: How many times as fast rules, routes and scraping run; 60 makes an hour a minute.
    """

    stack_file: Path
    reports: Path = Path("reports")
    suite: str = "run"
    profile: Profile = Profile.QUICK
    faults: tuple[FaultSpec, ...] = ()
    ports: PortPolicy = PortPolicy.DYNAMIC
    clock: float = 1.0
    beside: str = ""
    proxies: tuple[str, ...] = ()
