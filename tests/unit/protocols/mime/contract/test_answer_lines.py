import json

import pytest

from stackproof.protocols.mime.contract.answer_lines import (
    check_error,
    check_ok,
    read_fields,
    read_page,
    read_receipt,
    read_totals,
)
from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import PageDue, StoredFile
from stackproof.protocols.mime.terms import MimeCode

FILE = StoredFile(3, "ab" * 32, "text/plain")
NAMES = ("received_0001.plain", "received_0002.plain")


def line(**fields: object) -> bytes:
    """An answer line."""
    return json.dumps(fields).encode() + b"\n"


def receipt(**fields: object) -> bytes:
    """A receipt, with other fields."""
    return line(**{"status": "ok", "stored_as": "received_0a1b.plain", "size": 3, "sha256": FILE.sha256} | fields)


def page(**fields: object) -> bytes:
    """A page of two files, with other fields."""
    files = [{"name": name, "size": 1} for name in NAMES]
    return line(**{"status": "ok", "files": files, "next": "", "total_files": 2, "total_bytes": 2} | fields)


def test_a_documented_answer_is_accepted() -> None:
    """A correct server is not blamed, and may send more fields than it must."""
    check_error(line(status="error", code="not_found", message="none", hint="look"), {MimeCode.NOT_FOUND})
    assert read_receipt(receipt(more=1), FILE) == "received_0a1b.plain"
    assert read_page(page(), PageDue(2, "")) == ({NAMES[0]: 1, NAMES[1]: 1}, "")
    assert read_page(page(next=NAMES[1]), PageDue(2, "received_0000.x"))[1] == NAMES[1]
    assert read_totals(page()) == (2, 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"ERROR\n",
        b"[]\n",
        b"\xff\n",
        line(),
        line(status="fine"),
        line(status="error"),
        line(status="error", code="oops", message="x"),
        line(status="error", code="not_found"),
        line(status="error", code="not_found", message=""),
        line(status="error", code=["not_found"], message="x"),
    ],
)
def test_an_answer_of_another_form_is_a_breach(answer: bytes) -> None:
    """A client can rely on the form of a server's answers."""
    with pytest.raises(ContractBrokenError, match="expected"):
        read_fields(answer)


def test_another_error_than_the_one_due_is_a_breach() -> None:
    """A wrong code is one, and so is an ok."""
    for answer in (line(status="ok"), line(status="error", code="too_large", message="x")):
        with pytest.raises(ContractBrokenError, match="code not_found"):
            check_error(answer, {MimeCode.NOT_FOUND})


@pytest.mark.parametrize(
    "answer",
    [
        receipt(size=2),
        receipt(size=3.0),
        receipt(size=True),
        receipt(sha256="00" * 32),
        receipt(stored_as="received_0a1b.pdf"),
        receipt(stored_as="received_0a1.plain"),
        receipt(stored_as="../received_0a1b.plain"),
        receipt(stored_as=None),
        line(status="error", code="storage_full", message="x"),
    ],
)
def test_a_receipt_for_something_else_is_a_breach(answer: bytes) -> None:
    """Size, digest and name are those of the file that was sent."""
    with pytest.raises(ContractBrokenError, match="expected"):
        read_receipt(answer, FILE)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (page(), PageDue(1, "")),
        (page(), PageDue(2, NAMES[0])),
        (page(next="received_9999.plain"), PageDue(2, "")),
        (page(next=NAMES[1]), PageDue(3, "")),
        (page(files=[{"name": name, "size": 1} for name in reversed(NAMES)]), PageDue(2, "")),
        (page(files=[{"name": NAMES[0], "size": 1}] * 2), PageDue(2, "")),
        (page(files=[{"name": NAMES[0], "size": -1}]), PageDue(2, "")),
        (page(files=[{"name": "../x", "size": 1}]), PageDue(2, "")),
        (page(files={}), PageDue(2, "")),
        (page(next=None), PageDue(2, "")),
        (page(total_files="2"), PageDue(2, "")),
    ],
)
def test_an_inconsistent_page_is_a_breach(answer: bytes, asked: PageDue) -> None:
    """Order, bounds, names, sizes and the start of the next page are checked."""
    with pytest.raises(ContractBrokenError, match="expected"):
        read_page(answer, asked)


def test_a_field_must_have_exactly_its_type() -> None:
    """1, 1.0 and true differ in JSON, though not in Python."""
    assert check_ok(line(status="ok", size=1), size=1)["size"] == 1
    for other in (1.0, True, "1"):
        with pytest.raises(ContractBrokenError, match="expected"):
            check_ok(line(status="ok", size=other), size=1)
