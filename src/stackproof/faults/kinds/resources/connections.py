"""``connections``: many idle connections are open to a service."""

import resource
import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from stackproof.engine.port import Address, Capability, Place, RunningStack, Side
from stackproof.faults.evidence.client_view import BRIEF, ClientView, watch_reply
from stackproof.faults.evidence.port_requests import port_requests
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.background_tasks import BACKGROUND
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Link

_COUNT = IntegerParameter("count", "connections to hold open", "connections", 1, 10_000)
_OTHER_FILES = 256  # what else this process may have open
_REOPEN_AFTER_S = 0.2
_CONNECT_WITHIN_S = 2.0
_SURE_SHARE = 0.9
_REFUSED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Connections:
    """A service with many idle connections.

    Attributes:
        spec: The fault as it was requested, whose text identifies its background thread.
        link: The link over which they are opened.
        count: How many.
    """

    spec: FaultSpec
    link: Link
    count: int

    def inject(self, engine: RunningStack) -> None:
        """Open them, and from then on reopen those that are closed.

        Raises:
            FaultError: This process may not open so many files, or already holds this fault.
        """
        allow_open_files(self.count + _OTHER_FILES, self.spec)
        address, full = engine.entry(self.link), Event()
        BACKGROUND.start(self.spec, lambda stopping: hold(address, self.count, full, stopping))
        full.wait(_CONNECT_WITHIN_S * 2)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count them on the service's side, and ask it directly as a new client."""
        return self.judge(self._idle(engine), self._new_client(engine))

    def _idle(self, engine: RunningStack) -> int:
        place = Place(self.link.service, Side.SERVICE)
        command = ("ss", "--no-header", "--tcp", "--numeric", "--info", "--oneline", "state", "established")
        try:
            printed = engine.run_helper(place, (*command, "sport", "=", f":{self.link.port}"))
        except EngineError:  # a service that has ended has no connections
            return 0
        return sum("bytes_received:" not in line for line in printed.splitlines() if line.strip())

    def _new_client(self, engine: RunningStack) -> ClientView:
        service = engine.stack.service(self.link.service)
        return watch_reply(
            engine.direct(service.name, self.link.port), next(port_requests(service, self.link.port)), BRIEF
        )

    def judge(self, idle: int, new_client: ClientView) -> Evidence:
        """Confirmed if the service has most of them open; or many, if it no longer serves a new client."""
        is_turned_away = not new_client.is_answered and idle >= _REFUSED_SHARE * self.count
        return Evidence(
            confirmed=idle >= _SURE_SHARE * self.count or is_turned_away,
            observed=f"the service has {idle} connections open that never sent it a byte, of {self.count} requested; "
            f"a new client, asked directly: {new_client}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Close them; a process that did not open them has none."""
        del engine
        BACKGROUND.stop(self.spec)


def allow_open_files(count: int, spec: FaultSpec) -> None:
    """Allow this process to open so many files.

    Raises:
        FaultError: The system does not permit it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise FaultError(
            f"fault '{spec}': expected that this process may open {count} files, saw {hard}",
            fix="raise the limit with `ulimit -n`, or choose a smaller count",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def hold(address: Address, count: int, full: Event, stopping: Event) -> None:
    """Keep so many connections open until stopped; set ``full`` once all of them have been opened or tried."""
    held: list[socket.socket] = []
    try:
        while not stopping.is_set():
            held = [each for each in held if is_open(each)]
            while len(held) < count and not stopping.is_set():
                connection = connected(address)
                if connection is None:
                    break
                held.append(connection)
            full.set()
            stopping.wait(_REOPEN_AFTER_S)
    finally:
        for each in held:
            each.close()


def connected(address: Address) -> socket.socket | None:
    """A new connection, or None if it could not be opened."""
    try:
        connection = socket.create_connection((address.host, address.port), timeout=_CONNECT_WITHIN_S)
    except OSError:
        return None
    connection.setblocking(False)  # noqa: FBT003 - the library's own parameter
    return connection


def is_open(connection: socket.socket) -> bool:
    """False if the other side has closed it, which is then closed on this side, too. What was received is discarded."""
    with suppress(BlockingIOError):
        try:
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass
        connection.close()
        return False
    return True


def _bind(spec: FaultSpec, link: Link) -> Connections:
    return Connections(spec, link, _COUNT.read(spec))


KIND = fault_kind(
    "connections", LINK, "Many idle connections are open to the service.", (_COUNT,), _bind, Capability.HELPERS
)
