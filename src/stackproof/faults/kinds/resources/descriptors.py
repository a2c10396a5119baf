"""``descriptors``: a service can open no more files, and a connection is one."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stackproof.engine.port import Address, Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.comparison import LONGEST_WATCH_S, questions
from stackproof.faults.evidence.conversation import Conversation, Patience, converse
from stackproof.faults.fault import ServiceFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_LEAVE = IntegerParameter("leave", "files that each process can still open", "files", 0, 100, default=0)
_PROGRAM = ("python3", "/opt/stackproof/descriptors.py")
_HELPER = "descriptors"
_CAPABILITIES = ("SETUID", "SETGID", "SYS_PTRACE", "DAC_READ_SEARCH")
_MORE_CLIENTS = 8
_MOST_CLIENTS = 200
_STAY_S = 2 * LONGEST_WATCH_S  # nobody goes while another still waits, who would be let in then
_PATIENCE = Patience(_STAY_S, quiet_s=_STAY_S)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a service.

    Attributes:
        pid: Its number in the container.
        open: Files that it has open, of those numbers that it may use.
        limit: How many it may have open.
    """

    pid: int
    open: int
    limit: int

    @property
    def is_full(self) -> bool:
        """True where it can open no more."""
        return self.open >= self.limit


@dataclass(frozen=True, slots=True)
class Descriptors:
    """A service that is short of files to open.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        leave: How many each process can still open.
    """

    spec: FaultSpec
    service: Service
    leave: int

    @property
    def _place(self) -> Place:
        return Place(self.service.name, shares=Shares.PROCESSES, capabilities=_CAPABILITIES)

    def inject(self, engine: RunningStack) -> None:
        """Lower the limit of each process, by a helper that remembers what it was.

        Raises:
            FaultError: The limits cannot be lowered.
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
        """Have more clients at once than are left, and see meanwhile what each process has open."""
        port = next(iter(sorted({probe.port for probe in self.service.probes}) or self.service.ports), None)
        if port is None:
            return Evidence(confirmed=False, observed=f"no way to see it: {self.service.name!r} listens on no port")
        try:
            address = engine.direct(self.service.name, port)
            processes, seen = self._see(engine, address, port)
            if not any(each.is_full for each in processes) and any(map(_goes_without, seen)):
                processes, seen = self._see(engine, address, port)  # the clients may have gone before they were counted
            return self.judge(processes, seen)
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: {error.message}")

    def _see(
        self, engine: RunningStack, address: Address, port: int
    ) -> tuple[tuple[Process, ...], tuple[Conversation, ...]]:
        clients = min(_MOST_CLIENTS, self.leave * len(self._processes(engine)) + _MORE_CLIENTS)
        question = next(questions(self.service, port))
        with ThreadPoolExecutor(clients) as pool:
            asked = [pool.submit(converse, address, question, _PATIENCE) for _ in range(clients)]
            meanwhile = self._processes(engine)
            return meanwhile, tuple(each.result() for each in asked)

    def _processes(self, engine: RunningStack) -> tuple[Process, ...]:
        return tuple(Process(**each) for each in json.loads(engine.run_helper(self._place, (*_PROGRAM, "tell"))))

    def judge(self, processes: tuple[Process, ...], seen: tuple[Conversation, ...]) -> Evidence:
        """A process must have all open that it may, and a client must go without an answer."""
        full = [each for each in processes if each.is_full]
        unanswered = sum(map(_goes_without, seen))
        most = max(processes, key=lambda each: each.open / max(each.limit, 1), default=None)
        fullest = f"; the fullest has {most.open} of {most.limit} files open" if most else ""
        return Evidence(
            confirmed=bool(full) and unanswered > 0,
            observed=f"{unanswered} of {len(seen)} clients at once got no answer within {LONGEST_WATCH_S:g} s; "
            f"{len(full)} of {len(processes)} processes could open no more{fullest}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Let each process have what it had; those of a service that ended are gone, and what remembers with them."""
        self._release(engine)

    def _release(self, engine: RunningStack) -> None:
        if engine.state(self.service.name).status.is_up:
            engine.run_helper(self._place, (*_PROGRAM, "release"))
        engine.remove_helper(self.service.name, _HELPER)


def _goes_without(client: Conversation) -> bool:
    """True for a client that got no answer while all others were there."""
    return not client.is_answered or client.reacted_s > LONGEST_WATCH_S


def _bind(spec: FaultSpec, service: Service) -> Descriptors:
    return Descriptors(spec, service, _LEAVE.read(spec))


KIND = ServiceFault(
    "descriptors", "The service can open no more files or connections.", (_LEAVE,), _bind, needs=(Capability.HELPERS,)
)
