"""Keys and tokens in files, found by detect-secrets: by their format, and by names such as password."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from stackproof import OwnFile

_NO_SECRETS = {"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"}
"""Detectors that report digests and addresses."""

_TEXT_BYTES = 8192


def leaks_in(files: Iterable[OwnFile], folder: Path) -> Iterator[str]:
    """Everything that looks like a key or a token, with its place; no vendor is asked to verify one.

    Args:
        files: The files to search.
        folder: For a copy of each file, since detect-secrets reads only files.
    """
    kinds: Mapping[str, type] = get_mapping_from_secret_type_to_class()
    names = (kind.__name__ for kind in kinds.values())
    with transient_settings({"plugins_used": [{"name": name} for name in names if name not in _NO_SECRETS]}):
        for number, file in enumerate(files):
            if b"\0" in file.content[:_TEXT_BYTES]:
                continue
            copy = folder / str(number) / Path(file.path).name
            copy.parent.mkdir()
            copy.write_bytes(file.content)
            yield from (f"{file}, line {each.line_number}: {each.type}" for each in scan_file(str(copy)))
