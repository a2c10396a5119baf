import json

import pytest

from stackproof.protocols.mime.contract.answers import (
    check_ok,
    check_refused,
    fields_of,
    page_of,
    receipt_name,
    totals_of,
)
from stackproof.protocols.mime.contract.dialogue import Kept, Page
from stackproof.protocols.mime.contract.terms import BrokenError, Code

KEPT = Kept(3, "ab" * 32, "text/plain")
NAMES = ("received_0001.plain", "received_0002.plain")


def line(**fields: object) -> bytes:
    """An answer line."""
    return json.dumps(fields).encode() + b"\n"


def receipt(**fields: object) -> bytes:
    """A receipt, with other fields."""
    return line(**{"status": "ok", "stored_as": "received_0a1b.plain", "size": 3, "sha256": KEPT.sha256} | fields)


def page(**fields: object) -> bytes:
    """A page of two files, with other fields."""
    files = [{"name": name, "size": 1} for name in NAMES]
    return line(**{"status": "ok", "files": files, "next": "", "total_files": 2, "total_bytes": 2} | fields)


def test_what_is_documented_is_no_breach() -> None:
    """A sound server is not blamed, and may say more than it must."""
    check_refused(line(status="error", code="not_found", message="none", hint="look"), {Code.NOT_FOUND})
    assert receipt_name(receipt(more=1), KEPT) == "received_0a1b.plain"
    assert page_of(page(), Page(2, "")) == ({NAMES[0]: 1, NAMES[1]: 1}, "")
    assert page_of(page(next=NAMES[1]), Page(2, "received_0000.x"))[1] == NAMES[1]
    assert totals_of(page()) == (2, 2)


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
def test_an_answer_of_no_documented_shape_is_a_breach(answer: bytes) -> None:
    """Whoever reads the answers of a server can rely on their shape."""
    with pytest.raises(BrokenError, match="expected"):
        fields_of(answer)


def test_another_refusal_than_was_due_is_a_breach() -> None:
    """A wrong code, or an ok, is no clear error."""
    for answer in (line(status="ok"), line(status="error", code="too_large", message="x")):
        with pytest.raises(BrokenError, match="code not_found"):
            check_refused(answer, {Code.NOT_FOUND})


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
    with pytest.raises(BrokenError, match="expected"):
        receipt_name(answer, KEPT)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (page(), Page(1, "")),
        (page(), Page(2, NAMES[0])),
        (page(next="received_9999.plain"), Page(2, "")),
        (page(next=NAMES[1]), Page(3, "")),
        (page(files=[{"name": name, "size": 1} for name in reversed(NAMES)]), Page(2, "")),
        (page(files=[{"name": NAMES[0], "size": 1}] * 2), Page(2, "")),
        (page(files=[{"name": NAMES[0], "size": -1}]), Page(2, "")),
        (page(files=[{"name": "../x", "size": 1}]), Page(2, "")),
        (page(files={}), Page(2, "")),
        (page(next=None), Page(2, "")),
        (page(total_files="2"), Page(2, "")),
    ],
)
def test_a_page_that_does_not_hold_together_is_a_breach(answer: bytes, asked: Page) -> None:
    """Order, bounds, names, sizes and the way to the next page."""
    with pytest.raises(BrokenError, match="expected"):
        page_of(answer, asked)


def test_a_field_must_have_its_very_type() -> None:
    """1, 1.0 and true are three things in JSON, though not in Python."""
    assert check_ok(line(status="ok", size=1), size=1)["size"] == 1
    for other in (1.0, True, "1"):
        with pytest.raises(BrokenError, match="expected"):
            check_ok(line(status="ok", size=other), size=1)
