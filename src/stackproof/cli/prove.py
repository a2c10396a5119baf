"""``stackproof prove``: runs a suite with pytest, whose stack comes up while pytest gets ready."""

import gc
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackproof.cli.options import reports_option, stack_option
from stackproof.engine import default_engine
from stackproof.model import FaultSpec, Profile
from stackproof.run.option_names import HEAD_START, split_names
from stackproof.run.stack_file import find_stack_file

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading, Engine
    from stackproof.run.settings import Settings

_YOUNG_OBJECTS = 50_000  # what imports make is there to stay: looking at it often costs a tenth of their time
_PROFILES = ("quick", "nightly")


class _Plugin:
    """Brings the run into pytest, which finds it by this name."""

    def __init__(self, run: object) -> None:
        self.__name__ = HEAD_START
        self.run = run


@click.command(context_settings={"ignore_unknown_options": True})
@stack_option
@reports_option
@click.option("--suite", required=True, metavar="NAME", help="What is run: names the run's folder and the report.")
@click.option("--profile", type=click.Choice(_PROFILES), envvar="STACKPROOF_PROFILE", help="How long it takes.")
@click.option("--with-fault", "faults", multiple=True, metavar="'KIND TARGET ...'", help="Hold a fault over the run.")
@click.option("--beside", default="", metavar="SUITE", help="Show the latest run of that suite together with this one.")
@click.option("--proxies", default="", metavar="SERVICE,...", help="No fault is injected: proxies before these alone.")
@click.option("--clock", type=float, default=1.0, metavar="N", help="Alerting runs N times as fast, for live drills.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def prove(ctx: click.Context, /, stack_file: Path | None, pytest_args: tuple[str, ...], **_options: object) -> None:
    """Run tests with pytest on a stack that comes up while pytest gets ready; what is no option of ours is pytest's.

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
            closing(WorkerProcess()) as spare,  # one processor has nothing to do until the stack is started
            closing(_prepared(engine, file, early)) as reading,
            begun(_settings(ctx, file), engine, reading, spare) as run,
        ):
            import pytest  # noqa: PLC0415 - imported while the stack comes up

            # pytest would rewrite our modules' asserts, were they not imported yet: they have none.
            quiet = ("-W", "ignore:Module already imported so cannot be rewritten; stackproof")
            given = ("--suite", run.settings.suite, "--stack", str(file), "--reports", str(run.settings.reports))
            code = pytest.main([*quiet, *given, *pytest_args], plugins=[_Plugin(run)])
    sys.exit(int(code))


def _prepared(engine: "Engine", file: Path, early: "DeclarationReading") -> "DeclarationReading":
    """The resolution that was begun early; another one where this machine had to be prepared first."""
    from stackproof.host.setup import is_prepared, prepare  # noqa: PLC0415 - see above

    if is_prepared() and early.is_sound:
        return early
    prepare(lambda line: click.echo(f"setup: {line}"))
    return engine.begin_reading(file)


def _settings(ctx: click.Context, file: Path) -> "Settings":
    from stackproof.run.settings import Settings  # noqa: PLC0415 - see above

    given = ctx.params
    return Settings(
        stack_file=file,
        reports=given["reports"],
        suite=given["suite"],
        profile=Profile(given["profile"] or Profile.QUICK),
        faults=tuple(map(FaultSpec.parse, given["faults"])),
        beside=given["beside"],
        proxies=split_names(given["proxies"]),
        clock=given["clock"],
    )
