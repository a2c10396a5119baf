"""``connections``: many connections are open to a service, on which nothing is ever said."""

import resource
import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from stackproof.engine.port import Address, Capability, Place, RunningStack, Side
from stackproof.faults.evidence.comparison import BRIEF, questions
from stackproof.faults.evidence.conversation import Conversation, converse
from stackproof.faults.fault import LinkFault
from stackproof.faults.means.recurring import ACTORS
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Link

_COUNT = IntegerParameter("count", "connections that are held", "connections", 1, 10_000)
_OTHER_FILES = 256  # what this process has open beside them
_AGAIN_AFTER_S = 0.2
_CONNECT_WITHIN_S = 2.0
_SURE_SHARE = 0.9
_REFUSED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Connections:
    """A service that is busy with holding connections.

    Attributes:
        spec: The fault as it was asked for, whose text names what acts for it.
        link: The link over which they come.
        count: How many.
    """

    spec: FaultSpec
    link: Link
    count: int

    def inject(self, engine: RunningStack) -> None:
        """Open them, and from then on open again what was closed.

        Raises:
            FaultError: This process may not open so many, or this fault is held already.
        """
        allow_open_files(self.count + _OTHER_FILES, self.spec)
        address, full = engine.entry(self.link), Event()
        ACTORS.start(self.spec, lambda stopping: hold(address, self.count, full, stopping))
        full.wait(_CONNECT_WITHIN_S * 2)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count them where the service is, and ask it beside the link as a new client."""
        return self.judge(self._silent(engine), self._new_client(engine))

    def _silent(self, engine: RunningStack) -> int:
        place = Place(self.link.service, Side.SERVICE)
        command = ("ss", "--no-header", "--tcp", "--numeric", "--info", "--oneline", "state", "established")
        try:
            said = engine.run_helper(place, (*command, "sport", "=", f":{self.link.port}"))
        except EngineError:  # a service that has ended has none
            return 0
        return sum("bytes_received:" not in line for line in said.splitlines() if line.strip())

    def _new_client(self, engine: RunningStack) -> Conversation:
        service = engine.stack.service(self.link.service)
        return converse(engine.direct(service.name, self.link.port), next(questions(service, self.link.port)), BRIEF)

    def judge(self, silent: int, new_client: Conversation) -> Evidence:
        """The service must have most of them; or many, where it takes no more and turns a new client away."""
        is_turned_away = not new_client.is_answered and silent >= _REFUSED_SHARE * self.count
        return Evidence(
            confirmed=silent >= _SURE_SHARE * self.count or is_turned_away,
            observed=f"the service has {silent} of {self.count} connections open on which it was never sent a byte; "
            f"a new client beside the link: {new_client}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Close them; in a process that did not open them there are none."""
        del engine
        ACTORS.stop(self.spec)


def allow_open_files(count: int, spec: FaultSpec) -> None:
    """Let this process open so many files.

    Raises:
        FaultError: The system does not let it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise FaultError(
            f"fault '{spec}': expected that this process may open {count} files, saw {hard}",
            fix="raise it with `ulimit -n`, or ask for a smaller count",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def hold(address: Address, count: int, full: Event, stopping: Event) -> None:
    """Keep so many connections open until it is told to stop, and say when all were open for the first time."""
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
            stopping.wait(_AGAIN_AFTER_S)
    finally:
        for each in held:
            each.close()


def connected(address: Address) -> socket.socket | None:
    """A new connection, or None where there is none to be had."""
    try:
        connection = socket.create_connection((address.host, address.port), timeout=_CONNECT_WITHIN_S)
    except OSError:
        return None
    connection.setblocking(False)  # noqa: FBT003 - the library's own parameter
    return connection


def is_open(connection: socket.socket) -> bool:
    """False for one that the other side closed, which is then closed on this side too. What it says is not kept."""
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


KIND = LinkFault(
    "connections",
    "Many connections are open to the service, in silence.",
    (_COUNT,),
    _bind,
    needs=(Capability.HELPERS,),
)
