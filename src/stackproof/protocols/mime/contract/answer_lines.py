"""Reads answer lines, and compares them with what is due. Pure: no I/O."""

import json
from collections.abc import Set as AbstractSet

from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import PageDue, StoredFile
from stackproof.protocols.mime.contract.grammar import STORED_NAME
from stackproof.protocols.mime.contract.json_object import AmbiguousJsonError, JsonFields, read_object
from stackproof.protocols.mime.terms import MimeCode

_SHOWN_BYTES = 200


def abbreviated(data: bytes) -> str:
    """Format bytes for a message."""
    return repr(data) if len(data) <= _SHOWN_BYTES else f"{data[:_SHOWN_BYTES]!r} and {len(data) - _SHOWN_BYTES} more"


def read_fields(line: bytes) -> JsonFields:
    """Read the fields of an answer line.

    Raises:
        ContractBrokenError: The line is not of the documented form.
    """
    try:
        fields = read_object(line)
    except AmbiguousJsonError:
        fields = None
    if fields is None or fields.get("status") not in {"ok", "error"}:
        raise ContractBrokenError(f'expected a JSON object with "status": "ok" or "error", saw {abbreviated(line)}')
    if fields["status"] == "error" and (not _is_code(fields.get("code")) or not _is_text(fields.get("message"))):
        raise ContractBrokenError(
            f"expected an error line with a documented code and a message, saw {abbreviated(line)}"
        )
    return fields


def error_code(fields: JsonFields) -> MimeCode | None:
    """Return the code of an error line; None for another line."""
    return MimeCode(str(fields["code"])) if fields["status"] == "error" else None


def check_error(line: bytes, codes: AbstractSet[MimeCode]) -> None:
    """Check that a line is an error with one of these codes.

    Raises:
        ContractBrokenError: It has another code, or is not an error.
    """
    if error_code(read_fields(line)) not in codes:
        wanted = " or ".join(sorted(codes))
        raise ContractBrokenError(f"expected an error line with code {wanted}, saw {abbreviated(line)}")


def check_ok(line: bytes, **wanted: object) -> JsonFields:
    """Check that a line has these fields; return all its fields.

    Raises:
        ContractBrokenError: It is an error line, or a field differs.
    """
    fields = read_fields(line)
    if any(type(fields.get(name)) is not type(value) or fields[name] != value for name, value in wanted.items()):
        raise ContractBrokenError(f"expected a line with {json.dumps(wanted)}, saw {abbreviated(line)}")
    return fields


def read_receipt(line: bytes, file: StoredFile) -> str:
    """Read the name in a receipt for this file.

    Raises:
        ContractBrokenError: The line is not a receipt for it.
    """
    fields = check_ok(line, status="ok", size=file.size_bytes, sha256=file.sha256)
    name = fields.get("stored_as")
    suffix = "." + file.mime_type.partition("/")[2]
    if not isinstance(name, str) or not STORED_NAME.fullmatch(name) or name.partition(".")[2] != suffix[1:]:
        raise ContractBrokenError(f'expected a stored_as of the form "received_<hex>{suffix}", saw {abbreviated(line)}')
    return name


def read_page(line: bytes, due: PageDue) -> tuple[dict[str, int], str]:
    """Read the sizes of a page's files by name, and where the next page begins.

    Raises:
        ContractBrokenError: The line is not the page that is due.
    """
    fields = check_ok(line, status="ok")
    files, following = fields.get("files"), fields.get("next")
    if not isinstance(files, list) or not isinstance(following, str) or not all(map(_is_file, files)):
        raise ContractBrokenError(f"expected files with names and sizes, and next, saw {abbreviated(line)}")
    sizes = {file["name"]: file["size"] for file in files}
    names = list(sizes)
    if len(files) > due.limit or names != sorted(names) or len(names) != len(files):
        raise ContractBrokenError(
            f"expected at most {due.limit} files, each once, in the order of names, saw {abbreviated(line)}"
        )
    if any(name <= due.after for name in names):
        raise ContractBrokenError(f"expected names after {due.after!r}, saw {abbreviated(line)}")
    if following and (not names or following != names[-1] or len(names) < due.limit):
        raise ContractBrokenError(
            f"expected a next that is the last name of a full page, or empty, saw {abbreviated(line)}"
        )
    if not _is_count(fields.get("total_files")) or not _is_count(fields.get("total_bytes")):
        raise ContractBrokenError(f"expected total_files and total_bytes as whole numbers, saw {abbreviated(line)}")
    return sizes, following


def read_totals(line: bytes) -> tuple[int, int]:
    """Read the total number of files, and of bytes.

    Raises:
        ContractBrokenError: The line lacks them.
    """
    fields = check_ok(line, status="ok")
    files, size_bytes = fields.get("total_files"), fields.get("total_bytes")
    if not isinstance(files, int) or not isinstance(size_bytes, int):
        raise ContractBrokenError(f"expected total_files and total_bytes as whole numbers, saw {abbreviated(line)}")
    return files, size_bytes


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value in set(MimeCode)


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
