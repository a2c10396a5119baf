"""Names that the command line and pytest share."""

BEGUN_RUN = "stackproof.begun_run"
"""The pytest plugin that brings a run whose stack is coming up; its ``run`` is a ``run.head_start.BegunRun``."""


def split_names(text: str) -> tuple[str, ...]:
    """Names from the value of an option, separated by commas."""
    return tuple(name for each in text.split(",") if (name := each.strip()))
