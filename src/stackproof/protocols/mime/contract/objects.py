"""JSON objects on a line (RFC 8259), read strictly: what Python's reader lets pass and the RFC does not is refused."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from stackproof.protocols.mime.contract.terms import CERTAIN_DEPTH, CERTAIN_DIGITS

Fields = dict[str, object]

_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Huge:
    """A whole number of so many digits that a reader may refuse it (RFC 8259, section 6)."""

    is_negative: bool


class UncertainError(Exception):
    """JSON that one reader takes and another may not: it is nested too deep (RFC 8259, section 9)."""


def read_object(line: bytes) -> Fields | None:
    """The object on a line; None where there is none.

    Raises:
        UncertainError: It cannot be told.
    """
    try:
        value = json.loads(line.decode("utf-8"), parse_int=_whole, parse_constant=_refuse)
    except RecursionError:
        if not line.lstrip(_BLANKS).startswith(b"{"):
            return None
        raise UncertainError from None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def is_certain(fields: Fields) -> bool:
    """True where every reader of JSON takes this object: neither deep nor with huge numbers."""
    level: list[object] = [fields]
    for _ in range(CERTAIN_DEPTH):
        if any(isinstance(value, Huge) for value in level):
            return False
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return True
    return False


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _whole(digits: str) -> int | Huge:
    return Huge(digits.startswith("-")) if len(digits) > CERTAIN_DIGITS else int(digits)


def _refuse(word: str) -> object:
    """NaN and Infinity are no JSON.

    Raises:
        ValueError: Always.
    """
    raise ValueError(word)
