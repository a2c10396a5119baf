from contextlib import AbstractContextManager, nullcontext

import pytest

from stackproof.protocols.mime.contract.dialogue import Kept
from stackproof.protocols.mime.contract.store import Store
from stackproof.protocols.mime.contract.terms import BrokenError

FILE = Kept(3, "ab" * 32, "text/plain")
OTHER = Kept(3, "cd" * 32, "text/plain")


def breach() -> AbstractContextManager[object]:
    """What follows breaks the contract."""
    return pytest.raises(BrokenError)


def test_a_name_belongs_to_one_file() -> None:
    """Neither an acknowledged file nor one that was there before is ever overwritten."""
    store = Store({"old": 1})
    store.add("new", FILE)
    for name in ("old", "new"):
        with breach():
            store.add(name, OTHER)


def test_a_list_has_what_was_acknowledged_before_it_was_asked_for() -> None:
    """And is not blamed for what was acknowledged later."""
    store = Store({"a": 1})
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


def test_what_is_seen_was_sent() -> None:
    """A file that shows up must turn out to be acknowledged, or one whose answer nobody heard."""
    store = Store({})
    store.see("a", Kept(3))
    with breach():
        store.check_seen()
    store.see("a", Kept(3))
    store.add_perhaps(FILE)
    store.check_seen()
    store.see("b", FILE)
    store.add("b", OTHER)
    with breach():
        store.check_seen()


@pytest.mark.parametrize(
    ("files", "size_bytes", "outcome"),
    [(2, 4, nullcontext()), (3, 7, nullcontext()), (1, 1, breach()), (4, 10, breach()), (2, 5 + 3, breach())],
)
def test_totals_are_between_what_must_and_what_may_be(
    files: int, size_bytes: int, outcome: AbstractContextManager[object]
) -> None:
    """A file whose answer nobody heard counts or does not; no other."""
    store = Store({"old": 1})
    store.add("new", FILE)
    store.add_perhaps(OTHER)
    with outcome:
        store.check_totals(files, size_bytes)


def test_in_the_end_the_store_is_the_models() -> None:
    """Nothing is missing, nothing has another size, and what is more was sent whole."""
    store = Store({"old": 1})
    store.add("new", FILE)
    store.add_perhaps(OTHER)
    assert store.settle({"old": 1, "new": 3, "more": 3}) == ("more",)
    for listed in ({"old": 1}, {"old": 2, "new": 3}):
        with breach():
            store.settle(listed)
    with breach():
        store.adopt("more", FILE)
    store.adopt("more", OTHER)
    with breach():
        store.adopt("once more", OTHER)
