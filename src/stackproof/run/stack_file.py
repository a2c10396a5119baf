"""Which compose file is meant."""

from pathlib import Path

from stackproof.model.errors import DeclarationError


def find_stack_file(given: Path | None) -> Path:
    """The compose file that is meant: the one given, else ``compose.yaml`` here or in the folder ``stack``.

    Raises:
        DeclarationError: There is none.
    """
    if given is not None:
        return given.resolve()
    for candidate in (Path("compose.yaml"), Path("stack/compose.yaml")):
        if candidate.exists():
            return candidate.resolve()
    raise DeclarationError(
        "expected a compose file as ./compose.yaml or ./stack/compose.yaml, found none", fix="give --stack FILE"
    )
