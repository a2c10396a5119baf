"""Names that several rooms share, and lists of names in options."""

HEAD_START = "stackproof.ahead"
"""The pytest plugin that carries a run which was begun before pytest; its ``run`` is a ``run.head_start.HeadStart``."""


def split_names(text: str) -> tuple[str, ...]:
    """The names in an option's value, which has commas between them."""
    return tuple(name for each in text.split(",") if (name := each.strip()))
