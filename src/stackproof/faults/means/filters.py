"""Packet filters in the network namespace of a container: put there, and lifted exactly.

Each fault has a chain of its own, whose name follows from the fault's text alone. Filters are on what arrives and not
on what is sent: a sender whose own packet filter drops a datagram is told so at once, and no network does that.
"""

import hashlib
import shlex

from stackproof.engine.port import Place, RunningStack, Side
from stackproof.model import EngineError, FaultError

_FIX = "see that the service runs, and that the kernel has nf_tables, nft_compat and xt_statistic (modprobe NAME)"


def chain_of(kind: str, target: str) -> str:
    """Name of the chain of a fault: at most 28 characters, as iptables wants."""
    return f"stackproof-{hashlib.sha256(f'{kind} {target}'.encode()).hexdigest()[:12]}"


def find_interface(host: str) -> str:
    """Shell that sets ``dev`` and ``cidr`` to the interface that has an address, and its subnet; nothing where none."""
    return f"read -r _ dev _ cidr _ <<END || true\n$(ip -oneline -4 address show to {host})\nEND\n"


def put(engine: RunningStack, place: Place, chain: str, rules: tuple[str, ...], finding: str = "") -> None:
    """Let packets that arrive go through a chain of these rules; a chain of this name is replaced.

    Args:
        engine: The stack.
        place: Where, with ``NET_ADMIN``.
        chain: Name of the chain.
        rules: What follows ``iptables --append CHAIN``, for the shell.
        finding: Shell that sets what the rules speak of.

    Raises:
        FaultError: They cannot be put there.
    """
    added = [f"iptables --wait --append {chain} {rule}" for rule in rules]
    script = [
        _lifted(chain),
        finding,
        "set -e",
        f"iptables --wait --new-chain {chain}",
        *added,
        f"iptables --wait --insert INPUT --jump {chain}",
    ]
    try:
        engine.run_helper(place, _shell("\n".join(script)))
    except EngineError as error:
        raise FaultError(
            f"expected to filter packets beside {place.service!r}, but: {error.message}", fix=_FIX
        ) from None


def lift(engine: RunningStack, place: Place, chain: str) -> None:
    """Take a chain away; nothing happens where it is not, or where the container has ended and its filters with it.

    Raises:
        EngineError: It is still there.
    """
    undo(engine, place, _lifted(chain))


def undo(engine: RunningStack, place: Place, script: str) -> None:
    """Run a script in the network namespace of a container, unless that has ended, and the namespace with it.

    Raises:
        EngineError: It failed, and the container runs.
    """
    if not is_running(engine, place.service, place.side):
        return
    try:
        engine.run_helper(place, _shell(script))
    except EngineError:
        if is_running(engine, place.service, place.side):
            raise


def is_running(engine: RunningStack, service: str, side: Side) -> bool:
    """True where this container of a service runs, frozen or not."""
    return any(each.side is side for each in engine.addresses(service))


def commented(text: str) -> str:
    """The part of a rule that tells whoever finds it whose it is."""
    return f"--match comment --comment {shlex.quote(f'stackproof: {text}')}"


def _lifted(chain: str) -> str:
    return f"""\
while iptables --wait --delete INPUT --jump {chain} 2>/dev/null; do :; done
iptables --wait --flush {chain} 2>/dev/null && iptables --wait --delete-chain {chain}
if iptables --wait --list-rules {chain} >/dev/null 2>&1; then echo 'chain {chain} cannot be removed'; exit 1; fi"""


def _shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)
