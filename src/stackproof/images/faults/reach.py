"""Tries connections out of the network namespace that it shares, in parallel: ``reach.py ADDRESS:PORT:WITHIN_S ...``.

Prints JSON: the outcome of each attempt, in order; the TCP ports on which something in the namespace listens for
others; and the gateways of its routes to other networks. Nothing is sent on a connection that opens.
"""

import errno
import json
import re
import select
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

OPEN, REFUSED, SILENT, NO_ROUTE = "open", "refused", "silent", "no route"
ANSWERS = {
    0: OPEN,
    errno.ECONNREFUSED: REFUSED,
    errno.ENETUNREACH: NO_ROUTE,
    errno.EHOSTUNREACH: NO_ROUTE,
    errno.ETIMEDOUT: SILENT,
}
LOOPBACK = re.compile(r"(0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000")
"""127.0.0.0/8, its IPv6-mapped form, and ::1; every four bytes are in little-endian order."""

LISTENS = "0A"
"""The state of a listening socket (include/net/tcp_states.h)."""


class Try:
    """An attempt to connect.

    Args:
        target: ``ADDRESS:PORT:WITHIN_S``.
    """

    def __init__(self, target: str) -> None:
        address, port, within_s = target.rsplit(":", 2)
        self.until = time.monotonic() + float(within_s)
        self.answer = ""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        code = self.socket.connect_ex((address, int(port)))
        if code != errno.EINPROGRESS:
            self.end(code)

    def end(self, code: int) -> None:
        """Record its outcome."""
        self.answer = ANSWERS.get(code) or errno.errorcode.get(code, str(code))
        self.socket.close()


def answers(targets: list[str]) -> list[str]:
    """Try all in parallel, each for its own time."""
    tries = [Try(target) for target in targets]
    poll = select.poll()
    pending = {each.socket.fileno(): each for each in tries if not each.answer}
    for number in pending:
        poll.register(number, select.POLLOUT)
    while pending:
        left_s = min(each.until for each in pending.values()) - time.monotonic()
        for number, _ in poll.poll(max(left_s, 0) * 1000):
            poll.unregister(number)
            each = pending.pop(number)
            each.end(each.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        for number, each in list(pending.items()):
            if each.until <= time.monotonic():
                poll.unregister(number)
                pending.pop(number).end(errno.ETIMEDOUT)
    return [each.answer for each in tries]


def listening(table: str) -> set[int]:
    """Ports that are open to others, from the kernel's table of sockets (proc_net_tcp(5)); without loopback."""
    found = set()
    for line in table.splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        address, _, port = local.partition(":")
        if state == LISTENS and not LOOPBACK.fullmatch(address):
            found.add(int(port, 16))
    return found


def gateways(table: str) -> list[str]:
    """The gateways of the namespace's routes to other networks, from the kernel's table (proc_net_route(5))."""
    words = [line.split()[2] for line in table.splitlines()[1:] if line.split()[2] != "00000000"]
    return [socket.inet_ntoa(bytes.fromhex(word)[::-1]) for word in words]


def main(targets: list[str]) -> None:
    """Try the targets, read the kernel's tables, and print all of it."""
    listens: set[int] = set()
    for name in ("tcp", "tcp6"):
        with suppress(FileNotFoundError):  # a kernel without IPv6
            listens |= listening(Path("/proc/net", name).read_text(encoding="ascii"))
    routes = Path("/proc/net/route").read_text(encoding="ascii")
    print(json.dumps({"answers": answers(targets), "listens": sorted(listens), "gateways": gateways(routes)}))


if __name__ == "__main__":
    main(sys.argv[1:])
