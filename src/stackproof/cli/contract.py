"""``stackproof contract``: the contract of the socket protocol, tried on any server that speaks it."""

import secrets
import sys
from collections.abc import Sequence

import click

from stackproof.cli.durations import DURATION
from stackproof.model import DeclarationError
from stackproof.protocols.mime.contract import Contract, Limits
from stackproof.protocols.mime.contract.grammar import is_mime_type
from stackproof.protocols.mime.contract.terms import POLICY
from stackproof.protocols.target import Scheme, Target


@click.command()
@click.argument("target")
@click.option("--seed", type=int, help="The same seed tries the same; one is drawn and told where none is given.")
@click.option(
    "--frames",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="How many wrong frames are tried; the rest is in proportion.",
)
@click.option("--deadline", type=DURATION, default=10.0, show_default="10s", help="How long an answer may take.")
@click.option("--shrink", type=DURATION, default=30.0, show_default="30s", help="How long a failure is made smaller.")
@click.option(
    "--max-size",
    type=click.IntRange(min=1),
    default=Limits().max_size_bytes,
    show_default=True,
    help="A file of that many bytes is too large for the server.",
)
@click.option("--type", "types", multiple=True, metavar="TYPE", help="A MIME type that is stored; may be repeated.")
@click.option(
    "--refusal",
    "refusals",
    multiple=True,
    type=click.Choice([each.value for each in POLICY]),
    help="A code with which the server's policy may refuse any file; may be repeated.",
)
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.pass_context
def contract(ctx: click.Context, /, target: str, form: str | None, **_options: object) -> None:
    """Try the contract of the socket protocol on TARGET, mime://host:port: docs/protocol.md, by generated input.

    Needs a server that nobody else stores files on meanwhile; files that it acknowledges stay there. Exit code 1 where
    the contract is broken, 0 where it holds.
    """
    if Target.parse(target).scheme is not Scheme.MIME:
        raise DeclarationError(
            f"expected mime://host:port, saw {target!r}", fix="the contract is that of this protocol"
        )
    given = ctx.params
    _check(given["deadline"], given["types"])
    seed = secrets.randbelow(2**32) if given["seed"] is None else given["seed"]
    limits = Limits(
        max_size_bytes=given["max_size"],
        types=tuple(each.lower() for each in given["types"]) or Limits().types,
        refusals=tuple(given["refusals"]),
    )
    tried_on = Contract(target, seed, given["frames"], limits, given["deadline"], given["shrink"])
    tried = []
    for each in tried_on.attempt():
        tried.append(each)
        if form is None:
            click.echo(each)
    failures = [told for each in tried if (told := tried_on.told(each))]
    click.echo(tried_on.to_json(tried) if form == "json" else "\n".join([f"seed {seed}", *failures]))
    sys.exit(int(bool(failures)))


def _check(deadline_s: float, types: Sequence[str]) -> None:
    if deadline_s <= 0:
        raise DeclarationError(f"expected a --deadline above 0 s, saw {deadline_s:g} s")
    for each in types:
        if not is_mime_type(each):
            raise DeclarationError(f"expected a --type such as text/plain, saw {each!r}")
