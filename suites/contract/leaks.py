"""Keys and tokens in files, found by detect-secrets: by their vendors' shapes, and by names such as password."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from stackproof import OwnFile

_NO_SECRETS = {"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"}
"""Digests and addresses look alike to these."""

_TEXT_BYTES = 8192


def leaks_in(files: Iterable[OwnFile], folder: Path) -> Iterator[str]:
    """What looks like a key or a token, and where; nothing is asked of any vendor.

    Args:
        files: Where to look.
        folder: Takes a copy of each file, since detect-secrets reads files alone.
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
