"""Name look-ups as a service makes them: the evidence for faults of names.

A helper in the service's network namespace has the service's own ``/etc/resolv.conf`` and ``/etc/hosts``, and asks
glibc's resolver. It asks alternately as an ordinary user, whose look-ups the faults redirect, and as the user whose
look-ups are never redirected.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack
from stackproof.faults.means.name_resolver import DIRECT_USER
from stackproof.faults.means.run_state import is_up
from stackproof.model import Evidence, FaultError, Service, Stack

_PATIENCE_S = 1
_ROUNDS = 3
_OTHER_NAMES = 3
_WITHIN_S = 60.0
_FIELDS = 3

# One question at a time, never for a name in a search domain, and no silent retry: resolv.conf(5).
_OPTIONS = ("env", f"RES_OPTIONS=timeout:{_PATIENCE_S} attempts:1 ndots:0", "LOCALDOMAIN=")

_ASK = """
import itertools, os, socket, sys, time
user, rounds, patience_s, most, name, *others = sys.argv[1:]
NOT_FOUND = {socket.EAI_NONAME, socket.EAI_NODATA}

def ask(way, name):
    os.seteuid(int(user) if way == "direct" else 0)
    begun = time.monotonic()
    try:
        found = {each[4][0] for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
        answer = " ".join(sorted(found))
    except socket.gaierror as error:
        is_late = time.monotonic() - begun > 0.9 * float(patience_s)
        answer = "no such name" if error.errno in NOT_FOUND else "no answer" if is_late else "failure"
    os.seteuid(0)
    print(way, name, answer, sep="\\t")
    return answer

known = list(itertools.islice((each for each in others if ask("direct", each)[:1].isdigit()), int(most)))
for _ in range(int(rounds)):
    for each in (name, *known):
        ask("redirected", each)
        ask("direct", each)
"""


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The outcome of a look-up.

    Attributes:
        text: Addresses in ascending order, separated by spaces; or ``no such name``, ``no answer`` within the time
            that it waits, or ``failure``.
    """

    text: str

    @property
    def is_found(self) -> bool:
        """True if there is an address."""
        return self.text[:1].isdigit()

    def __str__(self) -> str:
        return self.text


NO_SUCH_NAME = LookupAnswer("no such name")
NO_ANSWER = LookupAnswer("no answer")


@dataclass(frozen=True, slots=True)
class NameLookups:
    """One name, looked up several times, alternately in both ways.

    Attributes:
        name: The name.
        redirected: The answers that the service gets.
        direct: The answers without any resolver of ours.
    """

    name: str
    redirected: tuple[LookupAnswer, ...]
    direct: tuple[LookupAnswer, ...]

    @property
    def is_unaffected(self) -> bool:
        """True if the name is found, with the same answer in both ways."""
        return all(each.is_found for each in self.direct) and {*self.redirected} == {*self.direct}

    def __str__(self) -> str:
        is_same = {*self.redirected} == {*self.direct}
        note = "the same without the fault" if is_same else f"without the fault: {_listed(self.direct)}"
        return f"{self.name}: {_listed(self.redirected)} ({note})"


@dataclass(frozen=True, slots=True)
class LookupComparison:
    """A name that a fault is about, and others to compare it with.

    Attributes:
        name: The look-ups of the name.
        others: The look-ups of some other names in the stack that have an address.
    """

    name: NameLookups
    others: tuple[NameLookups, ...]

    @property
    def others_are_unaffected(self) -> bool:
        """True if another name is unaffected, or there is none; the rest may be subject to faults of their own."""
        return not self.others or any(each.is_unaffected for each in self.others)

    def __str__(self) -> str:
        return "; ".join(map(str, (self.name, *self.others)))


def lookup_evidence(
    engine: RunningStack, service: Service, name: str, judge: Callable[[LookupComparison], Evidence]
) -> Evidence:
    """Look up a name as a service does, and others that the service can see; and judge the answers.

    Raises:
        StackproofError: The helper could not run, or printed something else.
    """
    if not is_up(engine, service.name):
        return Evidence(confirmed=False, observed=f"{service.name} does not run, so it looks up nothing")
    others = tuple(_neighbours(engine.stack, service, name))
    place = Place(service.name, capabilities=("SETUID", "SETGID"))
    numbers = (str(DIRECT_USER), str(_ROUNDS), str(_PATIENCE_S), str(_OTHER_NAMES))
    script = ("python3", "-c", _ASK, *numbers, name, *others)
    return judge(read_lookups(engine.run_helper(place, (*_OPTIONS, *script), _WITHIN_S), name))


def read_lookups(text: str, name: str) -> LookupComparison:
    """Read what the helper prints: one line a look-up, with the way, the name and the answer.

    Raises:
        FaultError: It printed something else.
    """
    rows = [tuple(line.split("\t")) for line in text.splitlines()]
    if not rows or any(len(row) != _FIELDS for row in rows):
        raise FaultError(f"expected a helper to print look-ups of {name!r}, saw {text!r}")
    names = dict.fromkeys(row[1] for row in rows if row[0] == "redirected")
    lookups = {each: _lookups(rows, each) for each in names}
    return LookupComparison(lookups.pop(name), tuple(lookups.values()))


def _lookups(rows: list[tuple[str, ...]], name: str) -> NameLookups:
    return NameLookups(name, _answers(rows, "redirected", name), _answers(rows, "direct", name))


def _answers(rows: list[tuple[str, ...]], way: str, name: str) -> tuple[LookupAnswer, ...]:
    return tuple(LookupAnswer(row[2]) for row in rows if row[:2] == (way, name))


def _neighbours(stack: Stack, service: Service, name: str) -> list[str]:
    """Names that the service can see, its own last. Those of services that do not run have no address."""
    visible = [each for each in stack.standing if {*each.networks} & {*service.networks}]
    ordered = sorted(visible, key=lambda each: each.name == service.name)
    return [each.name for each in ordered if each.name.lower() != name.lower()]


def _listed(answers: tuple[LookupAnswer, ...]) -> str:
    return ", then ".join(dict.fromkeys(map(str, answers)))
