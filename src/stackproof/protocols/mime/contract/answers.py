"""Answer lines, and whether they are what was to be heard; pure."""

import json
from collections.abc import Set as AbstractSet

from stackproof.protocols.mime.contract.dialogue import Kept, Page
from stackproof.protocols.mime.contract.grammar import STORED_NAME
from stackproof.protocols.mime.contract.objects import Fields, UncertainError, read_object
from stackproof.protocols.mime.contract.terms import BrokenError, Code

LONGEST_LINE_BYTES = 1024 * 1024
_SHOWN_BYTES = 200


def shown(data: bytes) -> str:
    """Bytes as a message shows them."""
    return repr(data) if len(data) <= _SHOWN_BYTES else f"{data[:_SHOWN_BYTES]!r} and {len(data) - _SHOWN_BYTES} more"


def fields_of(line: bytes) -> Fields:
    """The fields of an answer line of the documented shape.

    Raises:
        BrokenError: It has another.
    """
    try:
        fields = read_object(line)
    except UncertainError:
        fields = None
    if fields is None or fields.get("status") not in {"ok", "error"}:
        raise BrokenError(f'expected a JSON object with "status": "ok" or "error", saw {shown(line)}')
    if fields["status"] == "error" and (not _is_code(fields.get("code")) or not _is_text(fields.get("message"))):
        raise BrokenError(f"expected an error line with a documented code and a message, saw {shown(line)}")
    return fields


def refusal_of(fields: Fields) -> Code | None:
    """The code of an error line, None of another."""
    return Code(str(fields["code"])) if fields["status"] == "error" else None


def check_refused(line: bytes, codes: AbstractSet[Code]) -> None:
    """Hold a line against the refusal that it was to be.

    Raises:
        BrokenError: It is another, or none.
    """
    if refusal_of(fields_of(line)) not in codes:
        wanted = " or ".join(sorted(codes))
        raise BrokenError(f"expected an error line with code {wanted}, saw {shown(line)}")


def check_ok(line: bytes, **wanted: object) -> Fields:
    """Hold a line against the fields that it was to have; all that it has.

    Raises:
        BrokenError: It is an error line, or has others.
    """
    fields = fields_of(line)
    if any(type(fields.get(name)) is not type(value) or fields[name] != value for name, value in wanted.items()):
        raise BrokenError(f"expected a line with {json.dumps(wanted)}, saw {shown(line)}")
    return fields


def receipt_name(line: bytes, kept: Kept) -> str:
    """The name in a receipt of this file.

    Raises:
        BrokenError: It is no such receipt.
    """
    fields = check_ok(line, status="ok", size=kept.size_bytes, sha256=kept.sha256)
    name = fields.get("stored_as")
    suffix = "." + kept.mime_type.partition("/")[2]
    if not isinstance(name, str) or not STORED_NAME.fullmatch(name) or name.partition(".")[2] != suffix[1:]:
        raise BrokenError(f'expected a stored_as of the form "received_<hex>{suffix}", saw {shown(line)}')
    return name


def page_of(line: bytes, page: Page) -> tuple[dict[str, int], str]:
    """The files of a page by name with their sizes, and where the next page begins.

    Raises:
        BrokenError: It is no page, or another.
    """
    fields = check_ok(line, status="ok")
    files, following = fields.get("files"), fields.get("next")
    if not isinstance(files, list) or not isinstance(following, str) or not all(map(_is_file, files)):
        raise BrokenError(f"expected files with names and sizes, and next, saw {shown(line)}")
    sizes = {file["name"]: file["size"] for file in files}
    names = list(sizes)
    if len(files) > page.limit or names != sorted(names) or len(names) != len(files):
        raise BrokenError(f"expected {page.limit} files at most, each once, in the order of names, saw {shown(line)}")
    if any(name <= page.after for name in names):
        raise BrokenError(f"expected names after {page.after!r}, saw {shown(line)}")
    if following and (not names or following != names[-1] or len(names) < page.limit):
        raise BrokenError(f"expected a next that is the last name of a full page, or empty, saw {shown(line)}")
    if not _is_count(fields.get("total_files")) or not _is_count(fields.get("total_bytes")):
        raise BrokenError(f"expected total_files and total_bytes as whole numbers, saw {shown(line)}")
    return sizes, following


def totals_of(line: bytes) -> tuple[int, int]:
    """How many files there are in all, and how many bytes.

    Raises:
        BrokenError: The line does not say so.
    """
    fields = check_ok(line, status="ok")
    files, size_bytes = fields.get("total_files"), fields.get("total_bytes")
    if not isinstance(files, int) or not isinstance(size_bytes, int):
        raise BrokenError(f"expected total_files and total_bytes as whole numbers, saw {shown(line)}")
    return files, size_bytes


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value in set(Code)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_file(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and STORED_NAME.fullmatch(value["name"]) is not None
        and _is_count(value.get("size"))
    )
