"""What the plugin knows during one pytest session.

The plugin is loaded with every pytest, and a session that proves something wants its stack soon. So the rooms that a
boot needs are imported when one begins, and the others while the engine works; that is what deferred imports in this
package are for.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackproof.model import CheckResult, StackproofError
from stackproof.run.names import BEGUN_RUN
from stackproof.run.options import RUN_OPTIONS, RunChoices, settings_from

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading
    from stackproof.history import History
    from stackproof.run.boot import Report
    from stackproof.run.closing import ClosedRun
    from stackproof.run.declared_stack import DeclaredStack
    from stackproof.run.head_start import BegunRun
    from stackproof.run.run import Run
    from stackproof.run.settings import Settings

_UNNAMED = "run"


class SessionState:
    """One pytest session that may have a run; a session that never asks for the stack leaves nothing behind.

    Args:
        config: pytest's own configuration.

    Attributes:
        begun: The run's settings, folder and boot, once it was begun, by this session or before it.
        run: The run, once its stack is up.
        history: The run's record, once it was opened.
        checked: Whether a claim got its verdict.
        closed: The judged run, once it has ended.
        proved_nothing: Why the session has no verdict, though one was asked for; "" while it may have one.
        undo: Takes the stack down.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.begun: BegunRun | None = getattr(config.pluginmanager.get_plugin(BEGUN_RUN), "run", None)
        self.run: Run | None = None
        self.wrong: StackproofError | None = None
        self.history: History | None = None
        self.checked = False
        self.closed: ClosedRun | None = None
        self.proved_nothing = ""
        self.undo = ExitStack()
        self._settings: Settings | None = None
        self._reading: DeclarationReading | None = None
        self._declared: DeclaredStack | None = None

    def begin(self) -> BegunRun:
        """Begin the run: its stack comes up from now on. A run that has begun is left as it is.

        Raises:
            StackproofError: The value of an option is wrong, or the disk refuses the run's folder.
        """
        if self.begun is None:
            from stackproof.engine.engines import default_engine  # noqa: PLC0415 - when a boot begins
            from stackproof.run.head_start import BegunRun  # noqa: PLC0415 - as above

            self.begun = BegunRun.of(self._read_settings(), default_engine(), self._reading)
            self.undo.callback(self.begun.boot.close)
        return self.begun

    def declare(self) -> DeclaredStack:
        """Read what is declared of the stack; its file is resolved once in a session.

        Raises:
            DeclarationError: A declaration is wrong.
        """
        if self.begun is not None:
            return self.begun.boot.declared
        if self._declared is None:
            from stackproof.engine.engines import default_engine  # noqa: PLC0415 - without a boot only
            from stackproof.run.declared_stack import read_declared  # noqa: PLC0415 - as above

            file = self._read_settings().stack_file
            engine = default_engine()
            self._reading = engine.begin_reading(file)
            self._declared = read_declared(file, engine, self._reading)
        return self._declared

    def bring_up(self, report: Report) -> Run:
        """The run, with its stack up; it is begun if it has not been, and comes up once.

        Args:
            report: Takes progress, line by line.

        Raises:
            StackproofError: A declaration or a fault is wrong, or the stack did not come up.
        """
        if self.run is None:
            from stackproof.run.opening import open_run  # noqa: PLC0415 - while the stack comes up

            begun = self.begin()
            opened = open_run(begun.boot, begun.folder, begun.settings)
            self.history = opened.history
            self.run = self.undo.enter_context(opened.running(report))
        return self.run

    def check(self, result: CheckResult) -> None:
        """Record the verdict on a claim, if there is a run."""
        self.checked = True
        if self.history is not None:
            self.history.append(result)

    def _read_settings(self) -> Settings:
        if self._settings is None:
            from stackproof.run.stack_file import find_stack_file  # noqa: PLC0415 - when a boot begins

            given = self.config.getoption("--stack") or self.config.getini("stackproof_stack")
            values = {option.name: self.config.getoption(option.flag) for option in RUN_OPTIONS}
            choices = RunChoices(**{**values, "suite": values["suite"] or _UNNAMED})
            reports = Path(self.config.getoption("--reports"))
            self._settings = settings_from(find_stack_file(Path(given) if given else None), reports, choices)
        return self._settings


STATE = pytest.StashKey[SessionState]()
