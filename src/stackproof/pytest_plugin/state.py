"""What the plugin knows during one pytest session.

The plugin is loaded with every pytest, and a session that proves something wants its stack soon: so the rooms that a
boot needs are imported when one begins, and the others while the engine works.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackproof.model import CheckResult, DeclarationError, FaultSpec, Profile
from stackproof.run.option_names import HEAD_START, split_names

if TYPE_CHECKING:
    from stackproof.history import History
    from stackproof.run.boot import Boot
    from stackproof.run.closing import Closed
    from stackproof.run.declared_stack import DeclaredStack
    from stackproof.run.folder import RunFolder
    from stackproof.run.head_start import HeadStart
    from stackproof.run.run import Run
    from stackproof.run.settings import Settings

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
        self._history: History | None = None
        self._head_start: HeadStart | None = getattr(config.pluginmanager.get_plugin(HEAD_START), "run", None)

    @cached_property
    def settings(self) -> Settings:
        """What was chosen by options, ini file and environment.

        Raises:
            StackproofError: An option's value is wrong.
        """
        if self._head_start is not None:
            return self._head_start.settings
        from stackproof.run.settings import Settings  # noqa: PLC0415 - see the module's docstring
        from stackproof.run.stack_file import find_stack_file  # noqa: PLC0415 - as above

        given = self.config.getoption("--stack") or self.config.getini("stackproof_stack")
        profile = self.config.getoption("--profile") or Profile.QUICK
        if profile not in set(Profile):
            raise DeclarationError(f"expected --profile to be one of {', '.join(Profile)}, saw {profile!r}")
        return Settings(
            stack_file=find_stack_file(Path(given) if given else None),
            reports=Path(self.config.getoption("--reports")),
            suite=self.config.getoption("--suite") or _UNNAMED,
            profile=Profile(profile),
            faults=tuple(FaultSpec.parse(text) for text in self.config.getoption("--with-fault")),
            beside=self.config.getoption("--beside"),
            proxies=split_names(self.config.getoption("--proxies")),
            clock=self.config.getoption("--clock"),
        )

    @cached_property
    def boot(self) -> Boot:
        """The stack, coming up from when this is first asked for.

        Raises:
            StackproofError: An option's value is wrong, or the disk refuses the run's folder.
        """
        if self._head_start is not None:
            return self._head_start.boot  # whoever began it ends it
        from stackproof.engine import default_engine  # noqa: PLC0415 - see the module's docstring
        from stackproof.run.boot import Boot  # noqa: PLC0415 - as above

        boot = Boot(self.folder, self.settings, default_engine())
        self.undo.callback(boot.close)
        return boot

    @cached_property
    def declaration(self) -> DeclaredStack:
        """What is declared of the stack.

        Raises:
            DeclarationError: A declaration is wrong.
        """
        from stackproof.engine import default_engine  # noqa: PLC0415 - see the module's docstring
        from stackproof.run.declared_stack import read_declared  # noqa: PLC0415 - as above

        if "boot" in vars(self):
            return self.boot.declared
        return read_declared(self.settings.stack_file, default_engine())

    @cached_property
    def folder(self) -> RunFolder:
        """The run's folder, made when it is first asked for."""
        if self._head_start is not None:
            return self._head_start.folder
        from stackproof.run.folder import create_folder  # noqa: PLC0415 - see the module's docstring

        return create_folder(self.settings.reports, self.settings.suite)

    @property
    def history(self) -> History:
        """The run's record, begun when it is first asked for."""
        from stackproof.run.opening import open_history  # noqa: PLC0415 - see the module's docstring

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
