"""Look-ups that nobody made."""

from stackproof.faults.evidence.name_lookups import LookupAnswer, NameLookups

THERE, LIE, FAILURE = LookupAnswer("10.0.0.2"), LookupAnswer("127.0.0.9"), LookupAnswer("failure")


def asked(name: str, led: LookupAnswer | tuple[LookupAnswer, ...], free: LookupAnswer) -> NameLookups:
    """A name that was asked for three times both ways."""
    return NameLookups(name, led if isinstance(led, tuple) else (led,) * 3, (free,) * 3)
