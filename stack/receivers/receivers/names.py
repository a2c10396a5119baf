"""Parses lists of alert names as our Alertmanager's templates write them: ``HighLatency, TargetDown``."""


def names_in(text: str) -> tuple[str, ...]:
    """The names in a list, each once, in order."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
