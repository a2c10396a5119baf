"""What the plugin knows during one pytest session."""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import pytest

from stackproof.history import History
from stackproof.judge import Profile
from stackproof.model import CheckResult, DeclarationError, FaultSpec
from stackproof.session.closing import Closed
from stackproof.session.folder import RunFolder, create_folder
from stackproof.session.run import Run
from stackproof.session.settings import Settings, find_stack_file
from stackproof.session.standing import Declared, declared, open_history

_UNNAMED = "run"


class SessionState:
    """One pytest session that may have a run; a session that never asks for the stack leaves nothing behind.

    Args:
        config: pytest's own configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.run: Run | None = None
        self.closed: Closed | None = None
        self.undo = ExitStack()
        self.checks: list[CheckResult] = []
        self._history: History | None = None

    @cached_property
    def settings(self) -> Settings:
        """What was chosen by options, ini file and environment.

        Raises:
            StackproofError: An option's value is wrong.
        """
        given = self.config.getoption("--stack") or self.config.getini("stackproof_stack")
        profile = self.config.getoption("--profile")
        if profile not in set(Profile):
            raise DeclarationError(f"expected --profile to be one of {', '.join(Profile)}, saw {profile!r}")
        return Settings(
            stack_file=find_stack_file(Path(given) if given else None),
            reports=Path(self.config.getoption("--reports")),
            suite=self.config.getoption("--suite") or _UNNAMED,
            profile=Profile(profile),
            faults=tuple(FaultSpec.parse(text) for text in self.config.getoption("--with-fault")),
        )

    @cached_property
    def declaration(self) -> Declared:
        """What is declared of the stack.

        Raises:
            DeclarationError: A declaration is wrong.
        """
        return declared(self.settings.stack_file)

    @cached_property
    def folder(self) -> RunFolder:
        """The run's folder, made when it is first asked for."""
        return create_folder(self.settings.reports, self.settings.suite)

    @property
    def history(self) -> History:
        """The run's record, begun when it is first asked for."""
        if self._history is None:
            self._history = open_history(self.folder, self.declaration, self.settings)
        return self._history

    @property
    def has_run(self) -> bool:
        """True where a test asked for the stack."""
        return self._history is not None

    def check(self, result: CheckResult) -> None:
        """Record the verdict on a claim, if there is a run."""
        if self._history is not None:
            self._history.append(result)


STATE = pytest.StashKey[SessionState]()
