"""What has to be true of an alert, one by one, and where it was not."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model import Addressee, Verdict


class Aspect(StrEnum):
    """What a drill proves of an alert at a receiver; the columns of the coverage matrix."""

    FIRED = "fired"
    IN_TIME = "in time"
    ROUTED = "routed"
    GROUPED = "grouped"
    INHIBITED = "inhibited"
    RESOLVED = "resolved"
    SILENT = "silent on near miss"


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Why an aspect was not shown.

    Attributes:
        verdict: FAIL where it is refuted, INCONCLUSIVE where it was not tried in earnest.
        reason: Why, in words that go on after the alert's name.
        aspect: The aspect; None where it concerns all.
        to: The receiver; None where it concerns all.
        alert: The alert whose cell it is; empty for the one that is drilled.
    """

    verdict: Verdict
    reason: str
    aspect: Aspect | None = None
    to: Addressee | None = None
    alert: str = ""


def refuted(aspect: Aspect, reason: str, to: Addressee | None = None) -> Shortcoming:
    """An aspect that is false."""
    return Shortcoming(Verdict.FAIL, reason, aspect, to)


def undecided(reason: str, aspect: Aspect | None = None, to: Addressee | None = None) -> Shortcoming:
    """An aspect, or all of them, that nothing was shown of."""
    return Shortcoming(Verdict.INCONCLUSIVE, reason, aspect, to)
