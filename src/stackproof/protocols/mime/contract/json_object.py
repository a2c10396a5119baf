"""Reads JSON objects on a line strictly by RFC 8259, which accepts less than Python's reader."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from stackproof.protocols.mime.terms import JSON_DEPTH, JSON_DIGITS

JsonFields = dict[str, object]

_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class HugeNumber:
    """A whole number with so many digits that a reader may refuse it (RFC 8259, section 6)."""

    is_negative: bool


class AmbiguousJsonError(Exception):
    """JSON that is nested so deep that one reader accepts it and another may not (RFC 8259, section 9)."""


def read_object(line: bytes) -> JsonFields | None:
    """Read the object on a line; None if the line is not a JSON object.

    Raises:
        AmbiguousJsonError: Not every reader would give the same answer.
    """
    try:
        value = json.loads(line.decode("utf-8"), parse_int=_whole, parse_constant=_refuse)
    except RecursionError:
        if not line.lstrip(_BLANKS).startswith(b"{"):
            return None
        raise AmbiguousJsonError from None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def is_unambiguous(fields: JsonFields) -> bool:
    """Return True if every reader of JSON accepts this object: it is not deep and has no huge numbers."""
    level: list[object] = [fields]
    for _ in range(JSON_DEPTH):
        if any(isinstance(value, HugeNumber) for value in level):
            return False
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return True
    return False


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _whole(digits: str) -> int | HugeNumber:
    return HugeNumber(digits.startswith("-")) if len(digits) > JSON_DIGITS else int(digits)


def _refuse(word: str) -> object:
    """Refuse NaN and Infinity, which are not JSON.

    Raises:
        ValueError: Always.
    """
    raise ValueError(word)
