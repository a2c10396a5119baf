"""Tries many ways out of the network namespace that we share, all at once: ``reach.py ADDRESS:PORT:WITHIN_S ...``.

Prints JSON: what came of each try, in order; the TCP ports that something here listens on for others; the gateways that
lead out of this namespace's own networks. Nothing is said on a connection that opens.
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
"""127.0.0.0/8, its form in IPv6, and ::1; each four bytes are written with the last first."""

LISTENS = "0A"
"""The state of a listening socket (include/net/tcp_states.h)."""


class Try:
    """One attempt to connect.

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
        """Keep what came of it."""
        self.answer = ANSWERS.get(code) or errno.errorcode.get(code, str(code))
        self.socket.close()


def answers(targets: list[str]) -> list[str]:
    """Try all at once, each for as long as it is given."""
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
    """Ports that are open to others, in the kernel's table of sockets (proc_net_tcp(5)); loopback is left out."""
    found = set()
    for line in table.splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        address, _, port = local.partition(":")
        if state == LISTENS and not LOOPBACK.fullmatch(address):
            found.add(int(port, 16))
    return found


def gateways(table: str) -> list[str]:
    """Where the namespace's routes lead beyond its own networks, in the kernel's table (proc_net_route(5))."""
    words = [line.split()[2] for line in table.splitlines()[1:] if line.split()[2] != "00000000"]
    return [socket.inet_ntoa(bytes.fromhex(word)[::-1]) for word in words]


def main(targets: list[str]) -> None:
    """Try, look, and tell."""
    listens: set[int] = set()
    for name in ("tcp", "tcp6"):
        with suppress(FileNotFoundError):  # a kernel without IPv6
            listens |= listening(Path("/proc/net", name).read_text(encoding="ascii"))
    routes = Path("/proc/net/route").read_text(encoding="ascii")
    print(json.dumps({"answers": answers(targets), "listens": sorted(listens), "gateways": gateways(routes)}))


if __name__ == "__main__":
    main(sys.argv[1:])
