"""Look-ups of names as a service's own resolver makes them: the observation that faults of names are shown by.

A helper in the service's network namespace has the service's own ``/etc/resolv.conf`` and ``/etc/hosts``, and asks by
glibc's resolver. It asks in turn as anybody, and as the user whose questions are never led astray.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack
from stackproof.faults.means.resolver import UNLED_USER, has_network
from stackproof.model import Evidence, FaultError, Service, Stack

_PATIENCE_S = 1
_ROUNDS = 3
_OTHERS = 3
_WITHIN_S = 60.0
_FIELDS = 3

# One question at a time, never for a name in a search domain, and no second try behind our back: resolv.conf(5).
_OPTIONS = ("env", f"RES_OPTIONS=timeout:{_PATIENCE_S} attempts:1 ndots:0", "LOCALDOMAIN=")

_ASK = """
import itertools, os, socket, sys, time
user, rounds, patience_s, most, name, *others = sys.argv[1:]
NOT_THERE = {socket.EAI_NONAME, socket.EAI_NODATA}

def ask(way, name):
    os.seteuid(int(user) if way == "free" else 0)
    begun = time.monotonic()
    try:
        found = {each[4][0] for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
        answer = " ".join(sorted(found))
    except socket.gaierror as error:
        is_late = time.monotonic() - begun > 0.9 * float(patience_s)
        answer = "no such name" if error.errno in NOT_THERE else "silence" if is_late else "failure"
    os.seteuid(0)
    print(way, name, answer, sep="\\t")
    return answer

there = list(itertools.islice((each for each in others if ask("free", each)[:1].isdigit()), int(most)))
for _ in range(int(rounds)):
    for each in (name, *there):
        ask("led", each)
        ask("free", each)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look-up came to.

    Attributes:
        text: Addresses, ascending, with a space between them; or ``no such name``, ``silence`` for as long as it
            waits, or ``failure``.
    """

    text: str

    @property
    def is_found(self) -> bool:
        """True where it has an address."""
        return self.text[:1].isdigit()

    def __str__(self) -> str:
        return self.text


NO_SUCH_NAME = Answer("no such name")
SILENCE = Answer("silence")


@dataclass(frozen=True, slots=True)
class Asked:
    """One name, asked for several times both ways, in turn.

    Attributes:
        name: The name.
        led: The answers that the service gets.
        free: The answers past any resolver of ours.
    """

    name: str
    led: tuple[Answer, ...]
    free: tuple[Answer, ...]

    @property
    def is_sound(self) -> bool:
        """True where it is found, and is the same both ways."""
        return all(each.is_found for each in self.free) and {*self.led} == {*self.free}

    def __str__(self) -> str:
        past = "as without the fault" if {*self.led} == {*self.free} else f"without the fault: {_listed(self.free)}"
        return f"{self.name}: {_listed(self.led)} ({past})"


@dataclass(frozen=True, slots=True)
class Lookups:
    """What a service sees when it looks up names.

    Attributes:
        name: The name that a fault is about.
        others: Some other names of the stack that are there.
    """

    name: Asked
    others: tuple[Asked, ...]

    @property
    def others_are_sound(self) -> bool:
        """True where another name is found as ever, or there is none; further ones may have faults of their own."""
        return not self.others or any(each.is_sound for each in self.others)

    def __str__(self) -> str:
        return "; ".join(map(str, (self.name, *self.others)))


def shown(engine: RunningStack, service: Service, name: str, judge: Callable[[Lookups], Evidence]) -> Evidence:
    """Look a name up as a service does, and others that it can see; and judge what comes.

    Raises:
        StackproofError: The engine does not answer, or says something else.
    """
    if not has_network(engine, service.name):
        return Evidence(confirmed=False, observed=f"{service.name} does not run, so it looks nothing up")
    others = tuple(_neighbours(engine.stack, service, name))
    place = Place(service.name, capabilities=("SETUID", "SETGID"))
    script = ("python3", "-c", _ASK, str(UNLED_USER), str(_ROUNDS), str(_PATIENCE_S), str(_OTHERS), name, *others)
    return judge(read_lookups(engine.run_helper(place, (*_OPTIONS, *script), _WITHIN_S), name))


def read_lookups(text: str, name: str) -> Lookups:
    """Read what the helper prints: a line a look-up, with the way, the name and the answer.

    Raises:
        FaultError: It is something else.
    """
    rows = [tuple(line.split("\t")) for line in text.splitlines()]
    if not rows or any(len(row) != _FIELDS for row in rows):
        raise FaultError(f"expected look-ups of {name!r} from a helper, saw {text!r}")
    names = dict.fromkeys(row[1] for row in rows if row[0] == "led")
    asked = {each: Asked(each, _answers(rows, "led", each), _answers(rows, "free", each)) for each in names}
    return Lookups(asked.pop(name), tuple(asked.values()))


def _answers(rows: list[tuple[str, ...]], way: str, name: str) -> tuple[Answer, ...]:
    return tuple(Answer(row[2]) for row in rows if row[:2] == (way, name))


def _neighbours(stack: Stack, service: Service, name: str) -> list[str]:
    """Names that the service can see, its own last; those that do not stand at the moment have no address."""
    seen = [each for each in stack.standing if {*each.networks} & {*service.networks}]
    ordered = sorted(seen, key=lambda each: each.name == service.name)
    return [each.name for each in ordered if each.name.lower() != name.lower()]


def _listed(answers: tuple[Answer, ...]) -> str:
    return ", then ".join(dict.fromkeys(map(str, answers)))
