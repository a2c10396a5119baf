"""Looks for a script that breaks the contract, and makes it small; what failed once has failed."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from math import inf
from typing import NoReturn

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from stackproof.protocols.mime.contract.steps import Say, Script
from stackproof.protocols.mime.contract.terms import GoneError


class OverError(BaseException):
    """The search is over; as no ``Exception`` it goes through Hypothesis, which would try on with what does nothing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A script that broke the contract.

    Attributes:
        why: What was expected, and what was seen.
        script: The smallest that was found.
        shrunk: How many more scripts were played to make it small.
    """

    why: str
    script: Script = ()
    shrunk: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class _Case:
    """A script without its text, which Hypothesis would write for each: much work for what may be a megabyte."""

    script: Script


@dataclass(slots=True)
class Search:
    """What is known of one search.

    Attributes:
        shrink_s: How long a smaller script is looked for, in seconds.
        tried: Scripts that were played until one failed.
        failure: The smallest that failed, if one did.
        gone: Why nothing more could be played, if so.
    """

    shrink_s: float
    tried: int = 0
    failure: Failure | None = None
    gone: str = ""
    _ends_s: float = inf
    _said: dict[Script, str] = field(default_factory=dict)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Play while the block runs.

        Raises:
            OverError: There is no more time, or the server is gone.
        """
        if time.monotonic() > self._ends_s:
            raise OverError
        try:
            yield
        except GoneError as error:
            self.gone, self._ends_s = str(error), -inf
            raise OverError from None

    def played(self, script: Script, why: str) -> None:
        """Take in what came of a script; empty where it held.

        Raises:
            AssertionError: It failed.
        """
        shrunk = self.failure.shrunk + 1 if self.failure else 0
        self.tried += self.failure is None
        if self.failure is None and why:
            self._ends_s = time.monotonic() + self.shrink_s
        if why and (self.failure is None or _size(script) <= _size(self.failure.script)):
            self.failure = Failure(why, script, shrunk)
        elif self.failure:
            self.failure = Failure(self.failure.why, self.failure.script, shrunk)
        if why:
            _fail(why)

    def once(self, script: Script, play: Callable[[Script], str]) -> None:
        """Play a script, or remember what came of it.

        Raises:
            AssertionError: It failed.
            OverError: It is not played.
        """
        with self.going_on():
            if script in self._said:
                if why := self._said[script]:
                    _fail(why)
                return
            why = play(script)
        if self.failure or why:
            self._said[script] = why  # only a shrinker comes back
        self.played(script, why)


SHRINK = (Phase.generate, Phase.shrink)
FIND = (Phase.generate,)


def look(  # noqa: PLR0913, PLR0917 - what a search is made of
    scripts: SearchStrategy[Script],
    play: Callable[[Script], str],
    search: Search,
    seed: int,
    count: int,
    phases: tuple[Phase, ...] = SHRINK,
) -> None:
    """Play so many scripts, until one fails.

    Args:
        scripts: What to play.
        play: Plays one; gives why it failed, or nothing.
        search: Takes in what comes of it.
        seed: The same one makes the same scripts.
        count: How many.
        phases: Whether Hypothesis is to make it small; of a script of many clients it takes too long.
    """

    @seeded(seed)
    @settings(_settings(count), phases=phases)
    @given(scripts.map(_Case))
    def each(case: _Case) -> None:
        search.once(case.script, play)

    _quietly(each)


def run_machine(make: Callable[[], RuleBasedStateMachine], seed: int, count: int, steps: int) -> None:
    """Run a state machine so many times, until it fails.

    Args:
        make: Makes one; it tells its search what comes of it.
        seed: The same one makes the same steps.
        count: How many runs.
        steps: How many steps each has.
    """

    @seeded(seed)
    def factory() -> RuleBasedStateMachine:
        return make()

    chosen = settings(_settings(count), stateful_step_count=steps)
    _quietly(lambda: run_state_machine_as_test(factory, settings=chosen))  # type: ignore[arg-type] # any callable will do


def _settings(count: int) -> settings:
    return settings(
        max_examples=max(1, count),
        phases=SHRINK,
        verbosity=Verbosity.quiet,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def _quietly(search: Callable[[], None]) -> None:
    """Search; the failure is told by us, in bytes. A server need not fail the same way twice."""
    with redirect_stdout(io.StringIO()):
        try:
            search()
        except (AssertionError, Flaky, OverError):
            return


def _fail(why: str) -> NoReturn:
    """Fail at one place: Hypothesis takes failures of two places for two."""
    raise AssertionError(why)


def _size(script: Script) -> tuple[int, int]:
    return len(script), sum(len(step.data) + len(step.cuts) for step in script if isinstance(step, Say))
