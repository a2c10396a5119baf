"""Compares what clients observe over a link with what they observe directly, around it."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from stackproof.engine.port import Address, RunningStack
from stackproof.faults.evidence.client_view import ClientView, Patience, PortRequest, watch_reply
from stackproof.model import Evidence, Link

LONGEST_WATCH_S = 2.0
"""No evidence waits longer than this for a single thing that does not happen, in seconds."""

_STAGGER_S = 0.03


@dataclass(frozen=True, slots=True)
class LinkComparison:
    """The same request, sent by as many clients over a link as directly.

    Attributes:
        via_link: What clients observed over the link.
        direct: What clients observed directly.
    """

    via_link: tuple[ClientView, ...]
    direct: tuple[ClientView, ...]

    def __str__(self) -> str:
        return f"over the link: {self.via_link[0]}; directly: {self.direct[0]}"


def compare(
    engine: RunningStack, link: Link, request: PortRequest, patience: Patience, clients: int = 3
) -> LinkComparison:
    """Send a request over a link and directly; the clients are staggered, so that one stall does not delay them all."""
    addresses = (engine.entry(link), engine.direct(link.service, link.port))

    def ask(address: Address, number: int) -> ClientView:
        time.sleep(number * _STAGGER_S)
        return watch_reply(address, request, patience)

    with ThreadPoolExecutor(2 * clients) as pool:
        via_link, direct = ([pool.submit(ask, address, number) for number in range(clients)] for address in addresses)
        return LinkComparison(tuple(each.result() for each in via_link), tuple(each.result() for each in direct))


def typical_s(views: Iterable[ClientView], moment: Callable[[ClientView], float]) -> float:
    """The median of a moment, in seconds."""
    return median(map(moment, views))


def unobservable(link: Link, why: str) -> Evidence:
    """The evidence for a fault of a link that cannot be observed.

    Args:
        link: The link.
        why: What its service lacks, such as ``answers nothing``.
    """
    return Evidence.unavailable(f"{link.service}:{link.port} {why} when asked directly; declare a probe on this port")
