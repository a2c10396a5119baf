"""Named moments, and places for their names where none hides another."""

from collections.abc import Sequence
from dataclasses import dataclass

CHARACTER = 0.0056  # the width of one, as a share of a panel's
LEVELS = 4
_TOGETHER = 0.006  # marks that are as near as that share one name
_GAP = 1.0  # characters between a name and the next mark


@dataclass(frozen=True, slots=True)
class NamedMoment:
    """A moment and its name."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a name.

    Attributes:
        at_s: The moment that it names.
        text: The name.
        begins_s: Where its text begins.
        level: How high it stands, 0 being the lowest; None if there is no room for it.
    """

    at_s: float
    text: str
    begins_s: float
    level: int | None


def place(marks: Sequence[NamedMoment], begins_s: float, ends_s: float, levels: int = LEVELS) -> tuple[Placed, ...]:
    """Give each mark's name a place: above the mark, and above every later mark that it would reach.

    Args:
        marks: The marks, in the order of time.
        begins_s: The panel's left end.
        ends_s: Its right end, which no name crosses.
        levels: How many names may stand above each other.
    """
    span_s = ends_s - begins_s
    placed: list[Placed] = []
    for mark in reversed(_gathered(marks, _TOGETHER * span_s)):
        width_s = (len(mark.text) + _GAP) * CHARACTER * span_s
        text_s = max(begins_s, min(mark.at_s, ends_s - width_s))
        reached = [each.level for each in placed if each.begins_s < text_s + width_s and each.level is not None]
        level = max(reached) + 1 if reached else 0
        placed.append(Placed(mark.at_s, mark.text, text_s, level if level < levels else None))
    return tuple(reversed(placed))


def levels_of(placed: Sequence[Placed]) -> int:
    """How many levels are used."""
    return max((each.level + 1 for each in placed if each.level is not None), default=0)


def _gathered(marks: Sequence[NamedMoment], together_s: float) -> list[NamedMoment]:
    """Marks too close to distinguish become one, with every name once."""
    gathered: list[list[NamedMoment]] = []
    for mark in marks:
        if gathered and mark.at_s - gathered[-1][0].at_s <= together_s:
            gathered[-1].append(mark)
        else:
            gathered.append([mark])
    return [NamedMoment(group[0].at_s, ", ".join(dict.fromkeys(mark.text for mark in group))) for group in gathered]
