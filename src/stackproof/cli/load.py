"""``stackproof load``: puts a target under open-loop load."""

import json
import sys
from pathlib import Path
from typing import TypeVar

import click

from stackproof.cli.durations import DURATION
from stackproof.cli.protocol_options import ProtocolCommand, add_options, fields_given
from stackproof.model import DeclarationError
from stackproof.protocols.registry import all_protocols, protocol_of
from stackproof.workload import Constant, LoadPlan, LoadResult, Poisson, Schedule, Spike, read_replay, run_load

_PATH = click.Path(path_type=Path)
_Value = TypeVar("_Value")


@click.command(cls=ProtocolCommand)
@click.argument("target")
@click.option("--rate", type=float, help="Requests a second.")
@click.option("--duration", type=DURATION, default=30.0, show_default="30s", help="How long, such as 30s or 2m.")
@click.option(
    "--schedule",
    type=click.Choice(["constant", "poisson", "spike", "replay"]),
    default="constant",
    show_default=True,
    help="When requests are due.",
)
@click.option("--seed", type=int, default=0, help="poisson: seed; the same seed gives the same schedule.")
@click.option("--spike-rate", type=float, help="spike: requests a second in a burst.")
@click.option("--spike-every", type=DURATION, default=10.0, help="spike: length of a period.")
@click.option("--spike-for", type=DURATION, default=1.0, help="spike: length of the burst that ends a period.")
@click.option("--replay", "replay_file", type=_PATH, help="replay: a file of offsets in seconds, or a run's history.")
@click.option("--deadline", type=DURATION, default=10.0, help="How long one request may take.")
@click.option(
    "--max-open", type=int, default=10_000, help="Requests open at once; a request due beyond that is dropped."
)
@click.option("--json", "form", flag_value="json", help="Print the result as JSON.")
@click.pass_context
def load(ctx: click.Context, /, target: str, form: str | None, **_options: object) -> None:
    """Put TARGET under open-loop load: SCHEME://host:port, as in http://host:port/path.

    Requests are sent when they are due, whether or not earlier ones were answered; latency counts from the time a
    request was due. Exit code 3 if the generator itself fell behind: its numbers then prove nothing.
    """
    plan = _plan(target, ctx)
    if form is None:
        click.echo(f"{plan.schedule.planned} requests in {plan.schedule.duration_s:g} s to {target}", err=True)
    result = run_load(plan)
    click.echo(json.dumps(result.to_json(), indent=2) if form == "json" else _text(result))
    sys.exit(0 if result.report.kept_up else 3)


_PROTOCOLS = all_protocols()
add_options(load, [(each.name, each.load_options) for each in _PROTOCOLS.found], _PROTOCOLS.problems)


def _plan(target: str, ctx: click.Context) -> LoadPlan:
    protocol = protocol_of(target)
    return LoadPlan(
        target=target,
        schedule=_schedule(ctx),
        request=protocol.request_type(**fields_given(ctx, protocol.load_options)),
        deadline_s=ctx.params["deadline"],
        max_open=ctx.params["max_open"],
    )


def _schedule(ctx: click.Context) -> Schedule:
    given = ctx.params
    kind = given["schedule"]
    if kind == "replay":
        return read_replay(_required(given["replay_file"], kind, "--replay FILE"))
    rate_per_s, duration_s = _required(given["rate"], kind, "--rate R"), given["duration"]
    if kind == "poisson":
        return Poisson(rate_per_s, duration_s, given["seed"])
    if kind == "spike":
        spike_rate_per_s = _required(given["spike_rate"], kind, "--spike-rate R")
        return Spike(rate_per_s, spike_rate_per_s, given["spike_every"], given["spike_for"], duration_s)
    return Constant(rate_per_s, duration_s)


def _required(value: _Value | None, kind: str, option: str) -> _Value:
    if value is None:
        raise DeclarationError(f"a {kind} schedule needs {option}")
    return value


def _text(result: LoadResult) -> str:
    summary, report = result.summary, result.report
    lines = [
        f"sent     {report.sent} of {report.planned} ({summary.achieved_rate_per_s:.1f}/s), dropped {report.dropped}",
        f"ok       {summary.ok}",
        f"errors   {', '.join(f'{kind} {count}' for kind, count in summary.errors.items()) or 'none'}",
    ]
    if summary.latencies is not None:
        named = ("p50", "p90", "p95", "p99", "max")
        values = (getattr(summary.latencies, f"{name}_s") for name in named)
        lines.append("latency  " + "  ".join(f"{n} {v * 1e3:.2f} ms" for n, v in zip(named, values, strict=True)))
    kept = "kept up" if report.kept_up else "FELL BEHIND its schedule: these numbers prove nothing"
    lines.append(f"lag p99  {report.lag_p99_s * 1e3:.2f} ms; the generator {kept}")
    return "\n".join(lines)
