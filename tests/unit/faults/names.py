"""Look-ups that nobody made."""

from stackproof.faults.evidence.lookups import Answer, Asked

THERE, LIE, FAILURE = Answer("10.0.0.2"), Answer("127.0.0.9"), Answer("failure")


def asked(name: str, led: Answer | tuple[Answer, ...], free: Answer) -> Asked:
    """A name that was asked for three times both ways."""
    return Asked(name, led if isinstance(led, tuple) else (led,) * 3, (free,) * 3)
