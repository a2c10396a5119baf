"""The comments of a YAML file, each with the lines that it is about.

A comment is about what begins on its line, or on the next line if nothing else is on its own: a key with its value, an
item of a list with everything in it, or one line of something longer.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML's readers count as the end of a line
_START = re.compile(r"(?<!\S)#")
_DOCUMENT = ("---", "...", "%")
_BLOCKS = ("|", ">")

_Place = tuple[int, int]
"""Line and column, from 0."""
_IsText = Callable[[_Place], bool]
"""Whether a place is within a text, so that a ``#`` there begins no comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, which ends with its line.

    Attributes:
        text: Its text, without ``#`` and the spaces around it.
        line: Its line, from 1.
        about: The first and the last line that it is about.
        on_top: True if no content stands before it.
    """

    text: str
    line: int
    about: tuple[int, int]
    on_top: bool


@dataclass(frozen=True, slots=True)
class _Begun:
    """What begins on a line.

    Attributes:
        line: The line, from 0.
        column: Its indentation.
        item: True for an item of a list, False for a key.
    """

    line: int
    column: int
    item: bool

    def ends_before(self, other: "_Begun") -> bool:
        """Whether it is over when the other begins. A list may be indented like the key that it belongs to."""
        return other.column < self.column or (other.column == self.column and (self.item or not other.item))


def comments_of(text: str, word: str) -> tuple[Comment, ...]:
    """The comments that begin with a word; none if the text is not YAML. The time that it takes is linear.

    Args:
        text: The text of a YAML file.
        word: How the comments begin, after ``#`` and spaces.
    """
    if word not in text:
        return ()
    try:
        scalars = _scalars(text)
    except yaml.YAMLError:
        return ()
    lines = _BREAK.split(text.rstrip())
    starts = [begin for begin, _ in scalars]

    def is_text(place: _Place) -> bool:
        before = bisect_right(starts, place) - 1
        return before >= 0 and place < scalars[before][1]

    return tuple(_comments(lines, word, _ends(lines, is_text), is_text))


def _scalars(text: str) -> list[tuple[_Place, _Place]]:
    """Where each text begins, and where it is over."""
    return [
        (_begin(token), (token.end_mark.line, token.end_mark.column))
        for token in yaml.scan(text, Loader=_LOADER)
        if isinstance(token, yaml.ScalarToken)
    ]


def _begin(token: yaml.ScalarToken) -> _Place:
    """A block begins on the line below its ``|``, beside which a comment may stand."""
    mark = token.start_mark
    return (mark.line + 1, 0) if token.style in _BLOCKS else (mark.line, mark.column)


def _comments(lines: Sequence[str], word: str, ends: Mapping[int, int], is_text: _IsText) -> Iterator[Comment]:
    waiting: list[tuple[int, str]] = []
    on_top = True
    for number, line in enumerate(lines):
        bare = line.lstrip()
        alone = bare.startswith("#") and not is_text((number, len(line) - len(bare)))
        text = _comment(number, line, is_text) if word in line else None
        text = text if text is not None and text.startswith(word) else None
        if alone:
            waiting += [] if text is None else [(number, text)]
            continue
        about = (number, ends.get(number, number))
        for place, above in waiting:
            yield _comment_at(place, above, about if bare else (place, place), on_top=on_top)
        waiting.clear()
        on_top = on_top and (not bare or bare.startswith(_DOCUMENT))
        if text is not None:
            yield _comment_at(number, text, about, on_top=on_top)
    for place, above in waiting:
        yield _comment_at(place, above, (place, place), on_top=on_top)


def _comment_at(line: int, text: str, about: tuple[int, int], *, on_top: bool) -> Comment:
    return Comment(text, line + 1, (about[0] + 1, about[1] + 1), on_top)


def _comment(number: int, line: str, is_text: _IsText) -> str | None:
    """The comment at the end of a line, if there is one."""
    for found in _START.finditer(line):
        if not is_text((number, found.start())):
            return line[found.start() :].lstrip("#").strip()
    return None


def _ends(lines: Sequence[str], is_text: _IsText) -> Mapping[int, int]:
    """The last line of what begins on each line, by indentation."""
    ends: dict[int, int] = {}
    still_open: list[_Begun] = []
    for number, line in enumerate(lines):
        bare = line.lstrip(" ")
        begun = _Begun(number, len(line) - len(bare), bare == "-" or bare.startswith("- "))
        goes_on = is_text((number, begun.column - 1))
        if goes_on or not bare.strip() or bare.startswith("#"):
            continue
        while still_open and still_open[-1].ends_before(begun):
            ends[still_open.pop().line] = number - 1
        still_open.append(begun)
    return ends | {begun.line: len(lines) - 1 for begun in still_open}
