"""The faults that the pages of the kinds show: a new kind has a page, and with it an example for the tests."""

from pathlib import Path

from stackproof.model import FaultSpec

PAGES = Path(__file__).parents[3] / "docs" / "faults"


def page(kind: str) -> str:
    """The page of a kind."""
    return (PAGES / f"{kind}.md").read_text(encoding="utf-8")


def example(kind: str) -> FaultSpec:
    """The fault that the page of a kind shows."""
    return FaultSpec.parse(page(kind).split('--with-fault "')[1].split('"')[0])
