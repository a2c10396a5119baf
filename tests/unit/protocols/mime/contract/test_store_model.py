from contextlib import AbstractContextManager, nullcontext

import pytest

from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import StoredFile
from stackproof.protocols.mime.contract.store_model import StoreModel

FILE = StoredFile(3, "ab" * 32, "text/plain")
OTHER = StoredFile(3, "cd" * 32, "text/plain")


def breach() -> AbstractContextManager[object]:
    """Expect a breach of the contract."""
    return pytest.raises(ContractBrokenError)


def test_a_name_belongs_to_one_file() -> None:
    """Neither an acknowledged file nor one that was stored before is ever overwritten."""
    store = StoreModel({"old": 1})
    store.add("new", FILE)
    for name in ("old", "new"):
        with breach():
            store.add(name, OTHER)


def test_a_list_has_what_was_acknowledged_before_its_request() -> None:
    """What was acknowledged later may be missing."""
    store = StoreModel({"a": 1})
    before = store.now
    store.add("b", FILE)
    store.check_page({"a": 1}, "", "", 9, before)
    with breach():
        store.check_page({"a": 1}, "", "", 9, store.now)
    store.check_page({"a": 1}, "", "a", 1, store.now)
    store.check_page({"b": 3}, "a", "", 9, store.now)
    store.check_page({}, "", "", 0, store.now)
    with breach():
        store.check_page({"a": 1, "b": 4}, "", "", 9, store.now)


def test_a_file_that_is_seen_was_sent() -> None:
    """A file that appears must prove to be acknowledged, or to be one whose answer no client read."""
    store = StoreModel({})
    store.see("a", StoredFile(3))
    with breach():
        store.check_seen()
    store.see("a", StoredFile(3))
    store.add_possible(FILE)
    store.check_seen()
    store.see("b", FILE)
    store.add("b", OTHER)
    with breach():
        store.check_seen()


@pytest.mark.parametrize(
    ("files", "size_bytes", "outcome"),
    [(2, 4, nullcontext()), (3, 7, nullcontext()), (1, 1, breach()), (4, 10, breach()), (2, 5 + 3, breach())],
)
def test_totals_lie_between_what_must_and_what_may_be_stored(
    files: int, size_bytes: int, outcome: AbstractContextManager[object]
) -> None:
    """A file whose answer no client read may count or not; every other file counts."""
    store = StoreModel({"old": 1})
    store.add("new", FILE)
    store.add_possible(OTHER)
    with outcome:
        store.check_totals(files, size_bytes)


def test_in_the_end_the_store_equals_the_model() -> None:
    """No file is missing, none has another size, and any other file was sent completely."""
    store = StoreModel({"old": 1})
    store.add("new", FILE)
    store.add_possible(OTHER)
    assert store.unacknowledged({"old": 1, "new": 3, "more": 3}) == ("more",)
    for listed in ({"old": 1}, {"old": 2, "new": 3}):
        with breach():
            store.unacknowledged(listed)
    with breach():
        store.adopt("more", FILE)
    store.adopt("more", OTHER)
    with breach():
        store.adopt("once more", OTHER)
