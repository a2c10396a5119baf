"""Turns pydantic's errors about a YAML file into one error that names the line."""

from pathlib import Path

from pydantic import ValidationError

from stackproof.documents.yaml_lines import line_of
from stackproof.model import DeclarationError, Location

_MAX_SHOWN = 60


def invalid_document(error: ValidationError, file: Path, document: object, fix: str) -> DeclarationError:
    """The first problem of a document as an error.

    Args:
        error: Pydantic's error.
        file: The file of the document.
        document: The document as `yaml_lines.parse` gives it.
        fix: Advice for the user.
    """
    first = error.errors(include_url=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    seen = "" if first["type"] == "missing" else f", saw {repr(first['input'])[:_MAX_SHOWN]}"
    where = Location(file, line_of(document, first["loc"]))
    return DeclarationError(f"{path + ': ' if path else ''}{message}{seen}", where=where, fix=fix)
