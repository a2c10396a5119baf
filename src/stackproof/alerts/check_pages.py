"""What the id of a finding means: the pages of ``docs/checks``, which are part of the package.

``pages`` beside this file is a link to that folder; a wheel has the pages themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from stackproof.model import DeclarationError

_PAGES = files(__package__) / "pages"
_OF_CHECK = re.compile(r"^\| \[([\w/-]+)\]\(([\w-]+\.md)\) \| .* \| ([^|]+) \|$", re.MULTILINE)
_OTHERS = re.compile(r"^\| (`[\w/-]+`(?:, `[\w/-]+`)*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_MOST_NEAREST = 3


@dataclass(frozen=True, slots=True)
class KnownId:
    """An id that findings have.

    Attributes:
        summary: What is found, in a few words.
        page: The name of its page; "" if it has none.
        severity: The severity of its findings, in words; "" if its page says it.
    """

    summary: str
    page: str = ""
    severity: str = ""


@cache
def known_ids() -> Mapping[str, KnownId]:
    """Every id that a finding can have, from the tables of the overview."""
    overview = (_PAGES / "README.md").read_text(encoding="utf-8")
    known = {check: KnownId(summary, page) for check, page, summary in _OF_CHECK.findall(overview)}
    for ids, severity, summary in _OTHERS.findall(overview):
        known |= {each.strip("` "): KnownId(summary, severity=severity) for each in ids.split(",")}
    return known


def explained(check: str) -> str:
    """The page of a check, or what the overview says of another id, in Markdown.

    Raises:
        DeclarationError: No finding has this id; the message names the nearest ones.
    """
    known = known_ids().get(check)
    if known is None:
        near = nearest_ids(check)
        fix = f"did you mean {' or '.join(near)}?" if near else "a finding shows the id of its check after its severity"
        raise DeclarationError(f"no check {check!r}", fix=fix)
    if known.page:
        return (_PAGES / known.page).read_text(encoding="utf-8")
    return f"# {check}\n\nSeverity: {known.severity}.\n\n{known.summary[:1].upper()}{known.summary[1:]}.\n"


def nearest_ids(text: str) -> tuple[str, ...]:
    """The ids that may be meant, the nearest first; their names alone are compared too."""
    names: dict[str, str] = {}
    for check in known_ids():
        names[check] = check
        names.setdefault(check.partition("/")[2], check)
    near = get_close_matches(text.lower(), names, n=_MOST_NEAREST) or get_close_matches(
        text.lower().rpartition("/")[2], names, n=_MOST_NEAREST
    )
    return tuple(dict.fromkeys(names[each] for each in near))
