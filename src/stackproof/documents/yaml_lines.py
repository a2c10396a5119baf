"""Finds the line of a key in a YAML file, so that an error can name its place."""

from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stackproof.model import DeclarationError, Location


def parse(file: Path, text: str) -> object:
    """Parse YAML so that every map and list knows its lines.

    Raises:
        DeclarationError: The text is not YAML; the error names the line.
    """
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DeclarationError(f"broken YAML: {error.problem}", where=Location(file, line)) from None
    except YAMLError as error:
        raise DeclarationError(f"broken YAML: {error}", where=Location(file)) from None


def line_of(document: object, path: Sequence[str | int]) -> int | None:
    """The line, from 1, of the deepest step of ``path`` that exists in the document; None if no step exists.

    Keys that a map got by merging (``<<``) have the line of the map.
    """
    line: int | None = None
    for step in path:
        if isinstance(document, CommentedMap) and step in document:
            line = document.lc.data[step][0] + 1 if step in (document.lc.data or {}) else line  # not in what is merged
            document = document[step]
        elif isinstance(document, CommentedSeq) and isinstance(step, int) and step < len(document):
            line = document.lc.item(step)[0] + 1
            document = document[step]
        else:
            break
    return line
