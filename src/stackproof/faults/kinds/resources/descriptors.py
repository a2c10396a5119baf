"""``descriptors``: a service can open no more files, and a connection is a file."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stackproof.engine.port import Address, Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.client_view import ClientView, Patience, watch_reply
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S
from stackproof.faults.evidence.port_requests import port_requests
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.run_state import is_up
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_LEAVE = IntegerParameter("leave", "files that each process can still open", "files", 0, 100, default=0)
_PROGRAM = ("python3", "/opt/stackproof/descriptors.py")
_HELPER = "descriptors"
_CAPABILITIES = ("SETUID", "SETGID", "SYS_PTRACE", "DAC_READ_SEARCH")
_EXTRA_CLIENTS = 8
_MOST_CLIENTS = 200
_STAY_S = 2 * LONGEST_WATCH_S  # no client leaves while another waits, which would then be served
_PATIENCE = Patience(_STAY_S, quiet_s=_STAY_S)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a service.

    Attributes:
        pid: Its number in the container.
        open: How many of the file descriptors that it may use are in use.
        limit: How many files it may have open.
    """

    pid: int
    open: int
    limit: int

    @property
    def is_full(self) -> bool:
        """True if it can open no more."""
        return self.open >= self.limit


@dataclass(frozen=True, slots=True)
class Descriptors:
    """A service that is short of file descriptors.

    Attributes:
        spec: The fault as it was requested.
        service: The service.
        leave: How many files each process can still open.
    """

    spec: FaultSpec
    service: Service
    leave: int

    @property
    def _place(self) -> Place:
        return Place(self.service.name, shares=Shares.PROCESSES, capabilities=_CAPABILITIES)

    def inject(self, engine: RunningStack) -> None:
        """Lower the limit of each process, with a helper that remembers the previous ones.

        Raises:
            FaultError: The limits could not be lowered.
        """
        self._release(engine)
        engine.start_helper(self._place, _HELPER, (*_PROGRAM, "hold", str(self.leave)))
        try:
            engine.run_helper(self._place, (*_PROGRAM, "await"))
        except EngineError as error:
            raise FaultError(
                f"fault '{self.spec}': expected the kernel to lower the limits of {self.service.name!r}, but: "
                f"{error.message}",
                fix="use an engine that grants SETUID and SYS_PTRACE",
            ) from error

    def evidence(self, engine: RunningStack) -> Evidence:
        """Connect more clients at once than files are left, and meanwhile count what each process has open."""
        port = next(iter(sorted({probe.port for probe in self.service.probes}) or self.service.ports), None)
        if port is None:
            return Evidence.unavailable(f"{self.service.name!r} listens on no port")
        try:
            address = engine.direct(self.service.name, port)
            processes, views = self._observe(engine, address, port)
            if not any(each.is_full for each in processes) and any(map(_is_unserved, views)):
                processes, views = self._observe(engine, address, port)  # the clients may have left before the count
            return self.judge(processes, views)
        except EngineError as error:
            return Evidence.unavailable(error.message)

    def _observe(
        self, engine: RunningStack, address: Address, port: int
    ) -> tuple[tuple[Process, ...], tuple[ClientView, ...]]:
        clients = min(_MOST_CLIENTS, self.leave * len(self._processes(engine)) + _EXTRA_CLIENTS)
        request = next(port_requests(self.service, port))
        with ThreadPoolExecutor(clients) as pool:
            asked = [pool.submit(watch_reply, address, request, _PATIENCE) for _ in range(clients)]
            meanwhile = self._processes(engine)
            return meanwhile, tuple(each.result() for each in asked)

    def _processes(self, engine: RunningStack) -> tuple[Process, ...]:
        return tuple(Process(**each) for each in json.loads(engine.run_helper(self._place, (*_PROGRAM, "show"))))

    def judge(self, processes: tuple[Process, ...], views: tuple[ClientView, ...]) -> Evidence:
        """Confirmed if a process has as many files open as it may, and a client gets no answer."""
        full = [each for each in processes if each.is_full]
        unserved = sum(map(_is_unserved, views))
        most = max(processes, key=lambda each: each.open / max(each.limit, 1), default=None)
        fullest = f"; the fullest has {most.open} of {most.limit} files open" if most else ""
        return Evidence(
            confirmed=bool(full) and unserved > 0,
            observed=f"{unserved} of {len(views)} simultaneous clients got no answer within {LONGEST_WATCH_S:g} s; "
            f"{len(full)} of {len(processes)} processes could open no more files{fullest}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Restore the limit of each process; if the service has ended, its processes and the helper are gone."""
        self._release(engine)

    def _release(self, engine: RunningStack) -> None:
        if is_up(engine, self.service.name):
            engine.run_helper(self._place, (*_PROGRAM, "release"))
        engine.remove_helper(self.service.name, _HELPER)


def _is_unserved(client: ClientView) -> bool:
    """True for a client that got no answer while all others were connected."""
    return not client.is_answered or client.reacted_s > LONGEST_WATCH_S


def _bind(spec: FaultSpec, service: Service) -> Descriptors:
    return Descriptors(spec, service, _LEAVE.read(spec))


KIND = fault_kind(
    "descriptors", SERVICE, "The service can open no more files or connections.", (_LEAVE,), _bind, Capability.HELPERS
)
