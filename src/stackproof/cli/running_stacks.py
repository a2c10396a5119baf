"""``stackproof up``, ``down``, ``status``, ``heal`` and ``logs``: stacks that a person keeps running."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stackproof.cli.options import only_stack_option, reports_option, stack_option
from stackproof.engine.engines import default_engine
from stackproof.engine.port import PortPolicy
from stackproof.run.healing import heal_runs
from stackproof.run.kept_runs import FoundRun, bring_up, found_runs, kept_runs, newest_run
from stackproof.run.run_status import RunStatus, status_of
from stackproof.run.settings import Settings
from stackproof.run.stack_file import find_stack_file

_NOTHING = "no stack is running"


def _notify(line: str) -> None:
    click.echo(f"stackproof: {line}", err=True)


@click.command()
@stack_option
@reports_option
@click.option(
    "--ports",
    type=click.Choice([each.value for each in PortPolicy]),
    default=PortPolicy.DYNAMIC.value,
    show_default=True,
    help="Host ports: any free ones, or those that the stack declares.",
)
def up(stack_file: Path | None, reports: Path, ports: str) -> None:
    """Start a stack with proxies, and leave it running until `stackproof down`."""
    settings = Settings(find_stack_file(stack_file), reports, suite="up", ports=PortPolicy(ports))
    click.echo(_text(status_of(bring_up(settings, _notify))))


@click.command()
@stack_option
@click.option("--all", "every", flag_value="all", help="Remove every run on this machine, those of tests too.")
@click.option("--images", "images", flag_value="images", help="Also remove the images that stackproof built.")
def down(stack_file: Path | None, every: str | None, images: str | None) -> None:
    """Remove the runs of a stack that `stackproof up` started: containers, networks and volumes.

    Images are kept, so that they are not built again, unless --images is given.
    """
    runs = found_runs() if every else kept_runs(find_stack_file(stack_file))
    for found in runs:
        default_engine().sweep(found.run)
        click.echo(f"removed run {found.run}")
    if not runs:
        click.echo(_NOTHING)
    if images:
        for name in default_engine().remove_images():
            click.echo(f"removed image {name}")


@click.command()
@only_stack_option
@click.option("--json", "form", flag_value="json", help="Print JSON.")
def status(stack_file: Path | None, form: str | None) -> None:
    """Show each running stack: its services, its links, and what disturbs them."""
    pictures = [status_of(each.running) for each in _runs_of(stack_file) if each.running is not None]
    if form == "json":
        click.echo(json.dumps({"runs": [asdict(each) for each in pictures]}, indent=2))
    else:
        click.echo("\n\n".join(_text(each) for each in pictures) or _NOTHING)


@click.command()
@only_stack_option
def heal(stack_file: Path | None) -> None:
    """Heal every fault on every running stack, and remove what dead runs left."""
    for line in heal_runs(_runs_of(stack_file), _notify):
        click.echo(line)


@click.command()
@stack_option
@click.option("--tail", default=50, show_default=True, help="Lines of each service.")
@click.argument("services", nargs=-1)
def logs(stack_file: Path | None, tail: int, services: tuple[str, ...]) -> None:
    """Show the last log lines of SERVICES, or of all services, in the newest run of a stack."""
    engine = newest_run(find_stack_file(stack_file))
    for name in services or tuple(service.name for service in engine.stack.standing):
        click.echo(f"--- {name}\n{engine.logs(engine.stack.service(name).name, tail)}")


def _runs_of(stack_file: Path | None) -> tuple[FoundRun, ...]:
    return found_runs(find_stack_file(stack_file) if stack_file else None)


def _text(seen: RunStatus) -> str:
    lines = [f"run {seen.run} of {seen.stack_file}", f"  folder {seen.folder}"]
    lines += [f"  {service.name:<20} {service.state}" for service in seen.services]
    lines += [f"  {link.link:<40} {link.address}  {'; '.join(link.disturbed_by)}".rstrip() for link in seen.links]
    return "\n".join(lines)
