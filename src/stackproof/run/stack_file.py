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
    names = default_engine().file_names
    for candidate in (folder / name for folder in _FOLDERS for name in names):
        if candidate.exists():
            return candidate.resolve()
    places = " or ".join(f"./{folder / names[0]}" for folder in _FOLDERS)
    others = f" (or {', '.join(names[1:])})" if names[1:] else ""
    raise DeclarationError(f"expected a stack file as {places}{others}, found none", fix="give --stack FILE")
