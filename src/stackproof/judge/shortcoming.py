"""What a drill did not show of an alert."""

from dataclasses import dataclass

from stackproof.model import Addressee, Aspect, Verdict


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Why an aspect was not shown.

    Attributes:
        verdict: FAIL if the aspect is refuted, INCONCLUSIVE if it was not really tried.
        reason: Why, as the rest of a sentence that begins with the alert's name.
        aspect: The aspect; None for all of them.
        to: The receiver; None for all of them.
        alert: The alert that it is about; empty for the one that is drilled.
    """

    verdict: Verdict
    reason: str
    aspect: Aspect | None = None
    to: Addressee | None = None
    alert: str = ""


def refuted(aspect: Aspect, reason: str, to: Addressee | None = None) -> Shortcoming:
    """An aspect that was shown to be false."""
    return Shortcoming(Verdict.FAIL, reason, aspect, to)


def undecided(reason: str, aspect: Aspect | None = None, to: Addressee | None = None) -> Shortcoming:
    """An aspect, or all of them, about which nothing was shown."""
    return Shortcoming(Verdict.INCONCLUSIVE, reason, aspect, to)
