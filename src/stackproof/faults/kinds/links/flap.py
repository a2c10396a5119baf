"""``flap``: a link goes down and comes up again and again."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise
from random import Random
from threading import Event

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd, Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import answered_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.background_tasks import BACKGROUND
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_UP_MS = IntegerParameter("up_ms", "how long it is up, on average", "milliseconds", 100, 10_000, default=500)
_DOWN_MS = IntegerParameter("down_ms", "how long it is down, on average", "milliseconds", 100, 10_000, default=500)
_SEED = IntegerParameter("seed", "the same one gives the same times", "", 0, 2**31 - 1, default=0)
_SHORTEST_SHARE, _LONGEST_SHARE = 0.5, 1.5
_PATIENCE = Patience(LONGEST_WATCH_S, quiet_s=0)
_APART_S = 0.02
_TURNS = 2


@dataclass(frozen=True, slots=True)
class Flap:
    """A link that comes and goes.

    Attributes:
        spec: The fault as it was asked for; its text names the thread that acts for it.
        link: The link.
        up_ms: How long it is up, on average, in milliseconds.
        down_ms: How long it is down, on average, in milliseconds.
        seed: The seed that the times are drawn from.
    """

    spec: FaultSpec
    link: Link
    up_ms: int
    down_ms: int
    seed: int

    def inject(self, engine: RunningStack) -> None:
        """Cut it at once, and have it restored and cut from then on."""
        engine.link(self.link).cut()
        BACKGROUND.start(self.spec, lambda stopping: self._flap(engine, stopping))

    def _flap(self, engine: RunningStack, stopping: Event) -> None:
        """Times count from the injection, so that slow calls do not add up."""
        control = engine.link(self.link)
        started_s = time.monotonic()
        turns = cycle((control.restore, control.cut))
        for at_s, turn in zip(flap_times(self.seed, self.up_ms, self.down_ms), turns, strict=False):
            if stopping.wait(max(0.0, started_s + at_s - time.monotonic())):
                return
            turn()

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask a question that is answered around the link, again and again, until it was seen to come and go."""
        question = answered_request(engine, self.link)
        if question is None:
            return unobservable(self.link, "answers nothing")
        deadline = time.monotonic() + self._watch_s
        seen = [compare(engine, self.link, question, _PATIENCE, clients=1)]
        while not (evidence := self.judge(seen)).confirmed and time.monotonic() < deadline:
            time.sleep(_APART_S)
            seen.append(compare(engine, self.link, question, _PATIENCE, clients=1))
        return evidence

    @property
    def _watch_s(self) -> float:
        """With the longest times that may be drawn it changes twice, wherever the watch begins."""
        longest_ms = _LONGEST_SHARE * (self.up_ms + self.down_ms + max(self.up_ms, self.down_ms))
        return longest_ms / 1000 + LONGEST_WATCH_S

    def judge(self, seen: Sequence[LinkComparison]) -> Evidence:
        """Over the link answers and refusals must alternate; around it every question must be answered."""
        over = [each.via_link[0] for each in seen if each.via_link[0].is_answered or _is_refused(each.via_link[0])]
        turns = sum(before.is_answered is not after.is_answered for before, after in pairwise(over))
        answered, beside = (sum(each.is_answered for each in clients) for clients in (over, _beside(seen)))
        return Evidence(
            confirmed=turns >= _TURNS and beside == len(seen),
            observed=f"of {len(seen)} questions over the link {answered} were answered and {len(over) - answered} "
            f"refused, and it changed {turns} times from one to the other; beside it {beside} were answered",
        )

    def heal(self, engine: RunningStack) -> None:
        """Stop cutting it, and let it listen, whatever became of the thread that cut it."""
        try:
            BACKGROUND.stop(self.spec)
        finally:
            engine.link(self.link).restore()


def flap_times(seed: int, up_ms: int, down_ms: int) -> Iterator[float]:
    """When a link that was just cut comes up, goes down, comes up and so on without end, in seconds from that cut.

    Each time is drawn evenly between half and one and a half of its average.
    """
    draw = Random(seed)  # noqa: S311 - no secret: the same seed has to give the same times
    at_s = 0.0
    for mean_ms in cycle((down_ms, up_ms)):
        at_s += draw.uniform(_SHORTEST_SHARE, _LONGEST_SHARE) * mean_ms / 1000
        yield at_s


def _beside(seen: Sequence[LinkComparison]) -> list[ClientView]:
    return [each.direct[0] for each in seen]


def _is_refused(over: ClientView) -> bool:
    """Behind another proxy a client is accepted and dropped. Silence is not a refusal."""
    return not over.is_answered and over.end is not ConnectionEnd.OPEN


def _bind(spec: FaultSpec, link: Link) -> Flap:
    return Flap(spec, link, _UP_MS.read(spec), _DOWN_MS.read(spec), _SEED.read(spec))


KIND = fault_kind("flap", LINK, "The link goes down and comes up again and again.", (_UP_MS, _DOWN_MS, _SEED), _bind)
