"""What a service's wall clock shows, as far as others can observe it."""

import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from stackproof.engine.port import Place, RunningStack, Shares
from stackproof.faults.evidence.client_view import UNVERIFIED_TLS
from stackproof.model import EngineError, Service, StackproofError

_WITHIN_S = 2.0
_DATE = ("date", "+%s")
_RESOLUTION_S = 1.0  # of a Date, and of `date +%s`
_LIBRARY = "libfaketime"

# The main process of the service, after an init process that only starts it. Ours share its process numbers, not its
# files. A Go program asks the kernel for the time, whatever libraries it has loaded:
# https://pkg.go.dev/debug/buildinfo.
_FIRST = r"""
import glob, os, sys
INITS = ("-init", "tini", "catatonit")

def content(number, name):
    with open(f"/proc/{number}/{name}", "rb") as file:
        return file.read()

mine = os.readlink("/proc/self/ns/mnt")
for number in sorted(int(each.split("/")[2]) for each in glob.glob("/proc/[0-9]*")):
    try:
        name = content(number, "comm").decode(errors="replace").strip()
        if os.readlink(f"/proc/{number}/ns/mnt") == mine or name.endswith(INITS):
            continue
        is_go = bytes((255,)) + b" Go buildinf:" in content(number, "exe")
        is_loaded = sys.argv[1].encode() in content(number, "maps")
        print(name, "go" if is_go else "loaded" if is_loaded else "free", sep="\t")
        break
    except OSError:  # it has ended since
        continue
"""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How far a clock is wrong, as far as one reading can show.

    Attributes:
        least_s: How far it is ahead of ours at least, in seconds; negative if it is behind.
        most_s: How far at most, in seconds.
        by: What was read.
        doubt: Why this may not be the service's own clock, or empty.
    """

    least_s: float
    most_s: float
    by: str
    doubt: str = ""

    def may_be(self, off_s: float, noise_s: float) -> bool:
        """True if a clock that is wrong by this much may have given this reading, give or take the noise."""
        return self.least_s - noise_s <= off_s <= self.most_s + noise_s

    def __str__(self) -> str:
        doubt = f", but {self.doubt}" if self.doubt else ""
        return f"its clock is ahead of ours by {self.least_s:.1f} to {self.most_s:.1f} s ({self.by}){doubt}"


def read_clock(engine: RunningStack, service: Service) -> ClockReading | None:
    """Read the clock of a service: from what it sends, or else inside its container. None if neither is possible."""
    with suppress(StackproofError):  # it does not run, or has no `date`
        return next(_dates(engine, service), None) or _inside(engine, service)
    return None


def _dates(engine: RunningStack, service: Service) -> Iterator[ClockReading]:
    """From the Date of its answers (RFC 9110, 6.6.1), if they have one."""
    probed = {probe.port: urlsplit(probe.url) for probe in reversed(service.probes)}
    for port in sorted(service.ports, key=lambda each: each not in probed):
        is_tls = port in probed and probed[port].scheme == "https"
        path = (probed[port].path if port in probed else "") or "/"
        sent = time.time()
        with suppress(StackproofError, OSError, HTTPException, ValueError):  # it does not speak HTTP
            date = _date(engine, service.name, port, path, UNVERIFIED_TLS if is_tls else None)
            yield _reading(parsedate_to_datetime(date).timestamp(), sent, f"Date of an answer on port {port}")


def _date(engine: RunningStack, service: str, port: int, path: str, tls: ssl.SSLContext | None) -> str:
    at = engine.direct(service, port)
    client = (
        HTTPConnection(at.host, at.port, timeout=_WITHIN_S)
        if tls is None
        else HTTPSConnection(at.host, at.port, timeout=_WITHIN_S, context=tls)
    )
    try:
        client.request("GET", path, headers={"Host": service})
        return client.getresponse().headers["Date"] or ""
    finally:
        client.close()


def _inside(engine: RunningStack, service: Service) -> ClockReading:
    """From `date` in its container, whose clock is the service's own only if both have loaded the same library."""
    sent = time.time()
    try:
        shown = int(engine.exec(service.name, _DATE))
    except ValueError:
        raise EngineError(f"expected `{' '.join(_DATE)}` in {service.name!r} to print seconds") from None
    reading = _reading(shown, sent, "`date` in its container")
    place = Place(service.name, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_READ_SEARCH"))
    first, _, how = engine.run_helper(place, ("python3", "-c", _FIRST, _LIBRARY)).strip().partition("\t")
    return replace(reading, doubt=_doubt(first, how))


def _doubt(first: str, how: str) -> str:
    """Why the clock inside is not that of the service's main process, or empty."""
    match how:
        case "loaded":
            return ""
        case "go":
            return f"{first} is a Go program, which asks the kernel directly"
        case "free":
            return f"{first} has not loaded {_LIBRARY}, and a statically linked program never does"
        case _:
            return "no process of the service was found"


def _reading(shown_s: float, sent_s: float, by: str) -> ClockReading:
    return ClockReading(shown_s - time.time(), shown_s + _RESOLUTION_S - sent_s, by)
