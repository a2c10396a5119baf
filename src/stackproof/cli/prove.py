"""``stackproof prove``: runs a suite with pytest, whose stack comes up while pytest gets ready."""

import gc
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from stackproof.cli.options import reports_option, stack_option
from stackproof.engine.engines import default_engine
from stackproof.run.names import BEGUN_RUN
from stackproof.run.options import RUN_OPTIONS, RunChoices, settings_from
from stackproof.run.stack_file import find_stack_file

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading, Engine

_YOUNG_OBJECTS = 50_000  # what imports make stays: collecting it often costs a tenth of their time

_Command = TypeVar("_Command", bound=Callable[..., object])


class _BegunRunPlugin:
    """Brings the run into pytest, which finds it by this name."""

    def __init__(self, run: object) -> None:
        self.__name__ = BEGUN_RUN
        self.run = run


class _Prove(click.Command):
    """Takes options from files, too, as pytest does: ``@FILE`` stands for the lines of the file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Replace each ``@FILE`` by its lines."""
        return super().parse_args(ctx, [line for arg in args for line in _lines(arg)])


def _lines(arg: str) -> list[str]:
    if not arg.startswith("@"):
        return [arg]
    try:
        return Path(arg[1:]).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise click.UsageError(f"expected a file of options, one a line, as {arg}: {error.strerror}") from None


def _run_options(command: _Command) -> _Command:
    """Give a command the options of a run."""
    for option in reversed(RUN_OPTIONS):
        choices = click.Choice(option.metavar.split("|")) if "|" in option.metavar else None
        is_required = option.flag == "--suite"
        default: dict[str, Any] = {} if option.repeats or choices or is_required else {"default": option.default}
        command = click.option(
            option.flag,
            option.name,
            type=choices or type(option.default),
            metavar=None if choices else option.metavar,
            envvar=option.environment or None,
            multiple=option.repeats,
            required=is_required,
            help=option.help,
            **default,
        )(command)
    return command


@click.command(cls=_Prove, context_settings={"ignore_unknown_options": True})
@stack_option
@reports_option
@_run_options
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def prove(stack_file: Path | None, reports: Path, pytest_args: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 - RunChoices takes them as they are
    """Run tests with pytest on a stack that comes up while pytest gets ready; other options are passed to pytest.

    Exit code: 0 PASS, 1 FAIL, 3 INCONCLUSIVE.
    """
    gc.set_threshold(_YOUNG_OBJECTS, 20, 100)
    file = find_stack_file(stack_file)
    engine = default_engine()
    with closing(engine.begin_reading(file)) as early:
        # What is imported from here on is imported while the file is resolved.
        from stackproof.run.head_start import begun  # noqa: PLC0415 - as said
        from stackproof.workload import WorkerProcess  # noqa: PLC0415 - as said

        with (
            closing(WorkerProcess()) as spare,  # one processor is idle until the stack is started
            closing(_read_on_ready_machine(engine, file, early)) as reading,
            begun(settings_from(file, reports, RunChoices(**given)), engine, reading, spare) as run,
        ):
            import pytest  # noqa: PLC0415 - imported while the stack comes up

            # pytest would rewrite our modules' asserts if they were not imported yet: they have none.
            quiet = ("-W", "ignore:Module already imported so cannot be rewritten; stackproof")
            ours = ("--suite", run.settings.suite, "--stack", str(file), "--reports", str(run.settings.reports))
            code = pytest.main([*quiet, *ours, *pytest_args], plugins=[_BegunRunPlugin(run)])
    sys.exit(int(code))


def _read_on_ready_machine(engine: "Engine", file: Path, early: "DeclarationReading") -> "DeclarationReading":
    """The resolution that was begun early; another one if this machine had to be prepared first."""
    from stackproof.host.setup import is_prepared, prepare  # noqa: PLC0415 - as above

    if is_prepared() and early.is_sound:
        return early
    prepare(lambda line: click.echo(f"setup: {line}"))
    return engine.begin_reading(file)
