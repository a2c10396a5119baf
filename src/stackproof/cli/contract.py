"""``stackproof contract``: tests the contract of a protocol on any server that speaks it."""

import json
import secrets
import sys
from collections.abc import Sequence

import click

from stackproof.cli.durations import DURATION
from stackproof.cli.protocol_options import ProtocolCommand, add_options, fields_given
from stackproof.model import DeclarationError
from stackproof.protocols.contract_offer import ContractOffer, ContractSettings, PropertyResult
from stackproof.protocols.registry import all_protocols, protocol_of


@click.command(cls=ProtocolCommand)
@click.argument("target")
@click.option(
    "--seed", type=int, help="The same seed tries the same cases; by default a random one is drawn and shown."
)
@click.option("--deadline", type=DURATION, default=10.0, show_default="10s", help="How long an answer may take.")
@click.option("--shrink", type=DURATION, default=30.0, show_default="30s", help="How long a failure is made smaller.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.pass_context
def contract(ctx: click.Context, /, target: str, form: str | None, **_options: object) -> None:
    """Test a protocol's contract on TARGET by generated input; mime://host:port has that of docs/protocol.md.

    No other client may store files on the server meanwhile; files that it acknowledges stay there. Exit code 1 if the
    contract is broken, 0 if it holds.
    """
    offer = _offer(target)
    seed = secrets.randbelow(2**32) if ctx.params["seed"] is None else ctx.params["seed"]
    if (deadline_s := ctx.params["deadline"]) <= 0:
        raise DeclarationError(f"expected a --deadline above 0 s, saw {deadline_s:g} s")
    settings = ContractSettings(seed, deadline_s, ctx.params["shrink"])
    terms = offer.terms_type(**fields_given(ctx, offer.options))
    results = []
    for result in offer.open(target, settings, terms).check():
        results.append(result)
        if form is None:
            click.echo(result)
    failures = [result.explanation for result in results if result.why]
    click.echo(_json(target, seed, results) if form == "json" else "\n".join([f"seed {seed}", *failures]))
    sys.exit(int(bool(failures)))


_PROTOCOLS = all_protocols()
_OFFERS = [(each.name, offer.options) for each in _PROTOCOLS.found if (offer := each.contract()) is not None]
add_options(contract, _OFFERS, _PROTOCOLS.problems)


def _offer(target: str) -> ContractOffer:
    """Find the contract of the target's protocol.

    Raises:
        DeclarationError: The target is malformed, or its protocol has no contract.
    """
    protocol = protocol_of(target)
    protocol.read_target(target)
    offer = protocol.contract()
    if offer is None:
        others = ", ".join(f"{name}://" for name, _ in _OFFERS)
        raise DeclarationError(
            f"expected a target whose protocol has a contract, saw {target!r}: {protocol.name} has none",
            fix=f"name a server of a protocol that has one: {others}",
        )
    return offer


def _json(target: str, seed: int, results: Sequence[PropertyResult]) -> str:
    properties = [
        {
            "property": each.id,
            "claim": each.claim,
            "cases": each.cases,
            "seconds": round(each.took_s, 3),
            "verdict": "FAIL" if each.why else "PASS",
            "why": each.why,
            "script": list(each.script),
            "test": each.test,
        }
        for each in results
    ]
    return json.dumps({"target": target, "seed": seed, "properties": properties}, indent=2)
