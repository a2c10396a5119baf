"""Service level objectives, and which of them decide a run."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.errors import Location


class Promise(StrEnum):
    """To whom an objective is promised: SLA to the customer (contract), SLO to ourselves (internal)."""

    SLA = "sla"
    SLO = "slo"


class Profile(StrEnum):
    """How long a run takes, and which promises decide it."""

    QUICK = "quick"
    NIGHTLY = "nightly"

    def lets_decide(self, promise: Promise) -> bool:
        """True if this promise decides a run: the SLA always, the SLO in the nightly, which has the samples for it."""
        return promise is Promise.SLA or self is Profile.NIGHTLY


class Sli(StrEnum):
    """The service level indicator: which requests count as bad.

    ``availability``: the service could not be reached or did not answer (refused, reset, timed out, 502, 503, 504).
    ``errors``: any request that did not end as it should, unreachable ones too.
    ``latency``: answered as it should be, but later than the threshold, counted from when it was due.
    """

    AVAILABILITY = "availability"
    ERRORS = "errors"
    LATENCY = "latency"


@dataclass(frozen=True, slots=True)
class Objective:
    """A share of requests that must be good.

    Attributes:
        id: Stable id, ``PROMISE-SERVICE-SLI``, with ``-NETWORK`` appended if the service has several links.
        promise: SLA or SLO.
        service: The service that is measured.
        sli: What counts as bad.
        target: The promised share of good requests, between 0 and 1 (0.999 is "99.9 %").
        threshold_s: Latency above which a request is bad, in seconds; None unless the SLI is latency.
        stream: Stream of samples that it is judged on (see Sample.stream). Several loads of one link share the first
            part of their streams, so ``front/api:80`` covers ``front/api:80`` and its profiles.
        where: Where it is declared.
    """

    id: str
    promise: Promise
    service: str
    sli: Sli
    target: float
    threshold_s: float | None
    stream: str
    where: Location
