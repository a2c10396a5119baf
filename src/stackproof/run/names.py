"""Names by which the doors find what was begun for them."""

AHEAD = "stackproof.ahead"
"""The pytest plugin that brings a run whose stack is on its way up; its ``run`` is a ``session.ahead.Ahead``."""


def split_names(text: str) -> tuple[str, ...]:
    """Names as an option takes them, with commas between."""
    return tuple(name for each in text.split(",") if (name := each.strip()))
