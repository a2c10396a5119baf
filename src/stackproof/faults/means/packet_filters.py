"""Packet filters in the network namespace of a container: installing a chain of rules, and removing exactly that.

Each fault has a chain of its own, whose name depends only on the fault's text. Filters apply to what arrives, not to
what is sent: a sender whose own filter drops a datagram gets an error at once, which no real network does.
"""

import hashlib
import shlex

from stackproof.engine.port import Place, RunningStack, Side
from stackproof.model import EngineError, FaultError

_FIX = "check that the service runs, and that the kernel has nf_tables, nft_compat and xt_statistic (modprobe NAME)"


def chain_name(kind: str, target: str) -> str:
    """Name of a fault's chain: at most 28 characters, which is the limit of iptables."""
    return f"stackproof-{hashlib.sha256(f'{kind} {target}'.encode()).hexdigest()[:12]}"


def find_interface(host: str) -> str:
    """Shell that sets ``dev`` and ``cidr`` to the interface of an address and its subnet; empty if there is none."""
    return f"read -r _ dev _ cidr _ <<END || true\n$(ip -oneline -4 address show to {host})\nEND\n"


def install_chain(engine: RunningStack, place: Place, chain: str, rules: tuple[str, ...], setup: str = "") -> None:
    """Send arriving packets through a chain of these rules; an existing chain of this name is replaced.

    Args:
        engine: The running stack.
        place: The network namespace, with ``NET_ADMIN``.
        chain: Name of the chain.
        rules: What follows ``iptables --append CHAIN``, for the shell.
        setup: Shell that sets variables used by the rules.

    Raises:
        FaultError: They could not be installed.
    """
    added = [f"iptables --wait --append {chain} {rule}" for rule in rules]
    script = [
        _removal(chain),
        setup,
        "set -e",
        f"iptables --wait --new-chain {chain}",
        *added,
        f"iptables --wait --insert INPUT --jump {chain}",
    ]
    try:
        engine.run_helper(place, _shell("\n".join(script)))
    except EngineError as error:
        raise FaultError(f"expected to filter packets of {place.service!r}, but: {error.message}", fix=_FIX) from None


def remove_chain(engine: RunningStack, place: Place, chain: str) -> None:
    """Remove a chain; nothing happens if it does not exist, or if the container has ended, and its filters with it.

    Raises:
        EngineError: It still exists.
    """
    run_unless_ended(engine, place, _removal(chain))


def run_unless_ended(engine: RunningStack, place: Place, script: str) -> None:
    """Run a script in the network namespace of a container, unless the container has ended, and the namespace with it.

    Raises:
        EngineError: The script failed, and the container runs.
    """
    if not is_running(engine, place.service, place.side):
        return
    try:
        engine.run_helper(place, _shell(script))
    except EngineError:
        if is_running(engine, place.service, place.side):
            raise


def is_running(engine: RunningStack, service: str, side: Side) -> bool:
    """True if this container of a service runs, frozen or not."""
    return any(each.side is side for each in engine.addresses(service))


def rule_comment(text: str) -> str:
    """The part of a rule that says which fault it belongs to."""
    return f"--match comment --comment {shlex.quote(f'stackproof: {text}')}"


def _removal(chain: str) -> str:
    return f"""\
while iptables --wait --delete INPUT --jump {chain} 2>/dev/null; do :; done
iptables --wait --flush {chain} 2>/dev/null && iptables --wait --delete-chain {chain}
if iptables --wait --list-rules {chain} >/dev/null 2>&1; then echo 'chain {chain} cannot be removed'; exit 1; fi"""


def _shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)
