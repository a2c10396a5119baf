"""Invented look-ups."""

from stackproof.faults.evidence.name_lookups import LookupAnswer, NameLookups

FOUND, LIE, FAILURE = LookupAnswer("10.0.0.2"), LookupAnswer("127.0.0.9"), LookupAnswer("failure")


def lookups(name: str, redirected: LookupAnswer | tuple[LookupAnswer, ...], direct: LookupAnswer) -> NameLookups:
    """A name that was looked up three times in both ways."""
    answers = redirected if isinstance(redirected, tuple) else (redirected,) * 3
    return NameLookups(name, answers, (direct,) * 3)
