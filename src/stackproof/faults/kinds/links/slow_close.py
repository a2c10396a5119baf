"""``slow_close``: when a service closes a connection, its client learns of it late."""

from dataclasses import dataclass

from stackproof.engine.port import LinkEffect, RunningStack, SlowCloseEffect
from stackproof.faults.evidence.client_view import BRIEF, ClientView, Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import closing_requests, first_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, towards_client
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_DELAY_MS = IntegerParameter("delay_ms", "between the service's close and the client's", "milliseconds", 1, 60_000)
_NOISE_S = 0.005  # a shorter delay cannot be told from a busy machine
_LEAST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class SlowClose(EffectFault):
    """A link that is slow to close.

    Attributes:
        delay_ms: Between the service's close and the client's, in milliseconds.
    """

    delay_ms: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Towards the client alone: it is clients who wait for an end."""
        return towards_client("slow_close", SlowCloseEffect(self.delay_ms))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Make the service close, and time the end over the link and around it."""
        candidates = closing_requests(engine.stack.service(self.link.service), self.link.port)
        question = first_request(engine, self.link, candidates, lambda seen: seen.was_closed)
        if question is None:
            return unobservable(self.link, "never closes by itself")
        watch_s = min(self.delay_ms / 1000 + BRIEF.within_s, LONGEST_WATCH_S)
        return self.judge(compare(engine, self.link, question, Patience(watch_s, quiet_s=watch_s)))

    def judge(self, seen: LinkComparison) -> Evidence:
        """The end must come later over the link by most of the delay, or of the watch where that is shorter.

        A service may close after one answer and not after another, so a client over the link counts only where it got
        an answer after which the service closed around it.
        """
        ended = [each for each in seen.direct if each.was_closed]
        sizes = {each.size_bytes for each in ended}
        alike = [each for each in seen.via_link if each.size_bytes in sizes]
        if not alike:
            return Evidence(confirmed=False, observed=f"no end to compare: {seen}")
        least_s = max(_NOISE_S, _LEAST_SHARE * min(self.delay_ms / 1000, LONGEST_WATCH_S))
        over_s, beside_s = (min(map(_end_after_last_byte_s, each)) for each in (alike, ended))
        return Evidence(
            confirmed=over_s - beside_s >= least_s,
            observed=f"after the last byte the end came {over_s * 1000:.0f} ms later over the link, "
            f"{beside_s * 1000:.0f} ms later beside it, at best",
        )


def _end_after_last_byte_s(seen: ClientView) -> float:
    return seen.ended_s - seen.last_byte_s if seen.is_answered else seen.ended_s


def _bind(spec: FaultSpec, link: Link) -> SlowClose:
    return SlowClose(link, _DELAY_MS.read(spec))


KIND = fault_kind("slow_close", LINK, "The client learns late that the service closed.", (_DELAY_MS,), _bind)
