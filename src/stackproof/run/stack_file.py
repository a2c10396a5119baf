"""The file that declares the stack."""

from pathlib import Path

from stackproof.engine.engines import default_engine
from stackproof.model.errors import DeclarationError

_FOLDERS = (Path(), Path("stack"))


def find_stack_file(given: Path | None) -> Path:
    """The stack file that was given, or else the one here or in the folder ``stack``.

    Raises:
        DeclarationError: There is none.
    """
    if given is not None:
        return given.resolve()
    candidates = [folder / default_engine().file_name for folder in _FOLDERS]
    for candidate in candidates:
        if candidate.exists():
            return candidate.resolve()
    places = " or ".join(f"./{candidate}" for candidate in candidates)
    raise DeclarationError(f"expected a stack file as {places}, found none", fix="give --stack FILE")
