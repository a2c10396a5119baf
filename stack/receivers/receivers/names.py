"""Reads lists of alert names as our Alertmanager templates write them: ``HighLatency, TargetDown``."""


def names_in(text: str) -> tuple[str, ...]:
    """Give the names of a list, each once, in order."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
