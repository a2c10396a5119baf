"""Reads one answer and compares it with the one that is due."""

import hashlib

from stackproof.protocols.mime.contract.answer_lines import (
    abbreviated,
    check_error,
    check_ok,
    error_code,
    read_fields,
    read_page,
    read_receipt,
    read_totals,
)
from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import (
    DueAnswer,
    ErrorDue,
    FileDue,
    PageDue,
    PongDue,
    ReceiptDue,
    StoredFile,
)
from stackproof.protocols.mime.contract.raw_connection import RawConnection
from stackproof.protocols.mime.contract.store_model import StoreModel
from stackproof.protocols.mime.terms import ANSWER_LINE_BYTES, MimeCode


def check_answer(connection: RawConnection, due: DueAnswer, store: StoreModel, sent_at: int) -> str:
    """Read an answer and compare it with the one that is due; return the name of the file that it stored, if any.

    Args:
        connection: Where to read.
        due: The answer that is due.
        store: The model of the store.
        sent_at: The store's time at which the request was sent.

    Raises:
        ContractBrokenError: The answer is a different one, is late, or the connection ended first.
    """
    try:
        return _checked(connection, due, store, sent_at)
    except TimeoutError as error:
        raise ContractBrokenError(f"expected {_phrase(due)}, got no complete answer in time {error}") from None
    except ConnectionError as error:
        raise ContractBrokenError(f"expected {_phrase(due)}, but the connection ended {error}") from None
    except ValueError as error:
        raise ContractBrokenError(f"expected {_phrase(due)}, saw {error}") from None


def check_health(connection: RawConnection, store: StoreModel) -> bool:
    """Read the answers to PING and LIST, and compare the totals with the store; False if all places are taken.

    Raises:
        ContractBrokenError: An answer is a different one, is late, or the totals differ.
    """
    try:
        line = connection.line(ANSWER_LINE_BYTES)
        if is_turned_away(line):
            return False
        if line != b"PONG\n":
            raise ContractBrokenError(f"expected PONG, saw {abbreviated(line)}")
        totals = read_totals(connection.line(ANSWER_LINE_BYTES))
    except (OSError, ValueError) as error:
        raise ContractBrokenError(f"expected PONG and a page, saw {error}") from None
    store.check_totals(*totals)
    return True


def is_turned_away(line: bytes) -> bool:
    """Return True if the server says that all its places are taken, as they may be while many clients leave."""
    return line != b"PONG\n" and error_code(read_fields(line)) is MimeCode.TOO_MANY_CONNECTIONS


def _checked(connection: RawConnection, due: DueAnswer, store: StoreModel, sent_at: int) -> str:
    line = connection.line(ANSWER_LINE_BYTES)
    match due:
        case PongDue():
            if line != b"PONG\n":
                raise ContractBrokenError(f"expected PONG, saw {abbreviated(line)}")
        case ErrorDue():
            check_error(line, due.codes)
        case ReceiptDue():
            return _check_receipt(line, due, store)
        case FileDue():
            _check_file(connection, line, due, store, sent_at)
        case PageDue():
            sizes, following = read_page(line, due)
            store.check_page(sizes, due.after, following, due.limit, sent_at)
    return ""


def _check_receipt(line: bytes, due: ReceiptDue, store: StoreModel) -> str:
    if error_code(read_fields(line)) in due.codes:
        return ""
    name = read_receipt(line, due.file)
    store.add(name, due.file)
    return name


def _check_file(connection: RawConnection, line: bytes, due: FileDue, store: StoreModel, sent_at: int) -> None:
    if store.known(due.name, sent_at) is None and error_code(read_fields(line)) is MimeCode.NOT_FOUND:
        return
    fields = check_ok(line, status="ok", name=due.name)
    size_bytes, sha256, mime_type = fields.get("size"), fields.get("sha256"), fields.get("mime_type")
    if not isinstance(size_bytes, int) or size_bytes < 0 or not isinstance(mime_type, str):
        raise ContractBrokenError(f"expected a size and a mime_type, saw {abbreviated(line)}")
    file = StoredFile(size_bytes, hashlib.sha256(connection.exactly(size_bytes)).hexdigest(), mime_type)
    if sha256 != file.sha256:
        raise ContractBrokenError(f"expected bytes with the sha256 {sha256!r} of their line, saw {file.sha256}")
    store.see(due.name, file)


def _phrase(due: DueAnswer) -> str:
    match due:
        case PongDue():
            return "PONG"
        case ErrorDue():
            return f"an error line with code {' or '.join(sorted(due.codes))}"
        case ReceiptDue():
            return f"a receipt for {due.file.size_bytes} bytes"
        case FileDue():
            return f"the file {due.name!r}, or not_found"
        case PageDue():
            return f"a page of at most {due.limit} files"
